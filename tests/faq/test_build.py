"""Explainers compiled into tables: the same files make the same tables, and what was parsed comes back."""

import logging
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ExplainerError
from bot.faq.build import MISTAKES_KEY, bring_up_to_date, load_explainers, replace_tables
from bot.faq.files import content_hash, explainers_folder
from bot.faq.search import FaqSearch
from bot.model import Explainer, Side, Source
from bot.storage.database import Database
from tests.support import CLAIM, CLAIM_TOPIC, GUILD, write_explainer

TABLES = ("faq_explainer", "faq_source", "faq_phrase", "meta")
BROKEN = ("It depends.[^ruling]", "[^ruling]")


@pytest.fixture
def store(tmp_path):
    """An empty database."""
    store = Database(tmp_path / "empty.db")
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "explainers"
    folder.mkdir()
    write_explainer(folder, "a")
    return folder


def tables(store):
    return store.read_now(lambda db: [list(db.query(f"SELECT * FROM {table} ORDER BY 1, 2")) for table in TABLES])  # noqa: S608


def build(store, explainers, built_from="test"):
    store.write_now(lambda db: replace_tables(db, explainers, built_from))


def titles(store):
    return {slug: explainer.title for slug, explainer in store.read_now(load_explainers).items()}


def tamper(store):
    """Leave a mark in the tables that a new build removes."""
    store.write_now(lambda db: db.execute("UPDATE faq_explainer SET title = 'left as it was'"))


def test_what_was_parsed_comes_back_from_the_tables(explainers, database):
    assert database.read_now(load_explainers) == explainers


def test_building_twice_gives_identical_tables(explainers, database):
    once, hits = tables(database), FaqSearch(database).hits(CLAIM, GUILD)
    build(database, explainers.values(), content_hash(explainers_folder()))
    assert tables(database) == once
    assert FaqSearch(database).hits(CLAIM, GUILD) == hits


def test_building_other_explainers_leaves_nothing_of_the_earlier_ones(explainers, store):
    (one, *_) = explainers.values()
    build(store, [one, explainers[CLAIM_TOPIC]])
    build(store, [one])
    assert store.read_now(load_explainers) == {one.slug: one}
    assert {hit.slug for hit in FaqSearch(store).hits(f"{CLAIM} {one.claims[0]}", GUILD)} == {one.slug}


def test_a_build_that_fails_half_way_changes_nothing(explainers, store):
    one = explainers[CLAIM_TOPIC]

    def some():
        yield replace(one, title="new")
        raise ZeroDivisionError

    build(store, [one])
    before = tables(store)
    with pytest.raises(ZeroDivisionError):
        build(store, some(), "other files")
    assert tables(store) == before


def test_unchanged_files_are_built_once(store, folder):
    assert bring_up_to_date(store, folder)
    tamper(store)
    assert not bring_up_to_date(store, folder)
    assert titles(store) == {"a": "left as it was"}


def test_a_changed_file_is_built_again(store, folder):
    bring_up_to_date(store, folder)
    write_explainer(folder, "a", "Is it legal?", "Is it illegal?")
    assert bring_up_to_date(store, folder)
    assert titles(store) == {"a": "Is it illegal?"}


def test_an_added_file_is_built_and_a_removed_one_goes(store, folder):
    bring_up_to_date(store, folder)
    (folder / "a.md").unlink()
    write_explainer(folder, "b")
    assert bring_up_to_date(store, folder)
    assert titles(store) == {"b": "Is it legal?"}


def test_the_build_outlives_the_process(tmp_path, folder):
    first = Database(tmp_path / "copydesk.db")
    bring_up_to_date(first, folder)
    first.close()
    second = Database(tmp_path / "copydesk.db")
    assert not bring_up_to_date(second, folder)
    assert titles(second) == {"a": "Is it legal?"}
    second.close()


def test_broken_files_keep_the_earlier_build_and_tell_why(store, folder, caplog):
    bring_up_to_date(store, folder)
    before = tables(store)
    path = write_explainer(folder, "a", *BROKEN)
    with caplog.at_level(logging.ERROR):
        assert not bring_up_to_date(store, folder)
    *compiled, meta = tables(store)
    assert [*compiled, [row for row in meta if row["key"] != MISTAKES_KEY]] == before
    assert f"{path}:21: write the short answer" in caplog.text


def test_repaired_files_are_built_after_broken_ones(store, folder):
    bring_up_to_date(store, folder)
    write_explainer(folder, "a", *BROKEN)
    bring_up_to_date(store, folder)
    write_explainer(folder, "a", "Is it legal?", "Repaired?")
    assert bring_up_to_date(store, folder)
    assert titles(store) == {"a": "Repaired?"}


def test_broken_files_without_an_earlier_build_are_an_error(store, folder):
    write_explainer(folder, "a", *BROKEN)
    with pytest.raises(ExplainerError):
        bring_up_to_date(store, folder)
    assert titles(store) == {}


def test_a_folder_that_lost_its_files_keeps_the_earlier_build(store, folder):
    bring_up_to_date(store, folder)
    (folder / "a.md").unlink()
    assert not bring_up_to_date(store, folder)
    assert titles(store) == {"a": "Is it legal?"}


TEXT = st.text(min_size=1, max_size=30)
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
DATE = st.dates(min_value=date(1, 1, 1))
SOURCE = st.builds(Source, *[TEXT] * 4, DATE, *[TEXT] * 3, st.none() | TEXT)
SIDE = st.builds(Side, TEXT, TEXT)
EXPLAINER = st.builds(
    Explainer,
    *[TEXT] * 4,
    st.tuples(SIDE, SIDE),
    *[TEXT] * 2,
    *[TEXTS] * 4,
    DATE,
    DATE,
    TEXTS,
    st.lists(SOURCE, max_size=3, unique_by=lambda source: source.id).map(tuple),
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each build replaces the last
@given(st.lists(EXPLAINER, max_size=3, unique_by=lambda explainer: explainer.slug))
def test_any_explainer_comes_back_as_it_was(store, some):
    build(store, some)
    assert store.read_now(load_explainers) == {explainer.slug: explainer for explainer in some}
    for explainer in some:
        assert {hit.slug for hit in FaqSearch(store).hits(explainer.title, GUILD)} <= {other.slug for other in some}
