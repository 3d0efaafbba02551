"""What a choice in a menu of settings does. Add an action: a control in ``panels``, a handler and a line here."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.config.changes import Change, ChangeSet, chosen, value_of
from bot.config.kinds import Id, Ids
from bot.config.presets import PRESETS
from bot.config.table import SETTINGS, Group, Setting
from bot.discord_ui import setting_words, words
from bot.discord_ui.acting import FORM_OPEN_FOR
from bot.discord_ui.answers import answer
from bot.discord_ui.configuring import Outcome, missing_now, policy_of, save, state_of
from bot.discord_ui.panels import Control, Page, panel, rows_of, value_page
from bot.discord_ui.permissions import is_admin
from bot.discord_ui.proposals import CHANGED_SINCE, HOLDS_NO_MORE, picked_topic, proposals_page
from bot.discord_ui.setup_flow import step, watch_changes
from bot.model import Mode

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

log = logging.getLogger(__name__)
_LONGEST_TYPED = 1000
_TYPED = "typed"
_DIGITS = 18  # of a change's number: SQLite's integers hold them all
_STEPS = {"preset": 0, "set": 1, "watch": 2}  # the step of /setup start that a menu stands in


async def choose(interaction: Press, control: Control) -> None:
    """Do what a control says; whatever happens, the member is told."""
    try:
        if not is_admin(interaction):
            await answer(interaction, words.ADMINS_ONLY)
        elif interaction.guild is None:
            await answer(interaction, words.SERVERS_ONLY)
        else:
            await _HANDLERS.get(control.action, _outdated)(interaction, control)
    except (KeyError, ValueError):  # a setting or a choice that this version does not have
        log.warning("a choice of %s in server %s: forged, or of another version", control.action, interaction.guild_id)
        await answer(interaction, setting_words.OUTDATED)
    except Exception:  # the boundary of a press: the member is told, the log has the rest
        log.exception("choice of %s failed", control.action)
        await answer(interaction, words.FAILED)


async def show(interaction: Press, page: Page, note: str = "") -> None:
    """Show a page in place of the one at hand."""
    text = words.cut(f"{note}\n\n{page.text}" if note else page.text)
    if interaction.response.is_done():
        await interaction.edit_original_response(content=text, view=page.view)
    else:
        await interaction.response.edit_message(content=text, view=page.view)


class TypedForm(discord.ui.Modal):
    """A form for values that no menu can offer."""

    def __init__(self, setting: Setting, of: str, text: str) -> None:
        super().__init__(title=setting.label, timeout=FORM_OPEN_FOR)
        self._setting = setting
        self._of = of
        self._box: discord.ui.TextInput[TypedForm] = discord.ui.TextInput(
            label=setting.label,
            custom_id=_TYPED,
            style=discord.TextStyle.paragraph,
            default=text,
            required=False,
            max_length=_LONGEST_TYPED,
        )
        self.add_item(self._box)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        if not is_admin(interaction):  # no longer, since the form was opened
            await answer(interaction, words.ADMINS_ONLY)
            return
        typed = self._box.value.strip()
        try:
            value = self._setting.kind.parse(typed) if typed else None
        except ValueError as error:
            outcome = Outcome(problems=(words.sentence(str(error)),))
        else:
            await interaction.response.defer()
            outcome = await save(
                interaction, [Change(self._setting.name, value, self._of)], self._setting.group.command
            )
        await show(interaction, value_page(state_of(interaction), self._setting, self._of), outcome.text)

    async def on_error(  # type: ignore[override]  # discord.py passes a modal no item
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        log.error("saving a setting failed", exc_info=error)
        await answer(interaction, words.FAILED)


async def _pick(interaction: Press, control: Control) -> None:
    setting = _setting(control.picked[0], control.of)
    await show(interaction, value_page(state_of(interaction), setting, control.of))


async def _back_to_panel(interaction: Press, control: Control) -> None:
    group = Group(control.name)
    if not rows_of(group, control.of):
        raise ValueError(f"no menu of {group} for {control.of}")
    await show(interaction, panel(policy_of(interaction), group, control.of))


async def _value(interaction: Press, control: Control) -> None:
    await _save_and_return(interaction, _change(control, control.of))


async def _default(interaction: Press, control: Control) -> None:
    await _save_and_return(interaction, Change(_setting(control.name, control.of).name, None, control.of))


async def _type(interaction: Press, control: Control) -> None:
    setting = _setting(control.name, control.of)
    value = value_of(policy_of(interaction), setting, control.of)
    raw = "" if value is None else setting.kind.dump(value)
    text = "\n".join(raw) if isinstance(raw, list) else str(raw)
    await interaction.response.send_modal(TypedForm(setting, control.of, text))


async def _save_and_return(interaction: Press, change: Change) -> None:
    await interaction.response.defer()
    group = change.setting.group
    outcome = await save(interaction, [change], group.command)
    await show(interaction, panel(policy_of(interaction), group, change.of), outcome.text)


async def _step(interaction: Press, control: Control) -> None:
    await show(interaction, step(state_of(interaction), int(control.name), missing_now(interaction)))


async def _preset(interaction: Press, control: Control) -> None:
    preset = PRESETS[control.picked[0]]
    await _save_in_flow(interaction, control, list(preset.changes))


async def _set(interaction: Press, control: Control) -> None:
    await _save_in_flow(interaction, control, [_change(control, "")])


async def _watch(interaction: Press, control: Control) -> None:
    changes = watch_changes(state_of(interaction), Mode(control.name), map(int, control.picked))
    await _save_in_flow(interaction, control, changes)


async def _save_in_flow(interaction: Press, control: Control, changes: list[Change]) -> None:
    await interaction.response.defer()
    outcome = await save(interaction, changes, Group.TEAM.command)
    page = step(state_of(interaction), _STEPS[control.action], missing_now(interaction))
    await show(interaction, page, outcome.text)


async def _proposals(interaction: Press, _: Control) -> None:
    await interaction.response.defer()
    await _show_proposals(interaction)


async def _apply(interaction: Press, control: Control) -> None:
    await interaction.response.defer()
    found = await interaction.client.services.proposals.of(interaction.guild_id or 0)
    slug = picked_topic(found, control.picked[0])
    if slug is None:
        await _show_proposals(interaction, HOLDS_NO_MORE)
        return
    change = Change("thresholds", found[slug].threshold, slug)
    outcome = await save(interaction, [change], Group.AUTOMATION.command)
    await _show_proposals(interaction, outcome.text, outcome.made)


async def _undo(interaction: Press, control: Control) -> None:
    """Undo an applied proposal, unless the topic's threshold was changed since."""
    if not control.of.isdecimal() or len(control.of) > _DIGITS:
        raise ValueError(f"{control.of!r} is not the number of a change")
    await interaction.response.defer()
    number = int(control.of)
    made = await interaction.client.services.policies.history(interaction.guild_id or 0, since=number)
    steps = made[-1].steps if made and made[-1].number == number else ()
    policy = policy_of(interaction)
    standing = [s for s in steps if s.change.name == "thresholds" and chosen(policy, s.change) == s.change.value]
    if not standing:
        await _show_proposals(interaction, CHANGED_SINCE)
        return
    outcome = await save(interaction, [step.undo for step in standing], Group.AUTOMATION.command)
    await _show_proposals(interaction, outcome.text)


