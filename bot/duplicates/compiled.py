"""The kernels compiled by numba, of the extra ``fast``; what they do is told where numpy does it (``plain``).

They are compiled when this module is first imported, which takes seconds, and loaded from numba's cache from then on.
"""

import numpy as np
from numba import njit, types

from bot.duplicates import plain
from bot.duplicates.compiled_sieve import NUMBERS, kept_by_sieve
from bot.duplicates.compiled_text import KEYS_SIZE, TEXT, band_keys_of, read_ascii, read_bare_ascii
from bot.duplicates.plain import Numbers, Rows, Sieve, Texts

_WAYS = plain.WAYS
_HIGH, _LOW = plain.HIGH, plain.LOW
_KEY_BYTES = 4
_ONE, _NONE = np.uint64(1), np.uint64(0)
_SLACK = 1e-6  # what the sieve lets through is compared by the real measure

_SEQUENCES = types.Array(types.uint64, 1, "C", readonly=True)
_TABLE = types.Array(types.uint64, 2, "C")


def read(text: str, salt: int) -> tuple[str, str, bytes]:
    """As ``plain.read``, with skeleton and keys where the text is ASCII."""
    if not text.isascii():
        return plain.read(text, salt)
    return _parted(read_ascii(text.encode("ascii"), salt).tobytes())


def read_bare(text: str, salt: int) -> tuple[str, str, bytes] | None:
    """As ``plain.read_bare``, and true of many a text."""
    data = read_bare_ascii(text.encode("ascii"), salt).tobytes() if text.isascii() else b""
    return _parted(data) if data else None


def _parted(data: bytes) -> tuple[str, str, bytes]:
    words, _, letters = data[KEYS_SIZE:].decode("ascii").partition("\n")
    return words, letters, data[:KEYS_SIZE]


def band_keys(text: bytes, width: int, salt: int) -> bytes:
    """As ``plain.band_keys``."""
    keys: bytes = band_keys_of(text, width, salt).tobytes()
    return keys


@njit(cache=True)
def _key(keys: bytes, number: int) -> np.uint64:
    place = number * _KEY_BYTES
    key = np.uint64(keys[place]) | (np.uint64(keys[place + 1]) << np.uint64(8))
    return key | (np.uint64(keys[place + 2]) << np.uint64(16)) | (np.uint64(keys[place + 3]) << np.uint64(24))


@njit(cache=True)
def _row(rows: Rows, key: np.uint64) -> Rows:
    row: Rows = rows[(key * np.uint64(len(rows))) >> _HIGH]
    return row


@njit(cache=True)
def _are_empty(rows: Rows, keys: bytes) -> bool:
    """Whether there is nothing in the keys' rows. All are looked at first, so that they come from memory together."""
    entries = _NONE
    for number in range(len(keys) // _KEY_BYTES):
        entries |= _row(rows, _key(keys, number))[0]
    return bool(entries == _NONE)


@njit(cache=True)
def _count_votes(rows: Rows, keys: bytes, oldest: int, voted: Numbers, votes: Numbers) -> int:
    """Write each sequence number once, and beside it how many keys led to it; return how many there are."""
    count = 0
    for number in range(len(keys) // _KEY_BYTES):
        key = _key(keys, number)
        row = _row(rows, key)
        hits = 0
        for way in range(_WAYS):  # without a branch: most rows have none
            hits += row[way] >> _HIGH == key
        if hits == 0:
            continue
        for way in range(_WAYS):
            sequence = row[way] & _LOW
            if row[way] >> _HIGH != key or sequence < oldest:
                continue
            place = 0
            while place < count and voted[place] != sequence:
                place += 1
            if place == count:
                voted[count], votes[count] = sequence, _NONE
                count += 1
            votes[place] += _ONE
    return count


@njit(types.int64(_TABLE, TEXT, types.uint64, NUMBERS), cache=True)
def find(rows: Rows, keys: bytes, oldest: int, found: Numbers) -> int:
    """As ``plain.find``."""
    if _are_empty(rows, keys):
        return 0
    voted = np.empty(len(keys) // _KEY_BYTES * _WAYS, np.uint64)
    votes = np.empty(len(voted), np.uint64)
    count = _count_votes(rows, keys, oldest, voted, votes)
    ranks = min(len(found), count)
    for rank in range(ranks):
        best = rank
        for place in range(rank + 1, count):
            if votes[place] > votes[best] or (votes[place] == votes[best] and voted[place] > voted[best]):
                best = place
        found[rank] = voted[best]
        voted[best], votes[best] = voted[rank], votes[rank]
    return ranks


def sift(found: Numbers, count: int, texts: Texts, sieve: Sieve) -> int:
    """As ``plain.sift``, which keeps all."""
    if not sieve.words.isascii():
        return count
    return kept_by_sieve(found, count, *texts, sieve.words.encode("ascii"), sieve.least - _SLACK, sieve.room)


@njit(cache=True)
def _push(rows: Rows, key: np.uint64, sequence: np.uint64) -> None:
    row = _row(rows, key)
    for way in range(_WAYS - 1, 0, -1):
        row[way] = row[way - 1]
    row[0] = (key << _HIGH) | sequence


@njit(types.void(_TABLE, TEXT, types.uint64), cache=True)
def add(rows: Rows, keys: bytes, sequence: int) -> None:
    """As ``plain.add``."""
    for number in range(len(keys) // _KEY_BYTES):
        _push(rows, _key(keys, number), np.uint64(sequence))


@njit(types.void(_TABLE, TEXT, _SEQUENCES), cache=True, nogil=True)  # it may take a tenth of a second
def fill(rows: Rows, keys: bytes, sequences: Numbers) -> None:
    """As ``plain.fill``."""
    for number in range(len(sequences)):
        _push(rows, _key(keys, number), sequences[number])


@njit(types.void(_TABLE, TEXT, types.uint64), cache=True)
def discard(rows: Rows, keys: bytes, sequence: int) -> None:
    """As ``plain.discard``."""
    for number in range(len(keys) // _KEY_BYTES):
        key = _key(keys, number)
        row = _row(rows, key)
        entry = (key << _HIGH) | np.uint64(sequence)
        kept = 0
        for way in range(_WAYS):
            if row[way] != entry:
                row[kept] = row[way]
                kept += 1
        row[kept:] = _NONE
