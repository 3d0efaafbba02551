"""What is kept of one member, in SQLite: told and deleted, along ``TRACES`` and by the pseudonyms of votes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database as Connection

from bot.duplicates.gist import Gist
from bot.model import ReplyState
from bot.storage.case_rows import Excerpts
from bot.storage.cipher import Cipher
from bot.storage.database import Database
from bot.storage.fingerprints import open_gist
from bot.storage.privacy_protocols import Forgotten
from bot.storage.protocols import card_key, reply_key, suggestion_key
from bot.storage.replies import unlinked, voter_pseudonym
from bot.storage.rows import from_row_time
from bot.storage.traces import TRACES, Trace

_VOTES = "votes on answers"
_VOTED = "SELECT DISTINCT reply_id FROM reply_vote"
_VOTE = """
    SELECT reply.guild_id, reply.slug, reply_vote.vote, reply.at AS answered_at FROM reply_vote
    JOIN reply ON reply.id = reply_id WHERE reply_id = ? AND voter = ?
"""
_CASES = " UNION ".join(
    f'SELECT {"id" if trace.table == "case" else "case_id"} AS id FROM "{trace.table}" WHERE {trace.column} = :member'  # noqa: S608  # names from TRACES
    for trace in TRACES
    if trace.table.startswith("case")
)
_SUGGESTIONS = "SELECT id FROM reply WHERE :member IN (author_id, judged_by)"
_ANSWERS = "SELECT id, guild_id, message_id FROM reply WHERE author_id = ?"
_SHOW_ANEW = "UPDATE effect SET wanted = wanted + 1, problem = NULL WHERE key = ? AND message_id IS NOT NULL"
_NOT_ANSWERED = "UPDATE reply SET state = ? WHERE id = ? AND (state = ? OR (state = ? AND ?))"

Row = dict[str, Any]


class SqliteMemberStore:
    """``MemberStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key = database.key
        cipher = Cipher(database.key)
        excerpts = Excerpts(database.key)
        self._openers: Mapping[str, Callable[[Row], Row]] = {
            "fingerprint": lambda row: _words(cipher, row),
            "case_post": lambda row: dict(zip(("text", "image"), excerpts.open(row), strict=True)),
            "case_report": lambda row: {"reason": excerpts.open_reason(row)},
        }

    async def export(self, member_id: int) -> Mapping[str, Sequence[Mapping[str, object]]]:
        def job(db: Connection) -> dict[str, list[Row]]:
            told = {trace.kind: [self._tell(trace, row) for row in _rows(db, trace, member_id)] for trace in TRACES}
            return {**told, _VOTES: [_readable(row) for row in self._votes(db, member_id)]}

        return await self._database.read(job)

    async def forget(self, member_id: int) -> Forgotten:
        def job(db: Connection) -> Forgotten:
            cards = _show_anew(db, member_id)
            _unlink_answers(db, member_id)
            counts = {trace.kind: _forget(db, trace, member_id) for trace in TRACES}
            return Forgotten({**counts, _VOTES: self._forget_votes(db, member_id)}, cards)

        forgotten = await self._database.write(job)
        await self._database.rewrite()
        return forgotten

    def _tell(self, trace: Trace, row: Row) -> Row:
        further = self._openers[trace.table](row) if trace.table in self._openers else {}
        return _readable({name: row[name] for name in trace.told}) | further

    def _votes(self, db: Connection, member_id: int) -> list[Row]:
        return [row for place in self._voted(db, member_id) for row in db.query(_VOTE, place)]

    def _forget_votes(self, db: Connection, member_id: int) -> int:
        drop = "DELETE FROM reply_vote WHERE reply_id = ? AND voter = ?"
        return db.conn.executemany(drop, self._voted(db, member_id)).rowcount

    def _voted(self, db: Connection, member_id: int) -> list[tuple[int, bytes]]:
        """Where the member may have voted: no row names them, so each answer's pseudonym of theirs is made."""
        replies = [row["reply_id"] for row in db.query(_VOTED)]
        return [(reply_id, voter_pseudonym(self._key, member_id, reply_id)) for reply_id in replies]


def _rows(db: Connection, trace: Trace, member_id: int) -> list[Row]:
    return list(db.query(f'SELECT * FROM "{trace.table}" WHERE {trace.column} = ?', [member_id]))  # noqa: S608  # names from TRACES


def _forget(db: Connection, trace: Trace, member_id: int) -> int:
    if trace.row_goes:
        return db.execute(f'DELETE FROM "{trace.table}" WHERE {trace.column} = ?', [member_id]).rowcount  # noqa: S608  # same
    values = ", ".join(filter(None, [f"{trace.column} = {trace.stands}", trace.also]))
    return db.execute(f'UPDATE "{trace.table}" SET {values} WHERE {trace.column} = ?', [member_id]).rowcount  # noqa: S608  # same


def _show_anew(db: Connection, member_id: int) -> list[str]:
    """Have the moderators' cards that tell of the member follow; return their effects."""
    keys = [card_key(row["id"]) for row in db.query(_CASES, {"member": member_id})]
    keys += [suggestion_key(row["id"]) for row in db.query(_SUGGESTIONS, {"member": member_id})]
    return [key for key in keys if db.execute(_SHOW_ANEW, [key]).rowcount]


def _unlink_answers(db: Connection, member_id: int) -> None:
    """Answers that stand can still be corrected and taken back; those that were not sent yet are not sent."""
    for row in list(db.query(_ANSWERS, [member_id])):
        key = reply_key(row["guild_id"], row["message_id"])
        unsent = db.execute("DELETE FROM effect WHERE key = ? AND message_id IS NULL", [key]).rowcount
        db.execute("UPDATE effect SET key = ? WHERE key = ?", [reply_key(row["guild_id"], unlinked(row["id"])), key])
        states = [ReplyState.DROPPED.value, row["id"], ReplyState.SUGGESTED.value, ReplyState.POSTED.value, unsent]
        db.execute(_NOT_ANSWERED, states)


def _words(cipher: Cipher, row: Row) -> Row:
    packed = open_gist(cipher, row)
    if packed is None:
        return {}
    gist = Gist.unpack(packed, row["guild_id"])
    return {"folded words": gist.words, "links": gist.link_text}


def _readable(row: Row) -> Row:
    return {name: _readable_value(name, value) for name, value in row.items()}


def _readable_value(name: str, value: object) -> object:
    """Times as ISO 8601; Discord's numbers as texts, because many readers of JSON round them."""
    if isinstance(value, float) and name.endswith(("at", "until")):
        return from_row_time(value).isoformat()
    return str(value) if name.endswith("_id") else value
