"""What a watched channel shows, and posts that reach the bot without an event."""

import discord

from bot.model import Mode
from tests.support import rows

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
