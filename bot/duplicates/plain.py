"""The kernels in numpy.

The signature estimates how many runs of bytes two texts share (Broder 1997): each of its functions permutes the 32-bit
numbers by an exclusive or and an odd factor, and its value is the least image of a text's runs.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.duplicates.skeleton import folded_words

Numbers = NDArray[np.uint64]
Rows = NDArray[np.uint64]  # buckets of entries
Sieves = NDArray[np.float64]  # a row of numbers for each detector
KEY_BYTES = 4
SIZE_BITS = 20  # a post in its packed form takes a quarter of a million bytes at most
RUN = 5  # bytes, and letters in ASCII
BANDS, ROWS = 24, 2  # with three rows, one in ten posts with every fifth word changed is no candidate
WAYS = 8  # places of a bucket
HIGH = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
RUN_FACTOR = np.uint64(0x9E3779B97F4A7C15)
BAND_FACTOR = np.uint64(0xC2B2AE3D27D4EB4F)


class Texts(NamedTuple):
    """What is held of posts, in a ring of bytes; a post's place is its sequence number modulo the number of places.

    A span is where a text begins, modulo the size of the data, and in the low ``SIZE_BITS`` its size: 0, it is gone.
    """

    data: NDArray[np.uint8]
    spans: Numbers


class Sieve(NamedTuple):
    """How much like a post's words those of an earlier one must be for a detector to score the pair.

    Attributes:
        least: the edit ratio, the share of common runs; or one text has to be part of the other.
        few: a number of words; with fewer, less is enough.
        least_of_few: how much then.
        room: how many times as long one may be as the other.
    """

    least: float
    few: float
    least_of_few: float
    room: float


KEEP_ALL = Sieve(0, 0, 0, 0)


def _spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64: neighbouring integers become unrelated ones."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SEEDS = _spread(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * RUN_FACTOR)
FACTORS = _SEEDS[::2].astype(np.uint32) | np.uint32(1)
MASKS = _SEEDS[1::2].astype(np.uint32)
BAND_MASKS = _SEEDS[:BANDS].copy()
_RUN_MASKS = {width: np.uint64((1 << 8 * width) - 1) for width in range(1, 9)}
_PADDING = bytes(8)


def read(text: str, salt: int) -> tuple[str, bytes, bytes]:  # noqa: ARG001  # as compiled
    """The folded words; the rest is made when it is asked for."""
    return folded_words(text), b"", b""


def read_bare(text: str, salt: int) -> tuple[bytes, bytes, bytes] | None:  # noqa: ARG001  # as compiled
    """Look at no text twice."""
    return None


def band_keys(text: bytes, width: int, salt: int) -> bytes:
    """The least image of the runs under each function, two of them to a key."""
    runs = np.ndarray((max(1, len(text) - width + 1),), "<u8", text + _PADDING, strides=(1,))
    hashes = (((runs & _RUN_MASKS[width]) * RUN_FACTOR) >> HIGH).astype(np.uint32)
    images = np.multiply.outer(hashes, FACTORS) ^ MASKS
    pairs = np.minimum.reduce(images, axis=0).astype("<u4", copy=False).view("<u8")
    keys = ((pairs ^ BAND_MASKS ^ np.uint64(salt)) * BAND_FACTOR) >> HIGH
    return bytes(keys.astype("<u4").data)


def find(  # noqa: PLR0913, PLR0917  # as compiled
    rows: Rows,
    keys: bytes,
    lengths: bytes,
    oldest: int,
    data: NDArray[np.uint8],  # noqa: ARG001  # as compiled
    spans: Numbers,  # noqa: ARG001  # as compiled
    sieves: Sieves,  # noqa: ARG001  # as compiled
    packed: bytes,  # noqa: ARG001  # as compiled
    found: Numbers,
) -> int:
    """By votes, then by age; keep all: with Python's loops nothing is cheaper than to compare."""
    wide = _numbers(keys)
    near = rows[_buckets(rows, wide)]
    own, end = (near >> HIGH) == wide[:, None], 0
    for row, length in zip(found, np.frombuffer(lengths, "<u2").tolist(), strict=True):
        part = slice(end, end + length // KEY_BYTES)
        end = part.stop
        votes = Counter((near[part][own[part]] & LOW).tolist())
        alive = [sequence for sequence in votes if sequence >= oldest]
        ranked = sorted(alive, key=lambda sequence: (votes[sequence], sequence), reverse=True)[: len(row) - 1]
        row[0] = len(ranked)
        row[1 : 1 + len(ranked)] = ranked
    return int(found[:, 0].sum())


def add(rows: Rows, keys: bytes, sequence: int) -> None:
    """Move each bucket by one place, and begin it with the new entry."""
    wide = _numbers(keys)
    buckets = _buckets(rows, wide)
    entries = (wide << HIGH) | np.uint64(sequence)
    if len(set(buckets.tolist())) == len(buckets):
        rows[buckets, 1:] = rows[buckets, :-1]
        rows[buckets, 0] = entries
        return
    for bucket, entry in zip(buckets, entries, strict=True):  # two keys of the post go to one bucket
        rows[bucket, 1:] = rows[bucket, :-1].copy()
        rows[bucket, 0] = entry


def discard(rows: Rows, keys: bytes, sequence: int) -> None:
    """Close the gaps in the buckets."""
    wide = _numbers(keys)
    for bucket, entry in zip(_buckets(rows, wide), (wide << HIGH) | np.uint64(sequence), strict=True):
        row = rows[bucket]
        kept = row[row != entry]
        row[: len(kept)] = kept
        row[len(kept) :] = 0


def fill(rows: Rows, keys: bytes, sequences: Numbers) -> None:
    """Sort by bucket, the newest first, and keep as many as there are places."""
    wide = _numbers(keys)[::-1]
    entries = (wide << HIGH) | sequences[::-1]
    buckets = (wide * np.uint64(len(rows))) & ~LOW
    ordered = np.sort(buckets | np.arange(len(wide), dtype=np.uint64))  # five times as fast as a stable argsort
    buckets, order = (ordered >> HIGH).astype(np.intp), (ordered & LOW).astype(np.intp)
    firsts = np.flatnonzero(np.diff(buckets, prepend=-1))
    ranks = np.arange(len(buckets)) - np.repeat(firsts, np.diff(firsts, append=len(buckets)))
    kept = ranks < WAYS
    rows[buckets[kept], ranks[kept]] = entries[order[kept]]


def _numbers(keys: bytes) -> NDArray[np.uint64]:
    return np.frombuffer(keys, "<u4").astype(np.uint64)


def _buckets(rows: Rows, wide: NDArray[np.uint64]) -> NDArray[np.intp]:
    return ((wide * np.uint64(len(rows))) >> HIGH).astype(np.intp)
