"""Editing explainers on a server, and keeping them true: ``/faq``."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.discord_ui import cards, words
from bot.discord_ui.acting import acknowledge
from bot.discord_ui.answers import answer
from bot.discord_ui.forms import DraftForm
from bot.discord_ui.permissions import is_moderator, may_edit
from bot.errors import InputError
from bot.faq.draft import Draft
from bot.faq.editor import MAX_IMPORT
from bot.model import EditionState, SourceState

if TYPE_CHECKING:
    from bot.app import Copydesk
    from bot.faq.links import LinkChecker

    Press = discord.Interaction[Copydesk]

log = logging.getLogger(__name__)
_READING = frozenset({"preview", "history", "diff", "export", "stale"})  # moderators may, too
_Slug = app_commands.Range[str, 2, 60]
_Version = app_commands.Range[int, 1, 100_000]
_TOPIC, _VERSION = "Type a part of its name", "Its number in the history; without it, the latest"


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class Faq(commands.GroupCog, name="faq", description="Change what Copydesk answers on this server"):
    """Drafts, versions and publishing. Each command checks that its member may edit."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services
        self.editor = bot.services.editor
        self.ledger = bot.services.ledger

    async def cog_load(self) -> None:
        if self.services.links is not None:
            self.look_at_sources.start(self.services.links)

    async def cog_unload(self) -> None:
        self.look_at_sources.cancel()

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        reading = interaction.command is not None and interaction.command.name in _READING
        return may_edit(interaction) or (reading and is_moderator(interaction))

    @app_commands.command()
    @app_commands.describe(topic="Its name: lower-case words with hyphens", title="A question neither side objects to")
    async def add(self, interaction: Press, topic: _Slug, title: app_commands.Range[str, 5, 200]) -> None:
        """Begin a topic of this server's own."""
        await acknowledge(interaction)
        saved = await self.editor.begin(_guild(interaction), topic, title, interaction.user.id)
        await answer(interaction, words.draft_saved(saved))

    @app_commands.command()
    @app_commands.describe(
        topic=_TOPIC,
        part="text: answer and both sides; phrases: title, near misses, names; claims; sources: with headings, dates",
    )
    async def edit(
        self, interaction: Press, topic: _Slug, part: Literal["text", "phrases", "claims", "sources"]
    ) -> None:
        """Edit a topic's latest version in a form; it is kept as a draft."""
        draft, version = await self.editor.open(_guild(interaction), topic)
        await interaction.response.send_modal(DraftForm(topic, part, draft, version))

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC, version=_VERSION)
    async def preview(self, interaction: Press, topic: _Slug, version: _Version | None = None) -> None:
        """See a version as members would."""
        edition = await self.editor.version(_guild(interaction), topic, version)
        explainer = Draft.from_json(edition.content).to_explainer(topic)
        await answer(interaction, embed=cards.answer_card(explainer))

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC, version=_VERSION)
    async def publish(self, interaction: Press, topic: _Slug, version: _Version | None = None) -> None:
        """Serve a version, the latest if none is named, and correct recent answers."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answer(interaction, words.published(await self.editor.publish(_guild(interaction), topic, version)))

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC)
    async def pause(self, interaction: Press, topic: _Slug) -> None:
        """Neither answer nor show a topic for now."""
        await self._withdraw(interaction, topic, EditionState.PAUSED)

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC)
    async def retire(self, interaction: Press, topic: _Slug) -> None:
        """Neither answer nor show a topic any more; its versions stay."""
        await self._withdraw(interaction, topic, EditionState.RETIRED)

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC, version="Which one; without it, the built-in text is served again")
    async def restore(self, interaction: Press, topic: _Slug, version: _Version | None = None) -> None:
        """Go back to an earlier version, or to the built-in text."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if version is None:
            await self.editor.serve_built_in(_guild(interaction), topic)
            await answer(interaction, words.built_in_again(topic))
        else:
            await answer(interaction, words.published(await self.editor.publish(_guild(interaction), topic, version)))

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC)
    async def history(self, interaction: Press, topic: _Slug) -> None:
        """List a topic's versions."""
        editions = await self.editor.history(_guild(interaction), topic)
        served = await self.editor.served_version(_guild(interaction), topic)
        await answer(interaction, words.history(editions, served))

    @app_commands.command()
    @app_commands.describe(topic=_TOPIC, version=_VERSION)
    async def diff(self, interaction: Press, topic: _Slug, version: _Version | None = None) -> None:
        """Show what a version changed."""
        text = await self.editor.diff(_guild(interaction), topic, version)
        await _send_file(interaction, f"{topic}.diff", text.encode())

    @app_commands.command(name="import")
    @app_commands.describe(file="A Markdown file, a JSON file, or a zip of such")
    async def import_file(self, interaction: Press, file: discord.Attachment) -> None:
        """Keep explainers of a file as drafts."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if file.size > MAX_IMPORT:
            raise InputError(f"{file.filename} is larger than {MAX_IMPORT:,} bytes")
        content = await file.read()
        saved = await self.editor.import_file(_guild(interaction), file.filename, content, interaction.user.id)
        await answer(interaction, words.imported(saved))

    @app_commands.command()
    async def export(self, interaction: Press) -> None:
        """Get this server's topics as a zip of Markdown files and JSON."""
        await _send_file(interaction, "explainers.zip", await self.editor.export(_guild(interaction)))

    @edit.autocomplete("topic")
    @preview.autocomplete("topic")
    @publish.autocomplete("topic")
    @pause.autocomplete("topic")
    @retire.autocomplete("topic")
    @restore.autocomplete("topic")
    @history.autocomplete("topic")
    @diff.autocomplete("topic")
    async def complete_topic(self, interaction: Press, typed: str) -> list[app_commands.Choice[str]]:
        slugs = await self.editor.topics(_guild(interaction))
        found = [slug for slug in slugs if typed.casefold() in slug]
        return [app_commands.Choice(name=slug, value=slug) for slug in found[:25]]

    @app_commands.command()
    async def stale(self, interaction: Press) -> None:
        """List the explainers under review, and why."""
        stale = await self.ledger.stale(_guild(interaction))
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

    async def _withdraw(self, interaction: Press, topic: str, state: EditionState) -> None:
        await acknowledge(interaction)
        await self.editor.withdraw(_guild(interaction), topic, state)
        await answer(interaction, words.topic_state(topic, state))


async def _send_file(interaction: Press, name: str, content: bytes) -> None:
    await interaction.response.send_message(file=discord.File(BytesIO(content), name), ephemeral=True)


def _guild(interaction: Press) -> int:
    return interaction.guild_id or 0  # guild_only: Discord always sends it


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Faq(bot))
