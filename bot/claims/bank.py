"""How near is a text to known phrasings? Cosines of meaning and of words, a number each for every topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.claims.features import BUCKETS, Floats, Sparse

_FEW = 2  # a topic counts by its nearest two phrasings: one may be near by chance


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a text is to a topic, and the phrasing that is nearest."""

    meaning: float
    wording: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A known text with its weighed words and its embedding."""

    text: str = field(repr=False)
    words: Sparse = field(repr=False)
    vector: Floats = field(repr=False)


class Bank:
    """The phrasings of some topics, laid out so that one look costs a fraction of a millisecond."""

    def __init__(self, topics: Mapping[str, Sequence[Phrasing]]) -> None:
        self.topics = tuple(slug for slug, phrasings in topics.items() if phrasings)
        self._phrasings = [phrasing for slug in self.topics for phrasing in topics[slug]]
        sizes = [len(topics[slug]) for slug in self.topics]
        self._starts = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.int64)
        self._topic_of = np.repeat(np.arange(len(sizes)), sizes)
        self._vectors = np.stack([phrasing.vector for phrasing in self._phrasings])
        self._offsets, self._rows, self._values = _postings([phrasing.words for phrasing in self._phrasings])

    def nearness(self, words: Sparse, vector: Floats) -> Mapping[str, Nearness]:
        """The text's nearness to each topic."""
        meaning, wording = self._vectors @ vector, self._wording(words)
        nearest = self._argmax(meaning + wording)
        rows = zip(self.topics, self._of_topics(meaning), self._of_topics(wording), nearest, strict=True)
        return {
            slug: Nearness(float(mean), float(worded), self._phrasings[row].text) for slug, mean, worded, row in rows
        }

    def _wording(self, words: Sparse) -> Floats:
        """The cosine of words and pairs of words with each phrasing."""
        result = np.zeros(len(self._phrasings), np.float32)
        for bucket, value in zip(words.buckets.tolist(), words.values.tolist(), strict=True):
            posted = slice(self._offsets[bucket], self._offsets[bucket + 1])
            result[self._rows[posted]] += self._values[posted] * value
        return result

    def _of_topics(self, similarity: Floats) -> Floats:
        """The mean of each topic's nearest few."""
        rest, total = similarity.copy(), np.zeros(len(self.topics), np.float32)
        counted = np.zeros(len(self.topics), np.float32)
        for _ in range(_FEW):
            best = np.maximum.reduceat(rest, self._starts)
            found = np.isfinite(best)
            total += np.where(found, best, 0)
            counted += found
            rest[self._first(rest == best[self._topic_of])] = -np.inf
        return total / counted

    def _argmax(self, similarity: Floats) -> NDArray[np.int64]:
        """The row of each topic's nearest phrasing."""
        return self._first(similarity == np.maximum.reduceat(similarity, self._starts)[self._topic_of])

    def _first(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The first chosen row of each topic; every topic has one."""
        rows = np.flatnonzero(chosen)
        _, first = np.unique(self._topic_of[rows], return_index=True)
        return rows[first]


def _postings(phrasings: Sequence[Sparse]) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """For each bucket of words, which phrasings have it and how much it weighs there."""
    rows = np.concatenate([np.full(len(words.buckets), row, np.int32) for row, words in enumerate(phrasings)])
    buckets = np.concatenate([words.buckets for words in phrasings])
    values = np.concatenate([words.values for words in phrasings])
    order = np.argsort(buckets, kind="stable")
    return np.searchsorted(buckets[order], np.arange(BUCKETS + 1)), rows[order], values[order]
