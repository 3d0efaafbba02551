"""What brings cases about and what moderators do with them, within the writer's transaction.

Each change looks at the state that it finds, and then makes it: of two at once the second is told of the first. What
moderators do returns the keys of the effects that bring it about, in order; ``CaseStore`` says what each does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from bot.case import CLAIM_LASTS, PHRASE, QUIET, WAITING, Act, CaseRef, CaseState, Report, Ruling
from bot.errors import AlreadyJudgedError, CaseError
from bot.model import EffectKind, Post, SeenPost
from bot.storage.case_rows import Excerpts, case_row, deletion_problems, standing_copies
from bot.storage.effects import want
from bot.storage.protocols import Verdict, card_key, delete_key, note_key, timeout_key
from bot.storage.rows import one, row_time

_KNOWN = """
    SELECT * FROM "case" WHERE guild_id = ? AND id IN (
        SELECT case_id FROM case_mark WHERE guild_id = ? AND mark IN ({marks})
    ) ORDER BY ruling IS 'allowed' DESC, state IN ('open', 'claimed', 'reopened') DESC, number DESC LIMIT 1
"""
_INSERT = """
    INSERT INTO "case" (guild_id, number, state, detector, key, label, score, at, changed_at)
    VALUES (:guild, (SELECT coalesce(max(number), 0) + 1 FROM "case" WHERE guild_id = :guild),
            'open', :detector, :key, :label, :score, :at, :at) RETURNING *
"""
_INSERT_POST = """
    INSERT INTO case_post (case_id, guild_id, message_id, channel_id, author_id, at, is_original, sealed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id, message_id)
    DO UPDATE SET fate = NULL, sealed = excluded.sealed WHERE fate = 'changed' -- edited away and back
"""
_INSERT_TIMEOUT = """
    INSERT INTO case_timeout (case_id, guild_id, member_id, until, moderator_id, reason)
    VALUES (?, ?, ?, ?, ?, ?) RETURNING id
"""
_LATEST_TIMEOUT = """
    SELECT id, lifted_by FROM case_timeout WHERE case_id = ? AND guild_id = ? AND member_id = ? ORDER BY id DESC LIMIT 1
"""
_TOUCH = 'UPDATE "case" SET changed_at = ? WHERE id = ? RETURNING detector'
_LAST_EVENT = "SELECT id FROM case_event WHERE case_id = ? ORDER BY id DESC LIMIT 1"
_UNREFUSED = "SELECT 1 FROM effect WHERE key = ? AND problem IS NULL"
_LAST_ACTOR = "SELECT actor_id FROM case_event WHERE case_id = ? AND event = ? ORDER BY id DESC LIMIT 1"
Value = float | str | None
Columns = dict[str, Value]
Keys = list[str]  # of the effects that bring a change about, in order
_FREE: dict[str, None] = {"owner_id": None, "claimed_at": None, "snoozed_until": None}
_UNJUDGED: dict[str, None] = {"ruling": None, "judged_by": None, "judged_at": None}


@dataclass(frozen=True, slots=True)
class Found:
    """What brings a post into a case."""

    detector: str
    key: int
    label: str
    score: float
    marks: frozenset[int]
    original: SeenPost | None = None


def known_row(db: Connection, guild_id: int, marks: Collection[int]) -> dict[str, Any] | None:
    """The case that decides about content with one of these marks: allowed, else waiting, else the latest."""
    query = _KNOWN.format(marks=", ".join("?" * len(marks)))
    return one(db, query, [guild_id, guild_id, *marks])


def record(db: Connection, excerpts: Excerpts, post: Post, found: Found, now: datetime) -> CaseRef | None:
    """Add a post to the content's waiting case, or open one; None if there is nothing to add or it is to stay quiet."""
    row = known_row(db, post.guild_id, found.marks)
    if row is None or row["state"] not in WAITING:
        if row is not None and (row["ruling"] in QUIET or _is_in_case(db, row["id"], post.message_id)):
            return None  # judged already, perhaps since the decision: neither opens it anew
        row = _open(db, post.guild_id, found, now)
    if not _add_post(db, excerpts, row["id"], post):
        return None
    _add_marks(db, row, found.marks)
    show(db, row["guild_id"], row["id"], now)
    return CaseRef(row["id"], row["number"])


