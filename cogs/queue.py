"""The moderators' lists of cases, and the timer that ends what has lasted its time: claims, rests, waiting."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.case import CaseQuery, QueueOrder, QueueView
from bot.discord_ui import case_lists

if TYPE_CHECKING:
    from bot.app import Copydesk


log = logging.getLogger(__name__)

_TICK_SECONDS = 60


class Queue(commands.Cog):
    """Lists of cases."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services

    async def cog_load(self) -> None:
        self.tick.start()

    async def cog_unload(self) -> None:
        self.tick.cancel()

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.checks.has_permissions(manage_messages=True)
    @app_commands.describe(
        show="Which cases; those that wait for a moderator unless you say otherwise", sort="Which first"
    )
    async def queue(
        self,
        interaction: discord.Interaction[Copydesk],
        show: Literal["waiting", "mine", "snoozed", "judged", "expired", "allowed", "all"] = "waiting",
        sort: Literal["oldest", "newest", "copies", "reports"] = "oldest",
    ) -> None:
        """List the cases that wait for a moderator, or others."""
        await case_lists.show(interaction, CaseQuery(QueueView(show), QueueOrder(sort)))

    @tasks.loop(seconds=_TICK_SECONDS)
    async def tick(self) -> None:
        try:
            await self.services.desk.tick()
        except Exception:  # the boundary of a background task: it must go on
            log.exception("ending what has lasted its time failed; it is tried again")


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Queue(bot))
