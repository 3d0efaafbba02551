"""Recorded posts in: JSON Lines, or a DiscordChatExporter JSON export."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from bot.errors import InputError

Id = str | int
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file that hangs on a post; its name tells what kind it is."""

    name: str
    path: Path


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
    files: tuple[RecordedFile, ...] = ()


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
        place = f"{path}:{number}"
        reply_to_text = _text(place, row, "reply_to_text") if row.get("reply_to_text") is not None else None
        yield Message(_id(place, row.get("id")), _text(place, row), reply_to_text)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with the topics that labellers found right: none where it deserves no answer."""

    text: str = field(repr=False)
    reply_to_text: str | None = field(repr=False)
    topics: frozenset[str]


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The messages of a JSON Lines file with ``topics``.

    Raises:
        InputError: naming the first wrong line.
    """
    for (number, row), message in zip(_rows(path), read_messages(path), strict=True):
        topics = row.get("topics")
        if not isinstance(topics, list):
            raise InputError(f'{path}:{number}: give the message its topics, such as "topics": []')
        yield Labelled(message.text, message.reply_to_text, frozenset(map(str, topics)))


def read_texts(path: Path) -> Iterator[str]:
    """The texts alone of a JSON Lines file.

    Raises:
        InputError: naming the first wrong line.
    """
    for number, row in _rows(path):
        yield _text(f"{path}:{number}", row)


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
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _object(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error


def _open(path: Path) -> IO[str]:
    """The file as text, unpacked if its name ends in .gz; some tools begin a file with a byte-order mark."""
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8-sig")


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}:{number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f'{path}:{number}: each line must be an object such as {{"id": 1, "text": "..."}}')
    return row


def _id(place: str, value: object, name: str = "id") -> Id:
    if not isinstance(value, str | int):
        raise InputError(f"{place}: give the post its {name}, a text or a number")
    return value


def _text(place: str, row: Mapping[str, Any], name: str = "text") -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise InputError(f'{place}: give the post its {name}, such as "{name}": "..."')
    return value


def _from_lines(path: Path) -> Iterator[RecordedPost]:
    for number, row in _rows(path):
        place = f"{path}:{number}"
        yield RecordedPost(
            id=_id(place, row.get("id")),
            text=_text(place, row),
            guild=str(row.get("guild", "guild")),
            channel=str(row.get("channel", "channel")),
            author=str(row.get("author", "author")),
            at=_time(place, row.get("at", number)),  # without times, a second lies between two lines
            reply_to=_reply_to(place, row.get("reply_to")),
            is_bot=bool(row.get("bot", False)),
            files=tuple(_files(place, path.parent, row.get("attachments") or [])),
        )


def _files(place: str, folder: Path, attachments: object) -> Iterator[RecordedFile]:
    if not isinstance(attachments, list):
        raise InputError(f'{place}: attachments must be a list such as [{{"name": "a.png", "path": "files/a.png"}}]')
    for attachment in attachments:
        if not isinstance(attachment, dict):
            raise InputError(f'{place}: each attachment must be an object such as {{"path": "files/a.png"}}')
        file = _text(place, attachment, "path")
        yield RecordedFile(str(attachment.get("name") or file), folder / file)


def _reply_to(place: str, value: object) -> Id | None:
    return None if value is None else _id(place, value, "reply_to")


def _time(place: str, value: object) -> datetime:
    """Seconds, or ISO 8601; a time without a zone is UTC. Before 1970 there were no posts, only unset times."""
    try:
        if isinstance(value, int | float):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(str(value))
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"{place}: at must be seconds or ISO 8601, not {value!r}") from error
    if at < _START:
        raise InputError(f"{place}: at must be 1970 or later, not {value!r}")
    return at


def _export(path: Path) -> Mapping[str, Any] | None:
    """The file as a DiscordChatExporter export, if it is one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None  # reading it line by line says what is wrong
    return data if isinstance(data, dict) and isinstance(data.get("messages"), list) else None


def _from_export(path: Path, export: Mapping[str, Any]) -> Iterator[RecordedPost]:
    guild = _part(export, "guild").get("id", "guild")
    channel = _part(export, "channel").get("id", "channel")
    for number, message in enumerate(export["messages"], 1):
        place = f"{path}: message {number}"
        if not isinstance(message, dict):
            raise InputError(f"{place}: not a message as DiscordChatExporter writes it")
        if message.get("type") not in ("Default", "Reply"):
            continue
        author = _part(message, "author")
        yield RecordedPost(
            id=_id(place, message.get("id")),
            text=_text(place, message, "content"),
            guild=str(guild),
            channel=str(channel),
            author=str(author.get("id", "author")),
            at=_time(place, message.get("timestamp")),
            reply_to=_reply_to(place, _part(message, "reference").get("messageId")),
            is_bot=bool(author.get("isBot", False)),
            files=tuple(_downloaded(path.parent, message.get("attachments"))),
        )


def _downloaded(folder: Path, attachments: object) -> Iterator[RecordedFile]:
    """The files beside an export that was made with its media; other attachments are only addresses."""
    for attachment in attachments if isinstance(attachments, list) else []:
        url = attachment.get("url") if isinstance(attachment, dict) else None
        if isinstance(url, str) and "://" not in url:
            yield RecordedFile(str(attachment.get("fileName") or url), folder / unquote(url))


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}
