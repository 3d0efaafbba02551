"""What counts as a verdict on an answer, for whom, and what does not."""

import pytest

from bot.claims.feedback import Rating
from bot.model import Match, ReplyState, Vote
from bot.storage.members import SqliteMemberStore
from bot.storage.protocols import Verdict
from bot.storage.ratings import SqliteRatingStore
from bot.storage.replies import SqliteReplyStore
from tests.support import AUTHOR, GUILD, START, make_post

TOPIC, MODERATOR = "fair-use", 7
VERDICT = Verdict(MODERATOR, START)
SUGGESTED, POSTED, DROPPED, SHADOWED = (
    ReplyState.SUGGESTED,
    ReplyState.POSTED,
    ReplyState.DROPPED,
    ReplyState.SHADOWED,
)


class Desk:
    """Answers on record, and what people make of them."""

    def __init__(self, database):
        self.replies = SqliteReplyStore(database, START)
        self.ratings = SqliteRatingStore(database)

    async def given(self, state=POSTED, score=0.8, guild_id=GUILD, slug=TOPIC, author_id=AUTHOR) -> int:
        post = make_post(guild_id=guild_id, author_id=author_id)
        return (await self.replies.record(post, Match(slug, score, ""), state, START)).id

    async def judged(self, state, **fields) -> int:
        reply_id = await self.given(SUGGESTED, **fields)
        await self.replies.judge(fields.get("guild_id", GUILD), reply_id, state, VERDICT)
        return reply_id

    async def voted(self, helpful: int, not_meant: int, reply_id: int | None = None) -> int:
        reply_id = reply_id or await self.given()
        for voter, vote in enumerate([Vote.HELPFUL] * helpful + [Vote.NOT_MEANT] * not_meant):
            await self.replies.vote(GUILD, reply_id, 1000 + voter, vote)
        return reply_id

    async def rights(self) -> list[bool]:
        return [rating.right for rating in (await self.ratings.by_topic(GUILD)).get(TOPIC, [])]


@pytest.fixture
def desk(database) -> Desk:
    return Desk(database)


@pytest.mark.parametrize(("state", "right"), [(POSTED, True), (DROPPED, False)])
async def test_a_moderators_decision_on_a_suggestion_is_a_verdict(desk, state, right):
    await desk.judged(state)
    assert await desk.rights() == [right]


async def test_where_a_moderator_posted_another_topic_the_proposed_one_was_wrong_and_the_other_has_no_verdict(desk):
    reply_id = await desk.given(SUGGESTED)
    await desk.replies.judge(GUILD, reply_id, POSTED, VERDICT, "remedies")
    await desk.voted(2, 0, reply_id)
    assert await desk.ratings.by_topic(GUILD) == {TOPIC: [Rating(0.8, right=False)]}


@pytest.mark.parametrize(
    ("helpful", "not_meant", "rights"), [(1, 0, [True]), (0, 1, [False]), (1, 2, [False]), (3, 1, [True]), (2, 2, [])]
)
async def test_the_votes_on_an_automatic_answer_are_one_verdict_by_majority(desk, helpful, not_meant, rights):
    await desk.voted(helpful, not_meant)
    assert await desk.rights() == rights


async def test_a_moderators_approval_outweighs_votes(desk):
    await desk.voted(0, 5, await desk.judged(POSTED))
    assert await desk.rights() == [True]


@pytest.mark.parametrize(("who", "rights"), [(MODERATOR, [False]), (AUTHOR, [])])
async def test_what_a_moderator_takes_back_was_wrong_and_what_its_asker_takes_back_says_nothing(desk, who, rights):
    reply_id = await desk.voted(3, 0)
    await desk.replies.dismiss(GUILD, reply_id, Verdict(who, START))
    assert await desk.rights() == rights


@pytest.mark.parametrize("state", [SUGGESTED, POSTED, SHADOWED])
async def test_what_nobody_has_said_anything_about_is_no_verdict(desk, state):
    await desk.given(state)
    assert await desk.ratings.by_topic(GUILD) == {}


async def test_a_suggestion_that_falls_with_its_authors_data_is_no_verdict(desk, database):
    await desk.given(SUGGESTED)
    await desk.judged(POSTED, author_id=AUTHOR + 1)
    await SqliteMemberStore(database).forget(AUTHOR)
    await SqliteMemberStore(database).forget(MODERATOR)
    assert await desk.rights() == [True]  # who decided is forgotten; that it was approved is not


async def test_each_server_and_topic_has_its_own_scores(desk):
    await desk.judged(POSTED, score=0.8)
    await desk.judged(DROPPED, score=0.5)
    await desk.judged(POSTED, score=0.9, slug="scraping")
    await desk.judged(DROPPED, score=0.7, guild_id=GUILD + 1)
    assert await desk.ratings.by_topic(GUILD) == {
        TOPIC: [Rating(0.5, False), Rating(0.8, True)],
        "scraping": [Rating(0.9, True)],
    }
    assert await desk.ratings.by_topic(GUILD + 1) == {TOPIC: [Rating(0.7, False)]}
    assert await desk.ratings.by_topic(GUILD + 2) == {}
