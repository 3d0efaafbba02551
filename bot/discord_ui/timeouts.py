"""Silencing a member from a case: only where the server switched it on, by a moderator who may, after a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.case import Case, Silence
from bot.discord_ui import case_words, words
from bot.discord_ui.acting import FORM_OPEN_FOR, acknowledge, may_moderate, refusals_told
from bot.discord_ui.answers import answer
from bot.discord_ui.buttons import timeout_view
from bot.discord_ui.permissions import TO_TIME_OUT, lacks, moderates

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

_MEMBERS = 5  # rows of buttons
_LONGEST_REASON = 300


async def ask(interaction: Press, case_id: int) -> None:
    """Show whom of a case's authors a moderator may silence, and for how long."""
    if not await _may(interaction):
        return
    await acknowledge(interaction)
    case = await interaction.client.services.desk.case(interaction.guild_id or 0, case_id)
    authors = list(dict.fromkeys(post.author_id for post in reversed(case.repeats)))[:_MEMBERS]
    found = [await _fetch(interaction, author_id) for author_id in authors]
    names = {member.id: member.display_name for member in found if member is not None}
    silenced = {timeout.member_id for timeout in case.timeouts if timeout.lifted_by is None and not timeout.problem}
    if names:
        gone = case_words.members_gone(len(found) - len(names))
        await answer(interaction, f"{case_words.ASK_TIMEOUT}{gone}", view=timeout_view(case_id, names, silenced))
    else:
        await answer(interaction, case_words.NO_MEMBERS)


async def confirm(interaction: Press, case_id: int, member_id: int, length: timedelta) -> None:
    """Ask for the reason: nobody is silenced without one."""
    if await _may(interaction):
        await interaction.response.send_modal(TimeoutForm(case_id, member_id, length))


async def lift(interaction: Press, case_id: int, member_id: int) -> None:
    """End a member's timeout, also where the server has switched timeouts off since."""
    if not await _may(interaction, lifting=True):
        return
    await acknowledge(interaction)
    desk = interaction.client.services.desk
    case = await desk.lift_timeout(interaction.guild_id or 0, case_id, member_id, interaction.user.id)
    await answer(interaction, _outcome(case, member_id))


class TimeoutForm(discord.ui.Modal):
    """The confirmation of a timeout, with its reason."""

    def __init__(self, case_id: int, member_id: int, length: timedelta) -> None:
        super().__init__(title=f"Timeout for {case_words.lasts(length)}", timeout=FORM_OPEN_FOR)
        self._case_id = case_id
        self._member_id = member_id
        self._length = length
        self._reason: discord.ui.TextInput[TimeoutForm] = discord.ui.TextInput(
            label="Why? It goes into the audit log", max_length=_LONGEST_REASON
        )
        self.add_item(self._reason)

    async def on_submit(self, interaction: Press) -> None:  # type: ignore[override]  # the client is ours
        async with refusals_told(interaction, "timeout"):
            if not await _may(interaction):
                return
            await acknowledge(interaction)
            reason = self._reason.value.strip()
            refused = await _cannot_silence(interaction, self._member_id) if reason else case_words.NO_REASON
            if refused is not None:
                await answer(interaction, refused)
                return
            silence = Silence(self._member_id, self._length, reason)
            desk = interaction.client.services.desk
            case = await desk.time_out(interaction.guild_id or 0, self._case_id, silence, interaction.user.id)
            await answer(interaction, _outcome(case, self._member_id))


async def _may(interaction: Press, *, lifting: bool = False) -> bool:
    """Whether this moderator, and the bot, may silence members here; if not, they are told why."""
    if not await may_moderate(interaction):
        return False
    guild = interaction.guild
    if guild is None:
        refused: str | None = words.SERVERS_ONLY
    elif not lifting and not interaction.client.services.policies.get(guild.id).timeouts:
        refused = case_words.NO_TIMEOUTS
    elif not interaction.permissions.moderate_members:
        refused = case_words.YOU_LACK_TIMEOUT
    else:
        refused = case_words.BOT_LACKS_TIMEOUT if lacks(guild.me.guild_permissions, TO_TIME_OUT) else None
    if refused is not None:
        await answer(interaction, refused)
    return refused is None


async def _cannot_silence(interaction: Press, member_id: int) -> str | None:
    """Why this moderator cannot silence this member: they must stand above, as without a bot."""
    guild, moderator = interaction.guild, interaction.user
    member = await _fetch(interaction, member_id)
    if guild is None or member is None or not isinstance(moderator, discord.Member):
        return case_words.MEMBER_GONE
    protected = member.id == guild.owner_id or moderates(member, interaction.client.services.policies.get(guild.id))
    if protected or (moderator.id != guild.owner_id and member.top_role >= moderator.top_role):
        return case_words.NOT_ABOVE
    return case_words.BOT_NOT_ABOVE if member.top_role >= guild.me.top_role else None


async def _fetch(interaction: Press, member_id: int) -> discord.Member | None:
    try:
        return await interaction.guild.fetch_member(member_id) if interaction.guild is not None else None
    except discord.NotFound:
        return None


def _outcome(case: Case, member_id: int) -> str:
    return next(case_words.silenced(timeout) for timeout in case.timeouts if timeout.member_id == member_id)
