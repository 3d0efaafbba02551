"""Ready-made choices for kinds of servers, to begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.config.changes import Change
from bot.model import Sensitivity


@dataclass(frozen=True, slots=True)
class Preset:
    """What a preset is called, what it is for, and the settings that it chooses; all others stay as they are."""

    label: str
    what: str
    values: Mapping[str, Any]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(Change(name, value) for name, value in self.values.items())


_HOUR = timedelta(hours=1)

PRESETS: Mapping[str, Preset] = {
    "art": Preset(
        "Art server",
        "Works are shared in several channels, and shared again: own re-posts count only after a week",
        {
            "topic_cooldown": 12 * _HOUR,
            "channel_cooldown": timedelta(minutes=15),
            "answers_per_hour": 2,
            "repeats_across_channels": False,
            "slow_repost": timedelta(days=7),
            "move_grace": timedelta(minutes=30),
            "sensitivity": Sensitivity.NORMAL,
        },
    ),
    "developer": Preset(
        "Developer server",
        "Templates and error messages look alike: only close likeness counts, and code hosts may be linked again",
        {
            "topic_cooldown": 6 * _HOUR,
            "channel_cooldown": timedelta(minutes=5),
            "answers_per_hour": 3,
            "repeats_across_channels": True,
            "sensitivity": Sensitivity.CAREFUL,
            "exempt_domains": frozenset(
                {"docs.python.org", "docs.rs", "giphy.com", "github.com", "gitlab.com", "tenor.com"}
            ),
        },
    ),
    "news": Preset(
        "News server",
        "The same story comes in many times: a long memory, all channels, and more answers",
        {
            "topic_cooldown": 3 * _HOUR,
            "channel_cooldown": timedelta(minutes=2),
            "answers_per_hour": 6,
            "repeats_across_channels": True,
            "repeats_across_authors": True,
            "window_posts": 50_000,
            "sensitivity": Sensitivity.NORMAL,
        },
    ),
    "quiet": Preset(
        "Quiet",
        "As little as possible: a topic once a day, one answer an hour, only certain repeats",
        {
            "topic_cooldown": 24 * _HOUR,
            "channel_cooldown": _HOUR,
            "member_cooldown": 24 * _HOUR,
            "answers_per_hour": 1,
            "sensitivity": Sensitivity.CERTAIN,
        },
    ),
}
