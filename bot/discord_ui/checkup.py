"""What only Discord knows of an installation: intents, channels, permissions, roles of a server; and the report."""

from collections.abc import Iterator, Sequence

import discord

from bot.discord_ui import words
from bot.discord_ui.permissions import TO_ANSWER, TO_DELETE, TO_WATCH, lacks, to_answer_in
from bot.doctor import Finding, Health
from bot.model import GuildPolicy, Mode

_DESCRIPTION = 4000
_SIGNS = {Health.OK: "\N{CHECK MARK}", Health.NOTE: "!", Health.PROBLEM: "\N{BALLOT X}"}
_GRANT = "Grant it to my role in the channel's settings, under Permissions."


def examine_server(guild: discord.Guild, policy: GuildPolicy, intents: discord.Intents) -> Iterator[Finding]:
    """Look at a server's side; needs no request to Discord."""
    yield _intents(intents)
    yield _moderators_channel(guild, policy)
    watched = {channel_id: mode for channel_id, mode in policy.modes.items() if mode is not Mode.OFF}
    if not watched:
        yield Finding("channels", Health.NOTE, "none is switched on.", "`/watch` switches one on.")
    for channel_id, mode in watched.items():
        yield from _channel(guild, channel_id, mode)
    yield _roles(guild, policy)


def report_card(findings: Sequence[Finding]) -> discord.Embed:
    """All findings, those that ask for somebody first."""
    order = list(reversed(Health))
    lines = [_line(finding) for finding in sorted(findings, key=lambda finding: order.index(finding.health))]
    problems = sum(finding.health is Health.PROBLEM for finding in findings)
    title = words.count(problems, "problem") if problems else "No problems"
    colour = discord.Colour.red() if problems else discord.Colour.green()
    return discord.Embed(title=title, description=words.cut("\n".join(lines), _DESCRIPTION), colour=colour)


def _line(finding: Finding) -> str:
    remedy = f"\n\N{RIGHTWARDS ARROW} {finding.remedy}" if finding.remedy else ""
    return f"{_SIGNS[finding.health]} **{finding.name}:** {finding.detail}{remedy}"


def _intents(intents: discord.Intents) -> Finding:
    if intents.message_content:
        return Finding("intents", Health.OK, f"guilds, guild messages and message content ({intents.value}).")
    remedy = "To watch channels: switch Message Content Intent on in Discord's developer portal, and unset the setting."
    return Finding("intents", Health.NOTE, words.COMMANDS_ONLY, remedy)


def _moderators_channel(guild: discord.Guild, policy: GuildPolicy) -> Finding:
    name = "moderators' channel"
    if policy.moderators_channel_id is None:
        return Finding(name, Health.NOTE, "none: cases and suggestions have no place.", "`/setup` chooses one.")
    channel = guild.get_channel(policy.moderators_channel_id)
    if channel is None:
        return Finding(name, Health.PROBLEM, "it is gone, or hidden from me.", "`/setup` chooses another.")
    missing = lacks(channel.permissions_for(guild.me), TO_ANSWER)
    if missing:
        return Finding(name, Health.PROBLEM, f"I lack {' and '.join(missing)} in {channel.mention}.", _GRANT)
    if channel.permissions_for(guild.default_role).view_channel:
        remedy = "Take View Channel from @everyone there: its cards are for moderators."
        return Finding(name, Health.NOTE, f"everybody can read {channel.mention}.", remedy)
    return Finding(name, Health.OK, f"{channel.mention}.")


def _channel(guild: discord.Guild, channel_id: int, mode: Mode) -> Iterator[Finding]:
    """A channel that is switched on: what its mode needs, and what the button for deleting needs."""
    channel = guild.get_channel_or_thread(channel_id)
    name = f"channel {channel.name}" if channel is not None else "channel"
    if channel is None:
        remedy = "If it was deleted, nothing is to be done; else let me see it."
        yield Finding(name, Health.NOTE, f"<#{channel_id}>, mode {mode.value}, is gone or hidden from me.", remedy)
        return
    mine = channel.permissions_for(guild.me)
    missing = lacks(mine, to_answer_in(channel) if mode in (Mode.ANSWER, Mode.SUGGEST) else TO_WATCH)
    detail = f"{channel.mention}, mode {mode.value}"
    if missing:
        yield Finding(name, Health.PROBLEM, f"{detail}: I lack {' and '.join(missing)}.", _GRANT)
    elif mode is not Mode.SHADOW and lacks(mine, TO_DELETE):
        yield Finding(name, Health.NOTE, f"{detail}: without Manage Messages I cannot delete repeats there.", _GRANT)
    else:
        yield Finding(name, Health.OK, f"{detail}.")


def _roles(guild: discord.Guild, policy: GuildPolicy) -> Finding:
    named = {"editors": policy.editors_role_id}
    gone = [who for who, role_id in named.items() if role_id is not None and guild.get_role(role_id) is None]
    if gone:
        return Finding("roles", Health.NOTE, f"the role for {' and '.join(gone)} is gone.", "`/setup` names another.")
    above = [role for role in guild.roles if role > guild.me.top_role and not role.is_default()]
    order = f"my highest is {guild.me.top_role.name}, {words.count(len(above), 'role')} above it"
    return Finding("roles", Health.OK, f"{order}; nothing that I do depends on their order.")
