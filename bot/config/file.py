"""A server's settings as a file: TOML is written, TOML and JSON are read, and every problem is told at once."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.config.changes import Change, all_chosen, applied
from bot.config.kinds import Ids, Raw, as_id
from bot.config.table import SETTINGS, Scope, Setting
from bot.errors import InputError
from bot.model import GuildPolicy

FORMAT = 1
MAX_FILE = 100_000  # bytes
_TOPIC = re.compile(r"[a-z0-9-]{1,60}")
_BY_KEY = {setting.file_key: setting for setting in SETTINGS.values()}


def exported(policy: GuildPolicy) -> str:
    """All settings of a server as TOML; what it has not chosen stands there as a comment."""
    lines = ["# Settings of a server. What this file leaves out goes back to the default.", f"format = {FORMAT}"]
    made = {(change.name, change.of): change for change in all_chosen(policy)}
    for setting in SETTINGS.values():
        if setting.scope is Scope.SERVER:
            value = made[setting.name, ""].value if (setting.name, "") in made else None
            lines += ["", f"# {setting.label}. {setting.what}", _line(setting, value)]
    for setting in SETTINGS.values():
        if setting.scope is not Scope.SERVER:
            rows = [
                f"{change.of} = {_toml(setting.kind.dump(change.value))}"
                for change in made.values()
                if change.name == setting.name
            ]
            lines += ["", f"# {setting.label}. {setting.what}", f"[{setting.file_key}]", *rows]
    return "\n".join(lines) + "\n"


def decode(name: str, content: bytes) -> Mapping[str, Any]:
    """The table in a file, by the end of its name.

    Raises:
        InputError: it is not what its name says.
    """
    try:
        text = content.decode("utf-8-sig")
        data = json.loads(text) if name.endswith(".json") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: not {'JSON' if name.endswith('.json') else 'TOML'}: {error}") from error
    if not isinstance(data, dict):
        raise InputError(f"{name}: not a table of settings")
    return data


def read(
    name: str, data: Mapping[str, Any], base: GuildPolicy, channel_number: Callable[[str], int] = as_id
) -> GuildPolicy:
    """The policy that a file describes.

    Args:
        name: the file's, for what is told of it.
        data: its content.
        base: the policy that holds where the file is silent.
        channel_number: turns a channel's name in the file into its number.

    Raises:
        InputError: with all problems, one a line.
    """
    problems: list[str] = []
    changes: list[Change] = []
    if data.get("format", FORMAT) != FORMAT:
        problems.append(f"format {data['format']!r} is not {FORMAT}: it was written by another version")
    unknown = sorted(data.keys() - _BY_KEY.keys() - {"format"})
    if unknown:
        problems.append(f"unknown {', '.join(unknown)}; known are {', '.join(_BY_KEY)}")
    for setting, of, raw in _entries(data, problems):
        place = f"{setting.file_key}.{of}" if of else setting.file_key
        try:
            changes.append(_change(setting, of, raw, channel_number))
        except (ValueError, KeyError) as error:
            problems.append(f"{place}: {error}")
    if problems:
        raise InputError("\n".join(f"{name}: {problem}" for problem in problems))
    return applied(base, changes)


def _entries(data: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[Setting, str, object]]:
    for key, value in data.items():
        setting = _BY_KEY.get(key)
        if setting is None:
            continue
        if setting.scope is Scope.SERVER:
            yield setting, "", value
        elif isinstance(value, dict):
            yield from ((setting, of, raw) for of, raw in value.items())
        else:
            problems.append(f"{key}: must be a table with a line for each {setting.scope.value}")


def _change(setting: Setting, of: str, raw: object, channel_number: Callable[[str], int]) -> Change:
    if setting.scope is Scope.CHANNEL:
        of = str(channel_number(of))
    elif setting.scope is Scope.TOPIC and not _TOPIC.fullmatch(of):
        raise ValueError("no topic has such a name")
    if isinstance(setting.kind, Ids) and setting.kind.of == "channel" and isinstance(raw, list):
        raw = [channel_number(str(one)) for one in raw]
    return Change(setting.name, setting.kind.parse(raw), of)


def _line(setting: Setting, value: object) -> str:
    if value is not None:
        return f"{setting.file_key} = {_toml(setting.kind.dump(value))}"
    if setting.default is None:
        return f"# {setting.file_key} ="
    return f"# {setting.file_key} = {_toml(setting.kind.dump(setting.default))}"


def _toml(raw: Raw) -> str:
    """A value as TOML writes it; JSON writes texts, numbers, lists and switches the same way."""
    return json.dumps(raw)
