"""docs/privacy.md and what ``/privacy delete`` covers stay true to the schema, also when a table or column is added."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import INTENTS
from bot.case import KEEP_EXCERPTS
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.storage.housekeeping import KEEP_REPLIES, MISSING_GRACE
from bot.storage.traces import TRACES

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHADOWS = re.compile(r"faq_phrase_fts_\w+|sqlite_\w+")  # what SQLite makes of another table, and its own counters
NAMES_A_MEMBER = re.compile(r"(author|actor|editor|owner|member|moderator|user|voter)_id|(?!review)\w+_by")


@pytest.fixture
def columns(database) -> set[tuple[str, str]]:
    """Every table's columns."""

    def job(db):
        tables = [name for name in db.table_names() if not SHADOWS.fullmatch(name)]
        return {(table, column.name) for table in tables for column in db.table(table).columns}

    return database.read_now(job)


def table_rows():
    """The rows of the policy's table: what, why, where, how long, how to have it deleted."""
    lines = re.findall(r"^\| (.+) \|$", (DOCS / "privacy.md").read_text(encoding="utf-8"), re.MULTILINE)
    return [line.split(" | ") for line in lines if not line.startswith("What |")]


def test_every_table_of_the_schema_stands_in_the_policy_and_no_other(columns):
    named = [name for row in table_rows() for name in re.findall(r"`(\w+)`", row[2])]
    assert {*named} == {table for table, _ in columns}
    assert [name for name in {*named} - {"case_post"} if named.count(name) > 1] == []  # it has two terms


def test_each_row_of_the_policy_says_what_why_where_how_long_and_how_it_is_deleted():
    assert len(table_rows()) > 5
    assert [row for row in table_rows() if len(row) != 5 or not all(cell.strip() for cell in row)] == []


def test_every_column_that_names_a_member_is_covered_by_export_and_deletion(columns):
    naming = {(table, column) for table, column in columns if NAMES_A_MEMBER.fullmatch(column)}
    assert naming == {(trace.table, trace.column) for trace in TRACES}


def test_the_export_tells_columns_that_exist(columns):
    assert {(trace.table, column) for trace in TRACES for column in trace.told} <= columns


def test_the_times_of_the_policy_are_those_of_the_code():
    where = {row[2]: row[3] for row in table_rows()}
    assert where["`fingerprint`"].startswith(f"{Window(DETECTORS).max_age.days} days")
    assert where["`reply`"] == f"{KEEP_REPLIES.days} days"
    assert where["`case_post`"] == f"until {KEEP_EXCERPTS.days} days after the case is closed"
    assert timedelta(hours=24) - MISSING_GRACE > timedelta(hours=2)  # it is looked for hourly


@pytest.mark.parametrize("name", ["privacy.md", "intents.md"])
def test_the_documents_name_commands_and_settings_that_exist(world, name):
    text = (DOCS / name).read_text(encoding="utf-8")
    known = {command.qualified_name for command in world.bot.tree.walk_commands()}
    mentioned = re.findall(r"`/([a-z ]+)`", text)
    assert mentioned
    assert set(mentioned) <= known


def test_the_intents_that_are_asked_for_are_those_that_are_explained():
    privileged = {"presences", "members", "message_content"}
    assert {name for name, on in INTENTS if on and name in privileged} == {"message_content"}
