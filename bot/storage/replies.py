"""Answers and proposals in SQLite."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database as Connection

from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import FORGOTTEN, EffectKind, Match, Post, Reply, ReplyState, Vote
from bot.storage.database import Database
from bot.storage.effects import want
from bot.storage.protocols import Verdict, reply_key, suggestion_key, take_back_key
from bot.storage.pseudonym import pseudonym
from bot.storage.rows import from_row_time, one, row_time

_INSERT = """
    INSERT INTO reply (guild_id, channel_id, message_id, author_id, slug, score, reason, state, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id, message_id) DO NOTHING RETURNING *
"""
_SHOWN = "SELECT channel_id, message_id FROM effect WHERE key = ? AND message_id IS NOT NULL"
_VOTE = """
    INSERT INTO reply_vote VALUES (?, ?, ?)
    ON CONFLICT (reply_id, voter) DO UPDATE SET vote = excluded.vote WHERE vote <> excluded.vote
"""
_VOTES = """
    SELECT vote, count(*) AS number FROM reply_vote JOIN reply ON reply.id = reply_id
    WHERE guild_id = ? AND reply_id = ? GROUP BY vote
"""
_REMEMBERED = timedelta(days=1)  # longer than any cooldown
_BETWEEN = "SELECT * FROM reply WHERE guild_id = ? AND at >= ? AND at < ? ORDER BY at, id"
_OF_POST = "SELECT * FROM reply WHERE guild_id = ? AND message_id = ?"
_FALLEN = """
    UPDATE reply SET state = 'dropped' WHERE guild_id = ? AND message_id = ? AND state = 'suggested' RETURNING *
"""
_OTHER_TOPIC = "UPDATE reply SET slug = ?, proposed = ? WHERE id = ?"
_ONE = """
    SELECT reply.*, effect.problem FROM reply
    LEFT JOIN effect ON effect.key = 'reply:' || reply.guild_id || ':' || reply.message_id
    WHERE reply.guild_id = ? AND reply.id = ?
"""


class SqliteReplyStore:
    """``ReplyStore`` in SQLite, with the last day's replies in memory: each decision to speak asks for them."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._key = database.key
        self._recent: defaultdict[int, dict[int, Reply]] = defaultdict(dict)
        query = "SELECT * FROM reply WHERE at >= ? ORDER BY at, id"
        for row in database.read_now(lambda db: list(db.query(query, [row_time(now - _REMEMBERED)]))):
            self._remember(_reply(row))

    def recent(self, guild_id: int) -> Collection[Reply]:
        return self._recent[guild_id].values() if guild_id in self._recent else ()

    async def record(self, post: Post, match: Match, state: ReplyState, now: datetime) -> Reply | None:
        def job(db: Connection) -> Reply | None:
            place = [post.guild_id, post.channel_id, post.message_id, post.author_id]
            row = one(db, _INSERT, [*place, match.slug, match.score, match.reason, state.value, row_time(now)])
            if row is None:
                return None
            reply = _reply(row)
            _want_shown(db, reply, now)
            return reply

        reply = await self._database.write(job)
        if reply is not None:
            self._remember(reply)
        return reply

    async def get(self, guild_id: int, reply_id: int) -> Reply | None:
        row = await self._database.read(lambda db: one(db, _ONE, [guild_id, reply_id]))
        return _reply(row) if row else None

    async def of_post(self, guild_id: int, message_id: int) -> Reply | None:
        row = await self._database.read(lambda db: one(db, _OF_POST, [guild_id, message_id]))
        return _reply(row) if row else None

    async def between(self, guild_id: int, since: datetime, until: datetime) -> Sequence[Reply]:
        values = [guild_id, row_time(since), row_time(until)]
        return [_reply(row) for row in await self._database.read(lambda db: list(db.query(_BETWEEN, values)))]

    async def judge(
        self, guild_id: int, reply_id: int, state: ReplyState, verdict: Verdict, slug: str | None = None
    ) -> Reply:
        def job(db: Connection) -> Reply:
            row = one(db, _ONE, [guild_id, reply_id])
            if row is None:
                raise UnknownCaseError("this suggestion is not known here any more")
            if row["state"] != ReplyState.SUGGESTED and not _is_refused(row):
                raise AlreadyJudgedError(row["judged_by"], row["state"])
            if slug is not None and slug != row["slug"]:
                row |= {"slug": slug, "proposed": row["slug"]}
                db.execute(_OTHER_TOPIC, [slug, row["proposed"], reply_id])
            reply = _set_state(db, row, state, verdict)
            _want_shown(db, reply, verdict.at)
            return reply

        reply = await self._database.write(job)
        self._remember(reply)
        return reply

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        def job(db: Connection) -> list[Reply]:
            places = [(guild_id, message_id) for message_id in message_ids]
            fallen = [_reply(row) for place in places for row in list(db.query(_FALLEN, place))]
            for reply in fallen:
                payload = {"reply": reply.id}
                want(db, suggestion_key(reply.id), guild_id, EffectKind.SUGGESTION, payload, now)
            return fallen

        fallen = await self._database.write(job)
        for reply in fallen:
            self._remember(reply)
        return [reply.id for reply in fallen]

    async def dismiss(self, guild_id: int, reply_id: int, verdict: Verdict) -> Reply:
        def job(db: Connection) -> Reply:
            row = one(db, _ONE, [guild_id, reply_id])
            if row is None:
                raise UnknownCaseError("this answer is not known here any more")
            if row["state"] != ReplyState.POSTED:
                raise AlreadyJudgedError(row["judged_by"], row["state"])
            shown = one(db, _SHOWN, [reply_key(guild_id, row["message_id"])])
            if shown is not None:
                payload = {"channel": shown["channel_id"], "message": shown["message_id"]}
                want(db, take_back_key(reply_id), guild_id, EffectKind.TAKE_BACK, payload, verdict.at)
            return _set_state(db, row, ReplyState.DISMISSED, verdict)

        reply = await self._database.write(job)
        self._remember(reply)
        return reply

    async def vote(self, guild_id: int, reply_id: int, voter_id: int, vote: Vote) -> bool:
        voter = voter_pseudonym(self._key, voter_id, reply_id)

        def job(db: Connection) -> bool:
            if one(db, _ONE, [guild_id, reply_id]) is None:
                raise UnknownCaseError("this answer is not known here any more")
            return db.execute(_VOTE, [reply_id, voter, vote.value]).rowcount == 1

        return await self._database.write(job)

    async def votes(self, guild_id: int, reply_id: int) -> Mapping[Vote, int]:
        rows = await self._database.read(lambda db: list(db.query(_VOTES, [guild_id, reply_id])))
        return {Vote(row["vote"]): row["number"] for row in rows}

    def forget_guild(self, guild_id: int) -> None:
        self._recent.pop(guild_id, None)

    def forget_member(self, member_id: int) -> None:
        for replies in self._recent.values():
            for reply in list(replies.values()):
                if reply.author_id == member_id:
                    replies[reply.id] = replace(reply, message_id=unlinked(reply.id), author_id=FORGOTTEN)
                elif reply.judged_by == member_id:
                    replies[reply.id] = replace(reply, judged_by=FORGOTTEN)

    def _remember(self, reply: Reply) -> None:
        replies = self._recent[reply.guild_id]
        replies[reply.id] = reply
        oldest = max(other.at for other in replies.values()) - _REMEMBERED
        for forgotten in [other.id for other in replies.values() if other.at < oldest]:
            del replies[forgotten]


