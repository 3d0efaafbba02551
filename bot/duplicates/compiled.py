"""The kernels compiled by numba, of the extra ``fast``; what they do is told where numpy does it (``plain``).

They are compiled when this module is first imported, which takes seconds, and loaded from numba's cache from then on.
"""

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from bot.duplicates import plain
from bot.duplicates.compiled_text import TEXT, Numbers, fold_ascii, sift_ascii
from bot.duplicates.plain import Keys

_BANDS, _FUNCTIONS, _WAYS = plain.BANDS, plain.BANDS * plain.ROWS, plain.WAYS
_FACTORS, _MASKS, _BAND_MASKS = plain.FACTORS, plain.MASKS, plain.BAND_MASKS
_RUN_FACTOR, _BAND_FACTOR = plain.RUN_FACTOR, plain.BAND_FACTOR
_HIGH, _LOW = plain.HIGH, plain.LOW
_BYTE, _ONE, _NONE = np.uint64(8), np.uint64(1), np.uint64(0)
_LARGEST = np.uint32(0xFFFFFFFF)
_SLACK = 1e-6  # what the sieve lets through is compared by the real measure

_KEYS = types.Array(types.uint32, 1, "C", readonly=True)
_SEQUENCES = types.Array(types.uint64, 1, "C", readonly=True)
_TABLE = types.Array(types.uint64, 2, "C")


def fold(text: str) -> tuple[str, str]:
    """As ``plain.fold``, with the skeleton where the text is ASCII."""
    if not text.isascii():
        return plain.fold(text)
    words, _, letters = fold_ascii(text.encode("ascii")).tobytes().decode("ascii").partition("\n")
    return words, letters


def sift(words: str, packed: list[bytes], least: float, room: float) -> list[bool]:
    """As ``plain.sift``, which keeps all."""
    if not words.isascii():
        return plain.sift(words, packed, least, room)
    kept: list[bool] = sift_ascii(words.encode("ascii"), b"\n".join(packed), len(packed), least - _SLACK, room).tolist()
    return kept


@njit(types.Array(types.uint32, 1, "C")(TEXT, types.int64, types.uint64), cache=True)
def band_keys(text: bytes, width: int, salt: int) -> Keys:
    """As ``plain.band_keys``."""
    least = np.full(_FUNCTIONS, _LARGEST, np.uint32)
    size = len(text)
    top = np.uint64(8 * (width - 1))
    run = _NONE
    for place in range(min(width - 1, size)):
        run |= np.uint64(text[place]) << np.uint64(8 * (place + 1))
    for place in range(width - 1, max(width, size)):
        run >>= _BYTE
        if place < size:
            run |= np.uint64(text[place]) << top
        hashed = np.uint32((run * _RUN_FACTOR) >> _HIGH)
        for function in range(_FUNCTIONS):
            image = np.uint32(np.uint32(hashed * _FACTORS[function]) ^ _MASKS[function])
            least[function] = min(least[function], image)
    keys = np.empty(_BANDS, np.uint32)
    for band in range(_BANDS):
        pair = np.uint64(least[2 * band]) | (np.uint64(least[2 * band + 1]) << _HIGH)
        keys[band] = np.uint32(((pair ^ _BAND_MASKS[band] ^ salt) * _BAND_FACTOR) >> _HIGH)
    return keys


@njit(cache=True)
def _row(rows: Numbers, key: np.uint64) -> Numbers:
    row: Numbers = rows[(key * np.uint64(len(rows))) >> _HIGH]
    return row


@njit(cache=True)
def _count_votes(rows: Numbers, keys: Keys, oldest: int, found: Numbers, votes: Numbers) -> int:
    """Write each sequence number once, and beside it how many keys led to it; return how many there are."""
    count = 0
    for number in range(len(keys)):
        key = np.uint64(keys[number])
        row = _row(rows, key)
        for way in range(_WAYS):
            sequence = row[way] & _LOW
            if row[way] >> _HIGH != key or sequence < oldest:
                continue
            place = 0
            while place < count and found[place] != sequence:
                place += 1
            if place == count:
                found[count], votes[count] = sequence, _NONE
                count += 1
            votes[place] += _ONE
    return count


@njit(types.Array(types.uint64, 1, "C")(_TABLE, _KEYS, types.uint64, types.int64), cache=True)
def _find(rows: Numbers, keys: Keys, oldest: int, most: int) -> Numbers:
    found = np.empty(len(keys) * _WAYS, np.uint64)
    votes = np.empty(len(keys) * _WAYS, np.uint64)
    count = _count_votes(rows, keys, oldest, found, votes)
    for rank in range(min(most, count)):
        best = rank
        for place in range(rank + 1, count):
            if votes[place] > votes[best] or (votes[place] == votes[best] and found[place] > found[best]):
                best = place
        found[rank], found[best] = found[best], found[rank]
        votes[rank], votes[best] = votes[best], votes[rank]
    return found[: min(most, count)]


def find(rows: Numbers, keys: Keys, oldest: int, most: int) -> list[int]:
    """As ``plain.find``."""
    found: list[int] = _find(rows, keys, oldest, most).tolist()
    return found


@njit(cache=True)
def _push(rows: Numbers, key: np.uint64, sequence: np.uint64) -> None:
    row = _row(rows, key)
    for way in range(_WAYS - 1, 0, -1):
        row[way] = row[way - 1]
    row[0] = (key << _HIGH) | sequence


@njit(types.void(_TABLE, _KEYS, types.uint64), cache=True)
def add(rows: Numbers, keys: Keys, sequence: int) -> None:
    """As ``plain.add``."""
    for number in range(len(keys)):
        _push(rows, np.uint64(keys[number]), np.uint64(sequence))


@njit(types.void(_TABLE, _KEYS, _SEQUENCES), cache=True)
def fill(rows: Numbers, keys: Keys, sequences: NDArray[np.uint64]) -> None:
    """As ``plain.fill``."""
    for number in range(len(keys)):
        _push(rows, np.uint64(keys[number]), sequences[number])


@njit(types.void(_TABLE, _KEYS, types.uint64), cache=True)
def discard(rows: Numbers, keys: Keys, sequence: int) -> None:
    """As ``plain.discard``."""
    for number in range(len(keys)):
        key = np.uint64(keys[number])
        row = _row(rows, key)
        entry = (key << _HIGH) | np.uint64(sequence)
        kept = 0
        for way in range(_WAYS):
            if row[way] != entry:
                row[kept] = row[way]
                kept += 1
        row[kept:] = _NONE
