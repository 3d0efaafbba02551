"""Cases of an earlier version are carried over: states, verdicts, posts, history, and deletions that still wait."""

import sqlite3
from contextlib import closing

import pytest
import sqlite_utils

from bot.case import CaseState, Fate, Ruling
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.migrations import MIGRATIONS
from bot.storage.protocols import Verdict, delete_key
from tests.support import make_post, make_repeat

GUILD, MODERATOR = 1, 501
EARLIER = """
    INSERT INTO "case" (id, guild_id, number, state, detector, key, label, score, at, judged_by, judged_at) VALUES
        (1, 1, 1, 'open', 'exact', 71, 'certain', 1, 100, NULL, NULL),
        (2, 1, 2, 'dismissed', 'near', 72, 'near', 0.8, 100, 501, 200),
        (3, 1, 3, 'removed', 'exact', 73, 'certain', 1, 100, 501, 200),
        (4, 1, 4, 'withdrawn', 'link', 74, 'certain', 1, 100, NULL, NULL);
    INSERT INTO case_post (case_id, guild_id, message_id, channel_id, author_id, at, is_original, gone) VALUES
        (1, 1, 10, 5, 6, 90, 1, 0), (1, 1, 11, 5, 7, 100, 0, 0), (4, 1, 12, 5, 7, 100, 0, 1),
        (3, 1, 20, 5, 6, 90, 1, 0), (3, 1, 21, 5, 7, 100, 0, 1), (3, 1, 22, 5, 7, 100, 0, 0),
        (3, 1, 23, 8, 7, 100, 0, 0);
    INSERT INTO case_event (case_id, at, actor_id, event) VALUES
        (1, 100, NULL, 'opened'), (1, 100, NULL, 'repeat added'), (2, 200, 501, 'dismissed'), (3, 200, 501, 'removed'),
        (4, 150, NULL, 'withdrawn');
    INSERT INTO effect (key, guild_id, kind, payload, done, at, problem) VALUES
        ('delete:1:21', 1, 'delete', '{"case": 3, "channel": 5, "message": 21}', 1, 200, NULL),
        ('delete:1:22', 1, 'delete', '{"case": 3, "channel": 5, "message": 22}', 0, 200, 'no right'),
        ('delete:1:23', 1, 'delete', '{"case": 3, "channel": 8, "message": 23}', 0, 200, NULL);
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "earlier.db"
    with closing(sqlite3.connect(path)) as connection:
        MIGRATIONS.apply(sqlite_utils.Database(connection), stop_before="case_life")
        connection.executescript(EARLIER)
    database = Database(path)
    yield database
    database.close()


async def test_states_and_verdicts_stand_apart(database):
    cases = [await SqliteCaseStore(database).get(GUILD, number) for number in (1, 2, 3, 4)]
    assert [(case.state, case.ruling, case.judged_by) for case in cases] == [
        (CaseState.OPEN, None, None),
        (CaseState.JUDGED, Ruling.CLEARED, MODERATOR),
        (CaseState.JUDGED, Ruling.DELETED, MODERATOR),
        (CaseState.JUDGED, Ruling.WITHDRAWN, None),
    ]
    assert [post.fate for post in (*cases[0].posts, *cases[3].posts)] == [None, None, Fate.DELETED]


async def test_content_is_known_as_before(database):
    cases = SqliteCaseStore(database)
    known = [await cases.known(GUILD, {key}) for key in (71, 72, 73, 74)]
    assert [(one.number, one.ruling) for one in known] == [
        (1, None),
        (2, Ruling.CLEARED),
        (3, Ruling.DELETED),
        (4, Ruling.WITHDRAWN),
    ]
    joined = await cases.record(make_post(), make_repeat(make_post(), 71), make_post().at)
    assert joined.number == 1


async def test_history_keeps_what_people_did(database):
    cases = SqliteCaseStore(database)
    told = [(event.event, event.actor_id) for number in (1, 2, 3, 4) for event in await cases.history(GUILD, number)]
    assert told == [("opened", None), ("cleared", MODERATOR), ("deleted", MODERATOR), ("withdrawn", None)]


async def test_deletions_that_wait_and_those_that_failed_are_one_a_channel(database):
    effects = SqliteEffectStore(database)
    assert [(one.key, dict(one.payload)) for one in await effects.pending()] == [
        (delete_key(3, 8), {"case": 3, "channel": 8})
    ]
    case = await SqliteCaseStore(database).get(GUILD, 3)
    assert (case.can_retry, case.problems, case.standing) == (True, {5: "no right"}, {5: 1, 8: 1})


async def test_an_earlier_verdict_can_be_undone(database):
    cases = SqliteCaseStore(database)
    await cases.undo(GUILD, 2, Verdict(MODERATOR, make_post().at))
    assert (await cases.get(GUILD, 2)).state is CaseState.REOPENED
