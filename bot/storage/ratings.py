"""What people found of answers, as it follows from the records of answers and votes: scores and verdicts, no words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.claims.feedback import Rating
from bot.storage.database import Database

# A dropped suggestion that nobody judged fell with its author's data; an answer that its asker took back may be right.
# Where a moderator posted another topic, the proposed one was wrong; the score says nothing of the other.
_RATINGS = """
    WITH rated AS (
        SELECT coalesce(proposed, slug) AS slug, score, CASE
            WHEN proposed IS NOT NULL THEN -1
            WHEN state = 'dropped' AND judged_by IS NOT NULL THEN -1
            WHEN state = 'dismissed' AND judged_by <> author_id THEN -1
            WHEN state = 'posted' AND judged_by IS NOT NULL THEN 1
            WHEN state = 'posted' THEN (
                SELECT sum(CASE vote WHEN 'helpful' THEN 1 ELSE -1 END) FROM reply_vote WHERE reply_id = reply.id
            )
        END AS balance
        FROM reply WHERE guild_id = ?
    )
    SELECT slug, score, balance > 0 AS is_right FROM rated WHERE balance <> 0 ORDER BY slug, score
"""


class SqliteRatingStore:
    """``Ratings`` of ``bot/cases/proposals.py`` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_topic(self, guild_id: int) -> Mapping[str, Sequence[Rating]]:
        rows = await self._database.read(lambda db: list(db.query(_RATINGS, [guild_id])))
        found: defaultdict[str, list[Rating]] = defaultdict(list)
        for row in rows:
            found[row["slug"]].append(Rating(row["score"], bool(row["is_right"])))
        return dict(found)
