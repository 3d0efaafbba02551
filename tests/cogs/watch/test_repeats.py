"""Repeats in watched channels become cases; edits are judged once, and what they change is followed."""

import pytest
from simcord.backend import serializers

from bot.model import Mode
from tests.cogs.watch.posts import SPOKEN, cases, labels, post_at_once, save_memory
from tests.support import CHATTER, CLAIM, open_case, set_mode

# Repeats


@pytest.mark.parametrize("mode", list(Mode))
async def test_a_repeat_is_shown_to_moderators_where_the_mode_speaks(world, mode):
    await world.switch_on(mode)
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    assert len(world.from_bot(world.queue)) == (mode in SPOKEN)


async def test_a_card_links_the_first_post_and_its_repeat(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    again = await world.bob.send(world.general, f"**{CHATTER.upper()}**!!")
    (card,) = world.from_bot(world.queue)
    first_line, again_line = card.content.splitlines()
    assert first.jump_url in first_line
    assert world.alice.mention in first_line
    assert again.jump_url in again_line
    assert world.bob.mention in again_line
    assert labels(card) == [
        "Claim",
        "Delete repeat",
        "Repeat, but keep",
        "Not a repeat",
        "Always allow this",
        "Snooze",
        "Show texts",
    ]


async def test_two_repeats_join_one_case(world):
    await world.switch_on()
    await open_case(world)
    await world.alice.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)  # the pace of edits
    (card,) = world.from_bot(world.queue)
    assert cases(world) == [(1, "open", 2)]
    assert card.content.count("**Again:**") == 2
    assert "Delete 2 repeats" in labels(card)


async def test_twenty_copies_in_the_same_instant_make_one_case_with_one_card(world):
    await world.switch_on()
    await post_at_once(world, *[(world.alice, CHATTER)] * 20)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert cases(world) == [(1, "open", 19)]
    assert "Delete 19 repeats" in labels(card)


async def test_a_repeat_after_a_restart_joins_the_case_and_the_old_card_still_works(world):
    await world.switch_on()
    await open_case(world)
    await save_memory(world)
    await world.restart()
    await world.bob.send(world.general, CHATTER.lower())
    (card,) = world.from_bot(world.queue)
    assert cases(world) == [(1, "open", 2)]
    await world.moderator.click(card, label="Delete 2 repeats")
    assert [message.content for message in world.general.history()] == [CHATTER]


async def test_a_case_is_withdrawn_when_its_repeat_is_deleted(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    again = await world.bob.send(world.general, CHATTER)
    await world.bob.delete(again)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert cases(world) == [(1, "judged", 1)]
    assert labels(card) == ["Undo", "Show texts"]
    assert "~~ deleted" in card.content


async def test_a_case_stays_open_when_only_its_first_post_is_deleted(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    await world.alice.delete(first)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert cases(world) == [(1, "open", 1)]
    assert "~~ deleted" in card.content.splitlines()[0]


async def test_a_deleted_post_cannot_be_repeated(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    await world.alice.delete(first)
    await world.bob.send(world.general, CHATTER)
    assert cases(world) == []


async def test_a_repeat_that_is_deleted_at_once_leaves_no_case_open(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    message = world.env.backend.create_message(world.general.id, world.bob.id, CHATTER)
    world.env.backend.delete_message(world.general.id, message.id)
    await world.env.settle()
    assert [case for case in cases(world) if case[1] == "open"] == []


async def test_posts_deleted_in_bulk_cannot_be_repeated_either_also_after_a_restart(world):
    await world.switch_on()
    texts = [CHATTER, "Somebody left three umbrellas in the reading room, ask at the desk"]
    posts = [await world.alice.send(world.general, text) for text in texts]
    await save_memory(world)
    world.env.backend.bulk_delete_messages(world.general.id, [post.id for post in posts])
    await world.env.settle()
    await world.restart()
    for text in texts:
        await world.bob.send(world.general, text)
    assert cases(world) == []


async def test_posts_of_one_server_are_not_repeats_in_another(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    await set_mode(world.bot.services.policies, elsewhere.id, chat.id, Mode.ANSWER)
    await elsewhere.add_member(world.env.create_user("dora")).send(chat, CHATTER)
    assert cases(world) == []


# Edits


async def test_an_edit_that_adds_a_claim_is_answered_once(world):
    await world.switch_on()
    post = await world.alice.send(world.general, "one moment")
    await world.alice.edit(post, CLAIM)
    await world.alice.edit(post, f"{CLAIM}!")
    (answer,) = world.from_bot(world.general)
    assert answer.reference.message_id == post.id


async def test_an_edit_that_copies_an_earlier_post_is_a_repeat(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    post = await world.bob.send(world.general, "one moment, I must look this up first")
    await world.bob.edit(post, CHATTER)
    assert cases(world) == [(1, "open", 1)]


async def test_an_edit_does_not_make_a_post_a_repeat_of_itself(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.alice.edit(post, f"{CHATTER}!")
    assert cases(world) == []


async def test_an_edited_post_is_known_by_its_new_text_only(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.alice.edit(post, "the ferry to the island goes at noon on Sundays")
    await world.bob.send(world.general, CHATTER)
    assert cases(world) == []
    await world.bob.send(world.general, "The ferry to the island goes at noon on Sundays!")
    assert cases(world) == [(1, "open", 1)]


async def test_the_first_post_of_a_case_that_is_edited_does_not_join_it(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    await world.alice.edit(first, f"{CHATTER}!")
    assert cases(world) == [(1, "open", 1)]


async def test_the_preview_that_discord_adds_to_a_link_is_no_edit(world):
    await world.switch_on()
    post = await world.alice.send(world.general, "one moment")
    stored = world.env.backend.get_message(world.general.id, post.id)
    stored.content = CLAIM  # what only a judgement would find
    world.env.backend.emit("MESSAGE_UPDATE", dict(serializers.message_payload(world.env.backend, stored)))
    await world.env.settle()
    assert world.from_bot(world.general) == []


async def test_an_old_post_is_not_answered_when_it_is_edited(world):
    await world.switch_on()
    post = await world.alice.send(world.general, "one moment")
    await world.env.advance_time(3600)
    await world.alice.edit(post, CLAIM)
    assert world.from_bot(world.general) == []
