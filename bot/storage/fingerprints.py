"""What the windows remember, in SQLite: one row a post, whatever the detectors; its words only encrypted."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from bot.model import SeenPost
from bot.storage.cipher import Cipher
from bot.storage.database import Database
from bot.storage.rows import from_row_time, row_time

log = logging.getLogger(__name__)

_COLUMNS = "guild_id, channel_id, message_id, author_id, at, content, keys, sealed_gist"
_LOAD = f"SELECT {_COLUMNS} FROM fingerprint WHERE at >= ? ORDER BY seen"  # noqa: S608  # names from the line above
_DROP = "DELETE FROM fingerprint WHERE guild_id = ? AND message_id = ?"
_DROP_CHANNEL = "DELETE FROM fingerprint WHERE guild_id = ? AND channel_id = ?"
_SAVE = f"INSERT INTO fingerprint ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # as above
_READ_TO = """
    INSERT INTO channel_cursor VALUES (?, ?, ?) ON CONFLICT (guild_id, channel_id)
    DO UPDATE SET message_id = max(message_id, excluded.message_id)
"""


class SqliteFingerprintStore:
    """``FingerprintStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cipher = Cipher(database.key)

    def load(self, since: datetime) -> Sequence[SeenPost]:
        return self._database.read_now(lambda db: self._all_seen(db.execute(_LOAD, [row_time(since)])))

    async def save(self, seen: Sequence[SeenPost], read_to: Mapping[tuple[int, int], int]) -> None:
        latest = {(post.guild_id, post.message_id): post for post in seen}
        rows = [self._row(post) for post in latest.values() if post.keys]

        def job(db: Connection) -> None:
            db.conn.executemany(_DROP, list(latest))  # a later version of a post takes a later place
            db.conn.executemany(_SAVE, rows)
            db.conn.executemany(_READ_TO, [(*place, message_id) for place, message_id in read_to.items()])

        await self._database.write(job)

    async def forget(self, guild_id: int, message_ids: Collection[int]) -> None:
        places = [(guild_id, message_id) for message_id in message_ids]
        await self._database.write(lambda db: db.conn.executemany(_DROP, places))

    async def forget_channel(self, guild_id: int, channel_id: int) -> None:
        await self._database.write(lambda db: db.execute(_DROP_CHANNEL, [guild_id, channel_id]))

    async def read_to(self, guild_id: int) -> Mapping[int, int]:
        query = "SELECT channel_id, message_id FROM channel_cursor WHERE guild_id = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [guild_id])))
        return {row["channel_id"]: row["message_id"] for row in rows}

    def _row(self, post: SeenPost) -> tuple[Any, ...]:
        ids = (post.guild_id, post.channel_id, post.message_id, post.author_id)
        sealed = self._cipher.seal(post.gist, _place(post.guild_id, post.message_id))
        return (*ids, row_time(post.at), post.content, post.keys, sealed)

    def _all_seen(self, rows: Iterable[Sequence[Any]]) -> list[SeenPost]:
        """The posts of rows, one row at a time: many at once would keep Python's garbage collector busy."""
        posts, foreign = [], 0
        for guild_id, channel_id, message_id, author_id, at, content, keys, sealed in rows:
            gist = self._cipher.open(sealed, _place(guild_id, message_id))
            if gist is None:
                foreign += 1
                continue
            ids = (guild_id, channel_id, message_id, author_id)
            posts.append(SeenPost(*ids, from_row_time(at), keys, gist, content))
        if foreign:
            log.warning("%d remembered posts were sealed with another key", foreign)
        return posts


def open_gist(cipher: Cipher, row: Mapping[str, Any]) -> bytes | None:
    """The packed gist of a post's row; None if it was sealed with another key."""
    return cipher.open(row["sealed_gist"], _place(row["guild_id"], row["message_id"]))


def _place(guild_id: int, message_id: int) -> bytes:
    return b"%d:%d" % (guild_id, message_id)
