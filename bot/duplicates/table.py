"""A flat hash table from keys to posts: eight places a bucket, newest first, the oldest falls out."""

import numpy as np
from numpy.typing import NDArray

from bot.duplicates.detector import Keys

Sequences = NDArray[np.uint64]
_WAYS = 8
_LOAD = 0.8  # at which one key in fifty falls out early; a post has others
_HIGH = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


class KeyTable:
    """Finds the sequence numbers of posts (from 1, below 2**32) by 32-bit keys. Ten bytes a key."""

    def __init__(self, room: float) -> None:
        """Make room for so many keys."""
        self._rows = np.zeros((int(room / _LOAD / _WAYS) + 1, _WAYS), np.uint64)

    @property
    def nbytes(self) -> int:
        return self._rows.nbytes

    def find(self, keys: Keys) -> Sequences:
        """The posts added by any of the keys, once for each."""
        wide = keys.astype(np.uint64)
        rows = self._rows[self._buckets(wide)]
        found: Sequences = rows[(rows >> _HIGH) == wide[:, None]] & _LOW
        return found

    def add(self, keys: Keys, sequence: int) -> None:
        wide = keys.astype(np.uint64)
        buckets = self._buckets(wide)
        self._rows[buckets, 1:] = self._rows[buckets, :-1]
        self._rows[buckets, 0] = (wide << _HIGH) | np.uint64(sequence)

    def discard(self, keys: Keys, sequence: int) -> None:
        """Take a post's entries out, so that they crowd nobody out."""
        wide = keys.astype(np.uint64)
        for bucket, entry in zip(self._buckets(wide), (wide << _HIGH) | np.uint64(sequence), strict=True):
            row = self._rows[bucket]
            kept = row[row != entry]
            row[: len(kept)] = kept
            row[len(kept) :] = 0

    def fill(self, keys: Keys, sequences: Sequences) -> None:
        """Add many to an empty table; ``sequences`` ascend."""
        wide = keys.astype(np.uint64)[::-1]
        buckets = self._buckets(wide)
        order = np.argsort(buckets, kind="stable")
        buckets = buckets[order]
        starts = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]]) if len(buckets) else order
        ranks = np.arange(len(buckets)) - np.repeat(starts, np.diff(np.r_[starts, len(buckets)]))
        kept = ranks < _WAYS
        entries = (wide << _HIGH) | sequences[::-1]
        self._rows[buckets[kept], ranks[kept]] = entries[order][kept]

    def moved_to(self, other: "KeyTable", oldest: int) -> "KeyTable":
        """Fill another table with the entries from ``oldest`` on."""
        entries = self._rows[(self._rows & _LOW) >= np.uint64(max(1, oldest))]
        entries = entries[np.argsort(entries & _LOW, kind="stable")]
        other.fill((entries >> _HIGH).astype(np.uint32), entries & _LOW)
        return other

    def _buckets(self, wide: NDArray[np.uint64]) -> NDArray[np.intp]:
        return ((wide * np.uint64(len(self._rows))) >> _HIGH).astype(np.intp)
