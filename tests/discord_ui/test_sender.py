"""The sender: what Discord's errors mean, what an earlier process sent, and what becomes of a card that was deleted."""

from dataclasses import replace

import aiohttp
import discord
import pytest

from bot.discord_ui.sender import DiscordSender
from bot.errors import DeliveryDelayedError, DeliveryRefusedError
from bot.model import EffectKind, Mode
from bot.outbox import Delivered
from bot.storage.cases import SqliteCaseStore
from bot.storage.protocols import card_key, delete_key, reply_key, suggestion_key
from tests.support import CHATTER, CLAIM, open_case

NOT_YET = "UPDATE effect SET done = 0, channel_id = NULL, message_id = NULL, problem = NULL"


class BrokenClient:
    """A client whose connection fails in a given way at the first touch."""

    user = None

    def __init__(self, error: Exception, *, closed: bool = False) -> None:
        self._error = error
        self._closed = closed

    def is_closed(self) -> bool:
        return self._closed

    def get_partial_messageable(self, channel_id: int, *, guild_id: int) -> discord.PartialMessageable:
        raise self._error


def make_sender(world, client=None) -> DiscordSender:
    services = world.bot.services
    cases = SqliteCaseStore(world.database)
    stores = (services.policies, services.replies, cases)
    return DiscordSender(client or world.bot, services.library, *stores, services.ledger)


