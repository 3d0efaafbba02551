"""The schema comes up from nothing, once, whole or not at all."""

import sqlite3
from contextlib import closing

import pytest
import sqlite_utils

from bot.errors import StoreError
from bot.storage.database import Database
from bot.storage.migrations import MIGRATIONS

STEPS = [
    "faq",
    "servers",
    "desk",
    "source_ledger",
    "repeats",
    "keys_anew",
    "case_life",
    "settings",
    "privacy",
    "other_topics",
    "keys_of_mixed_scripts",
    "links_with_spaces",
]


def schema(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


def applied(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM _sqlite_migrations ORDER BY id").fetchall()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "copydesk.db"
    Database(path).close()
    return path


def test_the_schema_comes_up_from_nothing_and_from_an_empty_file(path, tmp_path):
    empty = tmp_path / "empty.db"
    empty.touch()
    Database(empty).close()
    tables = {name for kind, name, _ in schema(path) if kind == "table"}
    assert {"meta", "faq_explainer", "setting", "fingerprint", "reply", "case", "effect"} <= tables
    assert schema(empty) == schema(path)


def test_opening_again_changes_nothing(path):
    before = schema(path), applied(path)
    Database(path).close()
    assert (schema(path), applied(path)) == before


def test_each_step_is_applied_once_and_in_order(path):
    assert [name for _, _, name, _ in applied(path)] == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_a_database_that_stopped_before_a_step_is_brought_up_to_date_with_its_rows(tmp_path, path, step):
    early = tmp_path / "early.db"
    with closing(sqlite3.connect(early)) as connection:
        db = sqlite_utils.Database(connection)
        MIGRATIONS.apply(db, stop_before=step)
        if step != STEPS[0]:
            db.execute("INSERT INTO meta VALUES ('kept', 'yes')")
    database = Database(early)
    kept = database.read_now(lambda db: db.execute("SELECT value FROM meta").fetchall())
    database.close()
    assert kept == ([] if step == STEPS[0] else [("yes",)])
    assert schema(early) == schema(path)


def test_a_step_that_fails_halfway_leaves_nothing_and_can_be_repeated(tmp_path, path):
    obstructed = tmp_path / "obstructed.db"
    with closing(sqlite3.connect(obstructed)) as connection:
        connection.execute('CREATE TABLE "case" (a INTEGER)')
    with pytest.raises(StoreError, match="case"):
        Database(obstructed)
    assert "reply" not in {name for _, name, _ in schema(obstructed)}  # the table that this step makes first
    with closing(sqlite3.connect(obstructed)) as connection:
        connection.execute('DROP TABLE "case"')
    Database(obstructed).close()
    assert schema(obstructed) == schema(path)


def test_tables_are_strict_and_keep_their_references(path):
    database = Database(path)
    strict = database.read_now(lambda db: {row["name"]: row["strict"] for row in db.query("PRAGMA table_list")})
    ours = {name for name in strict if not name.startswith(("sqlite_", "_sqlite", "faq_phrase_fts"))}
    assert {name for name in ours if not strict[name]} == set()
    assert database.write_now(lambda db: db.execute("PRAGMA foreign_keys").fetchone()) == (1,)
    assert database.write_now(lambda db: db.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert database.write_now(lambda db: db.execute("PRAGMA journal_mode").fetchone()) == ("wal",)
    database.close()


def test_fingerprints_whose_keys_mean_something_else_now_are_dropped(tmp_path):
    early = tmp_path / "early.db"
    with closing(sqlite3.connect(early)) as connection:
        db = sqlite_utils.Database(connection)
        MIGRATIONS.apply(db, stop_before="keys_anew")
        db.execute("INSERT INTO fingerprint VALUES (1, 1, 1, 1, 1, 0, 7, x'01', x'02')")
        connection.commit()
    database = Database(early)
    assert database.read_now(lambda db: db.execute("SELECT count(*) FROM fingerprint").fetchone()) == (0,)
    database.close()
