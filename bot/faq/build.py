"""Explainer values -> the ``faq_*`` tables with their full-text index, and back. Same files, same tables."""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.claims.lexical import PhraseKind
from bot.errors import ExplainerError
from bot.faq.files import content_hash, read_explainers
from bot.faq.search import set_weights
from bot.model import Explainer, Side, Source
from bot.storage.database import Database as Store

log = logging.getLogger(__name__)
_HASH_KEY = "faq_hash"
_LISTS = ("sides", "jurisdictions", "related")
_DATES = ("as_of", "review_by")


def bring_up_to_date(store: Store, folder: Path) -> bool:
    """Compile the folder's explainers if they changed since the last time; say whether they did.

    If the files are wrong but an earlier build stands, that build goes on serving and the problems are logged.

    Raises:
        ExplainerError: the files are wrong and there is no earlier build.
    """
    wanted = content_hash(folder)
    built = store.read_now(_built_hash)
    if built == wanted:
        return False
    try:
        explainers = read_explainers(folder)
    except ExplainerError as error:
        if built is None:
            raise
        log.error("explainers not rebuilt, the earlier build goes on serving:\n%s", error)  # noqa: TRY400  # the trace adds nothing
        return False
    store.write_now(lambda db: replace_tables(db, explainers, wanted))
    return True


def replace_tables(db: Database, explainers: Iterable[Explainer], built_from: str) -> None:
    """Replace all compiled tables, within the caller's transaction."""
    db.execute("DELETE FROM faq_phrase WHERE guild_id = 0")
    db.execute("DELETE FROM faq_source")
    db.execute("DELETE FROM faq_explainer")
    for explainer in explainers:
        db.table("faq_explainer").insert(_explainer_row(explainer))
        db.table("faq_source").insert_all(_source_rows(explainer))
        db.table("faq_phrase").insert_all(phrase_rows(explainer))
    set_weights(db, 0)
    db.table("meta").upsert({"key": _HASH_KEY, "value": built_from}, pk="key")


def load_explainers(db: Database) -> dict[str, Explainer]:
    """The compiled explainers by slug."""
    return {row["slug"]: _explainer(db, row) for row in db.query("SELECT * FROM faq_explainer ORDER BY slug")}


def _built_hash(db: Database) -> str | None:
    row = next(db.query("SELECT value FROM meta WHERE key = ?", [_HASH_KEY]), None)
    return row["value"] if row else None


def _explainer_row(explainer: Explainer) -> dict[str, Any]:
    fields = asdict(explainer)
    row = {
        name: fields[name] for name in ("slug", "title", "short_answer", "settled", "undecided", "commonly_got_wrong")
    }
    row.update({name: json.dumps(fields[name], ensure_ascii=False) for name in _LISTS})
    row.update({name: fields[name].isoformat() for name in _DATES})
    return row


def _source_rows(explainer: Explainer) -> Iterator[dict[str, Any]]:
    for position, source in enumerate(explainer.sources):
        yield {"slug": explainer.slug, "position": position, **asdict(source), "date": source.date.isoformat()}


def phrase_rows(explainer: Explainer, guild_id: int = 0) -> Iterator[dict[str, Any]]:
    """What the index holds of an explainer; server 0 is everywhere."""
    kinds = {
        PhraseKind.TITLE: (explainer.title,),
        PhraseKind.CLAIM: explainer.claims,
        PhraseKind.NOT_CLAIM: explainer.not_claims,
        PhraseKind.ALIAS: explainer.aliases,
    }
    for kind, phrases in kinds.items():
        for phrase in phrases:
            yield {"guild_id": guild_id, "slug": explainer.slug, "kind": kind.value, "phrase": phrase}


def _explainer(db: Database, row: dict[str, Any]) -> Explainer:
    slug = row["slug"]
    phrases = list(db.query("SELECT kind, phrase FROM faq_phrase WHERE guild_id = 0 AND slug = ? ORDER BY id", [slug]))
    sources = db.query("SELECT * FROM faq_source WHERE slug = ? ORDER BY position", [slug])
    first, second = (Side(**side) for side in json.loads(row["sides"]))

    def of_kind(kind: PhraseKind) -> tuple[str, ...]:
        return tuple(phrase["phrase"] for phrase in phrases if phrase["kind"] == kind)

    return Explainer(
        slug=slug,
        title=row["title"],
        short_answer=row["short_answer"],
        settled=row["settled"],
        sides=(first, second),
        undecided=row["undecided"],
        commonly_got_wrong=row["commonly_got_wrong"],
        aliases=of_kind(PhraseKind.ALIAS),
        claims=of_kind(PhraseKind.CLAIM),
        not_claims=of_kind(PhraseKind.NOT_CLAIM),
        jurisdictions=tuple(json.loads(row["jurisdictions"])),
        as_of=date.fromisoformat(row["as_of"]),
        review_by=date.fromisoformat(row["review_by"]),
        related=tuple(json.loads(row["related"])),
        sources=tuple(_source(source) for source in sources),
    )


def _source(row: dict[str, Any]) -> Source:
    fields = {
        name: row[name] for name in ("id", "title", "publisher", "url", "kind", "jurisdiction", "checked", "archive")
    }
    return Source(**fields, date=date.fromisoformat(row["date"]))
