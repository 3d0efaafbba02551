"""The kernels compiled by numba, of the extra ``fast``; what they do is told where numpy does it (``plain``).

They are compiled when this module is first imported, which takes seconds, and loaded from numba's cache from then on.
"""

import numpy as np
from numba import types

from bot.duplicates import plain
from bot.duplicates.compiled_cache import njit
from bot.duplicates.compiled_sieve import BYTES, NUMBERS, kept_by_sieve
from bot.duplicates.compiled_text import KEYS_SIZE, TEXT, Bytes, band_keys_of, read_ascii, read_bare_ascii
from bot.duplicates.plain import KEY_BYTES, Numbers, Rows, Sieves

_WAYS = plain.WAYS
_HIGH, _LOW = plain.HIGH, plain.LOW
_ONE, _NONE = np.uint64(1), np.uint64(0)

_SEQUENCES = types.Array(types.uint64, 1, "C", readonly=True)
_TABLE = types.Array(types.uint64, 2, "C")
_SIEVES = types.Array(types.float64, 2, "C")


def read(text: str, salt: int) -> tuple[str, bytes, bytes]:
    """As ``plain.read``, with skeleton and keys where the text is ASCII."""
    if not text.isascii():
        return plain.read(text, salt)
    words, letters, keys = _parted(read_ascii(text.encode("ascii"), salt).tobytes())
    return words.decode("ascii"), letters, keys


def read_bare(text: str, salt: int) -> tuple[bytes, bytes, bytes] | None:
    """As ``plain.read_bare``, and true of many a text."""
    data = read_bare_ascii(text.encode("ascii"), salt).tobytes() if text.isascii() else b""
    return _parted(data) if data else None


def _parted(data: bytes) -> tuple[bytes, bytes, bytes]:
    words, _, letters = data[KEYS_SIZE:].partition(b"\n")
    return words, letters, data[:KEYS_SIZE]


def band_keys(text: bytes, width: int, salt: int) -> bytes:
    """As ``plain.band_keys``."""
    keys: bytes = band_keys_of(text, width, salt).tobytes()
    return keys


@njit(cache=True)
def _key(keys: bytes, place: int) -> np.uint64:
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
    for place in range(0, len(keys), KEY_BYTES):
        entries |= _row(rows, _key(keys, place))[0]
    return bool(entries == _NONE)


@njit(cache=True)
def _count_votes(  # noqa: PLR0913, PLR0917  # numba takes no objects
    rows: Rows, keys: bytes, start: int, end: int, oldest: int, voted: Numbers, votes: Numbers
) -> int:
    """Write each sequence number once, and beside it how many keys led to it; return how many there are."""
    count = 0
    for at in range(start, end, KEY_BYTES):
        key = _key(keys, at)
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


@njit(cache=True)
def _rank(voted: Numbers, votes: Numbers, count: int, found: Numbers) -> int:
    """Write those down that have most votes, then the newest, as many as there is room for; return how many."""
    ranks = min(len(found), count)
    for rank in range(ranks):
        best = rank
        for place in range(rank + 1, count):
            if votes[place] > votes[best] or (votes[place] == votes[best] and voted[place] > voted[best]):
                best = place
        found[rank] = voted[best]
        voted[best], votes[best] = voted[rank], votes[rank]
    return ranks


@njit(types.int64(_TABLE, TEXT, TEXT, types.uint64, BYTES, NUMBERS, _SIEVES, TEXT, _TABLE), cache=True)
def find(  # noqa: PLR0913, PLR0917  # numba takes no objects
    rows: Rows,
    keys: bytes,
    lengths: bytes,
    oldest: int,
    data: Bytes,
    spans: Numbers,
    sieves: Sieves,
    packed: bytes,
    found: Numbers,
) -> int:
    """As ``plain.find``, and leave out what the sieves let fall through."""
    if _are_empty(rows, keys):
        return 0
    voted = np.empty(len(keys) // KEY_BYTES * _WAYS, np.uint64)
    votes = np.empty(len(voted), np.uint64)
    total = end = 0
    for part in range(len(found)):
        start, end = end, end + lengths[2 * part] + 256 * lengths[2 * part + 1]
        count = _rank(voted, votes, _count_votes(rows, keys, start, end, oldest, voted, votes), found[part, 1:])
        if count > 0 and sieves[part, 0] > 0:
            count = kept_by_sieve(found[part, 1:], count, data, spans, packed, sieves[part])
        found[part, 0] = count
        total += count
    return total


@njit(cache=True)
def _push(rows: Rows, key: np.uint64, sequence: np.uint64) -> None:
    row = _row(rows, key)
    for way in range(_WAYS - 1, 0, -1):
        row[way] = row[way - 1]
    row[0] = (key << _HIGH) | sequence


@njit(types.void(_TABLE, TEXT, types.uint64), cache=True)
def add(rows: Rows, keys: bytes, sequence: int) -> None:
    """As ``plain.add``."""
    for place in range(0, len(keys), KEY_BYTES):
        _push(rows, _key(keys, place), np.uint64(sequence))


@njit(types.void(_TABLE, TEXT, _SEQUENCES), cache=True, nogil=True)  # it may take a tenth of a second
def fill(rows: Rows, keys: bytes, sequences: Numbers) -> None:
    """As ``plain.fill``."""
    for number in range(len(sequences)):
        _push(rows, _key(keys, KEY_BYTES * number), sequences[number])


@njit(types.void(_TABLE, TEXT, types.uint64), cache=True)
def discard(rows: Rows, keys: bytes, sequence: int) -> None:
    """As ``plain.discard``."""
    for place in range(0, len(keys), KEY_BYTES):
        key = _key(keys, place)
        row = _row(rows, key)
        entry = (key << _HIGH) | np.uint64(sequence)
        kept = 0
        for way in range(_WAYS):
            if row[way] != entry:
                row[kept] = row[way]
                kept += 1
        row[kept:] = _NONE