async def an_answer(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    return await world.bot.services.effects.get(reply_key(world.guild.id, post.id))


async def a_suggestion(world):
    await world.switch_on(Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    return await world.bot.services.effects.get(suggestion_key(1))


async def a_card(world):
    await world.switch_on()
    await open_case(world)
    return await world.bot.services.effects.get(card_key(1))


EFFECTS = {EffectKind.REPLY: an_answer, EffectKind.SUGGESTION: a_suggestion, EffectKind.CASE_CARD: a_card}


async def forgotten(world, effect):
    """The same effect as before it was noted that Discord has it."""
    world.database.write_now(lambda db: db.execute(NOT_YET))
    return await world.bot.services.effects.get(effect.key)


# Errors


@pytest.mark.parametrize("kind", EFFECTS)
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_discord_cannot_do_now_is_worth_another_try(world, kind, status):
    effect = await forgotten(world, await EFFECTS[kind](world))
    world.env.inject_error("POST", "/channels/*/messages", status=status)
    with pytest.raises(DeliveryDelayedError, match=str(status)):
        await make_sender(world).send(effect)


@pytest.mark.parametrize("kind", EFFECTS)
@pytest.mark.parametrize(("status", "code"), [(400, 50035), (401, 0), (403, 50013), (403, 50001), (404, 10003)])
async def test_what_discord_will_not_do_is_refused_with_its_reason(world, kind, status, code):
    effect = await forgotten(world, await EFFECTS[kind](world))
    world.env.inject_error("POST", "/channels/*/messages", status=status, code=code, message="Because\nof this")
    with pytest.raises(DeliveryRefusedError, match=f"{status}: Because of this"):
        await make_sender(world).send(effect)


async def test_a_long_reason_is_shortened(world):
    effect = await forgotten(world, await an_answer(world))
    world.env.inject_error("POST", "/channels/*/messages", status=400, message="x" * 5000)
    with pytest.raises(DeliveryRefusedError) as refusal:
        await make_sender(world).send(effect)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    "error", [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError(), OSError("no route")]
)
async def test_a_broken_connection_is_worth_another_try(world, error):
    effect = await an_answer(world)
    with pytest.raises(DeliveryDelayedError, match=type(error).__name__):
        await make_sender(world, BrokenClient(error)).send(effect)
    with pytest.raises(DeliveryDelayedError, match=type(error).__name__):
        await make_sender(world, BrokenClient(error)).find(effect)


async def test_what_comes_up_while_the_bot_leaves_is_left_to_the_next_start(world):
    effect = await an_answer(world)
    error = RuntimeError("Session is closed")
    with pytest.raises(DeliveryDelayedError):
        await make_sender(world, BrokenClient(error, closed=True)).send(effect)
    with pytest.raises(RuntimeError):
        await make_sender(world, BrokenClient(error)).send(effect)


@pytest.mark.parametrize("status", [403, 500])
async def test_a_history_that_cannot_be_read_is_told_like_other_errors(world, status):
    effect = await an_answer(world)
    world.env.inject_error("GET", "/channels/*/messages", status=status)
    with pytest.raises(DeliveryRefusedError if status == 403 else DeliveryDelayedError):
        await make_sender(world).find(effect)


@pytest.mark.parametrize("kind", EFFECTS)
async def test_what_is_no_longer_known_is_refused(world, kind):
    effect = await EFFECTS[kind](world)
    for table in ("reply", "case"):
        world.database.write_now(lambda db, table=table: db.execute(f'DELETE FROM "{table}"'))  # noqa: S608
    with pytest.raises(DeliveryRefusedError, match="not known"):
        await make_sender(world).send(effect)


@pytest.mark.parametrize("kind", [EffectKind.REPLY, EffectKind.SUGGESTION])
async def test_an_explainer_that_was_retired_is_refused_by_name(world, kind):
    effect = await EFFECTS[kind](world)
    world.database.write_now(lambda db: db.execute("UPDATE reply SET slug = 'old-topic'"))
    with pytest.raises(DeliveryRefusedError, match="old-topic is paused or retired"):
        await make_sender(world).send(effect)


async def test_without_a_moderators_channel_the_remedy_is_named(world):
    await world.bot.services.policies.set_mode(world.guild.id, world.general.id, Mode.ANSWER)
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    effect = await world.bot.services.effects.get(card_key(1))
    with pytest.raises(DeliveryRefusedError, match="/setup"):
        await make_sender(world).send(effect)


# What stands already


@pytest.mark.parametrize("kind", EFFECTS)
async def test_a_message_that_an_earlier_process_sent_is_found(world, kind):
    effect = await EFFECTS[kind](world)
    found = await make_sender(world).find(await forgotten(world, effect))
    assert found == Delivered(effect.channel_id, effect.message_id)


@pytest.mark.parametrize("kind", EFFECTS)
async def test_nothing_is_found_where_nothing_was_sent(world, kind):
    effect = await EFFECTS[kind](world)
    world.env.backend.delete_message(effect.channel_id, effect.message_id)
    assert await make_sender(world).find(await forgotten(world, effect)) is None


async def test_the_message_of_another_number_is_not_taken_for_it(world):
    effect = await a_card(world)
    for number in (11, 21, 12):
        _post_button(world, world.queue, world.bot.user, f"copydesk:texts:{number}")
    world.env.backend.delete_message(effect.channel_id, effect.message_id)
    assert await make_sender(world).find(await forgotten(world, effect)) is None


async def test_the_message_of_another_bot_is_not_taken_for_ours(world):
    effect = await a_card(world)
    world.env.backend.delete_message(effect.channel_id, effect.message_id)
    stranger = world.guild.add_member(world.env.create_user("helper", bot=True))
    _post_button(world, world.queue, stranger, "copydesk:texts:1")
    assert await make_sender(world).find(await forgotten(world, effect)) is None


def _post_button(world, channel, author, custom_id: str) -> None:
    button = {"type": 2, "style": 2, "label": "A button", "custom_id": custom_id}
    row = {"type": 1, "components": [button]}
    world.env.backend.create_message(channel.id, author.id, "with a button", components=[row])


async def test_a_deletion_is_not_looked_for_and_harmless_to_repeat(world):
    await a_card(world)
    card = world.from_bot(world.queue)[0]
    await world.moderator.click(card, label="Delete repeat")
    (row,) = world.database.read_now(lambda db: list(db.query("SELECT key FROM effect WHERE kind = 'delete'")))
    effect = await world.bot.services.effects.get(row["key"])
    assert effect.key == delete_key(1, world.general.id)
    assert await make_sender(world).find(effect) is None
    assert await make_sender(world).send(effect) == Delivered()


# Cards


async def test_a_card_is_edited_in_place(world):
    await world.switch_on()
    card = await open_case(world)
    await world.bob.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    assert [message.id for message in world.from_bot(world.queue)] == [card.id]
    assert world.from_bot(world.queue)[0].content.count("**Again:**") == 2


async def test_a_deleted_card_of_an_open_case_is_sent_anew(world):
    await world.switch_on()
    card = await open_case(world)
    await world.moderator.delete(card)
    await world.bob.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    (fresh,) = world.from_bot(world.queue)
    assert fresh.content.count("**Again:**") == 2
    await world.moderator.click(fresh, label="Not a repeat")
    assert "no repeat" in str(world.from_bot(world.queue)[0].embeds[0].to_dict())


async def test_a_deleted_card_of_a_closed_case_is_not_sent_anew(world):
    await world.switch_on()
    card = await open_case(world)
    await world.moderator.delete(card)
    await world.bob.delete(world.general.history()[-1])
    await world.env.advance_time(7)
    assert world.from_bot(world.queue) == []


@pytest.mark.parametrize("kind", EFFECTS)
async def test_a_second_try_carries_the_same_number_so_that_discord_drops_it(world, kind):
    effect = await forgotten(world, await EFFECTS[kind](world))
    await make_sender(world).send(effect)
    await make_sender(world).send(replace(effect, wanted=effect.wanted + 1))
    sent = [r.json for r in world.env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
    first, again, next_version = (body["nonce"] for body in sent)
    assert first == again != next_version
    assert 1 <= len(str(first)) <= 25
    assert all(body["enforce_nonce"] is True for body in sent)
