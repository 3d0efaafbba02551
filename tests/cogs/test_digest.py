"""The weekly digest: once a week, across restarts, only when there is something to tell."""

from datetime import UTC, date, datetime, timedelta

import discord
import pytest

from bot.app import build_bot
from bot.model import EffectKind, Mode, SourceCheck, SourceState, Week
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.protocols import digest_key
from bot.storage.weeks import SqliteWeekStore
from tests.support import CLAIM, CLAIM_TOPIC, GUILD, World, make_post, open_case, rows, running_world, set_mode

AN_HOUR = 3601
LONG_AFTER = {"days": 3 * 365}  # past the review of every shipped explainer


class Ahead:
    """A clock that goes ahead of the server's by a time that the test chooses."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return discord.utils.utcnow() + self.by

    def advance(self, **duration: float) -> None:
        self.by += timedelta(**duration)


@pytest.fixture
def ahead() -> Ahead:
    return Ahead()


@pytest.fixture
async def world(database, ahead) -> World:
    async with running_world(database, clock=ahead) as world:
        yield world


async def the_hour_strikes(world) -> None:
    await world.env.advance_time(AN_HOUR)


async def restart(world, ahead) -> None:
    """A new bot on the same database, with the same clock."""
    with world.env.time_context():
        world.bot = build_bot(world.database, ahead)
    await world.env.restart_bot(world.bot)


def digests(world) -> list[discord.Message]:
    return [
        message
        for message in world.from_bot(world.queue)
        if message.embeds and message.embeds[0].title.startswith("Week of ")
    ]


async def test_moderators_are_told_what_the_week_that_is_over_held(world, ahead):
    await world.switch_on(Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    await world.moderator.click(world.from_bot(world.queue)[-1], label="Post answer")
    await open_case(world)
    ahead.advance(weeks=1)
    await the_hour_strikes(world)
    (digest,) = digests(world)
    (card,) = digest.embeds
    assert card.title == "Week of 29 December 2025"  # the simulated server begins on 1 January 2026
    assert card.description == "Up to 4 January 2026: 1 answer, 1 suggestion and 1 case."


async def test_a_suggestion_that_nobody_posted_is_no_answer(world, ahead):
    await world.switch_on(Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    ahead.advance(weeks=1)
    await the_hour_strikes(world)
    assert digests(world)[0].embeds[0].description.endswith(": 0 answers, 1 suggestion and 0 cases.")


async def test_a_week_is_told_once_also_after_a_restart(world, ahead):
    await world.switch_on()
    await open_case(world)
    ahead.advance(weeks=1)
    await the_hour_strikes(world)
    await the_hour_strikes(world)
    await restart(world, ahead)
    await the_hour_strikes(world)
    assert len(digests(world)) == 1


async def test_what_nobody_sent_while_the_bot_was_away_is_sent_at_the_next_start(world, ahead):
    await world.switch_on()
    await open_case(world)
    ahead.advance(weeks=1)
    await restart(world, ahead)
    await world.env.advance_time(1)
    assert len(digests(world)) == 1


async def test_a_digest_that_was_sent_and_not_noted_is_found_and_not_sent_again(world, ahead):
    await world.switch_on()
    await open_case(world)
    await world.database.write(lambda db: db.execute('UPDATE "case" SET at = at - 7 * 86400'))
    await the_hour_strikes(world)
    forget = "UPDATE effect SET done = 0, message_id = NULL, channel_id = NULL WHERE kind = ?"
    await world.database.write(lambda db: db.execute(forget, [EffectKind.DIGEST.value]))
    await world.env.advance_time(400)  # Discord itself no longer knows a message sent twice
    await restart(world, ahead)
    await world.env.advance_time(10)
    (effect,) = rows(world.database, "SELECT * FROM effect WHERE kind = 'digest'")
    assert len(digests(world)) == 1
    assert effect["message_id"] == digests(world)[0].id


async def test_a_quiet_week_without_anything_under_review_is_not_told(world, ahead):
    await world.switch_on()
    for _ in range(3):
        ahead.advance(weeks=1)
        await the_hour_strikes(world)
    assert digests(world) == []


async def test_explainers_past_their_review_are_listed_each_week_until_they_are_renewed(world, ahead):
    await world.switch_on()
    ahead.advance(**LONG_AFTER)
    await the_hour_strikes(world)
    ahead.advance(weeks=1)
    await the_hour_strikes(world)
    first, second = digests(world)
    for digest in (first, second):
        week, stale = digest.embeds
        assert "no answer, suggestion or case" in week.description
        assert stale.title == "40 explainers under review"
        assert "its review was due on" in stale.description


async def test_an_explainer_whose_primary_source_is_gone_is_listed(world, ahead, explainers):
    await world.switch_on()
    source = next(source for source in explainers[CLAIM_TOPIC].sources if source.kind == "judgment")
    check = SourceCheck(source.url, SourceState.DEAD, ahead(), 404)
    await SqliteSourceCheckStore(world.database).record(check)
    await the_hour_strikes(world)
    _, stale = digests(world)[0].embeds
    assert "gone from the web" in stale.description


async def test_without_a_moderators_channel_there_is_no_digest(world, ahead):
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.ANSWER)
    await world.alice.send(world.general, CLAIM)
    ahead.advance(**LONG_AFTER)
    await the_hour_strikes(world)
    assert rows(world.database, "SELECT * FROM effect WHERE kind = 'digest'") == []


async def test_a_week_holds_what_one_server_did_from_monday_to_sunday_in_utc(database):
    monday = date(2026, 11, 16)
    begin = datetime(2026, 11, 16, tzinfo=UTC)
    times = [begin - timedelta(seconds=1), begin, begin + timedelta(days=7, seconds=-1), begin + timedelta(days=7)]
    insert = "INSERT INTO effect (key, guild_id, kind, payload, done, at) VALUES (?, ?, 'reply', '{}', ?, ?)"
    placed = [(GUILD, 1, at) for at in times] + [(GUILD, 0, begin), (GUILD + 1, 1, begin)]
    for guild_id, done, at in placed:
        key = f"reply:{make_post().message_id}"
        values = [key, guild_id, done, at.timestamp()]
        await database.write(lambda db, values=values: db.execute(insert, values))
    assert await SqliteWeekStore(database).week(GUILD, monday) == Week(monday, answers=2, suggestions=0, cases=0)


async def test_a_week_that_was_ordered_keeps_its_first_order(database):
    weeks, monday = SqliteWeekStore(database), date(2026, 11, 16)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    await weeks.order(GUILD, Week(monday, 1, 2, 3), now)
    await weeks.order(GUILD, Week(monday, 9, 9, 9), now)
    (effect,) = rows(database, "SELECT * FROM effect")
    assert effect["key"] == digest_key(GUILD, monday) == f"digest:{GUILD}:2026-W47"
    assert effect["wanted"] == 1
    assert '"answers": 1' in effect["payload"]
