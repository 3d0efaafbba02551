"""What members ask for: topics, sources, and the explainer for a question or for a message at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import cards, words
from bot.discord_ui.acting import acknowledge
from bot.discord_ui.answers import answer
from bot.discord_ui.buttons import explainer_view, page_view
from bot.model import Band, Explainer, Judgement

if TYPE_CHECKING:
    from bot.app import Copydesk

_WORTH_SHOWING = 0.25  # below, a match is chance
_Topic = app_commands.Range[str, 1, 100]


class Explain(commands.Cog):
    """Explainers on request."""

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.library = bot.services.library
        self.pipeline = bot.services.pipeline
        self.ledger = bot.services.ledger
        self.explain_message = app_commands.ContextMenu(name="Explain this claim", callback=self.explain_claim)

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self.explain_message)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self.explain_message.name, type=self.explain_message.type)

    @app_commands.command()
    @app_commands.describe(topic="Type a word of it: titles, cases, companies, data sets", country="Only this country")
    async def explain(
        self,
        interaction: discord.Interaction[Copydesk],
        topic: _Topic,
        country: app_commands.Range[str, 2, 30] | None = None,
    ) -> None:
        """Show the explainer on a topic."""
        found = self._find(interaction, topic)
        if found is None:
            await answer(interaction, words.UNKNOWN_TOPIC)
        else:
            under_review = await self.ledger.staleness(interaction.guild_id or 0, found.slug)
            card = cards.answer_card(found, under_review=under_review)
            embed = cards.country_card(found, cards.jurisdiction(country)) if country else card
            await interaction.response.send_message(embed=embed, view=explainer_view(found))

    @app_commands.command()
    @app_commands.describe(topic="Type a word of it: titles, cases, companies, data sets")
    async def sources(self, interaction: discord.Interaction[Copydesk], topic: _Topic) -> None:
        """List all sources of an explainer, and how each was checked."""
        found = self._find(interaction, topic)
        if found is None:
            await answer(interaction, words.UNKNOWN_TOPIC)
        else:
            await answer(interaction, embed=cards.sources_card(found))

    @app_commands.command()
    async def topics(self, interaction: discord.Interaction[Copydesk]) -> None:
        """List all topics."""
        pages = cards.topics_pages(self.library.on(interaction.guild_id or 0).values())
        await answer(interaction, embed=pages[0], view=page_view("topics", "all", 0, len(pages)))

    @explain.autocomplete("topic")
    @sources.autocomplete("topic")
    async def complete_topic(
        self,
        interaction: discord.Interaction[Copydesk],
        typed: str,
    ) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=found.title[:100], value=found.slug)
            for found in self.library.complete(interaction.guild_id or 0, typed)
        ]

    @explain.autocomplete("country")
    async def complete_country(
        self, interaction: discord.Interaction[Copydesk], typed: str
    ) -> list[app_commands.Choice[str]]:
        """The countries that the chosen topic has sources of."""
        topic = interaction.namespace.topic
        found = self._find(interaction, topic) if topic else None
        codes = sorted({source.jurisdiction for source in found.sources}) if found else []
        wanted = typed.casefold()
        return [
            app_commands.Choice(name=cards.place(code), value=code)
            for code in codes
            if wanted in code.casefold() or wanted in cards.place(code).casefold()
        ]

    @app_commands.command()
    @app_commands.describe(question="In your own words")
    async def ask(self, interaction: discord.Interaction[Copydesk], question: app_commands.Range[str, 3, 1000]) -> None:
        """Find the explainer that answers a question."""
        judgement = await self.pipeline.ask(interaction.guild_id or 0, question)
        found = self._answering(interaction, judgement)
        if found is not None:
            embed = await self._card(interaction, found, judgement)
            await interaction.response.send_message(embed=embed, view=explainer_view(found))
        else:
            await answer(interaction, self._nearest(interaction, judgement))

    async def explain_claim(self, interaction: discord.Interaction[Copydesk], message: discord.Message) -> None:
        """Show, to the member who asks, the explainer for a message. Discord hands its text over without any intent."""
        if not message.content.strip():
            await answer(interaction, words.NO_TEXT)
            return
        await acknowledge(interaction)
        judgement = await self.pipeline.ask(interaction.guild_id or 0, message.content)
        found = self._answering(interaction, judgement)
        if found is not None:
            embed = await self._card(interaction, found, judgement)
            await answer(interaction, embed=embed, view=explainer_view(found))
        else:
            await answer(interaction, self._nearest(interaction, judgement))

    def _find(self, interaction: discord.Interaction[Copydesk], topic: str) -> Explainer | None:
        guild_id, topic = interaction.guild_id or 0, topic.strip()
        named = self.library.complete(guild_id, topic)[:1] if topic else []
        return self.library.get(guild_id, topic) or next(iter(named), None)

    def _answering(self, interaction: discord.Interaction[Copydesk], judgement: Judgement) -> Explainer | None:
        """The explainer to show at once, if the matcher is sure."""
        if judgement.band is not Band.ANSWER or judgement.topic is None:
            return None
        return self.library.get(interaction.guild_id or 0, judgement.topic)

    async def _card(
        self, interaction: discord.Interaction[Copydesk], found: Explainer, judgement: Judgement
    ) -> discord.Embed:
        under_review = await self.ledger.staleness(interaction.guild_id or 0, found.slug)
        return cards.answer_card(found, judgement.matches[0], under_review)

    def _nearest(self, interaction: discord.Interaction[Copydesk], judgement: Judgement) -> str:
        """The choice to offer where it is not."""
        if judgement.foreign:
            return words.FOREIGN
        if judgement.score < _WORTH_SHOWING:
            return words.NO_MATCH
        return cards.menu(judgement.matches, self.library.on(interaction.guild_id or 0))


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Explain(bot))
