"""What is forgotten: old fingerprints, answers past their use, and everything about a server that Copydesk has left."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database as Connection

from bot.storage.database import Database
from bot.storage.rows import row_time

KEEP_REPLIES = timedelta(days=30)
MISSING_GRACE = timedelta(hours=20)  # an error of Discord's or of ours must not cost a server its settings
_GUILD_TABLES = (
    "setting",
    "setting_change",
    "channel_cursor",
    "fingerprint",
    "reply",
    "case",
    "effect",
    "faq_phrase",
    "edition",
    "topic_choice",
    "quiet_wish",
    "missing_guild",
)
_STORED = " UNION ".join(f'SELECT guild_id FROM "{table}" WHERE guild_id <> 0' for table in _GUILD_TABLES)  # noqa: S608  # same


class SqliteHousekeeping:
    """``Housekeeping`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget_old(self, now: datetime, window: timedelta, windows: Mapping[int, timedelta]) -> None:
        """Drop fingerprints older than the window, replies and finished effects past ``KEEP_REPLIES``, ended wishes.

        Args:
            now: the time.
            window: how long posts are remembered at most.
            windows: the servers that remember them for a shorter time.
        """

        def job(db: Connection) -> None:
            db.execute("DELETE FROM fingerprint WHERE at < ?", [row_time(now - window)])
            for guild_id, age in windows.items():
                db.execute("DELETE FROM fingerprint WHERE guild_id = ? AND at < ?", [guild_id, row_time(now - age)])
            oldest = row_time(now - KEEP_REPLIES)
            db.execute("DELETE FROM reply WHERE at < ?", [oldest])
            db.execute("DELETE FROM effect WHERE at < ? AND kind <> 'case_card' AND done >= wanted", [oldest])
            db.execute("DELETE FROM effect WHERE at < ? AND kind IN ('reply', 'suggestion', 'take_back')", [oldest])
            db.execute("DELETE FROM quiet_wish WHERE until <= ?", [row_time(now)])

        await self._database.write(job)
        await self._database.purge_log()

    async def forget_guild(self, guild_id: int) -> None:
        def job(db: Connection) -> None:
            for table in _GUILD_TABLES:  # votes, case posts and events go with what they belong to
                db.execute(f'DELETE FROM "{table}" WHERE guild_id = ?', [guild_id])  # noqa: S608  # names from the tuple above
            db.execute("INSERT INTO faq_phrase_fts (faq_phrase_fts) VALUES ('optimize')")  # else it only marks them

        await self._database.write(job)
        await self._database.rewrite()

    async def left_guilds(self, present: Collection[int], now: datetime) -> Sequence[int]:
        stored = await self._database.read(lambda db: {row["guild_id"] for row in db.query(_STORED)})
        missing = stored - {*present}

        def job(db: Connection) -> list[int]:
            db.execute(f"DELETE FROM missing_guild WHERE guild_id NOT IN ({','.join('?' * len(missing))})", [*missing])  # noqa: S608  # placeholders
            for guild_id in missing:
                db.execute("INSERT INTO missing_guild VALUES (?, ?) ON CONFLICT DO NOTHING", [guild_id, row_time(now)])
            query = "SELECT guild_id FROM missing_guild WHERE since <= ? ORDER BY guild_id"
            return [row["guild_id"] for row in db.query(query, [row_time(now - MISSING_GRACE)])]

        return await self._database.write(job)
