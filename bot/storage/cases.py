"""Cases in SQLite. State changes are compare-and-set inside the writer's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database as Connection

from bot.decide import KnownContent
from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import Case, CasePost, CaseState, EffectKind, Post, Repeat, SeenPost
from bot.storage.database import Database
from bot.storage.effects import want
from bot.storage.protocols import Verdict, card_key, delete_key
from bot.storage.rows import from_row_time, one, row_time

_MOVING = timedelta(minutes=10)  # from posting again to deleting the first
_BY_CONTENT = 'SELECT * FROM "case" WHERE guild_id = ? AND key = ? ORDER BY number DESC LIMIT 1'
_OF_POST = """
    SELECT "case".* FROM "case" JOIN case_post ON case_post.case_id = "case".id
    WHERE "case".guild_id = ? AND message_id = ? ORDER BY number
"""
_INSERT = """
    INSERT INTO "case" (guild_id, number, state, detector, key, label, score, at)
    VALUES (:guild, (SELECT coalesce(max(number), 0) + 1 FROM "case" WHERE guild_id = :guild),
            'open', :detector, :key, :label, :score, :at) RETURNING *
"""
_INSERT_POST = """
    INSERT OR IGNORE INTO case_post (case_id, guild_id, message_id, channel_id, author_id, at, is_original)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_POSTS = """
    SELECT post.*, CASE WHEN post.gone THEN NULL ELSE effect.problem END AS problem
    FROM case_post AS post LEFT JOIN effect ON effect.key = 'delete:' || post.guild_id || ':' || post.message_id
    WHERE post.case_id = ? ORDER BY post.is_original DESC, post.message_id
"""


