"""Looks into the data folder's files as a thief of the disk would: no SQL, only bytes."""

from pathlib import Path

from bot.storage.database import Database


def holds(database: Database, *needles: bytes) -> list[str]:
    """The files, other than the key, that hold any of these, upper or lower case."""
    files = [path for path in sorted(Path(database.path).parent.iterdir()) if path.suffix != ".key"]
    assert {f"{database.path.name}", f"{database.path.name}-wal"} <= {path.name for path in files}
    contents = {path.name: path.read_bytes().lower() for path in files}
    return [name for name, content in contents.items() if any(needle.lower() in content for needle in needles)]


def as_stored(number: int) -> list[bytes]:
    """The ways in which SQLite and JSON write a number of Discord's."""
    return [str(number).encode(), number.to_bytes(8, "big"), number.to_bytes(8, "big").lstrip(b"\0")]
