"""The trained part of the matcher: linear heads over features and embedding, and the calibration of what they say.

The coefficients come from ``python -m bot faq train``; docs/matcher.md describes data, method and limits.
"""

from dataclasses import dataclass, field
from math import exp
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.claims.features import Floats, Sparse

_FARTHEST = 30.0  # log-odds; beyond, probabilities are 0 or 1 anyway


class Embedder(Protocol):
    """Turns a text into a vector of length 1 that tells its meaning."""

    def embed(self, text: str) -> Floats:
        """As many numbers for every text; the heads are fitted to them."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line: evidence in, probability out (Platt 1999)."""

    slope: float
    intercept: float

    def probability(self, evidence: float) -> float:
        odds = min(max(self.slope * evidence + self.intercept, -_FARTHEST), _FARTHEST)
        return 1 / (1 + exp(-odds))  # not numpy's, which takes ten times as long for a single number


@dataclass(frozen=True, slots=True)
class Calibration:
    """What evidence means, as found on messages by writers who wrote none of the training text.

    Attributes:
        trained: log-odds of a trained topic -> the probability that it is right.
        untrained: nearness to a topic that a server added -> the same, without training.
        answer: the probability from which to answer.
        suggest: the probability from which to suggest.
    """

    trained: Line
    untrained: Line
    answer: float
    suggest: float


@dataclass(frozen=True, slots=True)
class Heads:
    """One softmax over all topics and "none of them", the last class.

    Attributes:
        topics: slugs, in the order of the classes.
        idf: inverse document frequency of each bucket.
        sparse: weights of each bucket for each class, as small integers.
        sparse_scale: what an integer of ``sparse`` stands for, a class each.
        dense: weights of the embedding's numbers for each class.
        bias: one number a class.
    """

    topics: tuple[str, ...]
    idf: Floats = field(repr=False)
    sparse: NDArray[np.int8] = field(repr=False)
    sparse_scale: Floats = field(repr=False)
    dense: Floats = field(repr=False)
    bias: Floats = field(repr=False)

    def log_shares(self, words: Sparse, pieces: Sparse, vector: Floats) -> Floats:
        """The logarithm of each class's share, for weighed features and the embedding of one text."""
        buckets = np.concatenate((words.buckets, pieces.buckets))
        values = np.concatenate((words.values, pieces.values))
        sparse = values @ self.sparse[buckets].astype(np.float32)
        scores = sparse * self.sparse_scale + vector @ self.dense + self.bias
        return np.asarray(scores - _log_sum(scores), np.float32)


def log_odds(scores: Floats) -> Floats:
    """The log-odds of each class against all others together."""
    shares = np.exp(scores - scores.max())
    others = np.maximum(shares.sum() - shares, 1e-12)  # less is not told apart by 32-bit numbers
    return np.asarray(np.log(np.maximum(shares, 1e-12)) - np.log(others), np.float32)


def _log_sum(scores: Floats) -> float:
    return float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))