def voter_pseudonym(key: bytes, voter_id: int, reply_id: int) -> bytes:
    """What stands for a member in the votes on one answer."""
    return pseudonym(key, voter_id, f"vote on {reply_id}")


def unlinked(reply_id: int) -> int:
    """In place of the number of the answered post when its author is forgotten: unlike those of posts, below zero."""
    return -reply_id


def _is_refused(row: Mapping[str, Any]) -> bool:
    """Whether a moderator had it posted and Discord would not: it waits again."""
    return row["state"] == ReplyState.POSTED and row["judged_by"] is not None and row["problem"] is not None


def _set_state(db: Connection, row: Mapping[str, Any], state: ReplyState, verdict: Verdict) -> Reply:
    db.execute("UPDATE reply SET state = ?, judged_by = ? WHERE id = ?", [state.value, verdict.moderator_id, row["id"]])
    return _reply({**row, "state": state.value, "judged_by": verdict.moderator_id, "problem": None})


def _want_shown(db: Connection, reply: Reply, now: datetime) -> None:
    """Ask for what this state shows: the reply itself, the moderators' card, or both."""
    payload = {"reply": reply.id}
    if reply.state is ReplyState.POSTED:
        want(db, reply_key(reply.guild_id, reply.message_id), reply.guild_id, EffectKind.REPLY, payload, now)
    if reply.state is ReplyState.SUGGESTED or reply.judged_by is not None:
        want(db, suggestion_key(reply.id), reply.guild_id, EffectKind.SUGGESTION, payload, now)


def _reply(row: Mapping[str, Any]) -> Reply:
    return Reply(
        id=row["id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        author_id=row["author_id"],
        slug=row["slug"],
        score=row["score"],
        reason=row["reason"],
        state=ReplyState(row["state"]),
        at=from_row_time(row["at"]),
        judged_by=row["judged_by"],
        corrected_at=from_row_time(row["corrected_at"]) if row["corrected_at"] is not None else None,
        proposed=row["proposed"],
        problem=row.get("problem"),
    )
