"""The servers' choices in SQLite, with a copy in memory: every message asks for them."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlite_utils import Database as Connection

from bot.config.changes import Change, ChangeSet, Step, applied
from bot.model import GuildPolicy
from bot.storage.database import Database
from bot.storage.protocols import ChangeAuthor
from bot.storage.rows import from_row_time, one, row_time

log = logging.getLogger(__name__)
_CHOSEN = "SELECT value FROM setting WHERE guild_id = ? AND name = ? AND of = ?"
_LAST = "SELECT coalesce(max(number), 0) AS number FROM setting_change WHERE guild_id = ?"
_HISTORY = """
    SELECT * FROM setting_change WHERE guild_id = ?1 AND number >= ?2
    AND number > (SELECT coalesce(max(number), 0) FROM setting_change WHERE guild_id = ?1) - ?3 ORDER BY number DESC
"""
_UNLIMITED = 2**62


class SqlitePolicyStore:
    """``PolicyStore`` in SQLite. ``default`` is the policy of a server that has chosen nothing."""

    def __init__(self, database: Database, default: GuildPolicy | None = None) -> None:
        self._database = database
        self._default = default or GuildPolicy(0)
        self._policies: dict[int, GuildPolicy] = {}
        database.read_now(self._load)

    def get(self, guild_id: int) -> GuildPolicy:
        return self._policies.get(guild_id) or replace(self._default, guild_id=guild_id)

    def all(self) -> Iterable[GuildPolicy]:
        return tuple(self._policies.values())

    async def change(self, guild_id: int, changes: Sequence[Change], author: ChangeAuthor) -> ChangeSet | None:
        def job(db: Connection) -> ChangeSet | None:
            steps = [step for change in changes if (step := _set(db, guild_id, change)) is not None]
            if not steps:
                return None
            last = one(db, _LAST, [guild_id]) or {}
            made = ChangeSet(last["number"] + 1, author.at, author.actor_id, author.how, tuple(steps))
            _record(db, guild_id, made)
            return made

        made = await self._database.write(job)
        if made is not None:
            self._policies[guild_id] = applied(self.get(guild_id), (step.change for step in made.steps))
        return made

    async def history(self, guild_id: int, *, since: int = 1, limit: int | None = None) -> Sequence[ChangeSet]:
        values = [guild_id, since, _UNLIMITED if limit is None else limit]
        rows = await self._database.read(lambda db: list(db.query(_HISTORY, values)))
        return [_change_set(list(group)) for _, group in groupby(rows, lambda row: row["number"])]

    def forget_guild(self, guild_id: int) -> None:
        self._policies.pop(guild_id, None)

    def _load(self, db: Connection) -> None:
        for guild_id, rows in groupby(db.query("SELECT * FROM setting ORDER BY guild_id"), lambda row: row["guild_id"]):
            self._policies[guild_id] = applied(self.get(guild_id), _changes(rows))


def _set(db: Connection, guild_id: int, change: Change) -> Step | None:
    """Make one change; None where it is so already."""
    place = [guild_id, change.name, change.of]
    row = one(db, _CHOSEN, place)
    before, after = row["value"] if row else None, _dumped(change)
    if before == after:
        return None
    if after is None:
        db.execute("DELETE FROM setting WHERE guild_id = ? AND name = ? AND of = ?", place)
    else:
        db.execute(
            "INSERT INTO setting VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", [*place, after]
        )
    return Step(change, _parsed(change, before))


def _record(db: Connection, guild_id: int, made: ChangeSet) -> None:
    for step in made.steps:
        before = _dumped(step.undo)
        values = [guild_id, made.number, step.change.name, step.change.of, before, _dumped(step.change)]
        values += [made.actor_id, row_time(made.at), made.how]
        db.execute("INSERT INTO setting_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _changes(rows: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    for row in rows:
        change = _change(row, "value")
        if change is not None:
            yield change


def _change_set(rows: Sequence[Mapping[str, Any]]) -> ChangeSet:
    first = rows[0]
    pairs = [(_change(row, "after"), _change(row, "before")) for row in rows]
    steps = tuple(Step(after, before.value) for after, before in pairs if after is not None and before is not None)
    return ChangeSet(first["number"], from_row_time(first["at"]), first["actor_id"], first["how"], steps)


def _change(row: Mapping[str, Any], column: str) -> Change | None:
    """The choice in a column; None where another version wrote what this one does not know."""
    change = Change(row["name"], None, row["of"])
    try:
        return replace(change, value=_parsed(change, row[column]))
    except (KeyError, ValueError):
        log.warning("server %d: setting %s is not known in this version", row["guild_id"], row["name"])
        return None


def _dumped(change: Change) -> str | None:
    return None if change.value is None else json.dumps(change.setting.kind.dump(change.value))


def _parsed(change: Change, text: str | None) -> Any:  # noqa: ANN401  # each setting has values of its own
    return None if text is None else change.setting.kind.parse(json.loads(text))
