"""What moderators do with one case by command: all that its card's buttons do, and what needs words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.case import CaseQuery, QueueView
from bot.discord_ui import case_cards, case_lists, case_presses, case_words, timeouts, words
from bot.discord_ui.acting import acknowledge, refusals_told
from bot.discord_ui.answers import answer
from bot.discord_ui.permissions import is_moderator
from bot.storage.protocols import card_key

if TYPE_CHECKING:
    from bot.app import Copydesk

_Number = app_commands.Range[int, 1, 10**9]
_Reason = app_commands.Range[str, 1, 300]
_VERDICTS = {
    "repeat, delete the copies": "remove",
    "repeat, keep the copies": "keep",
    "not a repeat": "dismiss",
    "always allow": "allow",
}
_RESTS = {"1 hour": timedelta(hours=1), "1 day": timedelta(days=1), "1 week": timedelta(days=7)}


_numbered = app_commands.describe(number="The case's number, as its card has it")


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class Case(commands.GroupCog, group_name="case", group_description="Act on one case, or look back at it"):
    """One case."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Every command of the group is for moderators."""
        if not is_moderator(interaction):
            raise app_commands.MissingPermissions(["manage_messages"])
        return True

    @app_commands.command()
    @_numbered
    async def show(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """Show a case as its card does, and the words that are kept."""
        async with refusals_told(interaction, "case show"):
            case = await self.services.desk.case(*await self._find(interaction, number))
            problem = case_words.card_problem(await self.services.effects.get(card_key(case.id)))
            text = "\n".join(filter(None, [case_cards.case_text(case), problem]))
            await answer(interaction, words.cut(text) or None, embeds=case_cards.case_card(case))
            texts = case_cards.case_texts(case)
            if texts:
                await answer(interaction, embeds=texts)

    @app_commands.command()
    @_numbered
    async def history(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """All that happened in a case: who, when and why."""
        async with refusals_told(interaction, "case history"):
            guild_id, case_id = await self._find(interaction, number)
            case = await self.services.desk.case(guild_id, case_id)
            events = await self.services.desk.history(guild_id, case_id)
            await answer(interaction, case_words.history(case, events))

    @app_commands.command()
    @_numbered
    async def claim(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """Take a case for half an hour: meanwhile no other moderator can act on it."""
        await self._change(interaction, number, "claim")

    @app_commands.command()
    @_numbered
    async def release(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """Give a case back that you have claimed."""
        await self._change(interaction, number, "release")

    @app_commands.command()
    @_numbered
    @app_commands.describe(verdict="What it is", reason="Kept in the case's history")
    async def judge(
        self,
        interaction: discord.Interaction[Copydesk],
        number: _Number,
        verdict: Literal["repeat, delete the copies", "repeat, keep the copies", "not a repeat", "always allow"],
        reason: _Reason | None = None,
    ) -> None:
        """Decide on a case."""
        await self._change(interaction, number, _VERDICTS[verdict], reason)

    @app_commands.command()
    @_numbered
    @app_commands.describe(
        member="Lift this member's timeout; without, the verdict is undone", reason="Kept in the history"
    )
    async def undo(
        self,
        interaction: discord.Interaction[Copydesk],
        number: _Number,
        member: discord.User | None = None,
        reason: _Reason | None = None,
    ) -> None:
        """Undo the verdict on a case, or a timeout."""
        if member is None:
            await self._change(interaction, number, "undo", reason)
            return
        async with refusals_told(interaction, "case undo"):
            _, case_id = await self._find(interaction, number)
            await timeouts.lift(interaction, case_id, member.id)

    @app_commands.command()
    @_numbered
    @app_commands.describe(rest="For how long")
    async def snooze(
        self, interaction: discord.Interaction[Copydesk], number: _Number, rest: Literal["1 hour", "1 day", "1 week"]
    ) -> None:
        """Put a case aside; it comes back by itself."""
        async with refusals_told(interaction, "case snooze"):
            _, case_id = await self._find(interaction, number)
            await case_presses.snooze(interaction, case_id, _RESTS[rest])

    @app_commands.command()
    @_numbered
    async def timeout(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """Silence an author of a case's copies; you choose whom, how long and why."""
        async with refusals_told(interaction, "case timeout"):
            _, case_id = await self._find(interaction, number)
            await timeouts.ask(interaction, case_id)

    @app_commands.command()
    @_numbered
    @app_commands.describe(text="What the other moderators should know")
    async def note(
        self, interaction: discord.Interaction[Copydesk], number: _Number, text: app_commands.Range[str, 1, 500]
    ) -> None:
        """Write a note into a case's history; its card shows the newest."""
        async with refusals_told(interaction, "case note"):
            await acknowledge(interaction)
            guild_id, case_id = await self._find(interaction, number)
            case = await self.services.desk.note(guild_id, case_id, text, interaction.user.id)
            await answer(interaction, case_words.noted(case))

    @app_commands.command()
    async def allowed(self, interaction: discord.Interaction[Copydesk]) -> None:
        """List what may always be posted again."""
        await case_lists.show(interaction, CaseQuery(QueueView.ALLOWED))

    @app_commands.command()
    @app_commands.describe(text="As members post it; capital letters and punctuation make no difference")
    async def allow(self, interaction: discord.Interaction[Copydesk], text: app_commands.Range[str, 4, 500]) -> None:
        """Put a text on the list of what may always be posted again."""
        async with refusals_told(interaction, "case allow"):
            await acknowledge(interaction)
            ref = await self.services.desk.allow(interaction.guild_id or 0, text, interaction.user.id)
            await answer(interaction, case_words.allowed(ref))

    @app_commands.command()
    @_numbered
    async def disallow(self, interaction: discord.Interaction[Copydesk], number: _Number) -> None:
        """Take a case's content off the list of what may always be posted again."""
        async with refusals_told(interaction, "case disallow"):
            await acknowledge(interaction)
            guild_id, case_id = await self._find(interaction, number)
            case = await self.services.desk.disallow(guild_id, case_id, interaction.user.id)
            await answer(interaction, case_words.disallowed(case))

    async def _find(self, interaction: discord.Interaction[Copydesk], number: int) -> tuple[int, int]:
        guild_id = interaction.guild_id or 0
        return guild_id, await self.services.desk.id_of(guild_id, number)

    async def _change(
        self, interaction: discord.Interaction[Copydesk], number: int, action: str, reason: str | None = None
    ) -> None:
        async with refusals_told(interaction, f"case {action}"):
            _, case_id = await self._find(interaction, number)
            await case_presses.change(interaction, case_id, action, reason)


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Case(bot))
