"""How values stand in SQLite's rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database


def row_time(at: datetime) -> float:
    """Seconds since 1970 in UTC."""
    return at.timestamp()


def from_row_time(seconds: float) -> datetime:
    """The aware UTC datetime of ``row_time``."""
    return datetime.fromtimestamp(seconds, UTC)


def one(db: Database, sql: str, parameters: Sequence[Any]) -> dict[str, Any] | None:
    """The first row of a query, if there is any."""
    return next(db.query(sql, parameters), None)
