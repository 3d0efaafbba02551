"""What members and servers may ask of Copydesk about their own data: quiet, to be told, and to be forgotten.

Forgetting begins in memory, so that nothing writes back what the disk has lost.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.faq.library import Shelf
from bot.model import QuietWish
from bot.outbox import Outbox
from bot.pipeline import Memory, Pipeline
from bot.storage.privacy_protocols import Housekeeping, MemberStore


class Privacy:
    """The desk for such wishes."""

    def __init__(  # noqa: PLR0913  # all that remembers
        self,
        pipeline: Pipeline,
        outbox: Outbox,
        shelf: Shelf,
        memory: Memory,
        *,
        members: MemberStore,
        housekeeping: Housekeeping,
        clock: Callable[[], datetime],
    ) -> None:
        self._pipeline = pipeline
        self._outbox = outbox
        self._shelf = shelf
        self._memory = memory
        self._members = members
        self._housekeeping = housekeeping
        self._clock = clock

    def quiet(self, member_id: int) -> Sequence[QuietWish]:
        """The member's wishes that hold now."""
        return self._memory.wishes.of(member_id, self._clock())

    async def be_quiet(
        self, member_id: int, lasting: timedelta | None, guild_id: int = 0, channel_id: int = 0
    ) -> QuietWish:
        """Give the member no automatic replies for so long, or for good; without a place, nowhere."""
        wish = QuietWish(guild_id, channel_id, self._clock() + lasting if lasting is not None else None)
        await self._memory.wishes.add(member_id, wish)
        return wish

    async def lift(self, member_id: int, guild_id: int = 0, channel_id: int = 0) -> bool:
        """Drop the wish for this place; say whether there was one."""
        return await self._memory.wishes.lift(member_id, guild_id, channel_id)

    async def export(self, member_id: int) -> bytes:
        """All that is kept of a member, as JSON."""
        await self._pipeline.save()
        kept = {**await self._members.export(member_id), "wishes for quiet": [*map(_told, self.quiet(member_id))]}
        told = {"member_id": str(member_id), "made_at": self._clock().isoformat(), "kept": kept}
        return await asyncio.to_thread(_as_file, told)  # it may be many megabytes

    async def forget_member(self, member_id: int) -> Mapping[str, int]:
        """Delete what is kept of a member on all servers, but not the wishes for quiet; return how much, by kind."""
        await self._pipeline.forget_member(member_id)
        forgotten = await self._members.forget(member_id)
        self._memory.replies.forget_member(member_id)
        self._outbox.deliver_by_and_by(forgotten.cards)
        return {kind: count for kind, count in forgotten.counts.items() if count}

    async def forget_guild(self, guild_id: int) -> None:
        """The bot has left: delete everything about the server."""
        await self._pipeline.forget_guild(guild_id)
        self._shelf.forget_guild(guild_id)
        await self._housekeeping.forget_guild(guild_id)

    async def forget_left_guilds(self, present: Collection[int]) -> Sequence[int]:
        """Forget the servers that the bot left while it was offline; return them. ``present`` is where it is now."""
        left = await self._housekeeping.left_guilds(present, self._clock())
        for guild_id in left:
            await self.forget_guild(guild_id)
        return left


def _as_file(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, indent=1, ensure_ascii=False).encode()


def _told(wish: QuietWish) -> dict[str, str | None]:
    until = wish.until.isoformat() if wish.until is not None else None
    return {"guild_id": str(wish.guild_id), "channel_id": str(wish.channel_id), "until": until}
