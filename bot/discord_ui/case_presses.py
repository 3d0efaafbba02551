"""What moderators do with a case, by button or by command: who may, what it brings about, what they are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.case import Case, Ruling
from bot.cases.desk import Desk
from bot.discord_ui import case_words, words
from bot.discord_ui.acting import acknowledge, may_moderate
from bot.discord_ui.answers import answer
from bot.discord_ui.buttons import snooze_view, tell_view
from bot.discord_ui.case_cards import case_texts
from bot.discord_ui.permissions import TO_DELETE, lacks

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

Change = Callable[[Desk, int, int, int, str | None], Awaitable[Case]]  # server, case, moderator, reason


async def _claim(desk: Desk, guild_id: int, case_id: int, moderator_id: int, _: str | None) -> Case:
    return await desk.claim(guild_id, case_id, moderator_id)


async def _release(desk: Desk, guild_id: int, case_id: int, moderator_id: int, _: str | None) -> Case:
    return await desk.release(guild_id, case_id, moderator_id)


async def _undo(desk: Desk, guild_id: int, case_id: int, moderator_id: int, reason: str | None) -> Case:
    return await desk.undo(guild_id, case_id, moderator_id, reason)


async def _judge(
    ruling: Ruling, desk: Desk, guild_id: int, case_id: int, moderator_id: int, reason: str | None
) -> Case:
    return await desk.judge(guild_id, case_id, ruling, moderator_id, reason)


CHANGES: Mapping[str, Change] = {
    "claim": _claim,
    "release": _release,
    "undo": _undo,
    "keep": partial(_judge, Ruling.KEPT),
    "remove": partial(_judge, Ruling.DELETED),
    "dismiss": partial(_judge, Ruling.CLEARED),
    "allow": partial(_judge, Ruling.ALLOWED),
}


async def change(interaction: Press, case_id: int, action: str, reason: str | None = None) -> None:
    """Do what an action says, if this moderator may."""
    if not await may_moderate(interaction):
        return
    await acknowledge(interaction)
    desk, guild_id = interaction.client.services.desk, interaction.guild_id or 0
    if action == "remove":
        refused = await _cannot_delete(interaction, await desk.case(guild_id, case_id))
        if refused is not None:
            await answer(interaction, refused)
            return
    case = await CHANGES[action](desk, guild_id, case_id, interaction.user.id, reason)
    await answer(interaction, case_words.done(case), view=tell_view(case))


async def snooze(interaction: Press, case_id: int, rest: timedelta | None) -> None:
    """Put a case aside, or ask for how long."""
    if not await may_moderate(interaction):
        return
    desk, guild_id = interaction.client.services.desk, interaction.guild_id or 0
    if rest is None:
        case = await desk.case(guild_id, case_id)
        await answer(interaction, case_words.ASK_SNOOZE, view=snooze_view(case.id))
        return
    await acknowledge(interaction)
    case = await desk.snooze(guild_id, case_id, rest, interaction.user.id)
    await answer(interaction, case_words.done(case))


async def tell(interaction: Press, case_id: int) -> None:
    """Tell members that something was posted before."""
    if not await may_moderate(interaction):
        return
    await acknowledge(interaction)
    services, guild_id = interaction.client.services, interaction.guild_id or 0
    key = await services.desk.tell_channel(guild_id, case_id, interaction.user.id)
    await answer(interaction, case_words.told_channel(await services.effects.get(key)))


async def show_texts(interaction: Press, case_id: int) -> None:
    """Show the words that are kept, also of posts that were deleted."""
    if not await may_moderate(interaction):
        return
    case = await interaction.client.services.desk.case(interaction.guild_id or 0, case_id)
    embeds = case_texts(case)
    await answer(interaction, None if embeds else case_words.NO_WORDS, embeds=embeds)


async def _cannot_delete(interaction: Press, case: Case) -> str | None:
    """Why this moderator, or the bot, cannot delete the case's copies; a channel that is gone is nobody's lack."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return words.SERVERS_ONLY
    for channel_id in case.standing:
        try:  # an archived thread is not in memory
            channel = guild.get_channel_or_thread(channel_id) or await guild.fetch_channel(channel_id)
        except discord.NotFound:
            continue
        except discord.Forbidden:
            return words.bot_lacks(lacks(discord.Permissions.none(), TO_DELETE), channel_id)
        if not channel.permissions_for(member).manage_messages:
            return words.moderator_lacks(channel_id)
        missing = lacks(channel.permissions_for(guild.me), TO_DELETE)
        if missing:
            return words.bot_lacks(missing, channel_id)
    return None
