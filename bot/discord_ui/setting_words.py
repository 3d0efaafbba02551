"""What Copydesk says about settings: values, menus, changes, what it will do, and what is missing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.config.changes import Change, ChangeSet, Step, all_chosen, value_of
from bot.config.kinds import Id, Ids
from bot.config.table import SETTINGS, Group, Scope, Setting
from bot.discord_ui import words
from bot.model import GuildPolicy, Mode, QuietHours, Sensitivity, Strictness

PANELS: Mapping[Group, str] = {
    Group.TEAM: "Who moderates, and where",
    Group.WATCH: "What Copydesk does in a channel",
    Group.REPEATS: "Repeats",
    Group.EXEMPT: "Exemptions",
    Group.AUTOMATION: "Automation",
}
PICK = "Choose a setting to change"
PICK_VALUE = "Choose a value"
BACK = "Back"
PROPOSALS = "Proposed thresholds"
NEXT = "Next"
TO_DEFAULT = "Back to the default"
TYPE = "Type it"
OWNERS_ONLY = "Admins by role cannot change who is one: that takes the permission Manage Server."
NOTHING_CHANGED = "Nothing was changed: it is so already."
NONE = "none"
NO_HISTORY = "Nothing has been changed here yet."
NO_SUCH_CHANGE = "There is no such change: `/setup history` lists them."
NOTHING_TO_UNDO = "Nothing was changed: everything is as it was before that change."
STEPS = (
    "**Step 1 of 4: what kind of server is this?** A preset chooses cooldowns and what counts as a repeat. Each can be"
    " changed later with `/automation`, `/repeats` and `/exempt`. You may go on without one.",
    "**Step 2 of 4: who moderates, and where?** Cases and suggestions go to the moderators' channel, which only"
    " moderators should see. Roles are needed only for members without Manage Messages or Manage Server.",
    "**Step 3 of 4: which channels?** All others stay off. Begin with *log only* or *suggest*: in *suggest*, moderators"
    " see each answer first.",
    "**Step 4 of 4: this is what Copydesk does from now on.** Each choice is saved already. `/setup start` begins"
    " again, `/setup rollback` goes back.",
)
PRESET = "Choose a preset"
HOW_TO_UNDO = "`/setup rollback` undoes a change and all later ones."
ALL = "All settings, by the command that changes them"
OUTDATED = "This menu is of another version: open it anew with its command."
WATCH: Mapping[Mode, str] = {
    Mode.SHADOW: "Only log in these channels",
    Mode.SUGGEST: "Suggest to moderators in these channels",
    Mode.ANSWER: "Answer by itself in these channels",
}
_VALUES: Mapping[type[StrEnum], Mapping[str, str]] = {
    Mode: {
        Mode.OFF: "off",
        Mode.SHADOW: "shadow: only logged",
        Mode.SUGGEST: "suggest: moderators approve",
        Mode.ANSWER: "answer: by itself",
    },
    Strictness: {
        Strictness.NORMAL: "normal: the matcher's own threshold",
        Strictness.STRICT: "strict: 0.02 above the matcher's own threshold",
        Strictness.VERY_STRICT: "very strict: 0.05 above the matcher's own threshold",
    },
    Sensitivity: {
        Sensitivity.NORMAL: "normal: also reworded posts",
        Sensitivity.CAREFUL: "careful: close likeness, 0.85 and more",
        Sensitivity.CERTAIN: "certain: only what is surely the same",
    },
}
_SHOWN_STEPS = 5
_SHOWN_SETS = 10
_LISTED = 10


def panel_title(group: Group, of: str) -> str:
    """The heading of a group's menu."""
    where = f" in <#{of}>" if of.isdecimal() else f": {of}" if of else ""
    return f"**{PANELS[group]}{where}**"


def said(setting: Setting, value: object) -> str:
    """A value in words, with channels and roles as mentions."""
    say = next((say for kind, say in _SAYERS if isinstance(value, kind)), None)
    return NONE if value is None else say(setting, value) if say is not None else str(value)


