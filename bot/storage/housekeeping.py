"""What is forgotten: old fingerprints, answers past their use, and everything about a server that Copydesk has left."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database as Connection

from bot.storage.database import Database
from bot.storage.rows import row_time

KEEP_REPLIES = timedelta(days=30)
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
)


class SqliteHousekeeping:
    """Deletes what is no longer needed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget_old(self, now: datetime, window: timedelta, windows: Mapping[int, timedelta]) -> None:
        """Drop fingerprints older than the window, and replies and finished effects past ``KEEP_REPLIES``.

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

        await self._database.write(job)

    async def forget_guild(self, guild_id: int) -> None:
        def job(db: Connection) -> None:
            for table in _GUILD_TABLES:  # votes, case posts and events go with what they belong to
                db.execute(f'DELETE FROM "{table}" WHERE guild_id = ?', [guild_id])  # noqa: S608  # names from the tuple above

        await self._database.write(job)
