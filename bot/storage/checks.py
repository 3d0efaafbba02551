"""What the last look at each source's address found, in SQLite."""

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database as Connection

from bot.model import SourceCheck, SourceState
from bot.storage.database import Database
from bot.storage.rows import from_row_time, row_time

_RECORD = """
    INSERT INTO source_check (address, state, at, status, moved_to, problem) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (address) DO UPDATE SET
        at = excluded.at, problem = excluded.problem,
        state = iif(excluded.state = 'unchecked', state, excluded.state),
        status = iif(excluded.state = 'unchecked', status, excluded.status),
        moved_to = iif(excluded.state = 'unchecked', moved_to, excluded.moved_to)
"""


class SqliteSourceCheckStore:
    """``SourceCheckStore`` in SQLite, with no copy in memory: ``faq links`` writes from a process of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, SourceCheck]:
        rows = await self._database.read(lambda db: list(db.query("SELECT * FROM source_check ORDER BY address")))
        return {row["address"]: _check(row) for row in rows}

    async def record(self, check: SourceCheck) -> None:
        row = [check.address, check.state.value, row_time(check.at), check.status, check.moved_to, check.problem]

        def job(db: Connection) -> None:
            db.execute(_RECORD, row)

        await self._database.write(job)


def _check(row: Mapping[str, Any]) -> SourceCheck:
    return SourceCheck(
        address=row["address"],
        state=SourceState(row["state"]),
        at=from_row_time(row["at"]),
        status=row["status"],
        moved_to=row["moved_to"],
        problem=row["problem"],
    )
