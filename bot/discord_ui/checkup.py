"""What only Discord knows of an installation: intents, channels, permissions, roles of a server; and the report."""

from collections.abc import Iterator, Sequence

import discord

from bot.config.changes import all_chosen
from bot.discord_ui import setting_words, words
from bot.discord_ui.permissions import TO_DELETE, lacks
from bot.discord_ui.setting_checks import Place, problems
from bot.doctor import Finding, Health
from bot.model import Mode

_DESCRIPTION = 4000
_NAMED = 5  # roles that a line names
_SIGNS = {Health.OK: "\N{CHECK MARK}", Health.NOTE: "!", Health.PROBLEM: "\N{BALLOT X}"}


def examine_server(place: Place) -> Iterator[Finding]:
    """Look at a server's side; needs no request to Discord."""
    yield _intents(place.intents)
    for problem in problems(place, all_chosen(place.policy)):  # as when they were saved
        yield Finding(problem.change.setting.label, Health.PROBLEM, problem.text)
    yield _moderators_channel(place)
    yield _channels(place)
    yield from _deleting(place)
    yield _roles(place)


def report_card(findings: Sequence[Finding]) -> discord.Embed:
    """All findings, those that ask for somebody first."""
    order = list(reversed(Health))
    lines = [_line(finding) for finding in sorted(findings, key=lambda finding: order.index(finding.health))]
    number = sum(finding.health is Health.PROBLEM for finding in findings)
    title = words.count(number, "problem") if number else "No problems"
    colour = discord.Colour.red() if number else discord.Colour.green()
    return discord.Embed(title=title, description=words.cut("\n".join(lines), _DESCRIPTION), colour=colour)


def _line(finding: Finding) -> str:
    remedy = f"\n\N{RIGHTWARDS ARROW} {finding.remedy}" if finding.remedy else ""
    return f"{_SIGNS[finding.health]} **{finding.name}:** {finding.detail}{remedy}"


def _intents(intents: discord.Intents) -> Finding:
    if intents.message_content:
        return Finding("intents", Health.OK, f"guilds, guild messages and message content ({intents.value}).")
    remedy = "To watch channels: switch Message Content Intent on in Discord's developer portal, and unset the setting."
    return Finding("intents", Health.NOTE, words.COMMANDS_ONLY, remedy)


def _moderators_channel(place: Place) -> Finding:
    name = "cards for moderators"
    channel = place.guild.get_channel(place.policy.moderators_channel_id or 0)
    if channel is None:
        return Finding(name, Health.NOTE, "cases and suggestions have no place.", "`/setup start` chooses one.")
    if channel.permissions_for(place.guild.default_role).view_channel:
        return Finding(name, Health.NOTE, setting_words.seen_by_everybody(channel.id))
    return Finding(name, Health.OK, f"{channel.mention}.")


def _channels(place: Place) -> Finding:
    watched = [f"<#{channel_id}> {mode.value}" for channel_id, mode in _watched(place)]
    if not watched:
        return Finding("channels", Health.NOTE, "none is switched on.", "`/watch` switches one on.")
    more = f" and {len(watched) - _NAMED} more" if len(watched) > _NAMED else ""
    return Finding("channels", Health.OK, f"{', '.join(watched[:_NAMED])}{more}.")


def _deleting(place: Place) -> Iterator[Finding]:
    """Where moderators' button for deleting would fail: no problem, since a server may want it so."""
    shown = (place.guild.get_channel_or_thread(number) for number, mode in _watched(place) if mode is not Mode.SHADOW)
    found = [one.mention for one in shown if one is not None and lacks(one.permissions_for(place.guild.me), TO_DELETE)]
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        detail = f"without Manage Messages I cannot delete in {', '.join(found[:_NAMED])}{more}."
        yield Finding("deleting repeats", Health.NOTE, detail, "Grant it there if moderators are to delete by button.")


def _roles(place: Place) -> Finding:
    """Discord lets the bot time out only members whose highest role is below its own; nothing else asks for order."""
    name, mine = "order of roles", place.guild.me.top_role
    if not place.policy.timeouts:
        return Finding(name, Health.OK, f"mine is {mine.name}; nothing that is switched on depends on it.")
    above = [role.name for role in reversed(place.guild.roles) if role > mine and not role.managed]
    if not above:
        return Finding(name, Health.OK, f"mine, {mine.name}, is above all others.")
    more = f" and {len(above) - _NAMED} more" if len(above) > _NAMED else ""
    detail = f"I cannot time out members with {', '.join(map(discord.utils.escape_markdown, above[:_NAMED]))}{more}."
    return Finding(name, Health.NOTE, detail, f"Drag my role, {mine.name}, above those under Server Settings, Roles.")


def _watched(place: Place) -> list[tuple[int, Mode]]:
    return [(channel_id, mode) for channel_id, mode in place.policy.modes.items() if mode is not Mode.OFF]
