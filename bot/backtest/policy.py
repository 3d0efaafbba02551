"""The policy file of ``replay``: a server's settings as ``/setup export`` writes them, or a few of them by hand.

Channels stand there by the names that they have in the posts; ``mode`` is for all channels without one of their own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.config.file import decode, read
from bot.errors import InputError
from bot.model import GuildPolicy, Mode

MODERATORS_CHANNEL = 1  # so that suggestions have somewhere to go
EVERYWHERE = GuildPolicy(
    0,
    moderators_channel_id=MODERATORS_CHANNEL,
    member_cooldown=timedelta(0),  # recorded posts need not name their authors
    all_channels=Mode.ANSWER,
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
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    data = dict(decode(str(path), content))
    mode = data.pop("mode", Mode.ANSWER)
    if mode not in list(Mode):
        raise InputError(f"{path}: mode: {mode!r} is not one of {', '.join(Mode)}")
    return read(str(path), data, replace(EVERYWHERE, all_channels=Mode(mode)), channel_number)
