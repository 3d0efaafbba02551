"""Each setting does something: what happens by the default, and what happens once it was chosen.

A setting without a line in one of the two tables fails the last test.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest

from bot.config.changes import Change, applied
from bot.config.table import SETTINGS
from bot.decide import Answer, Facts, decide
from bot.discord_ui import words
from bot.duplicates import DETECTORS
from bot.duplicates.judgement import judge
from bot.duplicates.window import Window
from bot.model import (
    Band,
    GuildPolicy,
    Judgement,
    Match,
    Mode,
    QuietHours,
    Reply,
    ReplyState,
    Sensitivity,
    Strictness,
)
from bot.policy import refusal
from tests.support import AUTHOR, CHANNEL, CHATTER, CLAIM, CLAIM_TOPIC, GUILD, START, choose, make_post, open_case

TOPIC, OTHER = "fair-use", "scraping"
REWORDED = CHATTER.replace("harbour", "station").replace("warm coat", "thick scarf")
LINK = "https://tenor.example/view/cat-1"
MINUTES, HOURS, DAYS = (lambda n: timedelta(minutes=n)), (lambda n: timedelta(hours=n)), (lambda n: timedelta(days=n))
TWO_DAYS = DAYS(2)


# By the functions that decide


def refused(policy: GuildPolicy, ago: timedelta, slug: str = TOPIC, now=START, **fields) -> bool:
    """Whether a post is refused an answer on the topic after an earlier reply, so long ago, in the same channel."""
    place = {"channel_id": CHANNEL, "author_id": AUTHOR + 1, **fields}
    earlier = Reply(
        1, GUILD, message_id=5, slug=slug, score=0.9, reason="", state=ReplyState.POSTED, at=now - ago, **place
    )
    return refusal(policy, make_post(at=now), TOPIC, [earlier], now) is not None


def is_answered(policy: GuildPolicy) -> bool:
    """Whether a post is answered whose score lies just above the matcher's threshold."""
    judgement = Judgement(Band.ANSWER, (Match(TOPIC, 0.91, ""),), (), answer_from=0.90)
    return isinstance(decide(make_post(), Facts(START, policy, judgement)).speech, Answer)


def flagged(
    policy: GuildPolicy, text: str = CHATTER, again: str = CHATTER, after: timedelta = TWO_DAYS, **fields
) -> bool:
    """Whether the second of two posts is a repeat to show."""
    return bool(judged(policy, text, again, after, **fields).repeats)


def judged(policy: GuildPolicy, text: str, again: str, after: timedelta, **fields):
    window = Window(DETECTORS)
    window.see(make_post(text))
    later = make_post(again, **{"at": START + after, **fields})
    return judge(later, window.see(later)[1], policy)


@dataclass(frozen=True)
class Effect:
    """What is observed by the default, and with a value."""

    value: Any
    observe: Any
    before: Any
    after: Any
    of: str = ""


DECIDED = {
    "topic_cooldown": Effect(HOURS(1), lambda p: refused(p, HOURS(2)), True, False),
    "channel_cooldown": Effect(MINUTES(30), lambda p: refused(p, MINUTES(20), OTHER), False, True),
    "member_cooldown": Effect(
        HOURS(1), lambda p: refused(p, HOURS(2), channel_id=CHANNEL + 1, author_id=AUTHOR), True, False
    ),
    "answers_per_hour": Effect(1, lambda p: refused(p, MINUTES(50), OTHER), False, True),
    "quiet_hours": Effect(QuietHours(time(22), time(7)), lambda p: refused(p, DAYS(1)), False, True),
    "time_zone": Effect(
        "Asia/Tokyo",
        lambda p: refused(applied(p, [Change("quiet_hours", QuietHours(time(22), time(7)))]), DAYS(1)),
        True,
        False,
    ),
    "strictness": Effect(Strictness.STRICT, is_answered, True, False, str(CHANNEL)),
    "topic_modes": Effect(Mode.SUGGEST, is_answered, True, False, TOPIC),
    "thresholds": Effect(0.95, is_answered, True, False, TOPIC),
    "repeats_across_authors": Effect(False, lambda p: flagged(p, author_id=AUTHOR + 1), True, False),
    "repeats_across_channels": Effect(False, lambda p: flagged(p, channel_id=CHANNEL + 1), True, False),
    "sensitivity": Effect(Sensitivity.CERTAIN, lambda p: flagged(p, again=REWORDED), True, False),
    "slow_repost": Effect(DAYS(3), lambda p: "after 2 days" in judged(p, CHATTER, CHATTER, DAYS(2)).note, True, False),
    "move_grace": Effect(MINUTES(1), lambda p: flagged(p, after=MINUTES(5), channel_id=CHANNEL + 1), False, True),
    "exempt_domains": Effect(frozenset({"tenor.example"}), lambda p: flagged(p, LINK, LINK), True, False),
}


