"""The files that hang on recorded posts, read from the disk."""

import asyncio
from pathlib import Path

from bot.errors import ImageError

_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


class Files:
    """An ``ImageSource`` whose addresses are paths."""

    async def fetch(self, address: str, limit: int) -> bytes:
        return await asyncio.to_thread(_read, Path(address), limit)

    async def close(self) -> None:
        """Nothing is open."""


def content_type(name: str) -> str:
    """The type of an image by its file's name; empty for any other file."""
    return _TYPES.get(Path(name).suffix.lower(), "")


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ImageError(f"{path} cannot be read ({type(error).__name__})") from error
    if len(data) > limit:
        raise ImageError(f"{path} has more than {limit:,} bytes")
    return data
