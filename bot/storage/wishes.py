"""Members' wishes for quiet in SQLite. No row names its member: it holds a pseudonym that only the key leads to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model import QuietWish
from bot.storage.database import Database
from bot.storage.pseudonym import pseudonym
from bot.storage.rows import from_row_time, row_time

_ADD = """
    INSERT INTO quiet_wish (member, guild_id, channel_id, until) VALUES (?, ?, ?, ?)
    ON CONFLICT (member, guild_id, channel_id) DO UPDATE SET until = excluded.until
"""
_LIFT = "DELETE FROM quiet_wish WHERE member = ? AND guild_id = ? AND channel_id = ?"
_Wishes = dict[tuple[int, int], QuietWish]  # by server and channel


class SqliteWishStore:
    """``WishStore`` in SQLite, with a copy in memory: each decision to speak asks for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key = database.key
        self._wishes: defaultdict[bytes, _Wishes] = defaultdict(dict)
        for row in database.read_now(lambda db: list(db.query("SELECT * FROM quiet_wish"))):
            self._remember(row["member"], _wish(row))

    def of(self, member_id: int, now: datetime) -> Sequence[QuietWish]:
        wishes = self._wishes.get(self._member(member_id), {}).values()
        return tuple(wish for wish in wishes if wish.until is None or now < wish.until)

    async def add(self, member_id: int, wish: QuietWish) -> None:
        member = self._member(member_id)
        until = row_time(wish.until) if wish.until is not None else None
        row = [member, wish.guild_id, wish.channel_id, until]
        await self._database.write(lambda db: db.execute(_ADD, row))
        self._remember(member, wish)

    async def lift(self, member_id: int, guild_id: int, channel_id: int) -> bool:
        member, place = self._member(member_id), (guild_id, channel_id)
        await self._database.write(lambda db: db.execute(_LIFT, [member, *place]))
        return self._wishes.get(member, {}).pop(place, None) is not None

    def forget_guild(self, guild_id: int) -> None:
        for wishes in self._wishes.values():
            for place in [place for place in wishes if place[0] == guild_id]:
                del wishes[place]

    def _member(self, member_id: int) -> bytes:
        return pseudonym(self._key, member_id, "quiet")

    def _remember(self, member: bytes, wish: QuietWish) -> None:
        self._wishes[member][wish.guild_id, wish.channel_id] = wish


def _wish(row: Mapping[str, Any]) -> QuietWish:
    until = from_row_time(row["until"]) if row["until"] is not None else None
    return QuietWish(row["guild_id"], row["channel_id"], until)
