"""What happens to cases by itself: posts go, change, or lose their channel, and time passes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database as Connection

from bot.case import CLAIM_LASTS, EXPIRES_AFTER, KEEP_EXCERPTS, REPORT, WAITING, Act, CaseState, Ruling
from bot.model import Post
from bot.storage.case_changes import Columns, add_event, by_itself, set_columns, show
from bot.storage.case_rows import Excerpts, case_row
from bot.storage.rows import from_row_time, row_time

_MOVING = timedelta(minutes=10)  # from posting again to deleting the first
_GONE = """
    UPDATE case_post SET fate = 'deleted', sealed = CASE WHEN NOT is_original AND EXISTS (
        SELECT 1 FROM effect WHERE key = 'delete:' || case_id || ':' || channel_id
    ) THEN sealed END WHERE guild_id = ? AND message_id = ? AND fate IS NULL RETURNING case_id
"""
_CHANNEL_GONE = """
    UPDATE case_post SET fate = 'channel' WHERE guild_id = ? AND channel_id = ? AND fate IS NULL RETURNING case_id
"""
_STANDS_IN = "SELECT * FROM case_post WHERE guild_id = ? AND message_id = ? AND fate IS NULL"
_MARKED = "SELECT mark FROM case_mark WHERE case_id = ?"
_EDITED = "UPDATE case_post SET edited = 1, sealed = ? WHERE case_id = ? AND message_id = ?"
_CHANGED = "UPDATE case_post SET edited = 1, fate = 'changed', sealed = NULL WHERE case_id = ? AND message_id = ?"
_LEFT = "SELECT * FROM case_post WHERE case_id = ? AND NOT is_original AND fate IS NULL LIMIT 2"
_ORIGINAL = "SELECT * FROM case_post WHERE case_id = ? AND is_original"
_LAPSED = "SELECT id FROM \"case\" WHERE state = 'claimed' AND claimed_at <= :claimed"
_WOKEN = """SELECT id FROM "case" WHERE state IN ('open', 'claimed', 'reopened') AND snoozed_until <= :now"""
_EXPIRED = """
    SELECT id FROM "case" WHERE state IN ('open', 'reopened') AND snoozed_until IS NULL AND changed_at <= :unchanged
"""
_OVER = """
    SELECT id FROM "case" WHERE closed_at <= :closed AND (
        id IN (SELECT case_id FROM case_post WHERE sealed IS NOT NULL)
        OR id IN (SELECT case_id FROM case_report WHERE sealed IS NOT NULL)
    )
"""


def posts_gone(db: Connection, guild_id: int, message_ids: Collection[int], now: datetime) -> set[int]:
    """Note deletions; the words of what was deleted on our order stay while the case lives, others go at once."""
    places = [(guild_id, message_id) for message_id in message_ids]
    changed = {row[0] for place in places for row in db.execute(_GONE, place).fetchall()}
    return _shrink(db, guild_id, changed, now)


def channel_gone(db: Connection, guild_id: int, channel_id: int, now: datetime) -> set[int]:
    """Note that a channel went with its posts."""
    changed = {row[0] for row in db.execute(_CHANNEL_GONE, [guild_id, channel_id]).fetchall()}
    return _shrink(db, guild_id, changed, now)


def post_edited(db: Connection, excerpts: Excerpts, post: Post, marks: Collection[int], now: datetime) -> set[int]:
    """Keep the new words; a copy that shares no mark with its case any more leaves it."""
    rows = list(db.query(_STANDS_IN, [post.guild_id, post.message_id]))
    for row in rows:
        case_id, message_id = row["case_id"], post.message_id
        if _stays(db, row, marks):
            sealed = excerpts.seal(case_id, message_id, post.text, post.image_url) if row["sealed"] else None
            db.execute(_EDITED, [sealed, case_id, message_id])
        else:
            db.execute(_CHANGED, [case_id, message_id])
            add_event(db, case_id, by_itself(now), Act.POST_LEFT)
    return _shrink(db, post.guild_id, {row["case_id"] for row in rows}, now)


def tick(db: Connection, now: datetime) -> set[int]:
    """End what has lasted its time."""
    times = {
        "now": row_time(now),
        "claimed": row_time(now - CLAIM_LASTS),
        "unchanged": row_time(now - EXPIRES_AFTER),
        "closed": row_time(now - KEEP_EXCERPTS),
    }
    free: Columns = {"state": CaseState.OPEN, "owner_id": None, "claimed_at": None}
    expired: Columns = {"state": CaseState.EXPIRED, "closed_at": row_time(now)}
    changed = _end(db, _LAPSED, times, Act.LAPSED, free) | _end(db, _WOKEN, times, Act.WOKEN, {"snoozed_until": None})
    changed |= _end(db, _EXPIRED, times, Act.EXPIRED, expired)
    over = [row["id"] for row in db.query(_OVER, times)]
    for case_id in over:
        db.execute("UPDATE case_post SET sealed = NULL WHERE case_id = ?", [case_id])
        db.execute("UPDATE case_report SET sealed = NULL WHERE case_id = ?", [case_id])
    changed |= {*over}
    for case_id in changed:
        show(db, _guild(db, case_id), case_id, now)
    return changed


def _end(db: Connection, query: str, times: dict[str, float], act: Act, values: Columns) -> set[int]:
    ended = {row["id"] for row in db.query(query, times)}
    for case_id in ended:
        set_columns(db, case_id, changed_at=times["now"], **values)
        add_event(db, case_id, by_itself(from_row_time(times["now"])), act)
    return ended


def _stays(db: Connection, row: dict[str, Any], marks: Collection[int]) -> bool:
    """Whether an edited post still belongs to its case: an original does, and what a member reported."""
    case = case_row(db, row["guild_id"], row["case_id"])
    if row["is_original"] or case["detector"] == REPORT:
        return True
    return any(mark["mark"] in marks for mark in db.query(_MARKED, [row["case_id"]]))


def _shrink(db: Connection, guild_id: int, case_ids: set[int], now: datetime) -> set[int]:
    """Show the cases' posts as they are now, and close those that have no copy left."""
    for case_id in case_ids:
        row = case_row(db, guild_id, case_id)
        if row["state"] in WAITING and _is_over(db, case_id, now):
            closed: Columns = {"state": CaseState.JUDGED, "ruling": Ruling.WITHDRAWN, "closed_at": row_time(now)}
            set_columns(db, case_id, owner_id=None, claimed_at=None, snoozed_until=None, **closed)
            add_event(db, case_id, by_itself(now), Ruling.WITHDRAWN)
        show(db, guild_id, case_id, now)
    return case_ids


def _is_over(db: Connection, case_id: int, now: datetime) -> bool:
    """Whether no copy is left, or the author of both has only moved the post and has deleted the first."""
    left = list(db.query(_LEFT, [case_id]))
    originals = list(db.query(_ORIGINAL, [case_id]))
    if not left or not originals or originals[0]["fate"] is None:
        return not left
    own = left[0]["author_id"] == originals[0]["author_id"]
    return len(left) == 1 and own and now - from_row_time(left[0]["at"]) <= _MOVING


def _guild(db: Connection, case_id: int) -> int:
    return int(db.execute('SELECT guild_id FROM "case" WHERE id = ?', [case_id]).fetchone()[0])
