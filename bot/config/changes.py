"""Changes of a server's settings: how a policy takes them, how two policies differ, and what undoes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.config.table import SETTINGS, Scope, Setting
from bot.model import GuildPolicy


@dataclass(frozen=True, slots=True)
class Change:
    """A setting gets a value, or goes back to its default.

    Attributes:
        name: the setting.
        value: None for the default.
        of: the channel's number or the topic's name; empty for the server.
    """

    name: str
    value: Any
    of: str = ""

    @property
    def setting(self) -> Setting:
        return SETTINGS[self.name]

    @property
    def target(self) -> int | str:
        """What ``GuildPolicy`` keeps the value under, where that is a mapping."""
        return int(self.of) if self.setting.scope is Scope.CHANNEL else self.of


@dataclass(frozen=True, slots=True)
class Step:
    """A change that was made, with the value before it."""

    change: Change
    before: Any

    @property
    def undo(self) -> Change:
        return replace(self.change, value=self.before)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What one person changed at once. Numbers count from 1 within the server."""

    number: int
    at: datetime
    actor_id: int
    how: str  # by which command
    steps: tuple[Step, ...]


def value_of(policy: GuildPolicy, setting: Setting, of: str = "") -> Any:  # noqa: ANN401  # a setting's own
    """The value that holds."""
    value = chosen(policy, Change(setting.name, None, of))
    return setting.default if value is None else value


def chosen(policy: GuildPolicy, change: Change) -> Any:  # noqa: ANN401  # same
    """What was chosen for what a change is about; None for the default."""
    held = getattr(policy, change.name)
    if change.setting.scope is not Scope.SERVER:
        return held.get(change.target)
    return None if held == change.setting.default else held


def applied(policy: GuildPolicy, changes: Iterable[Change]) -> GuildPolicy:
    """The policy with these changes."""
    for change in changes:
        value: Any = change.setting.default if change.value is None else change.value
        if change.setting.scope is not Scope.SERVER:
            value = {target: held for target, held in getattr(policy, change.name).items() if target != change.target}
            if change.value is not None:
                value[change.target] = change.value
        policy = replace(policy, **{change.name: value})
    return policy


def all_chosen(policy: GuildPolicy) -> Iterator[Change]:
    """The changes that make this policy from the defaults, in the table's order."""
    for setting in SETTINGS.values():
        held = getattr(policy, setting.name)
        if setting.scope is not Scope.SERVER:
            for target in sorted(held):
                yield Change(setting.name, held[target], str(target))
        elif held != setting.default:
            yield Change(setting.name, held)


def difference(before: GuildPolicy, after: GuildPolicy) -> tuple[Change, ...]:
    """The changes that make one policy of another."""
    old, new = _by_place(all_chosen(before)), _by_place(all_chosen(after))
    gone = [Change(name, None, of) for name, of in old if (name, of) not in new]
    return (*gone, *(change for place, change in new.items() if old.get(place) != change))


def undoing(made: Sequence[ChangeSet]) -> tuple[Change, ...]:
    """What brings back the state before all of these, given oldest first."""
    first: dict[tuple[str, str], Change] = {}
    for change_set in made:
        for step in change_set.steps:
            first.setdefault((step.change.name, step.change.of), step.undo)
    return tuple(first.values())


def _by_place(changes: Iterable[Change]) -> Mapping[tuple[str, str], Change]:
    return {(change.name, change.of): change for change in changes}
