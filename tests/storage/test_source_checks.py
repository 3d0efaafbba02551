"""The contract of every memory of source checks."""

from datetime import timedelta

import pytest

from bot.model import SourceCheck, SourceState
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.database import Database
from tests.support import START

ADDRESS = "https://example.org/judgment"
BACKENDS = {"sqlite": SqliteSourceCheckStore}


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS)
def store(request, database):
    return request.param(database)


async def test_nothing_is_known_at_first(store):
    assert await store.all() == {}


@pytest.mark.parametrize("state", SourceState)
async def test_a_check_comes_back_as_it_went_in(store, state):
    check = SourceCheck(ADDRESS, state, START, 301, "https://example.org/new", "a problem")
    await store.record(check)
    assert await store.all() == {ADDRESS: check}


async def test_a_later_look_replaces_an_earlier_one(store):
    later = SourceCheck(ADDRESS, SourceState.OK, START + timedelta(days=7), 200)
    await store.record(SourceCheck(ADDRESS, SourceState.MOVED, START, 200, "https://example.org/new"))
    await store.record(later)
    assert await store.all() == {ADDRESS: later}


async def test_a_look_that_found_nothing_out_leaves_the_state_and_says_when_and_why(store):
    week = START + timedelta(days=7)
    await store.record(SourceCheck(ADDRESS, SourceState.DEAD, START, 404))
    await store.record(SourceCheck(ADDRESS, SourceState.UNCHECKED, week, 503, problem="answered 503"))
    assert (await store.all())[ADDRESS] == SourceCheck(ADDRESS, SourceState.DEAD, week, 404, problem="answered 503")


async def test_addresses_do_not_share_a_state(store):
    await store.record(SourceCheck(ADDRESS, SourceState.DEAD, START, 404))
    await store.record(SourceCheck(ADDRESS + "/", SourceState.OK, START, 200))
    assert [check.state for check in (await store.all()).values()] == [SourceState.DEAD, SourceState.OK]


async def test_what_another_process_recorded_is_seen_at_once(store, database):
    other = Database(database.path)
    try:
        await SqliteSourceCheckStore(other).record(SourceCheck(ADDRESS, SourceState.DEAD, START, 410))
    finally:
        other.close()
    assert (await store.all())[ADDRESS].state is SourceState.DEAD
