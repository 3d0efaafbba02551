"""What the windows remember, in SQLite: one row a post, whatever the detectors; its words only encrypted."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
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
        rows = self._database.read_now(lambda db: db.execute(_LOAD, [row_time(since)]).fetchall())
        posts = [post for row in rows if (post := self._seen(row)) is not None]
        if len(posts) < len(rows):
            log.warning("%d remembered posts were sealed with another key", len(rows) - len(posts))
        return posts

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

    async def read_to(self, guild_id: int) -> Mapping[int, int]:
        query = "SELECT channel_id, message_id FROM channel_cursor WHERE guild_id = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [guild_id])))
        return {row["channel_id"]: row["message_id"] for row in rows}

    def _row(self, post: SeenPost) -> tuple[Any, ...]:
        ids = (post.guild_id, post.channel_id, post.message_id, post.author_id)
        sealed = self._cipher.seal(post.gist, _place(post.guild_id, post.message_id))
        return (*ids, row_time(post.at), post.content, _pack(post.keys), sealed)

    def _seen(self, row: Sequence[Any]) -> SeenPost | None:
        guild_id, channel_id, message_id, author_id, at, content, keys, sealed = row
        gist = self._cipher.open(sealed, _place(guild_id, message_id))
        if gist is None:
            return None
        return SeenPost(guild_id, channel_id, message_id, author_id, from_row_time(at), _unpack(keys), gist, content)


def open_gist(cipher: Cipher, row: Mapping[str, Any]) -> bytes | None:
    """The packed gist of a post's row; None if it was sealed with another key."""
    return cipher.open(row["sealed_gist"], _place(row["guild_id"], row["message_id"]))


def _place(guild_id: int, message_id: int) -> bytes:
    return b"%d:%d" % (guild_id, message_id)


def _pack(keys: Mapping[str, bytes]) -> bytes:
    """Each detector's name and keys, each after its length."""
    return b"".join(_measured(part) for name, values in keys.items() for part in (name.encode(), values))


def _measured(part: bytes) -> bytes:
    return len(part).to_bytes(2, "little") + part


def _unpack(packed: bytes) -> dict[str, bytes]:
    parts = list(_parts(packed))
    return {name.decode(): values for name, values in zip(parts[::2], parts[1::2], strict=True)}


def _parts(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        end = at + 2 + int.from_bytes(packed[at : at + 2], "little")
        yield packed[at + 2 : end]
        at = end
