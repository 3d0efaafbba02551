"""The servers' own texts of topics in SQLite. The index of phrasings follows what is published."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database as Connection

from bot.faq.build import phrase_rows
from bot.faq.search import set_weights
from bot.model import Edition, EditionState, EffectKind, Explainer, ReplyState, TopicChoice
from bot.storage.database import Database
from bot.storage.effects import want
from bot.storage.protocols import reply_key
from bot.storage.rows import from_row_time, one, row_time

CORRECTED_FOR = timedelta(days=30)  # older answers keep their text
_MAX_CORRECTED = 50

_INSERT = """
    INSERT INTO edition (guild_id, slug, version, content, editor_id, at, based_on)
    VALUES (?, ?, (SELECT coalesce(max(version), 0) + 1 FROM edition WHERE guild_id = ? AND slug = ?), ?, ?, ?, ?)
    RETURNING *
"""
_CHOOSE = """
    INSERT INTO topic_choice (guild_id, slug, state, published) VALUES (?, ?, ?, ?)
    ON CONFLICT (guild_id, slug) DO UPDATE SET state = excluded.state, published = excluded.published
"""
_ANSWERS = """
    SELECT reply.* FROM reply JOIN effect ON effect.key = 'reply:' || reply.guild_id || ':' || reply.message_id
    WHERE reply.guild_id = ? AND reply.slug = ? AND reply.state = ? AND reply.at >= ? AND effect.message_id IS NOT NULL
    ORDER BY reply.at DESC LIMIT ?
"""


class SqliteEditionStore:
    """``EditionStore`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def published(self) -> Sequence[tuple[TopicChoice, Edition | None]]:
        def job(db: Connection) -> list[tuple[TopicChoice, Edition | None]]:
            choices = [_choice(row) for row in db.query("SELECT * FROM topic_choice")]
            return [(choice, _served(db, choice)) for choice in choices]

        return self._database.read_now(job)

    async def add(self, edition: Edition) -> tuple[Edition, Edition | None]:
        def job(db: Connection) -> tuple[Edition, Edition | None]:
            latest = _history(db, edition.guild_id, edition.slug)[-1:]
            topic = [edition.guild_id, edition.slug]
            work = [edition.content, edition.editor_id, row_time(edition.at), edition.based_on]
            row = one(db, _INSERT, [*topic, *topic, *work])
            assert row is not None  # noqa: S101  # RETURNING gives the inserted row
            unseen = next((other for other in latest if other.version > edition.based_on), None)
            return _edition(row), unseen

        return await self._database.write(job)

    async def history(self, guild_id: int, slug: str) -> Sequence[Edition]:
        return await self._database.read(lambda db: _history(db, guild_id, slug))

    async def topics(self, guild_id: int) -> Sequence[str]:
        query = "SELECT DISTINCT slug FROM edition WHERE guild_id = ? ORDER BY slug"
        return await self._database.read(lambda db: [row["slug"] for row in db.query(query, [guild_id])])

    async def choice(self, guild_id: int, slug: str) -> TopicChoice | None:
        query = "SELECT * FROM topic_choice WHERE guild_id = ? AND slug = ?"
        row = await self._database.read(lambda db: one(db, query, [guild_id, slug]))
        return _choice(row) if row else None

    async def publish(self, edition: Edition, explainer: Explainer, now: datetime) -> Sequence[str]:
        guild_id, slug = edition.guild_id, edition.slug

        def job(db: Connection) -> list[str]:
            db.execute(_CHOOSE, [guild_id, slug, EditionState.LIVE.value, edition.version])
            _forget_phrases(db, guild_id, slug)
            db.table("faq_phrase").insert_all(phrase_rows(explainer, guild_id))
            set_weights(db, guild_id)
            return _correct_answers(db, guild_id, slug, now)

        return await self._database.write(job)

    async def withdraw(self, guild_id: int, slug: str, state: EditionState) -> None:
        def job(db: Connection) -> None:
            db.execute(_CHOOSE, [guild_id, slug, state.value, None])
            _forget_phrases(db, guild_id, slug)

        await self._database.write(job)

    async def serve_built_in(self, guild_id: int, slug: str, now: datetime) -> Sequence[str]:
        def job(db: Connection) -> list[str]:
            topic = [guild_id, slug]
            was_own = db.execute("DELETE FROM topic_choice WHERE guild_id = ? AND slug = ?", topic).rowcount
            _forget_phrases(db, guild_id, slug)
            return _correct_answers(db, guild_id, slug, now) if was_own else []

        return await self._database.write(job)


def _correct_answers(db: Connection, guild_id: int, slug: str, now: datetime) -> list[str]:
    """Ask for the new text on answers that still stand."""
    since = row_time(now - CORRECTED_FOR)
    rows = list(db.query(_ANSWERS, [guild_id, slug, ReplyState.POSTED.value, since, _MAX_CORRECTED]))
    keys = []
    for row in rows:
        db.execute("UPDATE reply SET corrected_at = ? WHERE id = ?", [row_time(now), row["id"]])
        keys.append(reply_key(guild_id, row["message_id"]))
        want(db, keys[-1], guild_id, EffectKind.REPLY, {"reply": row["id"]}, now)
    return keys


def _forget_phrases(db: Connection, guild_id: int, slug: str) -> None:
    db.execute("DELETE FROM faq_phrase WHERE guild_id = ? AND slug = ?", [guild_id, slug])


def _history(db: Connection, guild_id: int, slug: str) -> list[Edition]:
    query = "SELECT * FROM edition WHERE guild_id = ? AND slug = ? ORDER BY version"
    return [_edition(row) for row in db.query(query, [guild_id, slug])]


def _served(db: Connection, choice: TopicChoice) -> Edition | None:
    query = "SELECT * FROM edition WHERE guild_id = ? AND slug = ? AND version = ?"
    row = one(db, query, [choice.guild_id, choice.slug, choice.published])
    return _edition(row) if row else None


def _edition(row: Mapping[str, Any]) -> Edition:
    return Edition(
        guild_id=row["guild_id"],
        slug=row["slug"],
        version=row["version"],
        content=row["content"],
        editor_id=row["editor_id"],
        at=from_row_time(row["at"]),
        based_on=row["based_on"],
    )


def _choice(row: Mapping[str, Any]) -> TopicChoice:
    return TopicChoice(row["guild_id"], row["slug"], EditionState(row["state"]), row["published"])
