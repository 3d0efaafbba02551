"""What the stores tell of one post: the answer to it, the cases that it is in, and the answers of its time."""

from datetime import timedelta

import pytest

from bot.case import CaseState, Ruling
from bot.model import Match, ReplyState
from bot.storage.cases import SqliteCaseStore
from bot.storage.protocols import Verdict
from bot.storage.replies import SqliteReplyStore
from tests.support import GUILD, START, make_post, make_repeat, recorded

MATCH = Match("topic", 0.7, "claim “x”")
ELSEWHERE = GUILD + 1


@pytest.fixture
def replies(database):
    return SqliteReplyStore(database, START)


@pytest.fixture
def cases(database):
    return SqliteCaseStore(database)


async def test_the_answer_to_a_post_is_found_by_its_number_on_its_server_only(replies):
    post, other = make_post(), make_post()
    reply = await replies.record(post, MATCH, ReplyState.POSTED, START)
    await replies.record(other, MATCH, ReplyState.POSTED, START)
    assert await replies.of_post(GUILD, post.message_id) == reply
    assert await replies.of_post(ELSEWHERE, post.message_id) is None
    assert await replies.of_post(GUILD, 5) is None


async def test_answers_of_a_time_are_those_from_its_beginning_to_before_its_end(replies):
    times = [START + timedelta(minutes=minute) for minute in range(4)]
    for at in reversed(times):
        await replies.record(make_post(), MATCH, ReplyState.POSTED, at)
    await replies.record(make_post(guild_id=ELSEWHERE), MATCH, ReplyState.POSTED, times[1])
    found = await replies.between(GUILD, times[1], times[3])
    assert [reply.at for reply in found] == times[1:3]


async def test_the_cases_of_a_post_are_found_with_their_state_on_its_server_only(cases):
    first, second = make_post(), make_post()
    case = await recorded(cases, second, make_repeat(first))
    await cases.judge(GUILD, case.id, Ruling.CLEARED, Verdict(9, START))
    for post in (first, second):
        (found,) = await cases.of_post(GUILD, post.message_id)
        assert (found.number, found.state, found.ruling) == (1, CaseState.JUDGED, Ruling.CLEARED)
        assert await cases.of_post(ELSEWHERE, post.message_id) == []
    assert await cases.of_post(GUILD, make_post().message_id) == []
