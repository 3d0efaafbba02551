"""Cases as they stand in SQLite's rows, read back into values."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from bot.case import (
    PHRASE,
    Act,
    Case,
    CaseEvent,
    CasePost,
    CaseQuery,
    CaseRef,
    CaseState,
    EarlierVerdict,
    Fate,
    QueueOrder,
    QueueView,
    Report,
    Ruling,
    Timeout,
)
from bot.errors import UnknownCaseError
from bot.storage.cipher import Cipher
from bot.storage.protocols import delete_key
from bot.storage.rows import from_row_time, one, row_time

SHOWN_COPIES = 10  # a case holds as many copies; a raid brings many more
_SHOWN_NOTES = 3
_SHOWN_VERDICTS = 3
_SHOWN_TIMEOUTS = 5
_SHOWN_REPORTS = 5
_POSTS = """
    SELECT * FROM case_post WHERE case_id = :case AND is_original
    UNION ALL SELECT * FROM (
        SELECT * FROM case_post WHERE case_id = :case AND NOT is_original ORDER BY message_id DESC LIMIT :most
    ) ORDER BY is_original DESC, message_id
"""
_STANDING = """
    SELECT channel_id, count(*) AS copies FROM case_post
    WHERE case_id = ? AND NOT is_original AND fate IS NULL GROUP BY channel_id
"""
_NOTES = "SELECT * FROM case_event WHERE case_id = ? AND event = ? ORDER BY id DESC LIMIT ?"
_ALLOWED = "SELECT reason FROM case_event WHERE case_id = ? AND event = ? ORDER BY id LIMIT 1"
_HISTORY = "SELECT * FROM case_event WHERE case_id = ? ORDER BY id"
_REPORTS = "SELECT * FROM case_report WHERE case_id = ? ORDER BY at DESC, member_id LIMIT ?"
_TIMEOUTS = """
    SELECT case_timeout.*, effect.problem FROM case_timeout
    LEFT JOIN effect ON effect.key = 'timeout:' || case_timeout.id
"""
_EARLIER = """
    SELECT DISTINCT number, ruling, judged_by, judged_at FROM case_mark AS mine
    JOIN case_mark AS other ON other.guild_id = mine.guild_id AND other.mark = mine.mark
    JOIN "case" ON "case".id = other.case_id
    WHERE mine.case_id = :case AND other.case_id < :case AND judged_at IS NOT NULL ORDER BY number DESC LIMIT :most
