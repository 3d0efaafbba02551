"""Messages with each of Copydesk's buttons, and presses on them."""

from functools import partial

import discord
from simcord import InteractionResult
from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import base_payload

from bot.discord_ui.buttons import LOOKS
from bot.model import Mode
from tests.support import CLAIM, CLAIM_TOPIC, open_case, rows, told

KEYS = {"sources": CLAIM_TOPIC, "more": CLAIM_TOPIC, "topics": "all.1", "queue": "waiting.oldest.0"}
RECORDS = [action for action in LOOKS if action not in KEYS]  # their key is a record's number


async def answered(world) -> discord.Message:
    """An answer in #general."""
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    return world.from_bot(world.general)[0]


async def suggested(world) -> discord.Message:
    """A suggestion's card in the moderators' channel."""
    await world.switch_on(Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    return world.from_bot(world.queue)[0]


async def repeated(world) -> discord.Message:
    """A case's card in the moderators' channel."""
    await world.switch_on()
    return await open_case(world)


async def claimed(world) -> discord.Message:
    """The card of a case that the moderator has claimed."""
    return await repeated_and(world, "Claim")


async def cleared(world) -> discord.Message:
    """The card of a case that was judged to be no repeat."""
    return await repeated_and(world, "Not a repeat")


async def kept(world) -> discord.Message:
    """The card of a case that was judged to be a repeat."""
    return await repeated_and(world, "Repeat, but keep")


async def repeated_and(world, label: str) -> discord.Message:
    """The card of a case after the moderator's press."""
    await world.moderator.click(await repeated(world), label=label)
    return world.from_bot(world.queue)[0]


async def listed(world) -> discord.Message:
    """A page of topics in #general, which only forgers can bring there."""
    await world.switch_on()
    return plant(world, world.general, "copydesk:topics:all.1")


async def forged(action, make, world) -> discord.Message:
    """A button that stands only where one moderator sees it, on a message of its own."""
    await make(world)
    return plant(world, world.queue, custom_id(action))


MESSAGES = {
    "sources": answered,
    "more": answered,
    "topics": listed,
    "helpful": answered,
    "not_meant": answered,
    "take_back": answered,
    "claim": repeated,
    "release": claimed,
    "remove": repeated,
    "keep": repeated,
    "dismiss": repeated,
    "allow": repeated,
    "snooze": repeated,
    "texts": repeated,
    "timeout": partial(forged, "timeout", repeated),
    "lift": partial(forged, "lift", repeated),
    "undo": cleared,
    "tell": partial(forged, "tell", kept),
    "queue": partial(forged, "queue", repeated),
    "post": suggested,
    "other": suggested,
    "drop": suggested,
}


def plant(world, channel, *custom_ids: str) -> discord.Message:
    """A message of the bot's with any buttons: a forgery, or one that a client still shows though it has changed."""
    buttons = [{"type": 2, "style": 2, "label": custom_id, "custom_id": custom_id} for custom_id in custom_ids]
    row = {"type": 1, "components": buttons}
    world.env.backend.create_message(channel.id, world.bot.user.id, "planted", components=[row])
    return channel.history()[-1]


async def press(member, message: discord.Message, custom_id: str) -> str:
    return told(await member.click(message, custom_id=custom_id))


async def press_at_once(world, message: discord.Message, *presses) -> list[str]:
    """Several members press in the same instant; return what each is told."""
    backend = world.env.backend
    stored = backend.get_message(message.channel.id, message.id)
    records = []
    for member, custom_id in presses:
        record, payload = base_payload(
            backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=message.channel.id,
            guild_id=world.guild.id,
            user_id=member.id,
            data={"custom_id": custom_id, "component_type": 2},
        )
        payload["message"] = dict(serializers.message_payload(backend, stored))
        backend.emit("INTERACTION_CREATE", payload)
        records.append(record)
    await world.env.settle()
    return [told(InteractionResult(world.env, record)) for record in records]


def texts(channel) -> list[str]:
    return [message.content for message in channel.history()]


def labels(message: discord.Message) -> list[str]:
    return [button.label for row in message.components for button in row.children]


def custom_id(action: str) -> str:
    return f"copydesk:{action}:{KEYS.get(action, '1')}"


def standing(world) -> tuple:
    """What a press may change: the posts, the states of records, and the votes."""
    tables = (
        "SELECT state FROM reply",
        'SELECT state, ruling, owner_id, snoozed_until FROM "case"',
        "SELECT vote FROM reply_vote",
        "SELECT member_id, lifted_by FROM case_timeout",
    )
    return texts(world.general), *(rows(world.database, query) for query in tables)


def votes(world) -> list[str]:
    return sorted(row["vote"] for row in rows(world.database, "SELECT vote FROM reply_vote"))


def state(world, table: str) -> str:
    (row,) = rows(world.database, f'SELECT state FROM "{table}"')  # noqa: S608
    return row["state"]


def problem(world, kind: str) -> str | None:
    (row,) = rows(world.database, "SELECT problem FROM effect WHERE kind = ?", kind)
    return row["problem"]
