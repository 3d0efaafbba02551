"""What the windows remember, in SQLite: one row per key, whatever the detector."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlite_utils import Database as Connection

from bot.model import SeenPost
from bot.storage.database import Database
from bot.storage.rows import from_row_time, row_time


class SqliteFingerprintStore:
    """``FingerprintStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, since: datetime) -> Iterable[SeenPost]:
        query = "SELECT * FROM fingerprint WHERE at >= ? ORDER BY at, guild_id, message_id"
        rows = self._database.read_now(lambda db: list(db.query(query, [row_time(since)])))
        groups = groupby(rows, key=lambda row: (row["guild_id"], row["message_id"]))
        return [_seen(list(group)) for _, group in groups]

    async def save(self, seen: Sequence[SeenPost], read_to: Mapping[tuple[int, int], int]) -> None:
        latest = {(post.guild_id, post.message_id): post for post in seen}.values()

        def job(db: Connection) -> None:
            for post in latest:  # a later version of a post replaces its keys
                db.execute(
                    "DELETE FROM fingerprint WHERE guild_id = ? AND message_id = ?", [post.guild_id, post.message_id]
                )
            db.table("fingerprint").insert_all((row for post in latest for row in _rows(post)), ignore=True)
            for (guild_id, channel_id), message_id in read_to.items():
                db.execute(
                    "INSERT INTO channel_cursor VALUES (?, ?, ?) ON CONFLICT (guild_id, channel_id)"
                    " DO UPDATE SET message_id = max(message_id, excluded.message_id)",
                    [guild_id, channel_id, message_id],
                )

        await self._database.write(job)

    async def forget(self, guild_id: int, message_ids: Collection[int]) -> None:
        def job(db: Connection) -> None:
            for message_id in message_ids:
                db.execute("DELETE FROM fingerprint WHERE guild_id = ? AND message_id = ?", [guild_id, message_id])

        await self._database.write(job)

    async def read_to(self, guild_id: int) -> Mapping[int, int]:
        query = "SELECT channel_id, message_id FROM channel_cursor WHERE guild_id = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [guild_id])))
        return {row["channel_id"]: row["message_id"] for row in rows}


def _rows(post: SeenPost) -> Iterator[dict[str, Any]]:
    for detector, keys in post.keys.items():
        for key in keys:
            yield {
                "guild_id": post.guild_id,
                "message_id": post.message_id,
                "detector": detector,
                "key": key,
                "channel_id": post.channel_id,
                "author_id": post.author_id,
                "at": row_time(post.at),
            }


def _seen(rows: Sequence[Mapping[str, Any]]) -> SeenPost:
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        keys[row["detector"]].add(row["key"])
    first = rows[0]
    frozen = {detector: frozenset(values) for detector, values in keys.items()}
    ids = (first["guild_id"], first["channel_id"], first["message_id"], first["author_id"])
    return SeenPost(*ids, from_row_time(first["at"]), frozen)
