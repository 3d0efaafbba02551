"""What admins choose: where moderators work, and what Copydesk does in each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import words
from bot.discord_ui.answers import answer
from bot.discord_ui.permissions import TO_ANSWER, TO_ANSWER_IN_FORUM, TO_WATCH, lacks
from bot.model import Mode

if TYPE_CHECKING:
    from bot.app import Copydesk

_Watchable = discord.TextChannel | discord.VoiceChannel | discord.ForumChannel


class Setup(commands.Cog):
    """Configuration of a server."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.describe(
        moderators="The channel where cases and suggestions go; only moderators should see it",
        editors="Members with this role may change explainers with /faq, as admins may",
    )
    async def setup(
        self,
        interaction: discord.Interaction[Copydesk],
        moderators: discord.TextChannel,
        editors: discord.Role | None = None,
    ) -> None:
        """Choose the moderators' channel, and who edits explainers."""
        missing = lacks(moderators.permissions_for(moderators.guild.me), TO_ANSWER)
        if missing:
            await answer(interaction, words.bot_lacks(missing, moderators.id))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.services.policies.set_moderators_channel(moderators.guild.id, moderators.id)
        if editors is not None:
            await self.services.policies.set_editors_role(moderators.guild.id, editors.id)
        await self.services.desk.show_waiting(moderators.guild.id)
        await answer(interaction, words.setup_done(moderators.id, editors.id if editors else None))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    @app_commands.describe(
        channel="Its threads follow it",
        mode="off: sees nothing; shadow: logs only; suggest: moderators approve; answer: answers at once",
    )
    async def watch(
        self,
        interaction: discord.Interaction[Copydesk],
        channel: _Watchable,
        mode: Literal["off", "shadow", "suggest", "answer"],
    ) -> None:
        """Choose what Copydesk does in a channel."""
        chosen = Mode(mode)
        if chosen is not Mode.OFF and not interaction.client.intents.message_content:
            await answer(interaction, words.COMMANDS_ONLY)
            return
        to_answer = TO_ANSWER_IN_FORUM if isinstance(channel, discord.ForumChannel) else TO_ANSWER
        needed = {Mode.OFF: (), Mode.ANSWER: to_answer}.get(chosen, TO_WATCH)
        missing = lacks(channel.permissions_for(channel.guild.me), needed)
        if missing:
            await answer(interaction, words.bot_lacks(missing, channel.id))
        elif chosen is Mode.SUGGEST and self.services.policies.get(channel.guild.id).moderators_channel_id is None:
            await answer(interaction, words.setup_needed(chosen))
        else:
            await self.services.policies.set_mode(channel.guild.id, channel.id, chosen)
            await answer(interaction, words.watch_set(channel.id, chosen, self.services.policies.get(channel.guild.id)))


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Setup(bot))
