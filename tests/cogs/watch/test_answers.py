"""Which posts are answered in a watched channel, and which are left alone."""

import pytest
from simcord.enums import MessageType

from bot.model import Mode
from tests.cogs.watch.posts import (
    CHANNEL_COOLDOWN,
    GUILD_TABLES,
    OTHER_CLAIM,
    SAME_CLAIM,
    cases,
    deliver_again,
    labels,
    post_at_once,
    save_memory,
    start_thread,
)
from tests.support import CHATTER, CLAIM, rows, set_mode


async def test_a_claim_in_a_watched_channel_is_answered_as_a_reply(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    assert answer.reference.message_id == post.id
    assert "illegal" in answer.embeds[0].title
    assert labels(answer) == ["Sources", "More", "Helpful", "Not what I meant", "Dismiss"]


@pytest.mark.parametrize(
    ("mode", "answers", "suggestions", "states"),
    [
        (Mode.OFF, 0, 0, []),
        (Mode.SHADOW, 0, 0, ["shadowed"]),
        (Mode.SUGGEST, 0, 1, ["suggested"]),
        (Mode.ANSWER, 1, 0, ["posted"]),
    ],
)
async def test_what_a_claim_calls_for_depends_on_the_mode(world, mode, answers, suggestions, states):
    await world.switch_on(mode)
    await world.alice.send(world.general, CLAIM)
    assert (len(world.from_bot(world.general)), len(world.from_bot(world.queue))) == (answers, suggestions)
    assert [row["state"] for row in rows(world.database, "SELECT state FROM reply")] == states


async def test_a_channel_that_nobody_switched_on_is_not_even_remembered(world):
    await world.alice.send(world.general, CLAIM)
    await world.bob.send(world.general, CLAIM)
    await save_memory(world)
    assert [table for table in GUILD_TABLES if rows(world.database, f'SELECT 1 FROM "{table}"')] == []  # noqa: S608


async def test_a_channel_switched_off_again_is_left_alone(world):
    await world.switch_on()
    await world.switch_on(Mode.OFF)
    await world.alice.send(world.general, CLAIM)
    assert world.from_bot(world.general) == []


async def test_a_thread_inherits_the_mode_of_its_channel(world):
    await world.switch_on()
    thread = await start_thread(world)
    await world.alice.send(thread, CLAIM)
    assert len(world.from_bot(thread)) == 1


async def test_a_thread_of_a_channel_that_is_off_is_off(world):
    thread = await start_thread(world)
    await world.alice.send(thread, CLAIM)
    assert world.from_bot(thread) == []


async def test_a_mode_of_its_own_goes_before_that_of_the_channel(world):
    await world.switch_on()
    thread = await start_thread(world)
    await set_mode(world.bot.services.policies, world.guild.id, thread.id, Mode.OFF)
    await world.alice.send(thread, CLAIM)
    assert world.from_bot(thread) == []


@pytest.mark.parametrize("is_reply", [True, False])
async def test_a_short_post_is_understood_by_the_one_that_it_replies_to(world, is_reply):
    first_half, second_half = CLAIM.rsplit(", ", 1)
    parent = await world.alice.send(world.general, first_half)
    await world.switch_on()
    await world.bob.send(world.general, second_half, reply_to=parent if is_reply else None)
    assert len(world.from_bot(world.general)) == is_reply


@pytest.mark.parametrize("here", [True, False])
async def test_an_answered_topic_stays_quiet_in_its_channel_also_in_other_words(world, here):
    elsewhere = world.guild.create_text_channel("elsewhere")
    await world.switch_on()
    await set_mode(world.bot.services.policies, world.guild.id, elsewhere.id, Mode.ANSWER)
    await world.alice.send(world.general, CLAIM)
    await world.env.advance_time(CHANNEL_COOLDOWN)
    await world.bob.send(world.general if here else elsewhere, SAME_CLAIM)
    assert (len(world.from_bot(world.general)), len(world.from_bot(elsewhere))) == (1, 0 if here else 1)


@pytest.mark.parametrize("is_reply", [True, False])
async def test_who_replies_to_our_answer_is_not_answered_again_on_another_topic_either(world, is_reply):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    await world.env.advance_time(CHANNEL_COOLDOWN)
    await world.bob.send(world.general, OTHER_CLAIM, reply_to=answer if is_reply else None)
    assert len(world.from_bot(world.general)) == (1 if is_reply else 2)


async def test_ordinary_chat_is_left_alone(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    assert world.from_bot(world.general) == world.from_bot(world.queue) == []


@pytest.mark.parametrize(
    "text",
    [f"> {CLAIM}", f">>> {CLAIM}", f"```{CLAIM}```", f"`{CLAIM}`", f"> {CLAIM}\nno it is not", "", "\u200b"],
    ids=["quote", "long quote", "code block", "code", "quote with an answer below", "empty", "invisible"],
)
async def test_what_the_author_does_not_say_is_not_answered(world, text):
    await world.switch_on()
    world.env.backend.create_message(world.general.id, world.alice.id, text, attachments=[] if text else [_picture()])
    await world.env.settle()
    assert world.from_bot(world.general) == []


def _picture() -> dict:
    place = "https://cdn.simcord.invalid/1.png"
    return {"id": "1", "filename": "1.png", "size": 1, "url": place, "proxy_url": place}


async def test_a_direct_message_is_not_judged(world):
    await world.switch_on()
    await world.alice.send_dm(CLAIM)
    assert world.alice.user.dm_channel.history()[-1].content == CLAIM


async def _as_another_bot(world, text):
    helper = world.guild.add_member(world.env.create_user("helper", bot=True))
    await helper.send(world.general, text)


async def _as_a_webhook(world, text):
    await world.guild.create_webhook(world.general).send(text, username="alice")


async def _as_ourselves(world, text):
    world.env.backend.create_message(world.general.id, world.bot.user.id, text)
    await world.env.settle()


@pytest.mark.parametrize("speak", [_as_another_bot, _as_a_webhook, _as_ourselves])
async def test_only_members_are_judged(world, speak):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    before = len(world.general.history())
    await speak(world, CLAIM)
    await speak(world, CHATTER)
    assert len(world.general.history()) == before + 2
    assert world.from_bot(world.queue) == []


async def test_what_discord_itself_posts_repeats_nothing(world):
    await world.switch_on()
    pinned = await world.alice.send(world.general, CHATTER)
    for _ in range(2):
        world.guild.create_system_message(
            world.general, MessageType.PINS_ADD, author=world.alice, referenced_message=pinned
        )
        await world.env.settle()
    assert len({message.content for message in world.general.history()}) == 2
    assert world.from_bot(world.queue) == []


async def test_an_answer_is_given_once_when_discord_repeats_the_post(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    await deliver_again(world, post)
    assert len(world.from_bot(world.general)) == 1


async def test_an_answer_is_given_once_when_discord_repeats_the_post_after_a_restart(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    await world.restart()
    await deliver_again(world, post)
    assert len(world.from_bot(world.general)) == 1


async def test_a_post_that_discord_repeats_does_not_repeat_itself(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await deliver_again(world, post)
    assert cases(world) == []


async def test_of_two_claims_in_the_same_instant_one_is_answered(world):
    await world.switch_on()
    await post_at_once(world, (world.alice, CLAIM), (world.bob, OTHER_CLAIM))
    assert len(world.from_bot(world.general)) == 1


async def test_a_restart_does_not_end_the_pause_between_answers(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    await world.restart()
    await world.bob.send(world.general, OTHER_CLAIM)
    assert len(world.from_bot(world.general)) == 1


async def test_after_the_pause_another_claim_is_answered(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    await world.env.advance_time(180)
    await world.bob.send(world.general, OTHER_CLAIM)
    assert len(world.from_bot(world.general)) == 2


async def test_an_answer_that_discord_did_not_take_is_sent_at_the_next_try(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    await world.alice.send(world.general, CLAIM)
    assert world.from_bot(world.general) == []
    await world.env.advance_time(7)
    assert len(world.from_bot(world.general)) == 1


async def test_an_answer_cut_off_before_it_was_noted_is_not_sent_twice(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    world.database.write_now(lambda db: db.execute("UPDATE effect SET done = 0, channel_id = NULL, message_id = NULL"))
    await world.restart()
    assert [message.id for message in world.from_bot(world.general)] == [answer.id]
    (effect,) = rows(world.database, "SELECT * FROM effect")
    assert (effect["done"], effect["message_id"]) == (1, answer.id)


async def test_an_answer_left_pending_is_sent_after_the_restart(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    await world.alice.send(world.general, CLAIM)
    await world.restart()
    assert len(world.from_bot(world.general)) == 1