def report(db: Connection, excerpts: Excerpts, post: Post, found: Found, by: Report) -> CaseRef:
    """Add a member's report of a post to the content's waiting case, or open one."""
    row = known_row(db, post.guild_id, found.marks)
    if row is not None and row["ruling"] in QUIET:
        raise CaseError(f"the moderators know this content: in case {row['number']} they {row['ruling']} it")
    if row is None or row["state"] not in WAITING:
        row = _open(db, post.guild_id, found, by.at)
    values = [row["id"], post.guild_id, by.member_id, row_time(by.at), excerpts.seal_reason(row["id"], by)]
    if not db.execute("INSERT OR IGNORE INTO case_report VALUES (?, ?, ?, ?, ?)", values).rowcount:
        raise CaseError("you have reported this already; the moderators have it")
    _add_post(db, excerpts, row["id"], post)
    _add_marks(db, row, found.marks)
    note_done(db, row["guild_id"], row["id"], Verdict(by.member_id, by.at), Act.REPORTED)
    return CaseRef(row["id"], row["number"])


def allow(db: Connection, guild_id: int, phrase: str, mark: int, verdict: Verdict) -> CaseRef:
    """A judged case without a post: nothing is shown of it."""
    row = known_row(db, guild_id, [mark])
    if row is not None and (row["ruling"] == Ruling.ALLOWED or row["state"] in WAITING):
        raise CaseError(f"case {row['number']} is about this content already")
    row = _open(db, guild_id, Found(PHRASE, mark, "allowed", 1.0, frozenset({mark})), verdict.at)
    _judge(db, row["id"], Ruling.ALLOWED, verdict)
    add_event(db, row["id"], Verdict(verdict.moderator_id, verdict.at, phrase), Ruling.ALLOWED)
    return CaseRef(row["id"], row["number"])


