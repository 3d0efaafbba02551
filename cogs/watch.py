"""Watches the channels that are switched on: posts, edits and deletions go to the pipeline."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord.ext import commands, tasks

from bot.discord_ui.posts import whole_post
from bot.model import Mode

if TYPE_CHECKING:
    from bot.app import Copydesk

log = logging.getLogger(__name__)

BACKFILL = 200  # posts a channel: what came while the bot was away
_SAVE_SECONDS = 10
_VERSIONS = 1_000  # edited posts: an embed follows an edit within seconds


class Watch(commands.Cog):
    """Listeners and the timers that keep memory on disk."""

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.services = bot.services
        self._versions: OrderedDict[int, datetime] = OrderedDict()  # post -> its last edit
        self._read_to: dict[int, Mapping[int, int]] = {}  # per server and channel, when the connection was last lost

    async def cog_load(self) -> None:
        await self._note_read_to()
        self.save.start()
        self.forget_old.start()

    async def cog_unload(self) -> None:
        self.save.cancel()
        self.forget_old.cancel()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._note_version(message)
        await self._handle(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        message = payload.message
        if message.edited_at is None or self._versions.get(message.id) == message.edited_at:
            return  # Discord only added the preview of a link
        self._note_version(message)
        await self._handle(message, edited=True)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id is not None:
            await self.services.pipeline.forget(payload.guild_id, frozenset({payload.message_id}))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id is not None:
            await self.services.pipeline.forget(payload.guild_id, frozenset(payload.message_ids))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._read_to.pop(guild.id, None)
        await self.services.privacy.forget_guild(guild.id)

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        if not self.bot.is_closed():
            await self.services.pipeline.save()
            await self._note_read_to()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        log.info("connected; %d servers", len(self.bot.guilds))
        await self.services.outbox.resume()
        for guild in self.bot.guilds:
            await self._read_missed(guild)

    def _note_version(self, message: discord.Message) -> None:
        """Keep which version of a post was judged: the event of its link's preview brings the time of its last edit."""
        if message.edited_at is not None:
            self._versions[message.id] = message.edited_at
            self._versions.move_to_end(message.id)
            if len(self._versions) > _VERSIONS:
                self._versions.popitem(last=False)

    async def _note_read_to(self) -> None:
        """Keep where reading stopped: new posts move it on before the missed ones are read."""
        for policy in self.services.policies.all():
            self._read_to[policy.guild_id] = await self.services.fingerprints.read_to(policy.guild_id)

    async def _read_missed(self, guild: discord.Guild) -> None:
        """Read what was posted while the bot was away, in the channels where its last post is known."""
        policy = self.services.policies.get(guild.id)
        for channel_id, newest in self._read_to.get(guild.id, {}).items():
            if self.bot.is_closed():
                return  # the next start reads on
            channel = guild.get_channel_or_thread(channel_id)
            if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
                continue
            parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
            mode = policy.channel_mode(channel_id) or policy.channel_mode(parent_id) or Mode.OFF
            if mode is Mode.OFF or (channel.last_message_id or 0) <= newest:
                continue
            try:
                async for message in channel.history(after=discord.Object(newest), limit=BACKFILL, oldest_first=True):
                    await self.on_message(message)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                reason = error.status if isinstance(error, discord.HTTPException) else type(error).__name__
                log.warning("channel %d could not be read back: %s", channel_id, reason)

    async def _handle(self, message: discord.Message, *, edited: bool = False) -> None:
        if message.guild is None:
            return
        post = await whole_post(message, self.services.policies.get(message.guild.id))
        overtaken = edited and self._versions.get(message.id, message.edited_at) != message.edited_at
        if post is not None and not overtaken:
            await self.services.pipeline.handle(post, edited=edited)

    @tasks.loop(seconds=_SAVE_SECONDS)
    async def save(self) -> None:
        try:
            await self.services.pipeline.save()
        except Exception:  # the boundary of a background task: it must go on
            log.exception("saving failed; it is tried again")

    @tasks.loop(hours=1)
    async def forget_old(self) -> None:
        try:
            windows = {policy.guild_id: policy.window_age for policy in self.services.policies.all()}
            await self.services.housekeeping.forget_old(discord.utils.utcnow(), self.services.window.max_age, windows)
        except Exception:  # the boundary of a background task: it must go on
            log.exception("forgetting old records failed; it is tried again")


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Watch(bot))
