"""The table of settings. A new setting is a field of ``GuildPolicy``, a row here, its effect, and the test of that.

Storage, menus, listings, files, history and rollback follow from the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from bot.config.kinds import Count, Domains, Hours, Id, Ids, Kind, OneOf, Score, Span, Switch, Zone
from bot.model import GuildPolicy, Mode, QuietHours, Sensitivity, Strictness

_DEFAULTS = GuildPolicy(0)
_DAY = timedelta(days=1)


class Scope(StrEnum):
    """What a setting is chosen for."""

    SERVER = "server"
    CHANNEL = "channel"  # its threads follow it
    TOPIC = "topic"


class Group(StrEnum):
    """The command whose menu offers a setting."""

    TEAM = "setup"
    WATCH = "watch"
    REPEATS = "repeats"
    EXEMPT = "exempt"
    AUTOMATION = "automation"

    @property
    def command(self) -> str:
        return f"/{self.value}"


class Check(StrEnum):
    """What must hold on Discord before a value is saved; ``bot/discord_ui/setting_checks.py`` looks."""

    CARDS_CHANNEL = "cards channel"
    MODES = "modes"
    CHANNELS = "channels"
    ROLES = "roles"
    TIMEOUTS = "timeouts"
    THREADS = "threads"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row.

    Attributes:
        name: the field of ``GuildPolicy``; storage and history know the setting by it.
        kind: which values there are.
        group: whose menu offers it.
        label: what it is called, as the beginning of "...: 6 hours".
        what: what it does, in one or two sentences.
        scope: what it is chosen for.
        inherited: where no channel or topic was chosen: the value that holds.
        key: its name in files, where that is another; tables there hold the channels or topics.
        check: what must hold on Discord.
        owners_only: whether the admins' role does not suffice to change it.
    """

    name: str
    kind: Kind
    group: Group
    label: str
    what: str
    scope: Scope = Scope.SERVER
    inherited: Any = None
    key: str = ""
    check: Check | None = None
    owners_only: bool = False

    @property
    def file_key(self) -> str:
        return (self.key or self.name) + self.kind.unit

    @property
    def default(self) -> Any:  # noqa: ANN401  # each setting has values of its own
        """The value of a server, channel or topic that nothing was chosen for."""
        return getattr(_DEFAULTS, self.name) if self.scope is Scope.SERVER else self.inherited


def _minutes(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=number) for number in numbers)


def _hours(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=number) for number in numbers)


def _days(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=number) for number in numbers)


_NIGHTS = tuple(
    QuietHours(time(start), time(end)) for start, end in [(21, 7), (22, 6), (22, 8), (23, 7), (0, 6), (0, 8)]
)
_ZONES = (
    "UTC America/Los_Angeles America/Denver America/Chicago America/New_York America/Sao_Paulo Europe/London"
    " Europe/Paris Europe/Berlin Europe/Warsaw Europe/Kyiv Europe/Istanbul Africa/Lagos Africa/Nairobi Asia/Dubai"
    " Asia/Kolkata Asia/Jakarta Asia/Shanghai Asia/Seoul Asia/Tokyo Australia/Sydney Pacific/Auckland"
)