def claim(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> Keys:
    """Take a case."""
    _free_row(db, guild_id, case_id, verdict)
    mine = {"owner_id": verdict.moderator_id, "claimed_at": row_time(verdict.at), "snoozed_until": None}
    set_columns(db, case_id, state=CaseState.CLAIMED, **mine)
    return note_done(db, guild_id, case_id, verdict, Act.CLAIMED)


def release(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> Keys:
    """Give a claimed case back."""
    row = _free_row(db, guild_id, case_id, verdict)
    if row["state"] != CaseState.CLAIMED:
        raise CaseError(f"case {row['number']} is not claimed")
    set_columns(db, case_id, state=CaseState.OPEN, **_FREE)
    return note_done(db, guild_id, case_id, verdict, Act.RELEASED)


def judge(db: Connection, guild_id: int, case_id: int, ruling: Ruling, verdict: Verdict) -> Keys:
    """Close a case; where copies could not be deleted, ``DELETED`` orders that once more."""
    standing = standing_copies(db, case_id)
    row = case_row(db, guild_id, case_id)
    if not (ruling is Ruling.DELETED == row["ruling"] and deletion_problems(db, case_id, standing)):
        _free_row(db, guild_id, case_id, verdict)
    _judge(db, case_id, ruling, verdict)
    channels = list(standing) if ruling is Ruling.DELETED else []
    for channel in channels:
        payload = {"case": case_id, "channel": channel}
        want(db, delete_key(case_id, channel), guild_id, EffectKind.DELETE, payload, verdict.at)
    deletions = [delete_key(case_id, channel) for channel in channels]
    return [*deletions, *note_done(db, guild_id, case_id, verdict, ruling)]


def snooze(db: Connection, guild_id: int, case_id: int, until: datetime, verdict: Verdict) -> Keys:
    """Put a case aside."""
    _free_row(db, guild_id, case_id, verdict)
    rest = {**_FREE, "snoozed_until": row_time(until)}
    set_columns(db, case_id, state=CaseState.OPEN, **rest)
    return note_done(db, guild_id, case_id, verdict, Act.SNOOZED)


def undo(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> Keys:
    """Go back to before the verdict, the expiry or the rest."""
    row = current_row(db, guild_id, case_id, verdict.at)
    if row["state"] == CaseState.REOPENED:
        raise AlreadyJudgedError(_last_actor(db, case_id, Act.REOPENED), Act.REOPENED)
    if row["snoozed_until"] is not None:
        set_columns(db, case_id, snoozed_until=None)
        return note_done(db, guild_id, case_id, verdict, Act.WOKEN)
    if row["state"] in WAITING:
        raise CaseError(f"case {row['number']} has no verdict to undo")
    if row["detector"] == PHRASE:
        raise CaseError(f"case {row['number']} is about no post: `/case disallow` takes it off the list")
    marks = [mark["mark"] for mark in db.query("SELECT mark FROM case_mark WHERE case_id = ?", [case_id])]
    other = known_row(db, guild_id, marks)
    if other is not None and other["id"] != case_id and other["state"] in WAITING:
        raise CaseError(f"case {other['number']} is about the same content and waits: judge that one")
    set_columns(db, case_id, state=CaseState.REOPENED, closed_at=None, note_key=None, **_UNJUDGED)
    told = [row["note_key"]] if row["note_key"] is not None else []
    for key in told:  # its next version is none
        want(db, key, guild_id, EffectKind.NOTE, {}, verdict.at)
    return [*told, *note_done(db, guild_id, case_id, verdict, Act.REOPENED)]


def disallow(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> Keys:
    """Take content off the list of what is always allowed."""
    row = case_row(db, guild_id, case_id)
    if row["ruling"] != Ruling.ALLOWED:
        raise CaseError(f"the content of case {row['number']} is not on the list")
    set_columns(db, case_id, state=CaseState.EXPIRED, **_UNJUDGED)
    return note_done(db, guild_id, case_id, verdict, Act.DISALLOWED)


def note(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> Keys:
    """Write the verdict's reason into the history."""
    case_row(db, guild_id, case_id)
    return note_done(db, guild_id, case_id, verdict, Act.NOTED)


def tell_channel(db: Connection, guild_id: int, case_id: int, channel_id: int, verdict: Verdict) -> Keys:
    """Order a note to members."""
    row = case_row(db, guild_id, case_id)
    if row["ruling"] not in (Ruling.KEPT, Ruling.DELETED):
        raise CaseError(f"case {row['number']} is not judged to be a repeat")
    if row["note_key"] is not None and one(db, _UNREFUSED, [row["note_key"]]) is not None:
        raise AlreadyJudgedError(_last_actor(db, case_id, Act.TOLD_CHANNEL), Act.TOLD_CHANNEL)
    shown = note_done(db, guild_id, case_id, verdict, Act.TOLD_CHANNEL)
    key = note_key(case_id, one(db, _LAST_EVENT, [case_id])["id"])  # type: ignore[index]  # written just now
    set_columns(db, case_id, note_key=key)
    want(db, key, guild_id, EffectKind.NOTE, {"case": case_id, "channel": channel_id}, verdict.at)
    return [key, *shown]


def time_out(db: Connection, guild_id: int, case_id: int, member_id: int, until: datetime, verdict: Verdict) -> Keys:
    """Order a timeout."""
    case_row(db, guild_id, case_id)
    if one(db, "SELECT 1 FROM case_post WHERE case_id = ? AND author_id = ?", [case_id, member_id]) is None:
        raise CaseError("this member has no post in the case")
    values = [case_id, guild_id, member_id, row_time(until), verdict.moderator_id, verdict.reason or ""]
    timeout_id = int(db.execute(_INSERT_TIMEOUT, values).fetchone()[0])
    wanted = _want_timeout(db, guild_id, case_id, timeout_id, verdict.at)
    return [*wanted, *note_done(db, guild_id, case_id, verdict, Act.TIMED_OUT)]


def lift_timeout(db: Connection, guild_id: int, case_id: int, member_id: int, verdict: Verdict) -> Keys:
    """Order the end of a member's latest timeout."""
    case_row(db, guild_id, case_id)
    row = one(db, _LATEST_TIMEOUT, [case_id, guild_id, member_id])
    if row is None:
        raise CaseError("this case has silenced no such member")
    if row["lifted_by"] is not None:
        raise AlreadyJudgedError(row["lifted_by"], Act.TIMEOUT_LIFTED)
    db.execute("UPDATE case_timeout SET lifted_by = ? WHERE id = ?", [verdict.moderator_id, row["id"]])
    wanted = _want_timeout(db, guild_id, case_id, row["id"], verdict.at)
    return [*wanted, *note_done(db, guild_id, case_id, verdict, Act.TIMEOUT_LIFTED)]


def add_event(db: Connection, case_id: int, verdict: Verdict, event: str) -> None:
    """Write a line of the history; nobody is the moderator with number 0."""
    db.execute(
        "INSERT INTO case_event (case_id, at, actor_id, event, reason) VALUES (?, ?, ?, ?, ?)",
        [case_id, row_time(verdict.at), verdict.moderator_id or None, event, verdict.reason],
    )


def by_itself(now: datetime) -> Verdict:
    """What nobody decided."""
    return Verdict(0, now)


def set_columns(db: Connection, case_id: int, **values: Value) -> None:
    """Change a case's own row."""
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f'UPDATE "case" SET {columns} WHERE id = ?', [*values.values(), case_id])  # noqa: S608  # our own names


def show(db: Connection, guild_id: int, case_id: int, now: datetime) -> Keys:
    """Something has changed: have the card follow. A phrase that is allowed without a post has none."""
    detector = db.execute(_TOUCH, [row_time(now), case_id]).fetchone()[0]
    if detector == PHRASE:
        return []
    want(db, card_key(case_id), guild_id, EffectKind.CASE_CARD, {"case": case_id}, now)
    return [card_key(case_id)]


def note_done(db: Connection, guild_id: int, case_id: int, verdict: Verdict, event: str) -> Keys:
    """Write the history, and have the card follow."""
    add_event(db, case_id, verdict, event)
    return show(db, guild_id, case_id, verdict.at)


def current_row(db: Connection, guild_id: int, case_id: int, now: datetime) -> dict[str, Any]:
    """A case's row as it counts at this time: see ``Case.as_of``."""
    row = case_row(db, guild_id, case_id)
    if row["claimed_at"] is not None and row["claimed_at"] <= row_time(now - CLAIM_LASTS):
        row |= {"state": CaseState.OPEN.value, "owner_id": None, "claimed_at": None}
    if row["snoozed_until"] is not None and row["snoozed_until"] <= row_time(now):
        row["snoozed_until"] = None
    return row


def _free_row(db: Connection, guild_id: int, case_id: int, verdict: Verdict) -> dict[str, Any]:
    """The row of a case on which this moderator may act."""
    row = current_row(db, guild_id, case_id, verdict.at)
    if row["state"] not in WAITING:
        raise AlreadyJudgedError(row["judged_by"], row["ruling"] or row["state"])
    if row["owner_id"] not in (None, verdict.moderator_id):
        raise AlreadyJudgedError(row["owner_id"], Act.CLAIMED)
    return row


def _open(db: Connection, guild_id: int, found: Found, now: datetime) -> dict[str, Any]:
    given = {"detector": found.detector, "key": found.key, "label": found.label, "score": found.score}
    row = one(db, _INSERT, {"guild": guild_id, **given, "at": row_time(now)})  # type: ignore[arg-type]  # sqlite3 takes mappings
    assert row is not None  # noqa: S101  # RETURNING gives the inserted row
    if found.original is not None:
        seen = found.original
        place = [row["id"], seen.guild_id, seen.message_id, seen.channel_id, seen.author_id, row_time(seen.at)]
        db.execute(_INSERT_POST, [*place, True, None])
    _add_marks(db, row, found.marks)
    add_event(db, row["id"], by_itself(now), Act.OPENED)
    return row


def _judge(db: Connection, case_id: int, ruling: Ruling, verdict: Verdict) -> None:
    at = row_time(verdict.at)
    judged = {"ruling": ruling, "judged_by": verdict.moderator_id or None, "judged_at": at, "closed_at": at}
    set_columns(db, case_id, state=CaseState.JUDGED, **judged, **_FREE)


def _add_post(db: Connection, excerpts: Excerpts, case_id: int, post: Post) -> bool:
    place = [case_id, post.guild_id, post.message_id, post.channel_id, post.author_id, row_time(post.at)]
    sealed = excerpts.seal(case_id, post.message_id, post.text, post.image_url)
    return db.execute(_INSERT_POST, [*place, False, sealed]).rowcount == 1


def _add_marks(db: Connection, row: dict[str, Any], marks: Collection[int]) -> None:
    values = [(row["id"], row["guild_id"], mark) for mark in marks]
    db.conn.executemany("INSERT OR IGNORE INTO case_mark VALUES (?, ?, ?)", values)


def _want_timeout(db: Connection, guild_id: int, case_id: int, timeout_id: int, now: datetime) -> Keys:
    payload = {"case": case_id, "timeout": timeout_id}
    want(db, timeout_key(timeout_id), guild_id, EffectKind.TIMEOUT, payload, now)
    return [timeout_key(timeout_id)]


def _is_in_case(db: Connection, case_id: int, message_id: int) -> bool:
    return one(db, "SELECT 1 FROM case_post WHERE case_id = ? AND message_id = ?", [case_id, message_id]) is not None


def _last_actor(db: Connection, case_id: int, event: str) -> int | None:
    row = one(db, _LAST_ACTOR, [case_id, event])
    return row["actor_id"] if row else None
