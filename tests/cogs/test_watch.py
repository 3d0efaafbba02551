"""Posts in watched channels, as Discord delivers them: once, twice, late, edited, deleted, or while the bot is away."""

from dataclasses import replace

import discord
import pytest
from simcord.backend import serializers
from simcord.enums import MessageType

from bot.errors import StoreError
from bot.model import Mode
from tests.support import CHATTER, CLAIM, open_case, rows, set_mode, set_moderators_channel

OTHER_CLAIM = "glaze everything before you post and they can't touch it"
SAME_CLAIM = "no permission, no payment, how is training on everyone's work not against the law"
CHANNEL_COOLDOWN = 121  # seconds: a little more than between two answers in a channel
SPOKEN = (Mode.SUGGEST, Mode.ANSWER)
GUILD_TABLES = ("setting", "setting_change", "channel_cursor", "fingerprint", "reply", "case", "effect")


def cases(world) -> list[tuple[int, str, int]]:
    """Number, state and count of repeats of each case."""
    query = """
        SELECT number, state, (SELECT count(*) FROM case_post WHERE case_id = "case".id AND NOT is_original) AS repeats
        FROM "case" ORDER BY number
    """
    return [(row["number"], row["state"], row["repeats"]) for row in rows(world.database, query)]


def labels(message: discord.Message) -> list[str]:
    return [button.label for row in message.components for button in row.children]


async def post_at_once(world, *posts) -> None:
    """Several members post in the same instant: nothing is handled in between."""
    for member, text in posts:
        world.env.backend.create_message(world.general.id, member.id, text)
    await world.env.settle()


async def deliver_again(world, message: discord.Message) -> None:
    """Discord repeats the event of a message, as it does after a connection is resumed."""
    world.env.backend.announce_message_create(world.env.backend.get_message(message.channel.id, message.id))
    await world.env.settle()


async def start_thread(world, name: str = "side talk"):
    world.env.backend.create_thread(world.general.id, name, world.alice.id)
    await world.env.settle()
    return next(thread for thread in world.general.threads if thread.name == name)


async def save_memory(world) -> None:
    """Let the timer put what memory holds on disk."""
    await world.env.advance_time(11)


def post_unseen(world, member, text: str, channel=None) -> None:
    """Post while the bot is away: no event reaches it."""
    world.env.backend.create_message((channel or world.general).id, member.id, text, broadcast=False)


# What is answered


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


# While the bot was away


async def test_posts_missed_while_away_are_read_at_the_next_start(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    post_unseen(world, world.alice, CLAIM)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]
    assert len(world.from_bot(world.general)) == 1


async def test_missed_posts_are_read_once(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    await world.restart()
    await world.restart()
    assert cases(world) == [(1, "open", 1)]
    assert len(world.from_bot(world.queue)) == 1


async def test_a_missed_claim_is_not_answered_when_the_talk_has_moved_on(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    post_unseen(world, world.bob, CLAIM)
    await world.env.advance_time(600)
    await world.restart()
    assert world.from_bot(world.general) == []
    assert cases(world) == [(1, "open", 1)]


async def test_posts_missed_in_a_thread_are_read_too(world):
    await world.switch_on()
    thread = await start_thread(world)
    await world.alice.send(thread, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER, thread)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]


async def test_a_channel_switched_off_is_not_read_back(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    await world.switch_on(Mode.OFF)
    post_unseen(world, world.bob, CHATTER)
    await world.restart()
    assert cases(world) == []
    assert [r.path for r in world.env.http_requests if r.method == "GET" and "/messages" in r.path] == []


async def test_a_channel_that_cannot_be_read_back_does_not_hold_up_the_others(world):
    await world.switch_on()
    second = world.guild.create_text_channel("second")
    await set_mode(world.bot.services.policies, world.guild.id, second.id, Mode.ANSWER)
    for channel in (world.general, second):
        await world.alice.send(channel, CHATTER if channel is second else "good morning to you all")
    await save_memory(world)
    post_unseen(world, world.bob, "good morning to you all")
    post_unseen(world, world.bob, CHATTER, second)
    world.env.inject_error("GET", f"/channels/{world.general.id}/messages", status=403, code=50001)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]


# Memory


async def test_memory_is_put_on_disk_every_ten_seconds(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    assert rows(world.database, "SELECT * FROM fingerprint") == []
    await world.env.advance_time(10)
    assert [row["message_id"] for row in rows(world.database, "SELECT * FROM fingerprint")] == [post.id]
    assert [row["message_id"] for row in rows(world.database, "SELECT * FROM channel_cursor")] == [post.id]


class FailsOnce:
    """A pipeline whose first save fails."""

    def __init__(self, pipeline) -> None:
        self._pipeline = pipeline
        self.saves = 0

    async def save(self) -> None:
        self.saves += 1
        if self.saves == 1:
            raise StoreError("the disk is full")
        await self._pipeline.save()


async def test_a_save_that_fails_is_logged_and_tried_again(world, caplog):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    services = world.bot.services
    world.bot.get_cog("Watch").services = replace(services, pipeline=FailsOnce(services.pipeline))
    await world.env.advance_time(10)
    assert "saving failed" in caplog.text
    assert rows(world.database, "SELECT * FROM fingerprint") == []
    await world.env.advance_time(10)
    assert len(rows(world.database, "SELECT * FROM fingerprint")) == 1


async def test_fingerprints_older_than_the_window_are_forgotten_hourly(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.env.advance_time(10)
    world.database.write_now(lambda db: db.execute("UPDATE fingerprint SET at = at - 15 * 86400"))
    await world.env.advance_time(3600)
    assert rows(world.database, "SELECT * FROM fingerprint") == []


async def test_leaving_a_server_deletes_its_rows_and_no_others(world):
    await world.switch_on()
    elsewhere = world.env.create_guild("Another server")
    await set_moderators_channel(world.bot.services.policies, elsewhere.id, 5)
    await world.alice.send(world.general, CLAIM)
    await open_case(world)
    await save_memory(world)
    world.env.backend.remove_guild(world.guild.id)
    await world.env.advance_time(11)
    left = [row["guild_id"] for table in GUILD_TABLES for row in rows(world.database, f'SELECT * FROM "{table}"')]  # noqa: S608
    assert set(left) == {elsewhere.id}
    assert rows(world.database, "SELECT * FROM case_post") == rows(world.database, "SELECT * FROM case_event") == []
    assert len(world.bot.services.window) == 0


async def test_a_post_in_progress_when_the_bot_leaves_a_server_leaves_no_rows(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    world.env.backend.create_message(world.general.id, world.bob.id, CHATTER)
    world.env.backend.remove_guild(world.guild.id)
    await save_memory(world)
    assert [table for table in GUILD_TABLES if rows(world.database, f'SELECT 1 FROM "{table}"')] == []  # noqa: S608


async def test_a_server_that_is_only_out_of_reach_keeps_its_rows(world):
    await world.switch_on()
    world.env.backend.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    await world.env.settle()
    assert len(rows(world.database, "SELECT * FROM setting")) == 2