"""
_WAITS = "state IN ('open', 'claimed', 'reopened')"
_VIEWS = {
    QueueView.WAITING: f"{_WAITS} AND coalesce(snoozed_until, 0) <= :now",
    QueueView.MINE: "state = 'claimed' AND owner_id = :moderator",
    QueueView.SNOOZED: f"{_WAITS} AND snoozed_until > :now",
    QueueView.JUDGED: "state = 'judged'",
    QueueView.EXPIRED: "state = 'expired'",
    QueueView.ALLOWED: "state = 'judged' AND ruling = 'allowed'",
    QueueView.ALL: "1",
}
_ORDERS = {
    QueueOrder.OLDEST: "number",
    QueueOrder.NEWEST: "number DESC",
    QueueOrder.COPIES: "(SELECT count(*) FROM case_post WHERE case_id = id AND NOT is_original) DESC, number",
    QueueOrder.REPORTS: "(SELECT count(*) FROM case_report WHERE case_id = id) DESC, number",
}


class Excerpts:
    """Seals members' words for the one place where they may be read."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(key)

    def seal(self, case_id: int, message_id: int, text: str, image_url: str | None) -> bytes:
        return self._cipher.seal(json.dumps([text, image_url]).encode(), _place(case_id, message_id))

    def open(self, row: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """A post's text and image; nothing where it is not kept, or was sealed with another key."""
        sealed = row["sealed"]
        opened = self._cipher.open(sealed, _place(row["case_id"], row["message_id"])) if sealed is not None else None
        text, image_url = json.loads(opened) if opened is not None else (None, None)
        return text, image_url

    def seal_reason(self, case_id: int, report: Report) -> bytes | None:
        place = _reason_place(case_id, report.member_id)
        return self._cipher.seal(report.reason.encode(), place) if report.reason else None

    def open_reason(self, row: Mapping[str, Any]) -> str | None:
        place = _reason_place(row["case_id"], row["member_id"])
        opened = self._cipher.open(row["sealed"], place) if row["sealed"] is not None else None
        return opened.decode() if opened is not None else None


def case_row(db: Connection, guild_id: int, case_id: int) -> dict[str, Any]:
    """A case's own row.

    Raises:
        UnknownCaseError: there is none on this server.
    """
    row = one(db, 'SELECT * FROM "case" WHERE guild_id = ? AND id = ?', [guild_id, case_id])
    if row is None:
        raise UnknownCaseError("this case is not known here any more")
    return row


def get_case(db: Connection, guild_id: int, case_id: int, excerpts: Excerpts) -> Case:
    """A case with all that a card shows of it.

    Raises:
        UnknownCaseError: there is none on this server.
    """
    row = case_row(db, guild_id, case_id)
    standing = standing_copies(db, case_id)
    posts = db.query(_POSTS, {"case": case_id, "most": SHOWN_COPIES})
    notes = list(db.query(_NOTES, [case_id, Act.NOTED, _SHOWN_NOTES]))
    earlier = db.query(_EARLIER, {"case": case_id, "most": _SHOWN_VERDICTS})
    return Case(
        id=row["id"],
        guild_id=guild_id,
        number=row["number"],
        state=CaseState(row["state"]),
        detector=row["detector"],
        label=row["label"],
        score=row["score"],
        opened_at=from_row_time(row["at"]),
        posts=tuple(_post(post, excerpts) for post in posts),
        copies=_count(db, "SELECT count(*) AS n FROM case_post WHERE case_id = ? AND NOT is_original", [case_id]),
        standing=standing,
        problems=deletion_problems(db, case_id, standing),
        ruling=Ruling(row["ruling"]) if row["ruling"] else None,
        judged_by=row["judged_by"],
        judged_at=_time(row["judged_at"]),
        owner_id=row["owner_id"],
        claimed_at=_time(row["claimed_at"]),
        snoozed_until=_time(row["snoozed_until"]),
        reports=tuple(_report(one_of, excerpts) for one_of in db.query(_REPORTS, [case_id, _SHOWN_REPORTS])),
        reported=_count(db, "SELECT count(*) AS n FROM case_report WHERE case_id = ?", [case_id]),
        notes=tuple(_event(note) for note in reversed(notes)),
        earlier=tuple(_earlier(verdict) for verdict in earlier),
        timeouts=tuple(get_timeouts(db, case_id)),
        note_key=row["note_key"],
        phrase=_phrase(db, case_id) if row["detector"] == PHRASE else None,
    )


def standing_copies(db: Connection, case_id: int) -> dict[int, int]:
    """How many of a case's copies stand in each channel."""
    return {row["channel_id"]: row["copies"] for row in db.query(_STANDING, [case_id])}


def deletion_problems(db: Connection, case_id: int, channels: Iterable[int]) -> dict[int, str]:
    """Why copies could not be deleted, by channel."""
    query = "SELECT problem FROM effect WHERE key = ? AND problem IS NOT NULL"
    rows = {channel: one(db, query, [delete_key(case_id, channel)]) for channel in channels}
    return {channel: row["problem"] for channel, row in rows.items() if row is not None}


def get_page(
    db: Connection, guild_id: int, query: CaseQuery, moderator_id: int, now: datetime
) -> tuple[list[CaseRef], int]:
    """Which cases a page of a list shows, and how many are on all its pages."""
    where = f"guild_id = :guild AND {_VIEWS[query.view]}"
    values = {"guild": guild_id, "moderator": moderator_id, "now": row_time(now)}
    page = {**values, "size": query.size, "offset": query.page * query.size}
    listed = f'SELECT id, number FROM "case" WHERE {where} ORDER BY {_ORDERS[query.order]} LIMIT :size OFFSET :offset'  # noqa: S608  # literals from the tables above
    total = _count(db, f'SELECT count(*) AS n FROM "case" WHERE {where}', values)  # noqa: S608  # same
    return [CaseRef(row["id"], row["number"]) for row in db.query(listed, page)], total


def get_history(db: Connection, guild_id: int, case_id: int) -> list[CaseEvent]:
    """All that happened in a case, oldest first."""
    case_row(db, guild_id, case_id)
    return [_event(row) for row in db.query(_HISTORY, [case_id])]


def get_timeouts(db: Connection, case_id: int) -> list[Timeout]:
    """A case's latest timeouts, newest first."""
    query = f"{_TIMEOUTS} WHERE case_id = ? ORDER BY id DESC LIMIT ?"
    return [_timeout(row) for row in db.query(query, [case_id, _SHOWN_TIMEOUTS])]


def get_timeout(db: Connection, guild_id: int, timeout_id: int) -> Timeout | None:
    """One timeout."""
    row = one(db, f"{_TIMEOUTS} WHERE case_timeout.guild_id = ? AND id = ?", [guild_id, timeout_id])
    return _timeout(row) if row else None


def _phrase(db: Connection, case_id: int) -> str | None:
    row = one(db, _ALLOWED, [case_id, Ruling.ALLOWED])
    return row["reason"] if row else None


def _count(db: Connection, query: str, values: Sequence[Any] | Mapping[str, Any]) -> int:
    return int(next(db.query(query, values))["n"])  # type: ignore[arg-type]  # sqlite3 takes mappings


def _post(row: Mapping[str, Any], excerpts: Excerpts) -> CasePost:
    text, image_url = excerpts.open(row)
    return CasePost(
        message_id=row["message_id"],
        channel_id=row["channel_id"],
        author_id=row["author_id"],
        at=from_row_time(row["at"]),
        is_original=bool(row["is_original"]),
        fate=Fate(row["fate"]) if row["fate"] else None,
        edited=bool(row["edited"]),
        text=text,
        image_url=image_url,
    )


def _report(row: Mapping[str, Any], excerpts: Excerpts) -> Report:
    return Report(row["member_id"], from_row_time(row["at"]), excerpts.open_reason(row))


def _event(row: Mapping[str, Any]) -> CaseEvent:
    return CaseEvent(from_row_time(row["at"]), row["actor_id"], row["event"], row["reason"])


def _earlier(row: Mapping[str, Any]) -> EarlierVerdict:
    judged_at = from_row_time(row["judged_at"])
    return EarlierVerdict(row["number"], Ruling(row["ruling"]), row["judged_by"], judged_at)


def _timeout(row: Mapping[str, Any]) -> Timeout:
    return Timeout(
        id=row["id"],
        guild_id=row["guild_id"],
        case_id=row["case_id"],
        member_id=row["member_id"],
        until=from_row_time(row["until"]),
        moderator_id=row["moderator_id"],
        reason=row["reason"],
        lifted_by=row["lifted_by"],
        problem=row["problem"],
    )


def _time(seconds: float | None) -> datetime | None:
    return from_row_time(seconds) if seconds is not None else None


def _place(case_id: int, message_id: int) -> bytes:
    return b"case:%d:%d" % (case_id, message_id)


def _reason_place(case_id: int, member_id: int) -> bytes:
    return b"report:%d:%d" % (case_id, member_id)
