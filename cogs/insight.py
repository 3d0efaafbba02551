"""Why was this answered or flagged, and why not? And is all well on this server?"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_ui import buttons, panels, topic_menu, words
from bot.discord_ui.answers import answer
from bot.discord_ui.checkup import examine_server, report_card
from bot.discord_ui.message_links import find_message
from bot.discord_ui.permissions import for_admins, for_moderators, lacks, to_answer_in
from bot.discord_ui.posts import whole_post
from bot.discord_ui.setting_checks import Place
from bot.discord_ui.why_card import Surroundings, why_card
from bot.errors import InputError
from bot.model import Post

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]


log = logging.getLogger(__name__)
_TEMPLATES = (buttons.TEMPLATE, panels.TEMPLATE, topic_menu.TEMPLATE)


class Insight(commands.Cog):
    """What moderators ask about a post, and admins about the whole."""

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.services = bot.services
        self.why_message = app_commands.ContextMenu(name="Why?", callback=self.why_this)

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self.why_message)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self.why_message.name, type=self.why_message.type)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Press) -> None:
        """A press on what no button or menu of ours can be goes unanswered, but not unnoticed."""
        if interaction.type is not discord.InteractionType.component or interaction.data is None:
            return
        custom_id = str(interaction.data.get("custom_id"))
        if not any(template.fullmatch(custom_id) for template in _TEMPLATES):
            log.warning("a forged press in server %s: %r", interaction.guild_id, custom_id)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @for_moderators
    @app_commands.describe(message="Its link, or its number if it stands in this channel")
    async def why(self, interaction: Press, message: app_commands.Range[str, 1, 200]) -> None:
        """Explain why a message was answered or flagged, or why not."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if not self.bot.intents.message_content:
            await answer(interaction, words.COMMANDS_ONLY)
            return
        try:
            found = await find_message(interaction, message)
        except InputError as error:
            await answer(interaction, str(error))
        else:
            await self._explain(interaction, found)

    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @for_moderators
    async def why_this(self, interaction: Press, message: discord.Message) -> None:
        """The same from a message's menu; Discord hands its text over without any intent."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if self.bot.intents.message_content:
            with suppress(InputError):  # else what was handed over must do: without the post that it replies to
                message = await find_message(interaction, f"{message.channel.id}-{message.id}")
        await self._explain(interaction, message)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @for_admins
    async def doctor(self, interaction: Press) -> None:
        """Check intents, permissions, database and explainers, and say what to do."""
        guild = interaction.guild
        assert guild is not None  # noqa: S101  # guild_only
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = Place(guild, self.bot.intents, self.services.policies.get(guild.id))
        findings = [*examine_server(place), *await self.services.doctor.examine(guild.id)]
        await answer(interaction, embed=report_card(findings))

    async def _explain(self, interaction: Press, message: discord.Message) -> None:
        post = await whole_post(message, self.services.policies.get(interaction.guild_id or 0))
        if post is None:
            await answer(interaction, words.NOT_A_POST)
            return
        explanation = await self.services.inquiry.explain(post)
        around = await self._surroundings(message, post, explanation.facts.judgement.topic)
        await answer(interaction, embed=why_card(explanation, around))

    async def _surroundings(self, message: discord.Message, post: Post, topic: str | None) -> Surroundings:
        guild = message.guild
        assert guild is not None  # noqa: S101  # whole_post
        changes = await self.services.policies.history(guild.id, limit=1)
        edition = await self.services.editor.served_version(post.guild_id, topic) if topic is not None else None
        return Surroundings(
            lacking=lacks(message.channel.permissions_for(guild.me), to_answer_in(message.channel)),
            edited_at=message.edited_at,
            edition=edition,
            settings=changes[0] if changes else None,
            rules=await self.services.doctor.rules(),
        )


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Insight(bot))
