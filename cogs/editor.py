"""What keeps the explainers true: the list of those under review, and the weekly look at their sources' addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.discord_ui import cards, words
from bot.discord_ui.buttons import answer
from bot.model import SourceState

if TYPE_CHECKING:
    from bot.app import Copydesk
    from bot.faq.links import LinkChecker

log = logging.getLogger(__name__)


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class Editor(commands.GroupCog, group_name="faq", group_description="The explainers' upkeep"):
    """Explainers under review."""

    def __init__(self, bot: Copydesk) -> None:
        self.ledger = bot.services.ledger
        self.links = bot.services.links

    async def cog_load(self) -> None:
        if self.links is not None:
            self.look_at_sources.start(self.links)

    async def cog_unload(self) -> None:
        self.look_at_sources.cancel()

    @app_commands.command()
    @app_commands.checks.has_permissions(manage_messages=True)
    async def stale(self, interaction: discord.Interaction[Copydesk]) -> None:
        """List the explainers under review, and why."""
        stale = await self.ledger.stale()
        if stale:
            await answer(interaction, embed=cards.stale_card(stale))
        else:
            await answer(interaction, words.NOTHING_STALE)

    @tasks.loop(hours=1)
    async def look_at_sources(self, links: LinkChecker) -> None:
        """Hourly, so that restarts delay nothing; each address has its turn once a week."""
        try:
            async for check in self.ledger.check(links, await self.ledger.due()):
                if check.state is SourceState.DEAD:
                    log.warning("a source is gone (%s): %s", check.status, check.address)
        except Exception:  # the boundary of a background task: it must go on
            log.exception("looking at the sources failed; it is tried again")


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Editor(bot))
