"""The outbox table. Other stores enqueue into it within their own transactions."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from bot.model import Effect, EffectKind
from bot.storage.database import Database
from bot.storage.protocols import card_key, suggestion_key
from bot.storage.rows import from_row_time, one, row_time

_OF_A_CASE = {EffectKind.DELETE, EffectKind.NOTE, EffectKind.TIMEOUT}
_PENDING = "SELECT * FROM effect WHERE done < wanted AND problem IS NULL ORDER BY at, key"
_WANT = """
    INSERT INTO effect (key, guild_id, kind, payload, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        wanted = wanted + 1, at = CASE WHEN problem IS NULL THEN at ELSE excluded.at END, problem = NULL
"""


def want(db: Connection, key: str, guild_id: int, kind: EffectKind, payload: Mapping[str, int], now: datetime) -> None:
    """Ask for an effect, or for its next version, within the caller's transaction."""
    db.execute(_WANT, [key, guild_id, kind.value, json.dumps(payload), row_time(now)])


_REFUSED = "SELECT key FROM effect WHERE guild_id = ? AND kind = ? AND problem IS NOT NULL AND done < wanted"
_WAITING_CARDS = """
    SELECT effect.key, effect.channel_id FROM effect
    LEFT JOIN "case" ON "case".id = payload ->> 'case' LEFT JOIN reply ON reply.id = payload ->> 'reply'
    WHERE effect.guild_id = ? AND kind = ? AND effect.channel_id IS NOT NULL AND done >= wanted
    AND ("case".state IN ('open', 'claimed', 'reopened') OR reply.state = 'suggested')
"""
_SHOW_ANEW = "UPDATE effect SET wanted = wanted + 1 WHERE key = ? AND message_id IS NOT NULL"
_DONE = "UPDATE effect SET done = max(done, ?), channel_id = ?, message_id = ? WHERE key = ? RETURNING *"
_COPIES_GONE = """
    UPDATE case_post SET fate = 'deleted' WHERE case_id = ? AND channel_id = ? AND NOT is_original AND fate IS NULL
    AND EXISTS (SELECT 1 FROM "case" WHERE id = case_id AND ruling = 'deleted')
"""


class SqliteEffectStore:
    """``EffectStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Effect | None:
        row = await self._database.read(lambda db: one(db, "SELECT * FROM effect WHERE key = ?", [key]))
        return _effect(row) if row else None

    async def pending(self) -> Sequence[Effect]:
        return await self._database.read(lambda db: [_effect(row) for row in db.query(_PENDING)])

    async def done(self, key: str, version: int, channel_id: int | None, message_id: int | None) -> None:
        def job(db: Connection) -> None:
            row = one(db, _DONE, [version, channel_id, message_id, key])
            if row is not None and row["kind"] == EffectKind.DELETE:
                effect = _effect(row)
                if db.execute(_COPIES_GONE, [effect.payload["case"], effect.payload["channel"]]).rowcount:
                    _want_card_of(db, effect)

        await self._database.write(job)

    async def refused(self, key: str, problem: str) -> None:
        def job(db: Connection) -> None:
            row = one(db, "UPDATE effect SET problem = ? WHERE key = ? RETURNING *", [problem, key])
            if row is not None and row["kind"] in _OF_A_CASE:
                _want_card_of(db, _effect(row))
            elif row is not None and row["kind"] == EffectKind.REPLY:
                db.execute(_SHOW_ANEW, [suggestion_key(_effect(row).payload["reply"])])

        await self._database.write(job)

    async def try_again(self, guild_id: int, kind: EffectKind, channels: Collection[int]) -> Sequence[Effect]:
        def rearm(db: Connection) -> list[Effect]:
            mine = [guild_id, kind.value]
            refused = [row["key"] for row in db.query(_REFUSED, mine)]
            lost = [row["key"] for row in db.query(_WAITING_CARDS, mine) if row["channel_id"] not in channels]
            db.conn.executemany("UPDATE effect SET problem = NULL WHERE key = ?", [(key,) for key in refused])
            db.conn.executemany(_SHOW_ANEW, [(key,) for key in lost])
            return [_effect(row) for row in db.query(_PENDING) if row["key"] in {*refused, *lost}]

        return await self._database.write(rearm)


def _want_card_of(db: Connection, effect: Effect) -> None:
    """The effect's case has changed by it: have its card say so."""
    case_id = effect.payload["case"]
    want(db, card_key(case_id), effect.guild_id, EffectKind.CASE_CARD, {"case": case_id}, effect.at)


def _effect(row: Mapping[str, Any]) -> Effect:
    return Effect(
        key=row["key"],
        guild_id=row["guild_id"],
        kind=EffectKind(row["kind"]),
        payload=json.loads(row["payload"]),
        wanted=row["wanted"],
        done=row["done"],
        at=from_row_time(row["at"]),
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        problem=row["problem"],
    )
