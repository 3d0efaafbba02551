"""``/why`` of a repeat, and of which message it can be asked."""

from datetime import timedelta

import pytest

from bot.app import COMMANDS_ONLY
from bot.discord_ui import words
from bot.model import Mode
from tests.cogs.why.asking import LINK, NEAR, NEGATED, card, field, line, why
from tests.support import (
    CHATTER,
    CLAIM,
    START,
    open_case,
    running_world,
    set_mode,
    set_rights,
    told,
)

# Repeats


async def test_a_repeat_is_explained_by_detector_score_and_the_earlier_post(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    post = await world.bob.send(world.general, NEAR)
    embed = await why(world, post)
    near = line(field(embed, "Repeats"), "near")
    assert near.startswith("\u2713 near: ")
    assert first.jump_url in near
    assert "score 0." in near
    assert "part of a case" in embed.description
    assert "case 1, open" in line(embed.description, "**Decided then")
    assert "Changed since" not in embed.description


async def test_what_is_alike_and_says_another_thing_is_told_as_the_reason_why_not(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    embed = await why(world, await world.bob.send(world.general, NEGATED))
    near = line(field(embed, "Repeats"), "near")
    assert near.startswith("\u2717 near: ")
    assert "a negation, number, name or link differs" in near
    assert "no case" in embed.description


async def test_a_verdict_on_the_content_is_named_with_its_case(world):
    await world.switch_on()
    await world.moderator.click(await open_case(world), custom_id="copydesk:dismiss:1")
    post = await world.alice.send(world.general, CHATTER)
    embed = await why(world, post)
    assert "known content: case 1, no repeat" in field(embed, "Repeats")
    assert "moderators cleared this content in case 1" in embed.description


async def test_a_courtesy_that_excuses_a_repeat_is_named(world):
    await world.switch_on()
    await set_mode(world.bot.services.policies, world.guild.id, world.queue.id, Mode.SUGGEST)
    await world.alice.send(world.general, CHATTER)
    embed = await why(world, await world.alice.send(world.queue, CHATTER))
    assert line(field(embed, "Repeats"), "judgement") == "\u2717 judgement: its author moved it to another channel"


async def test_later_copies_are_not_held_against_the_first_post(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    embed = await why(world, first)
    assert "no earlier post comes into question" in line(field(embed, "Repeats"), "exact")


async def test_a_post_from_before_the_memory_says_so(database):
    async with running_world(database, clock=lambda: START + timedelta(days=15)) as world:
        embed = await why(world, await world.alice.send(world.general, CHATTER))
    assert field(embed, "Repeats").splitlines() == [words.TOO_OLD_TO_COMPARE]


# Which message


async def test_a_message_is_named_by_link_number_or_both_numbers(world):
    post = await world.alice.send(world.general, CLAIM)
    address = LINK.format(world.guild.id, world.general.id, post.id)
    for named in (address, address.replace("//", "//ptb."), f" {post.id} ", f"{world.general.id}-{post.id}"):
        assert post.jump_url in card(await world.moderator.slash(world.general, "why", message=named)).description


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ("yesterday", words.NO_MESSAGE_LINK),
        ("https://example.org/channels/1/2/3", words.NO_MESSAGE_LINK),
        ("12345", words.NO_SUCH_MESSAGE),
        ("123-456", words.NO_SUCH_MESSAGE),
        (LINK.format(1, 2, 3), words.OTHER_SERVER),
    ],
)
async def test_what_names_no_message_here_is_told(world, named, text):
    assert told(await world.moderator.slash(world.general, "why", message=named)) == text


async def test_a_message_in_a_channel_that_the_moderator_cannot_read_is_not_there_for_them(world):
    secret = world.guild.create_text_channel("secret", overwrites=None)
    post = await world.alice.send(secret, CLAIM)
    await set_rights(world, secret, world.moderator, view_channel=False)
    text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
    assert text == words.NO_SUCH_MESSAGE


async def test_a_channel_that_the_bot_cannot_read_is_named_with_what_it_needs(world):
    post = await world.alice.send(world.general, CLAIM)
    await set_rights(world, world.general, world.bot.user, view_channel=False)
    text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
    assert text == words.cannot_read(world.general.id)


async def test_a_message_that_no_member_wrote_is_never_looked_at(world):
    await world.switch_on()
    message = await world.alice.send(world.general, CHATTER)
    world.env.backend.get_message(world.general.id, message.id).webhook_id = 77
    text = told(await world.moderator.slash(world.queue, "why", message=message.jump_url))
    assert text == words.NOT_A_POST


async def test_a_message_of_a_bot_says_so(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    embed = await why(world, world.from_bot(world.general)[0])
    assert line(field(embed, "Channel"), "author") == "\u2717 author: a bot"
    assert "Answer: the author is a bot" in embed.description


async def test_without_the_content_intent_the_menu_works_and_the_command_says_why_not(database):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        post = await world.alice.send(world.general, CLAIM)
        text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
        embed = card(await world.moderator.context_menu(world.general, "Why?", post))
    assert text == words.COMMANDS_ONLY
    assert "band: answer" in field(embed, "Claim")


async def test_the_card_keeps_within_discords_limits_whatever_a_case_holds(world):
    await world.switch_on()
    members = [world.guild.add_member(world.env.create_user(f"member{number}")) for number in range(20)]
    text = f"{CLAIM} @everyone <@{world.alice.id}> " + "\u0489" * 300 + "[here](https://a.example) " * 40
    for member in members:
        post = await member.send(world.general, text)
    embed = await why(world, post)
    assert len(embed) < 6000
    assert all(len(field.value) <= 1024 for field in embed.fields)
    assert "@everyone" not in str(embed.to_dict())