class SqliteCaseStore:
    """``CaseStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, guild_id: int, repeat: Repeat) -> KnownContent | None:
        row = await self._database.read(lambda db: one(db, _BY_CONTENT, [guild_id, repeat.key]))
        return _known(row) if row else None

    async def of_post(self, guild_id: int, message_id: int) -> Sequence[KnownContent]:
        rows = await self._database.read(lambda db: list(db.query(_OF_POST, [guild_id, message_id])))
        return [_known(row) for row in rows]

    async def record(self, post: Post, repeat: Repeat, now: datetime) -> Case | None:
        return await self._database.write(lambda db: _record(db, post, repeat, now))

    async def get(self, guild_id: int, case_id: int) -> Case:
        return await self._database.read(lambda db: _get(db, guild_id, case_id))

    async def open_cases(self, guild_id: int, limit: int) -> Sequence[Case]:
        query = """SELECT id FROM "case" WHERE guild_id = ? AND state = 'open' ORDER BY number LIMIT ?"""

        def job(db: Connection) -> list[Case]:
            return [_get(db, guild_id, row["id"]) for row in list(db.query(query, [guild_id, limit]))]

        return await self._database.read(job)

    async def count_open(self, guild_id: int) -> int:
        query = """SELECT count(*) AS open FROM "case" WHERE guild_id = ? AND state = 'open'"""
        row = await self._database.read(lambda db: one(db, query, [guild_id]))
        return int(row["open"]) if row else 0

    async def judge(self, guild_id: int, case_id: int, state: CaseState, verdict: Verdict) -> Case:
        return await self._database.write(lambda db: _judge(db, guild_id, case_id, state, verdict))

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        def job(db: Connection) -> list[int]:
            changed = {case_id for message_id in message_ids for case_id in _mark_gone(db, guild_id, message_id)}
            for case_id in changed:
                _withdraw_if_empty(db, guild_id, case_id, now)
                _want_card(db, guild_id, case_id, now)
            return sorted(changed)

        return await self._database.write(job)


def _known(row: Mapping[str, Any]) -> KnownContent:
    return KnownContent(row["id"], row["number"], CaseState(row["state"]))


def _record(db: Connection, post: Post, repeat: Repeat, now: datetime) -> Case | None:
    row = one(db, _BY_CONTENT, [post.guild_id, repeat.key])
    if row is None or row["state"] != CaseState.OPEN:
        if row is not None and (row["state"] == CaseState.DISMISSED or _is_in_case(db, row["id"], post.message_id)):
            return None  # judged already, perhaps since the decision: neither opens it anew
        found = {"detector": repeat.detector, "key": repeat.key, "label": repeat.label, "score": repeat.score}
        row = one(db, _INSERT, {"guild": post.guild_id, **found, "at": row_time(now)})  # type: ignore[arg-type]  # sqlite3 takes mappings
        assert row is not None  # noqa: S101  # RETURNING gives the inserted row
        _add_post(db, row["id"], repeat.of, is_original=True)
        _add_event(db, row["id"], now, None, "opened")
    if not _add_post(db, row["id"], post, is_original=False):
        return None
    _add_event(db, row["id"], now, None, "repeat added")
    _want_card(db, post.guild_id, row["id"], now)
    return _get(db, post.guild_id, row["id"])


def _judge(db: Connection, guild_id: int, case_id: int, state: CaseState, verdict: Verdict) -> Case:
    case = _get(db, guild_id, case_id)
    retry = case.state is state is CaseState.REMOVED and case.actionable
    if case.state is not CaseState.OPEN and not retry:
        raise AlreadyJudgedError(case.judged_by, case.state)
    db.execute(
        'UPDATE "case" SET state = ?, judged_by = ?, judged_at = ? WHERE guild_id = ? AND id = ?',
        [state.value, verdict.moderator_id, row_time(verdict.at), guild_id, case_id],
    )
    _add_event(db, case_id, verdict.at, verdict.moderator_id, state.value)
    if state is CaseState.REMOVED:
        for post in case.removable:
            payload = {"case": case_id, "channel": post.channel_id, "message": post.message_id}
            key = delete_key(guild_id, post.message_id)
            want(db, key, guild_id, EffectKind.DELETE, payload, verdict.at)
    _want_card(db, guild_id, case_id, verdict.at)
    return _get(db, guild_id, case_id)


def _is_in_case(db: Connection, case_id: int, message_id: int) -> bool:
    return one(db, "SELECT 1 FROM case_post WHERE case_id = ? AND message_id = ?", [case_id, message_id]) is not None


def _add_post(db: Connection, case_id: int, post: Post | SeenPost, *, is_original: bool) -> bool:
    place = [case_id, post.guild_id, post.message_id, post.channel_id, post.author_id, row_time(post.at)]
    return db.execute(_INSERT_POST, [*place, is_original]).rowcount == 1


def _add_event(db: Connection, case_id: int, at: datetime, actor_id: int | None, event: str) -> None:
    db.execute(
        "INSERT INTO case_event (case_id, at, actor_id, event) VALUES (?, ?, ?, ?)",
        [case_id, row_time(at), actor_id, event],
    )


def _want_card(db: Connection, guild_id: int, case_id: int, now: datetime) -> None:
    want(db, card_key(case_id), guild_id, EffectKind.CASE_CARD, {"case": case_id}, now)


def _mark_gone(db: Connection, guild_id: int, message_id: int) -> list[int]:
    query = "UPDATE case_post SET gone = 1 WHERE guild_id = ? AND message_id = ? AND NOT gone RETURNING case_id"
    return [row[0] for row in db.execute(query, [guild_id, message_id]).fetchall()]


def _withdraw_if_empty(db: Connection, guild_id: int, case_id: int, now: datetime) -> None:
    """Close an open case that has no repeat left, or whose author only moved the post and has deleted the first."""
    case = _get(db, guild_id, case_id)
    if case.state is CaseState.OPEN and (not case.removable or _is_moved(case, now)):
        db.execute(
            'UPDATE "case" SET state = ? WHERE guild_id = ? AND id = ?', [CaseState.WITHDRAWN.value, guild_id, case_id]
        )
        _add_event(db, case_id, now, None, CaseState.WITHDRAWN.value)


def _is_moved(case: Case, now: datetime) -> bool:
    left = case.removable
    own = all(post.author_id == case.original.author_id for post in left)
    return case.original.gone and len(left) == 1 and own and now - left[0].at <= _MOVING


def _get(db: Connection, guild_id: int, case_id: int) -> Case:
    row = one(db, 'SELECT * FROM "case" WHERE guild_id = ? AND id = ?', [guild_id, case_id])
    if row is None:
        raise UnknownCaseError("this case is not known here any more")
    return Case(
        id=row["id"],
        guild_id=row["guild_id"],
        number=row["number"],
        state=CaseState(row["state"]),
        detector=row["detector"],
        label=row["label"],
        score=row["score"],
        opened_at=from_row_time(row["at"]),
        posts=tuple(_post(post) for post in db.query(_POSTS, [case_id])),
        judged_by=row["judged_by"],
        judged_at=from_row_time(row["judged_at"]) if row["judged_at"] is not None else None,
    )


def _post(row: Mapping[str, Any]) -> CasePost:
    return CasePost(
        message_id=row["message_id"],
        channel_id=row["channel_id"],
        author_id=row["author_id"],
        at=from_row_time(row["at"]),
        is_original=bool(row["is_original"]),
        gone=bool(row["gone"]),
        problem=row["problem"],
    )
