"""Is the database whole, and is there room for it?"""

import shutil
import sqlite3
from dataclasses import dataclass

from sqlite_utils import Database as Connection

from bot.storage.database import Database

SQLITE = sqlite3.sqlite_version


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What a look at the file found; sizes in bytes."""

    size: int
    free: int  # on its disk
    damage: str | None  # the first that SQLite finds


async def look_at(database: Database) -> DatabaseState:
    """Check the file."""
    damage = await database.read(_damage)
    size = sum(path.stat().st_size for path in database.path.parent.glob(f"{database.path.name}*"))
    return DatabaseState(size, shutil.disk_usage(database.path.parent).free, damage)


def _damage(db: Connection) -> str | None:
    # not quick_check: up to SQLite 3.40, it reports NULL in WITHOUT ROWID tables whose key is not their first columns
    (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    return None if found == "ok" else str(found)
