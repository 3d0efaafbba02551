"""Single settings: ``/watch`` for a channel's mode, and the menus of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.config.changes import Change
from bot.config.table import Group
from bot.discord_ui import words
from bot.discord_ui.answers import answer
from bot.discord_ui.configuring import policy_of, save
from bot.discord_ui.panels import panel
from bot.discord_ui.permissions import for_admins
from bot.model import Mode, Strictness

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

_Watchable = discord.TextChannel | discord.VoiceChannel | discord.ForumChannel
_OFFERED = 25  # choices that Discord shows


class Settings(commands.Cog):
    """Menus of settings. Each command checks that its member is an admin."""

    def __init__(self, bot: Copydesk) -> None:
        self.library = bot.services.library

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @for_admins
    @app_commands.describe(
        channel="Its threads follow it",
        mode="off: sees nothing; shadow: logs only; suggest: moderators approve; answer: answers at once",
        strictness="How sure the matcher must be to answer here; what is less sure is suggested",
    )
    async def watch(
        self,
        interaction: Press,
        channel: _Watchable,
        mode: Literal["off", "shadow", "suggest", "answer"],
        strictness: Literal["normal", "strict", "very strict"] | None = None,
    ) -> None:
        """Choose what Copydesk does in a channel."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        changes = [Change("modes", Mode(mode), str(channel.id))]
        if strictness is not None:
            changes.append(Change("strictness", Strictness(strictness), str(channel.id)))
        outcome = await save(interaction, changes, Group.WATCH.command)
        if outcome.problems:
            await answer(interaction, outcome.text)
        else:
            await answer(interaction, words.watch_set(channel.id, Mode(mode), policy_of(interaction)))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @for_admins
    @app_commands.describe(channel="Choose for this channel alone; without it, for the server")
    async def repeats(self, interaction: Press, channel: _Watchable | None = None) -> None:
        """Choose what counts as a repeat, how long posts are remembered, and where repeats are looked for."""
        await _open(interaction, Group.REPEATS, str(channel.id) if channel is not None else "")

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @for_admins
    async def exempt(self, interaction: Press) -> None:
        """Choose channels, roles and web sites that are exempt."""
        await _open(interaction, Group.EXEMPT)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @for_admins
    @app_commands.describe(topic="Choose what is done about this topic alone; without it, for all")
    async def automation(self, interaction: Press, topic: app_commands.Range[str, 2, 60] | None = None) -> None:
        """Choose how often Copydesk speaks: rests, answers an hour, quiet hours, single topics."""
        if topic is not None and self.library.get(interaction.guild_id or 0, topic) is None:
            await answer(interaction, words.UNKNOWN_TOPIC)
        else:
            await _open(interaction, Group.AUTOMATION, topic or "")

    @automation.autocomplete("topic")
    async def complete_topic(self, interaction: Press, typed: str) -> list[app_commands.Choice[str]]:
        found = self.library.complete(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=one.title[:100], value=one.slug) for one in found[:_OFFERED]]


async def _open(interaction: Press, group: Group, of: str = "") -> None:
    page = panel(policy_of(interaction), group, of)
    await answer(interaction, page.text, view=page.view)


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Settings(bot))
