"""Cases in SQLite. State changes are compare-and-set inside the writer's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from bot.case import REPORT, Case, CaseEvent, CasePost, CaseQuery, CaseRef, CaseState, Report, Ruling, Timeout
from bot.decide import KnownContent
from bot.errors import UnknownCaseError
from bot.model import Post, Repeat
from bot.storage import case_changes, case_posts
from bot.storage.case_changes import Found, known_row
from bot.storage.case_rows import Excerpts, get_case, get_history, get_page, get_timeout
from bot.storage.database import Database, Job, T
from bot.storage.protocols import Verdict
from bot.storage.rows import one

_OF_POST = """
    SELECT "case".* FROM "case" JOIN case_post ON case_post.case_id = "case".id
    WHERE "case".guild_id = ? AND message_id = ? ORDER BY number
"""
_KEEP_WORDS = """
    UPDATE case_post SET sealed = ?
    WHERE guild_id = ? AND case_id = ? AND message_id = ? AND author_id = ? AND fate IS NULL -- nor forgotten meanwhile
"""


class SqliteCaseStore:
    """``CaseStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._excerpts = Excerpts(database.key)

    async def known(self, guild_id: int, marks: Collection[int]) -> KnownContent | None:
        row = await self._database.read(lambda db: known_row(db, guild_id, marks))
        return _known(row) if row is not None else None

    async def of_post(self, guild_id: int, message_id: int) -> Sequence[KnownContent]:
        rows = await self._database.read(lambda db: list(db.query(_OF_POST, [guild_id, message_id])))
        return [_known(row) for row in rows]

    async def record(self, post: Post, repeat: Repeat, now: datetime, marks: Collection[int] = ()) -> CaseRef | None:
        found = _found(repeat, marks)
        return await self._write(lambda db: case_changes.record(db, self._excerpts, post, found, now))

    async def report(self, post: Post, report: Report, repeat: Repeat | None, marks: Sequence[int]) -> CaseRef:
        unknown = Found(REPORT, marks[0], "reported", 0.0, frozenset(marks))
        found = _found(repeat, marks) if repeat is not None else unknown
        return await self._write(lambda db: case_changes.report(db, self._excerpts, post, found, report))

    async def get(self, guild_id: int, case_id: int) -> Case:
        return await self._database.read(lambda db: get_case(db, guild_id, case_id, self._excerpts))

    async def id_of(self, guild_id: int, number: int) -> int:
        query = 'SELECT id FROM "case" WHERE guild_id = ? AND number = ?'
        row = await self._database.read(lambda db: one(db, query, [guild_id, number]))
        if row is None:
            raise UnknownCaseError(f"there is no case {number} on this server")
        return int(row["id"])

    async def page(
        self, guild_id: int, query: CaseQuery, moderator_id: int, now: datetime
    ) -> tuple[Sequence[Case], int]:
        def job(db: Connection) -> tuple[list[Case], int]:
            found, total = get_page(db, guild_id, query, moderator_id, now)
            return [get_case(db, guild_id, ref.id, self._excerpts) for ref in found], total

        return await self._database.read(job)

    async def history(self, guild_id: int, case_id: int) -> Sequence[CaseEvent]:
        return await self._database.read(lambda db: get_history(db, guild_id, case_id))

    async def claim(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.claim(db, guild_id, case_id, verdict))

    async def release(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.release(db, guild_id, case_id, verdict))

    async def judge(self, guild_id: int, case_id: int, ruling: Ruling, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.judge(db, guild_id, case_id, ruling, verdict))

    async def undo(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.undo(db, guild_id, case_id, verdict))

    async def snooze(self, guild_id: int, case_id: int, until: datetime, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.snooze(db, guild_id, case_id, until, verdict))

    async def note(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.note(db, guild_id, case_id, verdict))

    async def tell_channel(self, guild_id: int, case_id: int, channel_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.tell_channel(db, guild_id, case_id, channel_id, verdict))

    async def time_out(
        self, guild_id: int, case_id: int, member_id: int, until: datetime, verdict: Verdict
    ) -> Sequence[str]:
        return await self._write(lambda db: case_changes.time_out(db, guild_id, case_id, member_id, until, verdict))

    async def lift_timeout(self, guild_id: int, case_id: int, member_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.lift_timeout(db, guild_id, case_id, member_id, verdict))

    async def disallow(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        return await self._write(lambda db: case_changes.disallow(db, guild_id, case_id, verdict))

    async def allow(self, guild_id: int, phrase: str, mark: int, verdict: Verdict) -> CaseRef:
        return await self._write(lambda db: case_changes.allow(db, guild_id, phrase, mark, verdict))

    async def timeout(self, guild_id: int, timeout_id: int) -> Timeout | None:
        return await self._database.read(lambda db: get_timeout(db, guild_id, timeout_id))

    async def copies_in(self, guild_id: int, case_id: int, channel_id: int) -> Sequence[int]:
        query = """SELECT message_id FROM case_post WHERE guild_id = ? AND case_id = ? AND channel_id = ?
                   AND NOT is_original AND fate IS NULL ORDER BY message_id"""
        rows = await self._database.read(lambda db: list(db.query(query, [guild_id, case_id, channel_id])))
        return [row["message_id"] for row in rows]

    async def remember_text(self, guild_id: int, case_id: int, post: CasePost) -> None:
        sealed = self._excerpts.seal(case_id, post.message_id, post.text or "", post.image_url)
        await self._write(
            lambda db: db.execute(_KEEP_WORDS, [sealed, guild_id, case_id, post.message_id, post.author_id])
        )

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        return sorted(await self._write(lambda db: case_posts.posts_gone(db, guild_id, message_ids, now)))

    async def channel_gone(self, guild_id: int, channel_id: int, now: datetime) -> Sequence[int]:
        return sorted(await self._write(lambda db: case_posts.channel_gone(db, guild_id, channel_id, now)))

    async def post_edited(self, post: Post, marks: Collection[int], now: datetime) -> Sequence[int]:
        return sorted(await self._write(lambda db: case_posts.post_edited(db, self._excerpts, post, marks, now)))

    async def tick(self, now: datetime) -> Sequence[int]:
        return sorted(await self._write(lambda db: case_posts.tick(db, now)))

    async def _write(self, job: Job[T]) -> T:
        return await self._database.write(job)


def _known(row: Mapping[str, Any]) -> KnownContent:
    ruling = Ruling(row["ruling"]) if row["ruling"] else None
    return KnownContent(row["id"], row["number"], CaseState(row["state"]), ruling)


def _found(repeat: Repeat, marks: Collection[int]) -> Found:
    every_mark = frozenset({repeat.key, *marks})
    return Found(repeat.detector, repeat.key, repeat.label, repeat.score, every_mark, repeat.of)
