"""Ranks explainers by words alone: what is left where the semantic model cannot be loaded.

Each sentence is looked up among the explainers' own phrasings. The score of a phrasing is its coverage (the share of
its weight that the sentence has, so rare words count most) times the focus (how much of the sentence it accounts for).
A name, and a few words shared with a longer sentence, prove little and are capped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt
from typing import Protocol

from bot.claims.ranked import Ranked
from bot.text import content_words, own_text, sentences, without_links


class PhraseKind(StrEnum):
    """Where a phrasing stands in its explainer."""

    TITLE = "title"
    CLAIM = "claim"
    NOT_CLAIM = "not_claim"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrasing that shares words with a sentence; ``coverage`` is the share of the phrasing's weight found there."""

    slug: str
    kind: PhraseKind
    phrase: str
    coverage: float


class PhraseIndex(Protocol):
    """Finds the phrasings that hold on a server by their words."""

    def hits(self, sentence: str, guild_id: int) -> Sequence[PhraseHit]: ...


_NAME_CAP = 0.4  # a name alone states no claim
_FEW_WORDS = 3
_FEW_WORDS_CAP = 0.45
_MAX_SENTENCES = 40  # of a post; bounds the number of look-ups
_STEM = 5  # letters by which two words count as shared


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    hit: PhraseHit


@dataclass(frozen=True, slots=True)
class _Passage:
    """A text to look up. With ``own_stems``, a phrasing must share one: they are what the post itself says in it."""

    text: str
    own_stems: frozenset[str] | None = None


class LexicalRanker:
    """Text in, ranked explainers out; deterministic, without state."""

    def __init__(self, index: PhraseIndex) -> None:
        self._index = index

    def rank(self, text: str, reply_text: str | None, guild_id: int) -> list[Ranked]:
        """The topics that share words with a text, best first; scores are no probabilities.

        Args:
            text: the post.
            reply_text: the post that it replies to, which a short post may need to be understood.
            guild_id: the server, whose own explainers join the built-in ones; 0 for none.
        """
        best = self._best_by_slug(_passages(text, reply_text), guild_id)
        ranked = (Ranked(slug, found.score, found.hit.phrase) for slug, found in best.items())
        return sorted(ranked, key=lambda topic: (-topic.score, topic.slug))

    def _best_by_slug(self, passages: Iterable[_Passage], guild_id: int) -> dict[str, _Scored]:
        claims: dict[str, _Scored] = {}
        near_misses: dict[str, float] = {}
        for passage in passages:
            said = content_words(passage.text)
            for hit in self._index.hits(passage.text, guild_id):
                if passage.own_stems is not None and not passage.own_stems & _stems(hit.phrase):
                    continue  # the claim is the other post's alone
                score = _score(hit, said)
                if hit.kind is PhraseKind.NOT_CLAIM:
                    near_misses[hit.slug] = max(score, near_misses.get(hit.slug, 0.0))
                elif hit.slug not in claims or score > claims[hit.slug].score:
                    claims[hit.slug] = _Scored(score, hit)
        return {
            slug: _Scored(found.score / 2, found.hit) if near_misses.get(slug, 0.0) >= found.score else found
            for slug, found in claims.items()
        }


def _passages(text: str, reply_text: str | None) -> Iterable[_Passage]:
    """The sentences of a post, each pair of neighbours, and a post of one sentence together with what it replies to."""
    parts = sentences(without_links(own_text(text)))[:_MAX_SENTENCES]
    yield from map(_Passage, parts)
    yield from (_Passage(f"{first} {second}") for first, second in pairwise(parts))
    if reply_text is not None and len(parts) == 1:
        for context in sentences(without_links(own_text(reply_text)))[-1:]:
            yield _Passage(f"{context} {parts[0]}", _stems(parts[0]))


def _score(hit: PhraseHit, said: Sequence[str]) -> float:
    """How surely a passage with these meaningful words says what the phrasing says."""
    phrasing = content_words(hit.phrase)
    score = hit.coverage * sqrt(min(1.0, (len(phrasing) + 1) / (len(said) + 1)))
    if hit.kind is PhraseKind.ALIAS:
        return min(score, _NAME_CAP)
    own, other = {word[:_STEM] for word in said}, _stems(hit.phrase)
    return score if len(own & other) >= _FEW_WORDS or own == other else min(score, _FEW_WORDS_CAP)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in content_words(text))