SETTINGS: Mapping[str, Setting] = {
    row.name: row
    for row in (
        Setting(
            "moderators_channel_id",
            Id(),
            Group.TEAM,
            "Moderators' channel",
            "Cases and suggestions go there. Only moderators should see it.",
            key="moderators_channel",
            check=Check.CARDS_CHANNEL,
        ),
        Setting(
            "moderators_roles",
            Ids("role"),
            Group.TEAM,
            "Moderators",
            "Members with these roles may judge cases and suggestions, as those with Manage Messages may.",
            check=Check.ROLES,
        ),
        Setting(
            "editors_roles",
            Ids("role"),
            Group.TEAM,
            "Editors",
            "Members with these roles may change explainers with /faq, as admins may.",
            check=Check.ROLES,
        ),
        Setting(
            "admins_roles",
            Ids("role"),
            Group.TEAM,
            "Admins",
            "Members with these roles may change all settings but this one, as those with Manage Server may.",
            check=Check.ROLES,
            owners_only=True,
        ),
        Setting(
            "case_threads",
            Switch(),
            Group.TEAM,
            "A thread for each case",
            "Moderators discuss a case in a thread below its card.",
            check=Check.THREADS,
        ),
        Setting(
            "timeouts",
            Switch(),
            Group.TEAM,
            "Timeouts from cases",
            "Moderators may time a member out from a case, with a reason. Copydesk never does so by itself.",
            check=Check.TIMEOUTS,
        ),
        Setting(
            "modes",
            OneOf(tuple(Mode)),
            Group.WATCH,
            "Mode",
            "What Copydesk does in the channel; its threads follow it.",
            Scope.CHANNEL,
            Mode.OFF,
            key="channels",
            check=Check.MODES,
        ),
        Setting(
            "strictness",
            OneOf(tuple(Strictness)),
            Group.WATCH,
            "Strictness",
            "How sure the matcher must be to answer in the channel; what is less sure is suggested.",
            Scope.CHANNEL,
            Strictness.NORMAL,
            check=Check.CHANNELS,
        ),
        Setting(
            "repeats",
            Switch(),
            Group.REPEATS,
            "Repeats in the channel",
            "Whether posts there that repeat others become cases. A copy elsewhere of what is posted there still does.",
            Scope.CHANNEL,
            inherited=True,
            check=Check.CHANNELS,
        ),
        Setting(
            "repeats_across_authors",
            Switch(),
            Group.REPEATS,
            "Across members",
            "Whether another member's post counts as repeated, or only one's own.",
        ),
        Setting(
            "repeats_across_channels",
            Switch(),
            Group.REPEATS,
            "Across channels",
            "Whether a post in another channel counts as repeated.",
        ),
        Setting(
            "sensitivity",
            OneOf(tuple(Sensitivity)),
            Group.REPEATS,
            "Likeness",
            "How alike two posts must be to become a case.",
        ),
        Setting(
            "window_posts",
            Count((1_000, 5_000, 20_000, 50_000, 100_000), 100, 100_000),
            Group.REPEATS,
            "Posts remembered",
            "How many of the newest posts a new one is compared with.",
        ),
        Setting(
            "window_age",
            Span(_days(1, 3, 7, 14), 14 * _DAY, timedelta(hours=1)),
            Group.REPEATS,
            "Remembered for",
            "How long a post is remembered. Older ones are forgotten for good within an hour.",
        ),
        Setting(
            "slow_repost",
            Span((*_hours(6, 12), *_days(1, 3, 7)), 14 * _DAY, timedelta(minutes=1)),
            Group.REPEATS,
            "Slow re-post",
            "From this age on, a member's own repeat is labelled as posted again after so long.",
        ),
        Setting(
            "move_grace",
            Span(_minutes(1, 5, 10, 30), timedelta(hours=2)),
            Group.REPEATS,
            "Time to move a post",
            "A member who posts the same in another channel within this time has moved it: that is no case.",
        ),
        Setting(
            "exempt_channels",
            Ids("channel"),
            Group.EXEMPT,
            "Exempt channels",
            "Posts there are neither compared with others nor remembered. The mode goes on to hold for answers.",
            check=Check.CHANNELS,
        ),
        Setting(
            "exempt_roles",
            Ids("role"),
            Group.EXEMPT,
            "Exempt roles",
            "Posts of members with these roles are not looked at: no answers, no repeats.",
            check=Check.ROLES,
        ),
        Setting(
            "exempt_domains",
            Domains(),
            Group.EXEMPT,
            "Exempt web sites",
            "Links to these sites may be posted again and again. One domain a line; what is below it is exempt, too.",
        ),
        Setting(
            "topic_cooldown",
            Span((*_minutes(30), *_hours(1, 3, 6, 12, 24)), _DAY),
            Group.AUTOMATION,
            "Rest of a topic",
            "A topic is answered at most once in this time in a channel.",
        ),
        Setting(
            "channel_cooldown",
            Span((*_minutes(1, 2, 5, 15, 30), *_hours(1)), _DAY),
            Group.AUTOMATION,
            "Rest of a channel",
            "A channel has at most one answer in this time.",
        ),
        Setting(
            "member_cooldown",
            Span(_hours(1, 3, 6, 12, 24), _DAY),
            Group.AUTOMATION,
            "Rest of a member",
            "A member has at most one answer on a topic in this time, in all channels together.",
        ),
        Setting(
            "answers_per_hour",
            Count((1, 2, 3, 6, 12, 20), 0, 60),
            Group.AUTOMATION,
            "Answers an hour",
            "The most that a channel has in any hour.",
        ),
        Setting(
            "quiet_hours",
            Hours(_NIGHTS),
            Group.AUTOMATION,
            "Quiet hours",
            "Nothing is answered or suggested in this part of the day; repeats still become cases.",
        ),
        Setting(
            "time_zone",
            Zone(tuple(_ZONES.split())),
            Group.AUTOMATION,
            "Time zone",
            "By whose clock the quiet hours are.",
        ),
        Setting(
            "topic_modes",
            OneOf((Mode.OFF, Mode.SUGGEST, Mode.ANSWER)),
            Group.AUTOMATION,
            "Topic",
            "The most that Copydesk does about the topic in any channel: off, suggest to moderators, or answer.",
            Scope.TOPIC,
            Mode.ANSWER,
            key="topics",
        ),
        Setting(
            "thresholds",
            Score((0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)),
            Group.AUTOMATION,
            "Own threshold",
            "The score from which the topic is answered, instead of the matcher's own; strictness adds to it.",
            Scope.TOPIC,
        ),
    )
}
