"""The weeks of servers, counted from what is on record, and the order for each week's digest."""

import json
from datetime import UTC, date, datetime, time, timedelta

from sqlite_utils import Database as Connection

from bot.model import EffectKind, Week
from bot.storage.database import Database
from bot.storage.protocols import digest_key
from bot.storage.rows import row_time

# An effect keeps the time of its first order: a suggestion's is when it was made, an answer's when it was posted.
_COUNT = """
    SELECT
        (SELECT count(*) FROM effect WHERE kind = :reply AND done > 0 AND guild_id = :guild
            AND at >= :since AND at < :until) AS answers,
        (SELECT count(*) FROM effect WHERE kind = :suggestion AND guild_id = :guild
            AND at >= :since AND at < :until) AS suggestions,
        (SELECT count(*) FROM "case" WHERE guild_id = :guild AND at >= :since AND at < :until) AS cases
"""
_ORDER = "INSERT OR IGNORE INTO effect (key, guild_id, kind, payload, at) VALUES (?, ?, ?, ?, ?)"


class SqliteWeekStore:
    """``WeekStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def week(self, guild_id: int, monday: date) -> Week:
        since = datetime.combine(monday, time(), UTC)
        values = {
            "guild": guild_id,
            "reply": EffectKind.REPLY.value,
            "suggestion": EffectKind.SUGGESTION.value,
            "since": row_time(since),
            "until": row_time(since + timedelta(weeks=1)),
        }
        row = await self._database.read(lambda db: next(db.query(_COUNT, values)))
        return Week(monday, row["answers"], row["suggestions"], row["cases"])

    async def order(self, guild_id: int, week: Week, now: datetime) -> None:
        key = digest_key(guild_id, week.monday)
        payload = {
            "monday": week.monday.toordinal(),
            "answers": week.answers,
            "suggestions": week.suggestions,
            "cases": week.cases,
        }
        row = [key, guild_id, EffectKind.DIGEST.value, json.dumps(payload), row_time(now)]

        def job(db: Connection) -> None:
            db.execute(_ORDER, row)

        await self._database.write(job)
