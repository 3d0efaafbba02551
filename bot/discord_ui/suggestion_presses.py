"""What moderators do with a suggested answer: post it, post another topic in its place, or drop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.discord_ui import words
from bot.discord_ui.acting import acknowledge, may_moderate
from bot.discord_ui.answers import answer
from bot.discord_ui.buttons import suggestion_view
from bot.discord_ui.topic_menu import topic_view
from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import Reply
from bot.storage.protocols import reply_key

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]


async def post(interaction: Press, reply_id: int) -> None:
    """Answer the post as suggested."""
    if not await may_moderate(interaction):
        return
    await acknowledge(interaction)
    desk = interaction.client.services.desk
    await _tell_posted(interaction, await desk.post_suggestion(_guild(interaction), reply_id, interaction.user.id))


async def ask_topic(interaction: Press, reply_id: int, page: int) -> None:
    """Show the topics that could be posted instead, or another page of them."""
    if not await may_moderate(interaction):
        return
    services, guild_id = interaction.client.services, _guild(interaction)
    reply = await _waiting(interaction, reply_id)
    view = topic_view(reply_id, services.library.on(guild_id), reply.slug, page)
    if interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(view=view)
    else:
        await answer(interaction, words.ASK_TOPIC, view=view)


async def post_other(interaction: Press, reply_id: int, slug: str) -> None:
    """Answer the post with the topic that was picked."""
    if not await may_moderate(interaction):
        return
    await acknowledge(interaction)
    services, guild_id = interaction.client.services, _guild(interaction)
    await _waiting(interaction, reply_id)
    if services.library.get(guild_id, slug) is None:
        await answer(interaction, words.TOPIC_GONE)
        return
    await _tell_posted(interaction, await services.desk.post_other(guild_id, reply_id, slug, interaction.user.id))


async def drop(interaction: Press, reply_id: int) -> None:
    """Leave the post unanswered."""
    if not await may_moderate(interaction):
        return
    await acknowledge(interaction)
    await interaction.client.services.desk.drop_suggestion(_guild(interaction), reply_id, interaction.user.id)
    await answer(interaction, words.SUGGESTION_DROPPED)


async def _waiting(interaction: Press, reply_id: int) -> Reply:
    """The suggestion, if it is still to be decided."""
    reply = await interaction.client.services.replies.get(_guild(interaction), reply_id)
    if reply is None:
        raise UnknownCaseError("this suggestion is not known here any more")
    if suggestion_view(reply) is None:
        raise AlreadyJudgedError(reply.judged_by, reply.state)
    return reply


async def _tell_posted(interaction: Press, reply: Reply) -> None:
    effect = await interaction.client.services.effects.get(reply_key(reply.guild_id, reply.message_id))
    await answer(interaction, words.suggestion_posted(reply, effect))


def _guild(interaction: Press) -> int:
    return interaction.guild_id or 0  # 0 is no server: nothing is found there
