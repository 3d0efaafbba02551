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
        self._sizes = np.array([len(topics[slug]) for slug in self.topics])
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._topic_of = np.repeat(np.arange(len(self._sizes)), self._sizes)
        self._vectors = np.stack([phrasing.vector for phrasing in self._phrasings])
        self._offsets, self._rows, self._values = _postings([phrasing.words for phrasing in self._phrasings])
        self._counts = np.diff(self._offsets)

    def nearness(self, words: Sparse, vector: Floats) -> Mapping[str, Nearness]:
        """The text's nearness to each topic."""
        meaning, wording = self._vectors @ vector, self._wording(words)
        nearest, _ = self._best(meaning + wording)
        rows = zip(
            self.topics,
            self._of_topics(meaning).tolist(),
            self._of_topics(wording).tolist(),
            nearest.tolist(),
            strict=True,
        )
        return {slug: Nearness(mean, worded, self._phrasings[row].text) for slug, mean, worded, row in rows}

    def _wording(self, words: Sparse) -> Floats:
        """The cosine of words and pairs of words with each phrasing."""
        starts, counts = self._offsets[words.buckets], self._counts[words.buckets]
        from_start = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        posted = np.repeat(starts, counts) + from_start  # the rows of the first bucket, of the second, and so on
        result = np.zeros(len(self._phrasings), np.float32)
        np.add.at(result, self._rows[posted], self._values[posted] * np.repeat(words.values, counts))
        return result

    def _of_topics(self, similarity: Floats) -> Floats:
        """The mean of each topic's nearest few."""
        rest, total = similarity.copy(), np.zeros(len(self.topics), np.float32)
        for turn in range(_FEW):
            rows, best = self._best(rest)
            total += np.where(turn < self._sizes, best, 0)
            rest[rows] = -np.inf
        return np.asarray(total / np.minimum(self._sizes, _FEW), np.float32)

    def _best(self, similarity: Floats) -> tuple[NDArray[np.int64], Floats]:
        """The first row of each topic's nearest phrasing, and how near it is."""
        best = np.maximum.reduceat(similarity, self._starts)
        rows = np.flatnonzero(similarity == np.repeat(best, self._sizes))
        if len(rows) > len(best):  # some are equally near
            topic_of = self._topic_of[rows]
            rows = rows[np.flatnonzero(np.diff(topic_of, prepend=-1))]
        return rows, best


def _postings(phrasings: Sequence[Sparse]) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """For each bucket of words, which phrasings have it and how much it weighs there."""
    rows = np.concatenate([np.full(len(words.buckets), row, np.int32) for row, words in enumerate(phrasings)])
    buckets = np.concatenate([words.buckets for words in phrasings])
    values = np.concatenate([words.values for words in phrasings])
    order = np.argsort(buckets, kind="stable")
    return np.searchsorted(buckets[order], np.arange(BUCKETS + 1)), rows[order], values[order]
