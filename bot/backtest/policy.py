"""The policy file of ``replay``: TOML with a mode, cooldowns, and modes of single channels."""

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.model import GuildPolicy, Mode

MODERATORS_CHANNEL = 1  # so that suggestions have somewhere to go
EVERYWHERE = GuildPolicy(0, moderators_channel_id=MODERATORS_CHANNEL, all_channels=Mode.ANSWER)
_REPEATS = ("repeats_across_authors", "repeats_across_channels")
_KEYS = (
    "mode",
    "topic_cooldown_minutes",
    "channel_cooldown_minutes",
    "answers_per_hour",
    "channels",
    "move_grace_minutes",
    "slow_repost_minutes",
    *_REPEATS,
)


def read_policy(path: Path, channel_number: Callable[[str], int]) -> GuildPolicy:
    """Read a policy; what the file leaves out is as without it.

    Args:
        path: the file.
        channel_number: turns a channel's name in the posts into its number.

    Raises:
        InputError: the file cannot be read, or a value in it is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = data.keys() - set(_KEYS)
        if unknown:
            raise InputError(f"{path}: unknown {', '.join(sorted(unknown))}; known are {', '.join(_KEYS)}")
        return GuildPolicy(
            guild_id=0,
            moderators_channel_id=MODERATORS_CHANNEL,
            modes={channel_number(name): Mode(mode) for name, mode in data.get("channels", {}).items()},
            topic_cooldown=_minutes(data, "topic_cooldown_minutes", EVERYWHERE.topic_cooldown),
            channel_cooldown=_minutes(data, "channel_cooldown_minutes", EVERYWHERE.channel_cooldown),
            answers_per_hour=int(data.get("answers_per_hour", EVERYWHERE.answers_per_hour)),
            move_grace=_minutes(data, "move_grace_minutes", EVERYWHERE.move_grace),
            slow_repost=_minutes(data, "slow_repost_minutes", EVERYWHERE.slow_repost),
            **{name: bool(data[name]) for name in _REPEATS if name in data},
            all_channels=Mode(data.get("mode", Mode.ANSWER)),
        )
    except (OSError, ValueError, OverflowError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a policy: {error}") from error


def _minutes(data: dict[str, Any], key: str, default: timedelta) -> timedelta:
    return timedelta(minutes=data[key]) if key in data else default
