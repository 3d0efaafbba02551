"""Full-text search over the explainers' phrasings: SQLite FTS5 with Porter stemming and its BM25."""

from collections.abc import Sequence

from sqlite_utils import Database

from bot.claims.lexical import PhraseHit, PhraseKind
from bot.storage.database import Database as Store
from bot.text import content_words

_MAX_TERMS = 48  # a longer sentence is no single claim; bounds the cost of a query
_MAX_HITS = 24

_SEARCH = """
    SELECT phrase.slug, phrase.kind, phrase.phrase, min(1.0, -bm25(faq_phrase_fts) / phrase.weight) AS coverage
    FROM faq_phrase_fts JOIN faq_phrase AS phrase ON phrase.id = faq_phrase_fts.rowid
    WHERE faq_phrase_fts MATCH :terms AND phrase.weight > 0 AND (
        phrase.guild_id = :guild
        OR phrase.guild_id = 0 AND phrase.slug NOT IN (SELECT slug FROM topic_choice WHERE guild_id = :guild)
    )
    ORDER BY coverage DESC, phrase.id LIMIT :limit
"""
_OWN_SCORE = "SELECT -bm25(faq_phrase_fts) AS weight FROM faq_phrase_fts WHERE faq_phrase_fts MATCH ? AND rowid = ?"


class FaqSearch:
    """Finds phrasings that share words with a sentence. Call it off the event loop: it reads the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def hits(self, sentence: str, guild_id: int) -> Sequence[PhraseHit]:
        """The phrasings on this server that the sentence covers best; coverage 1 means that it has all their weight."""
        terms = _terms(sentence)
        if not terms:
            return ()
        query = {"terms": terms, "guild": guild_id, "limit": _MAX_HITS}
        rows = self._store.read_now(lambda db: list(db.query(_SEARCH, query)))
        return [PhraseHit(row["slug"], PhraseKind(row["kind"]), row["phrase"], row["coverage"]) for row in rows]


def set_weights(db: Database, guild_id: int) -> None:
    """Store with a server's phrasings their BM25 score against themselves: the weight that coverage is measured by."""
    for row in list(db.query("SELECT id, phrase FROM faq_phrase WHERE guild_id = ?", [guild_id])):
        terms = _terms(row["phrase"])
        own = next(db.query(_OWN_SCORE, [terms, row["id"]]), None) if terms else None
        weight = max(0.0, own["weight"]) if own else 0.0
        db.execute("UPDATE faq_phrase SET weight = ? WHERE id = ?", [weight, row["id"]])


def _terms(text: str) -> str:
    """An FTS5 query for any of the text's meaningful words; quoted, so that nothing in it is syntax."""
    words = list(dict.fromkeys(content_words(text)))[:_MAX_TERMS]
    return " OR ".join(f'"{word}"' for word in words)
