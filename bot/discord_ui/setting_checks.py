"""What must hold on Discord before a setting is saved: channels and roles exist, and the bot may act there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import discord

from bot.config.changes import Change, all_chosen, applied
from bot.config.table import Check, Scope
from bot.discord_ui import setting_words, words
from bot.discord_ui.permissions import (
    TO_ANSWER,
    TO_ANSWER_IN_FORUM,
    TO_OPEN_THREADS,
    TO_TIME_OUT,
    TO_WATCH,
    lacks,
)
from bot.model import GuildPolicy, Mode

WATCHABLE = (discord.TextChannel, discord.VoiceChannel, discord.ForumChannel, discord.Thread)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a change cannot be saved, with the remedy."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where changes are checked: the server, what the bot may receive, and the policy as it would be."""

    guild: discord.Guild
    intents: discord.Intents
    policy: GuildPolicy


def problems(place: Place, changes: Iterable[Change]) -> list[Problem]:
    """What stands in the way of these changes; going back to a default never fails."""
    changes = tuple(changes)
    after = Place(place.guild, place.intents, applied(place.policy, changes))
    return [
        Problem(change, text)
        for change in changes
        if change.value is not None and change.setting.check is not None
        for text in _CHECKS[change.setting.check](after, change)
    ]


def lacking(place: Place) -> list[str]:
    """What stands in the way of the settings as they are: permissions may be taken away later."""
    found = [problem.text for problem in problems(place, all_chosen(place.policy))]
    cards = place.guild.get_channel(place.policy.moderators_channel_id or 0)
    if cards is not None and cards.permissions_for(place.guild.default_role).view_channel:
        found.append(setting_words.seen_by_everybody(cards.id))
    return found


def _cards_channel(place: Place, change: Change) -> list[str]:
    channel = place.guild.get_channel(change.value)
    if channel is None:
        return [setting_words.gone("channel", change.value)]
    if not isinstance(channel, discord.TextChannel):
        return [setting_words.wrong_channel(channel.id)]
    needed = (*TO_ANSWER, *TO_OPEN_THREADS) if place.policy.case_threads else TO_ANSWER
    return _lacks(place, channel, needed)


def _modes(place: Place, change: Change) -> list[str]:
    mode: Mode = change.value
    if mode is Mode.OFF:
        return []
    if not place.intents.message_content:
        return [words.COMMANDS_ONLY]
    channel = place.guild.get_channel_or_thread(int(change.of))
    if channel is None:
        return [setting_words.gone("channel", int(change.of))]
    if not isinstance(channel, WATCHABLE):
        return [setting_words.wrong_channel(channel.id)]
    to_answer = TO_ANSWER_IN_FORUM if isinstance(channel, discord.ForumChannel) else TO_ANSWER
    found = _lacks(place, channel, to_answer if mode is Mode.ANSWER else TO_WATCH)
    if not found and mode is Mode.SUGGEST and place.policy.moderators_channel_id is None:
        return [setting_words.needs_cards_channel("Mode suggest")]
    return found


def _channels(place: Place, change: Change) -> list[str]:
    numbers = [int(change.of)] if change.setting.scope is Scope.CHANNEL else sorted(change.value)
    return [setting_words.gone("channel", one) for one in numbers if place.guild.get_channel_or_thread(one) is None]


def _roles(place: Place, change: Change) -> list[str]:
    if place.guild.id in change.value:
        return [setting_words.everybodys_role()]
    return [setting_words.gone("role", one) for one in sorted(change.value) if place.guild.get_role(one) is None]


def _timeouts(place: Place, change: Change) -> list[str]:
    found = lacks(place.guild.me.guild_permissions, TO_TIME_OUT) if change.value else []
    return [setting_words.lacks_on_server(found)] if found else []


def _threads(place: Place, change: Change) -> list[str]:
    if not change.value:
        return []
    channel = place.guild.get_channel(place.policy.moderators_channel_id or 0)
    if channel is None:
        return [setting_words.needs_cards_channel("A thread for each case")]
    return _lacks(place, channel, TO_OPEN_THREADS)


def _lacks(place: Place, channel: discord.abc.GuildChannel | discord.Thread, needed: Iterable[str]) -> list[str]:
    found = lacks(channel.permissions_for(place.guild.me), needed)
    return [setting_words.lacks_in(found, channel.id)] if found else []


_CHECKS: Mapping[Check, Callable[[Place, Change], list[str]]] = {
    Check.CARDS_CHANNEL: _cards_channel,
    Check.MODES: _modes,
    Check.CHANNELS: _channels,
    Check.ROLES: _roles,
    Check.TIMEOUTS: _timeouts,
    Check.THREADS: _threads,
}
