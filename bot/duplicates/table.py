"""A flat hash table from keys to posts: eight places a bucket, newest first, the oldest falls out."""

import numpy as np

from bot.duplicates.kernels import kernels
from bot.duplicates.memory import zeros
from bot.duplicates.plain import HIGH, LOW, WAYS, Numbers, Rows

_PART = 4096  # buckets
_LOAD = 0.7  # at which one key in fifty falls out early; a post has others


class KeyTable:
    """Finds the sequence numbers of posts (from 1, below 2**32) by 32-bit keys. Ten bytes a key."""

    def __init__(self, room: float) -> None:
        """Make room for so many keys."""
        self.rows: Rows = zeros((int(room / _LOAD / WAYS) + 1, WAYS), np.uint64)

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes

    @property
    def buckets(self) -> int:
        return len(self.rows)

    def add(self, keys: bytes, sequence: int) -> None:
        kernels().add(self.rows, keys, sequence)

    def discard(self, keys: bytes, sequence: int) -> None:
        """Take a post's entries out, so that they crowd nobody out."""
        kernels().discard(self.rows, keys, sequence)

    def fill(self, keys: bytes, sequences: Numbers) -> None:
        """Add many to empty buckets; ``sequences`` ascend."""
        kernels().fill(self.rows, keys, sequences)

    def move_to(self, other: "KeyTable", oldest: int) -> None:
        """Fill an empty table with the entries from ``oldest`` on, part by part: all at once would take as much memory.

        Buckets are in the order of their keys, so that a range of keys is a range of buckets in either table.
        """
        for start in range(0, other.buckets, _PART):
            ends = (start, min(start + _PART, other.buckets))
            first, last = (-(-(bucket << 32) // other.buckets) for bucket in ends)  # the keys that belong there
            rows = self.rows[first * len(self.rows) >> 32 : ((last - 1) * len(self.rows) >> 32) + 1]
            keys, sequences = rows >> HIGH, rows & LOW
            wanted = (sequences >= np.uint64(max(1, oldest))) & (keys >= np.uint64(first)) & (keys < np.uint64(last))
            entries = rows[wanted]
            entries = entries[np.argsort(entries & LOW, kind="stable")]
            other.fill((entries >> HIGH).astype("<u4").tobytes(), entries & LOW)