def length(span: timedelta) -> str:
    """A length of time, such as 6 hours."""
    minutes = span / timedelta(minutes=1)
    for name, size in (("day", 1440), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return words.count(int(minutes // size), name)
    return words.count(int(minutes), "minute") if minutes.is_integer() else f"{minutes:g} minutes"


def place(change: Change) -> str:
    """What a change is about, such as "Mode in #general"."""
    label = change.setting.label
    if change.setting.scope is Scope.SERVER:
        return label
    return f"{label} in <#{change.of}>" if change.setting.scope is Scope.CHANNEL else f"{label} {change.of}"


def line(policy: GuildPolicy, setting: Setting, of: str = "") -> str:
    """One setting of a listing."""
    value = value_of(policy, setting, of)
    default = " (default)" if value == setting.default else ""
    return f"**{setting.label}**: {said(setting, value)}{default}"


def chosen_elsewhere(policy: GuildPolicy, settings: Sequence[Setting]) -> str:
    """What was chosen for single channels or topics, and that more can be."""
    lines = [f"- {chosen_line(change)}" for change in all_chosen(policy) if change.setting in settings]
    more = [f"{len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    scopes = " or ".join(dict.fromkeys(setting.scope.value for setting in settings))
    return "\n".join([f"For a single {scopes}, name it in the command.", *lines[:_LISTED], *more])


def chosen_line(change: Change) -> str:
    """What was chosen for one channel or topic."""
    return f"{place(change)}: {said(change.setting, change.value)}"


def step_line(step: Step) -> str:
    """One change that was made."""
    setting = step.change.setting
    before, after = (setting.default if value is None else value for value in (step.before, step.change.value))
    return f"{place(step.change)}: {said(setting, before)} → {said(setting, after)}"


def saved(made: ChangeSet | None) -> str:
    """What was changed, and how to take it back."""
    if made is None:
        return NOTHING_CHANGED
    return f"Saved. {_steps(made, '; ')}. To take it back: `/setup rollback change:{made.number}`."


def history(made: Sequence[ChangeSet]) -> str:
    """The newest changes."""
    lines = [
        f"**{one.number}** <t:{int(one.at.timestamp())}:R> by <@{one.actor_id}>, {one.how}: {_steps(one, '; ')}"
        for one in made[:_SHOWN_SETS]
    ]
    return words.cut("\n".join([*lines, HOW_TO_UNDO]))


def change_choice(made: ChangeSet) -> str:
    """A change in the list that completes a command: Discord shows no mentions there."""
    labels = ", ".join(dict.fromkeys(step.change.setting.label for step in made.steps))
    return f"{made.number}: {made.at:%d %b %H:%M} UTC, {made.how}: {labels}"[:100]


def rolled_back(made: ChangeSet | None, left: Sequence[str]) -> str:
    """What going back changed, and what could not be brought back."""
    text = saved(made) if made is not None else NOTHING_TO_UNDO
    return words.cut("\n".join([text, *(f"Not brought back: {problem}" for problem in left)]))


def refused(problems: Sequence[str]) -> str:
    """Why nothing was saved."""
    return words.cut("\n".join(["Nothing was changed.", *(f"- {problem}" for problem in dict.fromkeys(problems))]))


def lacks_in(missing: Sequence[str], channel_id: int) -> str:
    """Permissions that the bot misses in a channel, and where to click."""
    return (
        f"I lack {' and '.join(missing)} in <#{channel_id}>. Open that channel's settings (the cog beside its name),"
        " then Permissions, add my role, and allow it."
    )


def lacks_on_server(missing: Sequence[str]) -> str:
    """Permissions that the bot misses on the server, and where to click."""
    return f"I lack {' and '.join(missing)}. Open Server Settings, then Roles, my role, Permissions, and allow it."


def gone(what: str, number: int) -> str:
    """A channel or role that this server does not have."""
    return f"This server has no {what} {number}: it was deleted, or belongs to another server."


def everybodys_role() -> str:
    """The role of everybody was chosen."""
    return "Everybody has the role @everyone: choose another one."


def seen_by_everybody(channel_id: int) -> str:
    """Members can read what is for moderators."""
    return (
        f"Everybody can see <#{channel_id}>. Open that channel's settings (the cog beside its name), then Permissions,"
        " and make it a private channel."
    )


def needs_cards_channel(what: str) -> str:
    """A setting that shows things to moderators, without their channel."""
    return f"{what} shows things to moderators: choose their channel first with `/setup start`."


def wrong_channel(channel_id: int) -> str:
    """A channel of a kind that has no messages of its own."""
    return f"<#{channel_id}> is no text channel: choose one where members write."


def channels(policy: GuildPolicy) -> list[str]:
    """What Copydesk does in which channels."""
    return [f"- {_where(policy, mode, text)}" for mode, text in _DOING.items()]


def summary(policy: GuildPolicy) -> list[str]:
    """What Copydesk does, a sentence a line."""
    lines = channels(policy)
    kept = f"at most {words.count(policy.answers_per_hour, 'answer')} an hour in a channel"
    rest = f"a topic once in {length(policy.topic_cooldown)} in a channel"
    lines.append(f"- Answers: {kept}, {rest} and once in {length(policy.member_cooldown)} to a member.")
    if policy.quiet_hours is not None:
        hours = said(SETTINGS["quiet_hours"], policy.quiet_hours)
        lines.append(f"- From {hours} ({policy.time_zone}) nothing is answered or suggested.")
    channel = policy.moderators_channel_id
    lines.append(f"- Cases and suggestions go to <#{channel}>." if channel else f"- {_NO_CARDS}")
    authors = "other members' posts and one's own" if policy.repeats_across_authors else "only one's own posts"
    where = "in all channels" if policy.repeats_across_channels else "in the same channel"
    lines.append(f"- Repeats: {authors}, {where}, {length(policy.window_age)} back. A person judges each.")
    return lines


def missing(problems: Sequence[str]) -> str:
    """What lacks, after the summary."""
    if not problems:
        return "Nothing is missing: all permissions are there."
    return words.cut("\n".join(["**What is missing**", *(f"- {problem}" for problem in problems)]), 700)


_DOING: Mapping[Mode, str] = {
    Mode.ANSWER: "Answers claims by itself in",
    Mode.SUGGEST: "Suggests answers to moderators in",
    Mode.SHADOW: "Only logs what it would do in",
}
_NO_CARDS = "There is no moderators' channel: suggestions and repeats are shown to nobody."


def _where(policy: GuildPolicy, mode: Mode, text: str) -> str:
    channels = [f"<#{channel}>" for channel, chosen in policy.modes.items() if chosen is mode]
    more = f" and {len(channels) - _LISTED} more" if len(channels) > _LISTED else ""
    return f"{text}: {', '.join(channels[:_LISTED]) or 'no channel'}{more}."


def _members(setting: Setting, value: frozenset[Any]) -> str:
    shown = [_mention(setting, one) for one in sorted(value)]
    more = [f"{len(shown) - _LISTED} more"] if len(shown) > _LISTED else []
    return ", ".join([*shown[:_LISTED], *more]) or NONE


def _mention(setting: Setting, one: int | str) -> str:
    if not isinstance(setting.kind, Ids):
        return str(one)
    return f"<#{one}>" if setting.kind.of == "channel" else f"<@&{one}>"


def _steps(made: ChangeSet, between: str) -> str:
    lines = [step_line(step) for step in made.steps[:_SHOWN_STEPS]]
    if len(made.steps) > len(lines):
        lines.append(f"{len(made.steps) - len(lines)} more")
    return between.join(lines)


_SAYERS: Sequence[tuple[type, Callable[[Setting, Any], str]]] = (
    (StrEnum, lambda _, value: _VALUES[type(value)][value]),
    (bool, lambda _, value: "on" if value else "off"),
    (int, lambda setting, value: f"<#{value}>" if isinstance(setting.kind, Id) else f"{value:,}"),
    (float, lambda _, value: f"{value:.2f}"),
    (timedelta, lambda _, value: length(value)),
    (QuietHours, lambda _, value: f"{value.start:%H:%M} to {value.end:%H:%M}"),
    (frozenset, _members),
)