@pytest.mark.parametrize("name", DECIDED)
def test_a_setting_changes_what_is_decided(name):
    effect = DECIDED[name]
    policy = GuildPolicy(GUILD, modes={CHANNEL: Mode.ANSWER}, moderators_channel_id=99)
    assert effect.observe(policy) == effect.before
    assert effect.observe(applied(policy, [Change(name, effect.value, effect.of)])) == effect.after


# On a server


async def answers(world) -> int:
    """How many answers a claim brings."""
    await world.alice.send(world.general, CLAIM)
    return len(world.from_bot(world.general))


async def cards(world) -> int:
    """How many cases a post and its repeat bring."""
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    return len(world.from_bot(world.queue))


async def cards_after_others(world) -> int:
    """How many cases a repeat brings of a post after which a hundred others were written."""
    await world.alice.send(world.general, CHATTER)
    place = {"guild_id": world.guild.id, "channel_id": world.general.id, "at": world.env.now()}
    with world.env.time_context():
        for number in range(100):
            text = f"Bench {number} stands below oak number {number * 7} in quarter {number * 13}"
            await world.bot.services.pipeline.handle(make_post(text, message_id=2**62 + number, **place))
    await world.bob.send(world.general, CHATTER)
    return len([card for card in world.from_bot(world.queue) if world.alice.mention in card.content])


async def cards_after_a_while(world) -> int:
    """How many cases a repeat brings 70 minutes later."""
    await world.alice.send(world.general, CHATTER)
    await world.env.advance_time(70 * 60)
    await world.bob.send(world.general, CHATTER)
    return len(world.from_bot(world.queue))


async def role_of(world) -> int:
    """A role that bob has."""
    role = world.guild.create_role("chosen")
    world.env.backend.add_member_role(world.guild.id, world.bob.id, role.id)
    await world.env.settle()
    return role.id


async def case_state(world) -> str:
    """What becomes of a case when bob dismisses it."""
    card = await open_case(world)
    await world.bob.click(card, label="Not a repeat")
    (row,) = world.database.read_now(lambda db: list(db.query('SELECT state FROM "case"')))
    return row["state"]


async def bob_may(world, command: str, refusal_text: str, **options) -> bool:
    """Whether bob may use a command that Discord's settings offer him."""
    found = world.env.backend.find_command(command.split()[0], None)
    world.guild.set_command_permissions(int(found["id"]), {world.bob: True})
    result = await world.bob.slash(world.general, command, **options)
    return result.response.content != refusal_text


async def bob_may_edit(world) -> bool:
    return await bob_may(world, "faq history", words.EDITORS_ONLY, topic=CLAIM_TOPIC)


async def bob_may_set(world) -> bool:
    return await bob_may(world, "setup history", words.ADMINS_ONLY)


async def bobs_answers(world) -> int:
    await world.bob.send(world.general, CLAIM)
    return len(world.from_bot(world.general))


def general(world) -> str:
    return str(world.general.id)


async def bobs_roles(world) -> frozenset[int]:
    return frozenset({await role_of(world)})


SHOWN = {
    "modes": Effect(Mode.OFF, answers, 1, 0, general),
    "repeats": Effect(False, cards, 1, 0, general),
    "window_posts": Effect(100, cards_after_others, 1, 0),
    "window_age": Effect(HOURS(1), cards_after_a_while, 1, 0),
    "exempt_channels": Effect(lambda world: frozenset({world.general.id}), cards, 1, 0),
    "exempt_roles": Effect(bobs_roles, bobs_answers, 1, 0),
    "moderators_roles": Effect(bobs_roles, case_state, "open", "judged"),
    "editors_roles": Effect(bobs_roles, bob_may_edit, False, True),
    "admins_roles": Effect(bobs_roles, bob_may_set, False, True),
    "moderators_channel_id": Effect(None, cards, 1, 0),
}


@pytest.mark.parametrize("is_chosen", [False, True], ids=["by default", "chosen"])
@pytest.mark.parametrize("name", SHOWN)
async def test_a_setting_changes_what_happens_on_a_server(world, name, is_chosen):
    effect = SHOWN[name]
    world.errors_expected = name in ("editors_roles", "admins_roles")
    await world.switch_on()
    if is_chosen:
        value = effect.value(world) if callable(effect.value) else effect.value
        value = await value if hasattr(value, "__await__") else value
        of = effect.of(world) if callable(effect.of) else effect.of
        await choose(world.bot.services.policies, world.guild.id, Change(name, value, of))
    assert await effect.observe(world) == (effect.after if is_chosen else effect.before)


def test_every_setting_is_in_one_of_the_tables():
    assert not DECIDED.keys() & SHOWN.keys()
    with_cases = {"case_threads", "timeouts"}  # their effects are cases': tests/cases has them
    assert DECIDED.keys() | SHOWN.keys() | with_cases == SETTINGS.keys()
