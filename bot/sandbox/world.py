"""The simulated server: three members, a moderator, three channels, and the real bot on a temporary database."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import discord
import simcord

from bot.app import Copydesk, build_bot, open_database
from bot.config.changes import Change
from bot.faq.build import load_explainers
from bot.faq.ranker import ranker_or_reason
from bot.model import Mode
from bot.sandbox import simcord_internals
from bot.sandbox.discussion import DISCUSSION, REPEATS, Line
from bot.settings import Settings
from bot.storage.protocols import ChangeAuthor

log = logging.getLogger(__name__)

MEMBERS = ("Ada", "Ben", "Cleo")
MODERATOR = "Mo (moderator)"
MODES = {"general": Mode.ANSWER, "art-talk": Mode.SUGGEST}
QUEUE = "mod-queue"
HOUR = 3600.0
_ENDINGS = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"GIF8": "gif"}
_SETTLES_WITHIN = 3.0  # seconds; SimCord waits in earnest for a timer that ends within, and the outbox's last six
_BETWEEN_POSTS = 45.0  # simulated seconds, so that the cooldown of a channel passes within the discussion

_SEES = discord.PermissionOverwrite(view_channel=True, send_messages=True, manage_messages=True, embed_links=True)
_BOT = discord.PermissionOverwrite(
    view_channel=True, send_messages=True, manage_messages=True, embed_links=True, read_message_history=True
)


@dataclass(frozen=True, slots=True)
class Page:
    """A browser page: one member in one channel."""

    channel: str
    member: str
    address: str


class World:
    """The running simulation. All that changes it takes turns."""

    def __init__(self, env: simcord.Env, bot: Copydesk) -> None:
        self._env = env
        self._bot = bot
        self._turn = asyncio.Lock()
        self._pages = simcord_internals.Pages(env, self._turn)
        self._members: dict[str, simcord.MemberActor] = {}
        self._channels: dict[str, simcord.ChannelHandle] = {}
        self._repeats = cycle(REPEATS)

    async def build(self) -> list[Page]:
        """Create the server, switch the channels on, and open a page for whoever sees a channel."""
        env, bot = self._env, self._bot
        guild = env.create_guild("Copydesk's sandbox")
        moderators = guild.create_role(
            "moderators", permissions=discord.Permissions(manage_messages=True, manage_guild=True)
        )
        assert bot.user is not None  # noqa: S101  # the environment has logged it in
        for name in MODES:
            self._channels[name] = guild.create_text_channel(name, overwrites={bot.user: _BOT})
        nobody = discord.PermissionOverwrite(view_channel=False)
        self._channels[QUEUE] = guild.create_text_channel(
            QUEUE, overwrites={guild.default_role: nobody, moderators: _SEES, bot.user: _BOT}
        )
        for name in MEMBERS:
            self._members[name] = guild.add_member(env.create_user(name.lower(), global_name=name))
        self._members[MODERATOR] = guild.add_member(env.create_user("mo", global_name=MODERATOR), roles=[moderators])
        changes = [Change("modes", mode, str(self._channels[name].id)) for name, mode in MODES.items()]
        changes.append(Change("moderators_channel_id", self._channels[QUEUE].id))
        author = ChangeAuthor(bot.user.id, discord.utils.utcnow(), "the sandbox")
        await bot.services.policies.change(guild.id, changes, author)
        return [await self._open(channel, member) for channel in self._channels for member in self._who_sees(channel)]

    async def play(self) -> AsyncIterator[int]:
        """Post the discussion line by line; yield how many are posted. The caller sets the pace."""
        for number, line in enumerate(DISCUSSION, 1):
            await self.say(line)
            await self.pass_time(_BETWEEN_POSTS)
            yield number

    async def say(self, line: Line) -> None:
        """Post as a member."""
        files = [_file(line.picture)] if line.picture else []
        async with self._turn:
            await _settled(self._members[line.member].send(self._channels[line.channel], line.text, attachments=files))
            await self._pages.refresh_changed()

    async def post_a_repeat(self) -> None:
        """Post something, and let another member post it again in other dress: words, a link, an image in turn."""
        for line in next(self._repeats):
            await self.say(line)

    async def pass_time(self, seconds: float) -> None:
        """Let simulated time pass: cooldowns end, timers fire."""
        async with self._turn:
            await _settled(self._env.advance_time(seconds))
            await self._pages.refresh_changed()

    def _who_sees(self, channel: str) -> tuple[str, ...]:
        return (MODERATOR,) if channel == QUEUE else (*MEMBERS, MODERATOR)

    async def _open(self, channel: str, member: str) -> Page:
        return Page(channel, member, await self._pages.open(self._channels[channel], self._members[member]))


@asynccontextmanager
async def running_world() -> AsyncIterator[tuple[World, list[Page]]]:
    """The bot on a simulated server, with a database that goes with it."""
    simcord_internals.settle_quickly()
    with TemporaryDirectory(prefix="copydesk-sandbox-") as folder:
        database = await asyncio.to_thread(open_database, Settings(database=Path(folder) / "sandbox.db"))
        try:
            ranker = await asyncio.to_thread(ranker_or_reason, database.read_now(load_explainers))
            images = simcord_internals.SimulatedCdn()
            bot = build_bot(database, ranker=ranker, images=images)
            env = simcord.Env(bot, check_errors=False, settle_timeout=_SETTLES_WITHIN)
            images.serve(env)
            simcord_internals.set_identity(env, "Copydesk", discord.utils.utcnow())
            await env.start()
            try:
                world = World(env, bot)
                yield world, await world.build()
            finally:
                await env.shutdown()
        finally:
            database.close()


async def _settled(happening: Awaitable[object]) -> None:
    """Let something happen. On a slow machine the bot may need longer than SimCord waits: it goes on all the same."""
    try:
        await happening
    except TimeoutError:
        log.info("the bot is still busy; the pages follow")


def _file(picture: bytes) -> tuple[str, bytes]:
    """A picture as a file with the ending that its first bytes call for."""
    ending = next((ending for start, ending in _ENDINGS.items() if picture.startswith(start)), "bin")
    return f"picture.{ending}", picture


def page_table(pages: list[Page]) -> Mapping[str, list[Page]]:
    """The pages by channel."""
    return {channel: [page for page in pages if page.channel == channel] for channel in (*MODES, QUEUE)}
