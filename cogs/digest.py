"""Sends the weekly digest to moderators."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

if TYPE_CHECKING:
    from bot.app import Copydesk

log = logging.getLogger(__name__)


class WeeklyDigest(commands.Cog):
    """The timer of the digest."""

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.digest = bot.services.digest

    async def cog_load(self) -> None:
        self.send.start()

    async def cog_unload(self) -> None:
        self.send.cancel()

    @tasks.loop(hours=1)
    async def send(self) -> None:
        try:
            await self.digest.send_due()
        except Exception:  # the boundary of a background task: it must go on
            log.exception("sending digests failed; it is tried again")

    @send.before_loop
    async def connected(self) -> None:
        await self.bot.wait_until_ready()


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(WeeklyDigest(bot))
