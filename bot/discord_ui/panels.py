"""The menus in which settings are chosen. Their controls carry all that they need, so they outlive restarts.

What a choice does stands in ``panel_presses``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.config.changes import value_of
from bot.config.kinds import Id, Ids
from bot.config.table import SETTINGS, Group, Scope, Setting
from bot.discord_ui import setting_words
from bot.model import GuildPolicy

MOST = 25  # options of a menu
_TEXT = [discord.ChannelType.text]
_ANY = [discord.ChannelType.text, discord.ChannelType.voice, discord.ChannelType.forum]
_LABEL, _DESCRIPTION = 100, 100


@dataclass(frozen=True, slots=True)
class State:
    """What menus show: the choices, and which channels and roles the server has; Discord refuses others in a menu."""

    policy: GuildPolicy
    known: frozenset[int]

    def existing(self, numbers: Iterable[int]) -> list[int]:
        """Those that a menu can show as picked."""
        return sorted(number for number in numbers if number in self.known)[:MOST]


TEMPLATE = re.compile(r"copydesk-set:(?P<action>[a-z]{1,10}):(?P<name>[a-z0-9_]{0,30}):(?P<of>[a-z0-9-]{0,60})")


@dataclass(frozen=True, slots=True)
class Page:
    """A message with menus, seen only by who opened it. Text outside embeds: clients show mentions by name there."""

    text: str
    view: discord.ui.View


class Control(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=TEMPLATE,
):
    """A button or a menu of a panel; Discord sends its ``custom_id`` back, which says it all.

    Attributes:
        action: what it does.
        name: the setting, the group or the step that it is about.
        of: the channel or topic that is chosen for; empty for the server.
    """

    def __init__(self, item: discord.ui.Item[Any], action: str, name: str, of: str) -> None:
        super().__init__(item)
        self.action = action
        self.name = name
        self.of = of

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,  # noqa: ARG003  # discord.py passes it
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(item, match["action"], match["name"], match["of"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.on_choice(interaction, self)

    @property
    def picked(self) -> list[str]:
        """What was picked in a menu: texts, or the numbers of channels and roles."""
        values = getattr(self.item, "values", [])
        return [value if isinstance(value, str) else str(value.id) for value in values]


def rows_of(group: Group, of: str) -> list[Setting]:
    """The settings that a group's menu offers for the server, a channel or a topic."""
    scope = Scope.SERVER if not of else Scope.CHANNEL if of.isdecimal() else Scope.TOPIC
    return [setting for setting in SETTINGS.values() if setting.group is group and setting.scope is scope]


def panel(policy: GuildPolicy, group: Group, of: str = "") -> Page:
    """A group's settings as they are, and a menu of them."""
    settings = rows_of(group, of)
    lines = [setting_words.panel_title(group, of), *(setting_words.line(policy, one, of) for one in settings)]
    narrower = [one for one in SETTINGS.values() if one.group is group and one.scope is not Scope.SERVER]
    if not of and narrower:
        lines.append(setting_words.chosen_elsewhere(policy, narrower))
    options = [
        discord.SelectOption(label=one.label, value=one.name, description=one.what[:_DESCRIPTION]) for one in settings
    ]
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("pick", group, of), placeholder=setting_words.PICK, options=options
    )
    further = [button("proposals", setting_words.PROPOSALS, group)] if group is Group.AUTOMATION and not of else []
    return Page("\n".join(lines), view([menu, *further]))


def value_page(state: State, setting: Setting, of: str = "") -> Page:
    """One setting, and the ways to choose its value."""
    line = setting_words.line(state.policy, setting, of)
    text = f"{setting_words.panel_title(setting.group, of)}\n{line}\n{setting.what}"
    items: list[discord.ui.Item[Any]] = []
    menu = value_menu(state, setting, custom_id("value", setting.name, of), of)
    if menu is not None:
        items.append(menu)
    items.append(button("panel", setting_words.BACK, setting.group, of))
    if setting.kind.typed:
        items.append(button("type", setting_words.TYPE, setting.name, of))
    items.append(button("default", setting_words.TO_DEFAULT, setting.name, of))
    return Page(text, view(items))


def value_menu(
    state: State, setting: Setting, with_id: str, of: str = "", placeholder: str = setting_words.PICK_VALUE
) -> discord.ui.Item[Any] | None:
    """The menu of a setting's values; None for those that are only typed."""
    value = value_of(state.policy, setting, of)
    if isinstance(setting.kind, Id | Ids):
        numbers = state.existing(() if value is None else (value,) if isinstance(value, int) else value)
        if isinstance(setting.kind, Ids) and setting.kind.of == "role":
            return role_menu(with_id, numbers, placeholder)
        one = isinstance(setting.kind, Id)
        return channel_menu(with_id, numbers, placeholder, types=_TEXT if one else _ANY, most=1 if one else MOST)
    choices = list(setting.kind.choices)
    if not choices:
        return None
    if value is not None and value not in choices:
        choices.append(value)
    options = [
        discord.SelectOption(
            label=setting_words.said(setting, choice)[:_LABEL],
            value=json.dumps(setting.kind.dump(choice)),
            default=choice == value,
        )
        for choice in choices[:MOST]
    ]
    return discord.ui.Select(custom_id=with_id, placeholder=placeholder, options=options)


def channel_menu(
    with_id: str,
    chosen: Iterable[int],
    placeholder: str,
    *,
    types: Sequence[discord.ChannelType] = tuple(_ANY),
    most: int = MOST,
) -> discord.ui.Item[Any]:
    """A menu of the server's channels."""
    defaults = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.channel) for one in chosen]
    return discord.ui.ChannelSelect(
        custom_id=with_id,
        placeholder=placeholder,
        channel_types=list(types),
        min_values=0 if most > 1 else 1,
        max_values=most,
        default_values=defaults,
    )


def role_menu(with_id: str, chosen: Iterable[int], placeholder: str) -> discord.ui.Item[Any]:
    """A menu of the server's roles."""
    defaults = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role) for one in chosen]
    return discord.ui.RoleSelect(
        custom_id=with_id, placeholder=placeholder, min_values=0, max_values=MOST, default_values=defaults
    )


def button(
    action: str, label: str, name: str, of: str = "", style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Item[Any]:
    """A button of a panel."""
    return discord.ui.Button(label=label, style=style, custom_id=custom_id(action, name, of))


def custom_id(action: str, name: str, of: str = "") -> str:
    """What a control's press sends back."""
    return f"copydesk-set:{action}:{name}:{of}"


def view(items: Iterable[discord.ui.Item[Any]]) -> discord.ui.View:
    """A view that never times out: what is pressed finds its way by its ``custom_id``."""
    made = discord.ui.View(timeout=None)
    for item in items:
        found = TEMPLATE.fullmatch(getattr(item, "custom_id", ""))
        assert found is not None  # noqa: S101  # made by ``custom_id`` below
        made.add_item(Control(item, found["action"], found["name"], found["of"]))  # as such, discord.py keeps no copy
    return made
