"""What the bot never does by itself: punish, write to members directly, or take habits and silence for repeats."""

import pytest

from tests.support import CHATTER, CLAIM, rows

MEMBERS_TALK = (
    "did anybody get the harbour tram this morning",
    "I took the bus instead, it was half empty",
    "my cat sat on the keyboard and ordered six kettles",
    "the museum reopens on Friday, tickets are at the door",
    "who left a blue umbrella in the reading room",
    "soup is better on the second day and nobody can tell me otherwise",
)


def asked_of_discord(world) -> set[tuple[str, str]]:
    """The requests of the bot: method, and path without numbers."""
    return {
        (one.method, "/".join("*" if part.isdecimal() else part for part in one.path.split("/")))
        for one in world.env.http_requests
    }


async def raid(world) -> None:
    """Claims, and twenty copies of one post by two members."""
    await world.alice.send(world.general, CLAIM)
    for _ in range(10):
        await world.alice.send(world.general, CHATTER)
        await world.bob.send(world.general, CHATTER.upper())
    await world.env.advance_time(7)  # the pace of edits


async def test_no_post_is_deleted_and_nobody_is_punished_without_a_moderators_press(world):
    await world.switch_on()
    await raid(world)
    assert len([one for one in world.general.history() if one.author.id != world.bot.user.id]) == 21
    assert {method for method, _ in asked_of_discord(world)} <= {"GET", "PUT", "POST", "PATCH"}
    assert not any("members" in path or "bans" in path for _, path in asked_of_discord(world))


async def test_a_post_with_three_claims_has_one_answer(world, explainers):
    await world.switch_on()
    other = [explainers[slug].claims[0] for slug in ("google-books", "getty-stability")]
    await world.alice.send(world.general, "\n".join([CLAIM, *other]))
    assert len(world.from_bot(world.general)) + len(world.from_bot(world.queue)) == 1


async def test_no_member_is_written_to_directly(world):
    await world.switch_on()
    await raid(world)
    assert not any(path.endswith("/users/@me/channels") for _, path in asked_of_discord(world))


@pytest.mark.parametrize("text", ["", " ", "\u200b", "||  ||", "<:wave:4711>", "https://", "\N{THUMBS UP SIGN}"])
async def test_posts_that_say_nothing_repeat_nobody(world, text):
    await world.switch_on()
    for member in (world.alice, world.bob, world.alice):
        await member.send(world.general, text, attachments=[("holiday.png", b"one")] if not text.strip() else ())
    assert rows(world.database, 'SELECT * FROM "case"') == []


async def test_the_different_posts_of_a_conversation_repeat_nobody(world):
    await world.switch_on()
    for number, text in enumerate(MEMBERS_TALK):
        await (world.alice, world.bob)[number % 2].send(world.general, text)
    assert rows(world.database, 'SELECT * FROM "case"') == []


@pytest.mark.parametrize("text", ["good morning all", "gm", "lol same", "thanks!"])
async def test_a_habit_of_every_day_is_no_repeat(world, text):
    await world.switch_on()
    for _ in range(3):
        await world.alice.send(world.general, text)
        await world.bob.send(world.general, text)
        await world.env.advance_time(3600)
    assert rows(world.database, 'SELECT * FROM "case"') == []
