"""Recorded posts in: JSON Lines, or a DiscordChatExporter JSON export."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.errors import InputError

Id = str | int
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RecordedPost:
    """One post of a file, with the identifiers that the file gives."""

    id: Id
    text: str = field(repr=False)
    guild: str = "guild"
    channel: str = "channel"
    author: str = "author"
    at: datetime = _START
    reply_to: Id | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message to judge by itself."""

    id: Id
    text: str = field(repr=False)
    reply_to_text: str | None = field(repr=False)


def read_messages(path: Path) -> Iterator[Message]:
    """The messages of a JSON Lines file: ``id``, ``text`` and perhaps ``reply_to_text``.

    Raises:
        InputError: naming the first wrong line.
    """
    for number, row in _rows(path):
        yield Message(_id(path, number, row), _text(path, number, row), row.get("reply_to_text"))


def read_posts(path: Path) -> list[RecordedPost]:
    """The posts of a file in the order of their times; equal times keep the file's order.

    Raises:
        InputError: naming the first wrong line.
    """
    export = _export(path)
    posts = list(_from_export(path, export) if export is not None else _from_lines(path))
    if not posts:
        raise InputError(f"{path}: no posts in it")
    return sorted(posts, key=lambda post: post.at)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _object(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}:{number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f'{path}:{number}: each line must be an object such as {{"id": 1, "text": "..."}}')
    return row


def _id(path: Path, number: int, row: Mapping[str, Any]) -> Id:
    value = row.get("id")
    if not isinstance(value, str | int):
        raise InputError(f"{path}:{number}: give the post an id, a text or a number")
    return value


def _text(path: Path, number: int, row: Mapping[str, Any]) -> str:
    value = row.get("text")
    if not isinstance(value, str):
        raise InputError(f'{path}:{number}: give the post its text, such as "text": "..."')
    return value


def _from_lines(path: Path) -> Iterator[RecordedPost]:
    for number, row in _rows(path):
        yield RecordedPost(
            id=_id(path, number, row),
            text=_text(path, number, row),
            guild=str(row.get("guild", "guild")),
            channel=str(row.get("channel", "channel")),
            author=str(row.get("author", "author")),
            at=_time(path, number, row.get("at", number)),  # without times, a second lies between two lines
            reply_to=row.get("reply_to"),
            is_bot=bool(row.get("bot", False)),
        )


def _time(path: Path, number: int, value: object) -> datetime:
    """Seconds, or ISO 8601; a time without a zone is UTC."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        parsed = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"{path}:{number}: at must be seconds or ISO 8601, not {value!r}") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _export(path: Path) -> Mapping[str, Any] | None:
    """The file as a DiscordChatExporter export, if it is one."""
    try:
        with path.open(encoding="utf-8") as file:
            if file.read(1) != "{" or file.readline().rstrip().endswith("}"):
                return None
            file.seek(0)
            data = json.load(file)
    except (OSError, ValueError):
        return None  # reading it line by line says what is wrong
    return data if isinstance(data, dict) and isinstance(data.get("messages"), list) else None


def _from_export(path: Path, export: Mapping[str, Any]) -> Iterator[RecordedPost]:
    guild = export.get("guild", {}).get("id", "guild")
    channel = export.get("channel", {}).get("id", "channel")
    for number, message in enumerate(export["messages"], 1):
        if message.get("type") not in ("Default", "Reply"):
            continue
        author = message.get("author", {})
        yield RecordedPost(
            id=_id(path, number, message),
            text=str(message.get("content", "")),
            guild=str(guild),
            channel=str(channel),
            author=str(author.get("id", "author")),
            at=_time(path, number, message.get("timestamp")),
            reply_to=(message.get("reference") or {}).get("messageId"),
            is_bot=bool(author.get("isBot", False)),
        )
