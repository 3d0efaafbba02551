"""Small parts that several tests use: a clock that stands, a post, and a simulated server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import discord
import simcord

from bot.app import Copydesk, build_bot
from bot.model import Mode, Post
from bot.sandbox import simcord_internals
from bot.storage.database import Database

simcord_internals.settle_quickly()

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD, CHANNEL, AUTHOR = 1, 10, 100
CLAIM = "so they hoover up the whole internet, sell it back to us for 20 bucks a month, and somehow thats legal"
CLAIM_TOPIC = "training-illegal"
CHATTER = "The tram to the harbour is late again, bring a book and a warm coat with you"
_ids = count(1000)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def make_post(text: str = CHATTER, **fields) -> Post:
    """A post with a fresh number; any field can be given."""
    place = {"guild_id": GUILD, "channel_id": CHANNEL, "message_id": next(_ids), "author_id": AUTHOR, "at": START}
    return Post(**{**place, "text": text, **fields})


@dataclass
class World:
    """A server with #general (off until a test switches it on), #mod-queue, two members, a moderator and an admin."""

    env: simcord.Env
    bot: Copydesk
    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    queue: simcord.ChannelHandle
    alice: simcord.MemberActor
    bob: simcord.MemberActor
    moderator: simcord.MemberActor
    admin: simcord.MemberActor
    database: Database = field(repr=False)
    errors_expected: bool = False  # a test that provokes an error in the bot says so here

    async def switch_on(self, mode: Mode = Mode.ANSWER) -> None:
        """Choose the moderators' channel and the mode of #general, as the admin would by command."""
        policies = self.bot.services.policies
        await policies.set_moderators_channel(self.guild.id, self.queue.id)
        await policies.set_mode(self.guild.id, self.general.id, mode)

    async def restart(self) -> None:
        """Stop the bot and start a new one on the same database."""
        self.bot = build_bot(self.database)
        await self.env.restart_bot(self.bot)

    def from_bot(self, channel: simcord.ChannelHandle) -> list[discord.Message]:
        """What the bot has posted in a channel, oldest first."""
        return [message for message in channel.history() if message.author.id == self.bot.user.id]


@asynccontextmanager
async def running_world(database: Database) -> AsyncIterator[World]:
    """A running bot on a simulated server; an error in its handlers fails the test at the end."""
    env = simcord.Env(build_bot(database))  # not simcord.run: fixtures begin and end in different contexts
    await env.start()
    try:
        world = _build_world(env, database)
        yield world
        if not world.errors_expected:
            env.raise_errors()
    finally:
        await env.shutdown()


def _build_world(env: simcord.Env, database: Database) -> World:
    bot = env.bot
    guild = env.create_guild("Test server")
    rights = discord.PermissionOverwrite(
        view_channel=True, send_messages=True, manage_messages=True, embed_links=True, read_message_history=True
    )
    moderators = guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
    admins = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return World(
        env=env,
        bot=bot,
        guild=guild,
        general=guild.create_text_channel("general", overwrites={bot.user: rights}),
        queue=guild.create_text_channel("mod-queue", overwrites={bot.user: rights}),
        alice=guild.add_member(env.create_user("alice")),
        bob=guild.add_member(env.create_user("bob")),
        moderator=guild.add_member(env.create_user("moderator"), roles=[moderators]),
        admin=guild.add_member(env.create_user("admin"), roles=[admins]),
        database=database,
    )
