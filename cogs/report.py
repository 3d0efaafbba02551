"""Members' reports of repeats, from a message's menu, and what becomes of channels that cases show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import case_words, words
from bot.discord_ui.acting import FORM_OPEN_FOR, acknowledge, refusals_told
from bot.discord_ui.answers import answer
from bot.discord_ui.posts import to_post
from bot.model import Post

if TYPE_CHECKING:
    from bot.app import Copydesk

_LONGEST_REASON = 300


class Report(commands.Cog):
    """Reports by members; Discord hands a reported message over without any intent."""

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.report_message = app_commands.ContextMenu(name="Report as repeat", callback=self.report)
        self.report_message.guild_only = True

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self.report_message)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self.report_message.name, type=self.report_message.type)

    async def report(self, interaction: discord.Interaction[Copydesk], message: discord.Message) -> None:
        """Ask for a reason, which may be left out."""
        post = to_post(message)
        if interaction.guild_id is None:
            await answer(interaction, words.SERVERS_ONLY)
        elif post is None or post.is_bot:
            await answer(interaction, case_words.ONLY_POSTS)
        elif self.bot.services.policies.get(interaction.guild_id).moderators_channel_id is None:
            await answer(interaction, case_words.NOT_SET_UP)
        else:
            await interaction.response.send_modal(ReportForm(post))

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.bot.services.pipeline.forget_channel(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.bot.services.pipeline.forget_channel(payload.guild_id, payload.thread_id)


class ReportForm(discord.ui.Modal, title="Report as repeat"):
    """A report, with room for a reason."""

    def __init__(self, post: Post) -> None:
        super().__init__(timeout=FORM_OPEN_FOR)
        self._post = post
        self._reason: discord.ui.TextInput[ReportForm] = discord.ui.TextInput(
            label="Why? You can leave this empty",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=_LONGEST_REASON,
        )
        self.add_item(self._reason)

    async def on_submit(self, interaction: discord.Interaction[Copydesk]) -> None:  # type: ignore[override]  # the client is ours
        async with refusals_told(interaction, "report"):
            await acknowledge(interaction)
            if not await self._stands(interaction):
                await answer(interaction, case_words.REPORTED_GONE)
                return
            reason = self._reason.value.strip() or None
            await interaction.client.services.desk.report(self._post, interaction.user.id, reason)
            await answer(interaction, case_words.REPORTED)

    async def _stands(self, interaction: discord.Interaction[Copydesk]) -> bool:
        """Whether the post was not deleted while the form was open: its words must not be kept then."""
        channel = interaction.client.get_partial_messageable(self._post.channel_id, guild_id=self._post.guild_id)
        try:
            await channel.fetch_message(self._post.message_id)
        except discord.NotFound:
            return False
        except discord.Forbidden:  # a channel that the bot does not see: what Discord handed over must do
            return True
        return True


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Report(bot))
