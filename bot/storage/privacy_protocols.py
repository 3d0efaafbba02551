"""What may be asked of a memory about members' wishes and data, and about what is to be forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import QuietWish


class WishStore(Protocol):
    """Members' wishes for quiet, held in memory and written through; nothing in it names a member."""

    def of(self, member_id: int, now: datetime) -> Sequence[QuietWish]:
        """A member's wishes that hold now."""
        ...

    async def add(self, member_id: int, wish: QuietWish) -> None:
        """Note a wish; it replaces an earlier one for the same place."""
        ...

    async def lift(self, member_id: int, guild_id: int, channel_id: int) -> bool:
        """Drop the wish for a place; say whether there was one."""
        ...

    def forget_guild(self, guild_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the deletion of a member's data has changed: how much by kind, and the cards that are to follow."""

    counts: Mapping[str, int]
    cards: Sequence[str]  # effects


class MemberStore(Protocol):
    """What is kept of one member, on all servers."""

    async def export(self, member_id: int) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of it, by kind, readable: what is encrypted is opened."""
        ...

    async def forget(self, member_id: int) -> Forgotten:
        """Delete it. What others rest on stays without the member: cases, moderators' decisions, servers' texts."""
        ...


class Housekeeping(Protocol):
    """Deletes what is no longer needed."""

    async def forget_old(self, now: datetime, window: timedelta, windows: Mapping[int, timedelta]) -> None: ...

    async def forget_guild(self, guild_id: int) -> None:
        """Delete every row about a server."""
        ...

    async def left_guilds(self, present: Collection[int], now: datetime) -> Sequence[int]:
        """The servers that rows are about and where the bot has been missing so long that it must have left.

        Args:
            present: the servers that Discord says the bot is on, those included that are out of reach.
            now: the time; the bot is connected.
        """
        ...
