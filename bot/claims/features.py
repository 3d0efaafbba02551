"""Turns a text into hashed TF-IDF features: words and pairs of words, and pieces of 3 to 5 letters inside words.

Training and matching share it, so that both see the same. Hashing (Weinberger et al. 2009, "Feature Hashing for Large
Scale Multitask Learning") needs no dictionary: the weights of a bucket are all that a model keeps.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.text import words

BUCKETS = 1 << 15  # for words, and as many more for pieces; twice as many gained nothing
_MIN_PIECE, _MAX_PIECE = 3, 5

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sparse:
    """Some buckets, ascending, and their values; all others are 0."""

    buckets: Indices = field(repr=False)
    values: Floats = field(repr=False)


def count_words(text: str) -> Sparse:
    """How often each word and pair of neighbouring words occurs in a prepared text."""
    own = words(text)
    return _count((term.encode() for term in (*own, *map(" ".join, pairwise(own)))), 0)


def count_pieces(text: str) -> Sparse:
    """How often each piece of a word occurs in a prepared text."""
    return _count(_pieces(words(text)), BUCKETS)


def weigh(counts: Sparse, idf: Floats) -> Sparse:
    """Counts times inverse document frequency, scaled to length 1."""
    values = counts.values * idf[counts.buckets]
    return Sparse(counts.buckets, values / max(float(np.linalg.norm(values)), 1e-9))


def _count(terms: Iterable[bytes], first: int) -> Sparse:
    """Each term's bucket, with 1 + ln of the number of occurrences."""
    hashes = np.fromiter(map(crc32, terms), np.uint32)
    buckets, occurrences = np.unique((first + hashes % BUCKETS).astype(np.int32), return_counts=True)
    return Sparse(buckets, 1 + np.log(occurrences.astype(np.float32)))


def _pieces(own: Iterable[str]) -> Iterator[bytes]:
    """All pieces of letters, with a space where a word begins or ends."""
    for word in own:
        padded = f" {word} "
        letters = padded.encode() if padded.isascii() else None  # cut as bytes, which is faster, where a letter is one
        for size in range(_MIN_PIECE, min(_MAX_PIECE, len(padded)) + 1):
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size].encode() if letters is None else letters[start : start + size]
