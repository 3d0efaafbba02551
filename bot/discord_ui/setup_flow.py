"""The steps of ``/setup start``. Each choice is saved at once, so that nothing is lost when somebody stops halfway."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import discord

from bot.config.changes import Change
from bot.config.presets import PRESETS
from bot.config.table import SETTINGS
from bot.discord_ui import setting_words
from bot.discord_ui.panels import Page, State, button, channel_menu, custom_id, value_menu, view
from bot.model import GuildPolicy, Mode

Item = discord.ui.Item[Any]

_TEAM = ("moderators_channel_id", "moderators_roles", "editors_roles", "admins_roles")
LAST = len(setting_words.STEPS) - 1


def step(state: State, number: int, missing: Sequence[str]) -> Page:
    """One step; ``missing`` is what the bot lacks for the settings as they are."""
    number = max(0, min(number, LAST))
    lines = [setting_words.STEPS[number], *_LINES[number](state.policy)]
    if number == LAST:
        lines += ["", setting_words.missing(missing)]
    items = [*_MENUS[number](state), *_buttons(number)]
    return Page("\n".join(lines), view(items))


def watch_changes(state: State, mode: Mode, picked: Iterable[int]) -> list[Change]:
    """The changes that give a mode to these channels, and to no other of those that its menu showed."""
    chosen = set(picked)
    left = [channel for channel in _in_mode(state, mode) if channel not in chosen]
    return [
        *(Change("modes", mode, str(channel)) for channel in sorted(chosen)),
        *(Change("modes", None, str(channel)) for channel in left),
    ]


def _presets(_: State) -> list[Item]:
    options = [
        discord.SelectOption(label=one.label, value=name, description=one.what[:100]) for name, one in PRESETS.items()
    ]
    return [discord.ui.Select(custom_id=custom_id("preset", "0"), placeholder=setting_words.PRESET, options=options)]


def _team(state: State) -> list[Item]:
    menus = [
        value_menu(state, SETTINGS[name], custom_id("set", name), placeholder=SETTINGS[name].label) for name in _TEAM
    ]
    return [menu for menu in menus if menu is not None]


def _team_lines(policy: GuildPolicy) -> list[str]:
    return [setting_words.line(policy, SETTINGS[name]) for name in _TEAM]


def _channels(state: State) -> list[Item]:
    return [
        channel_menu(custom_id("watch", mode), _in_mode(state, mode), placeholder)
        for mode, placeholder in setting_words.WATCH.items()
    ]


def _in_mode(state: State, mode: Mode) -> list[int]:
    return state.existing(channel for channel, chosen in state.policy.modes.items() if chosen is mode)


def _buttons(number: int) -> list[Item]:
    back = button("step", setting_words.BACK, str(number - 1))
    onward = button("step", setting_words.NEXT, str(number + 1), style=discord.ButtonStyle.primary)
    return [*([back] if number else []), *([onward] if number < LAST else [])]


_LINES: Sequence[Callable[[GuildPolicy], Sequence[str]]] = (
    lambda _: (),
    _team_lines,
    setting_words.channels,
    setting_words.summary,
)
_MENUS: Sequence[Callable[[State], Sequence[Item]]] = (_presets, _team, _channels, lambda _: ())
