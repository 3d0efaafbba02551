"""The moderators' list of open cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import case_cards, words
from bot.discord_ui.answers import answer
from bot.discord_ui.permissions import for_moderators
from bot.storage.protocols import card_key

if TYPE_CHECKING:
    from bot.app import Copydesk


class Queue(commands.Cog):
    """Open cases."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @for_moderators
    async def queue(self, interaction: discord.Interaction[Copydesk]) -> None:
        """List the open cases, oldest first."""
        assert interaction.guild_id is not None  # noqa: S101  # guild_only
        open_cases, total = await self.services.desk.queue(interaction.guild_id)
        if not total:
            await answer(interaction, words.QUEUE_EMPTY)
            return
        shown = [await self.services.effects.get(card_key(case.id)) for case in open_cases]
        lines = [case_cards.case_line(case, effect) for case, effect in zip(open_cases, shown, strict=True)]
        await answer(interaction, embed=case_cards.queue_card(lines, total))


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Queue(bot))