async def _show_proposals(interaction: Press, note: str = "", applied: ChangeSet | None = None) -> None:
    found = await interaction.client.services.proposals.of(interaction.guild_id or 0)
    await show(interaction, proposals_page(found, applied.number if applied is not None else None), note)


async def _outdated(interaction: Press, control: Control) -> None:
    log.warning("a choice with an unknown action, %s, in server %s", control.action, interaction.guild_id)
    await answer(interaction, setting_words.OUTDATED)


def _change(control: Control, of: str) -> Change:
    """The change that a menu of values stands for."""
    setting = _setting(control.name, of)
    if isinstance(setting.kind, Ids):
        return Change(setting.name, setting.kind.parse(list(control.picked)), of)
    raw = control.picked[0]
    return Change(setting.name, setting.kind.parse(raw if isinstance(setting.kind, Id) else json.loads(raw)), of)


def _setting(name: str, of: str) -> Setting:
    """A setting that can be chosen for this channel or topic, or for the server.

    Raises:
        KeyError: there is no such setting.
        ValueError: it is not chosen for such a thing.
    """
    setting = SETTINGS[name]
    if setting not in rows_of(setting.group, of):
        raise ValueError(f"{name} is not chosen for {of!r}")
    return setting


_HANDLERS: Mapping[str, Callable[[Press, Control], Awaitable[None]]] = {
    "pick": _pick,
    "panel": _back_to_panel,
    "value": _value,
    "default": _default,
    "type": _type,
    "step": _step,
    "preset": _preset,
    "set": _set,
    "watch": _watch,
    "proposals": _proposals,
    "apply": _apply,
    "undo": _undo,
}
ACTIONS = frozenset(_HANDLERS)
