"""Saving settings: checked against the server first, then on disk, then what waited for them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.config.changes import Change, ChangeSet, difference, undoing
from bot.discord_ui import setting_words
from bot.discord_ui.panels import State
from bot.discord_ui.setting_checks import Place, Problem, lacking, problems
from bot.storage.protocols import ChangeAuthor

if TYPE_CHECKING:
    import discord

    from bot.app import Copydesk
    from bot.model import GuildPolicy

    Press = discord.Interaction[Copydesk]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was saved (None: it was so already), or why nothing was."""

    made: ChangeSet | None = None
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return setting_words.refused(self.problems) if self.problems else setting_words.saved(self.made)


def policy_of(interaction: Press) -> GuildPolicy:
    """The policy of the server where somebody acts."""
    return interaction.client.services.policies.get(interaction.guild_id or 0)


def state_of(interaction: Press) -> State:
    """What the menus of the server where somebody acts show."""
    guild = interaction.guild
    known = [*guild.channels, *guild.threads, *guild.roles] if guild is not None else []
    return State(policy_of(interaction), frozenset(one.id for one in known))


async def save(interaction: Press, changes: Sequence[Change], how: str) -> Outcome:
    """Save these changes together, or none of them. Acknowledge the interaction first: cards may be sent."""
    found = _problems(interaction, changes)
    if found:
        return Outcome(problems=tuple(problem.text for problem in found))
    return Outcome(await _store(interaction, changes, how))


async def replace_all(interaction: Press, policy: GuildPolicy, how: str) -> Outcome:
    """Make the server's settings these."""
    return await save(interaction, difference(policy_of(interaction), policy), how)


async def roll_back(interaction: Press, number: int, how: str) -> Outcome | None:
    """Bring back the state before a change, as far as it can be; None where there is no such change."""
    made = await interaction.client.services.policies.history(interaction.guild_id or 0, since=number)
    if not made or made[-1].number != number:
        return None
    changes = undoing(made[::-1])
    found = _problems(interaction, changes)
    blocked = [problem.change for problem in found]
    kept = [change for change in changes if change not in blocked]
    return Outcome(await _store(interaction, kept, how), tuple(problem.text for problem in found))


def missing_now(interaction: Press) -> list[str]:
    """What stands in the way of the settings as they are."""
    return lacking(_place(interaction))


async def _store(interaction: Press, changes: Sequence[Change], how: str) -> ChangeSet | None:
    services, guild_id = interaction.client.services, interaction.guild_id or 0
    author = ChangeAuthor(interaction.user.id, interaction.created_at, how)
    made = await services.policies.change(guild_id, changes, author)
    if any(change.name == "moderators_channel_id" for change in changes):
        channels = [channel.id for channel in interaction.guild.channels] if interaction.guild is not None else []
        await services.desk.show_waiting(guild_id, channels)
    return made


def _problems(interaction: Press, changes: Sequence[Change]) -> list[Problem]:
    found = problems(_place(interaction), changes)
    if not interaction.permissions.manage_guild:
        found += [Problem(one, setting_words.OWNERS_ONLY) for one in changes if one.setting.owners_only]
    return found


def _place(interaction: Press) -> Place:
    assert interaction.guild is not None  # noqa: S101  # guild_only: Discord always sends it
    return Place(interaction.guild, interaction.client.intents, policy_of(interaction))
