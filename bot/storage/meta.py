"""Single values that outlive the process."""

from bot.storage.database import Database
from bot.storage.rows import one


class SqliteMeta:
    """A small table of names and texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        row = await self._database.read(lambda db: one(db, "SELECT value FROM meta WHERE key = ?", [key]))
        return row["value"] if row else None

    async def set(self, key: str, value: str) -> None:
        await self._database.write(lambda db: db.table("meta").upsert({"key": key, "value": value}, pk="key"))
