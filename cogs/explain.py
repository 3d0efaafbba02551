"""What members ask for: ``/explain`` a topic, ``/ask`` a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import cards, words
from bot.discord_ui.buttons import answer
from bot.model import Band, Explainer

if TYPE_CHECKING:
    from bot.app import Copydesk

_WORTH_SHOWING = 0.25  # below, a match is chance


class Explain(commands.Cog):
    """Explainers on request."""

    def __init__(self, bot: Copydesk) -> None:
        self.library = bot.services.library
        self.ledger = bot.services.ledger

    @app_commands.command()
    @app_commands.describe(topic="Type a word of it: titles, cases, companies, data sets")
    async def explain(self, interaction: discord.Interaction[Copydesk], topic: app_commands.Range[str, 1, 100]) -> None:
        """Show the explainer on a topic."""
        found = self.library.get(topic) or next(iter(self.library.complete(topic)), None)
        if found is None:
            await answer(interaction, words.UNKNOWN_TOPIC)
        else:
            await self._show(interaction, found)

    @explain.autocomplete("topic")
    async def complete_topic(
        self,
        interaction: discord.Interaction[Copydesk],  # noqa: ARG002  # discord.py passes it
        typed: str,
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=found.title[:100], value=found.slug) for found in self.library.complete(typed)]

    @app_commands.command()
    @app_commands.describe(question="In your own words")
    async def ask(self, interaction: discord.Interaction[Copydesk], question: app_commands.Range[str, 3, 1000]) -> None:
        """Find the explainer that answers a question."""
        judgement = await self.library.ask(question)
        found = self.library.get(judgement.topic or "")
        if found is not None and judgement.band is Band.ANSWER:
            await self._show(interaction, found)
        elif judgement.score >= _WORTH_SHOWING:
            await answer(interaction, cards.menu(judgement.matches, self.library.explainers))
        else:
            await answer(interaction, words.NO_MATCH)

    async def _show(self, interaction: discord.Interaction[Copydesk], explainer: Explainer) -> None:
        under_review = await self.ledger.staleness(explainer.slug)
        await interaction.response.send_message(embed=cards.explainer_card(explainer, under_review))


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Explain(bot))
