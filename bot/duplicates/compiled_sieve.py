"""The sieve, compiled by numba: which earlier posts need not be compared, because they cannot be alike enough.

Only ASCII is read here; the real measure decides about all else.
"""

import math

import numpy as np
from numba import types
from numpy.typing import NDArray

from bot.duplicates import plain
from bot.duplicates.compiled_cache import njit
from bot.duplicates.compiled_text import Bytes
from bot.duplicates.plain import Numbers

_SPACE, _LINE = ord(" "), ord("\n")
_ASCII_CODES = 128
_BITS = 64
_RUN = 4
_CHUNK = 16  # letters, after which it is seen whether enough can still be in common
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_PAIRS, _FOURS, _EIGHTS = (np.uint64(mask) for mask in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F))
_SUM_OF_BYTES = np.uint64(0x0101010101010101)
_BYTE = np.uint32(8)
_RUN_FACTOR = np.uint32(0x9E3779B1)
_LEAST_BITS, _MARKS_PER_LETTER = 10, 16
_SIZE_BITS, _SIZE = np.uint64(plain.SIZE_BITS), np.uint64((1 << plain.SIZE_BITS) - 1)
_SLACK = 1e-6  # what the sieve lets through is compared by the real measure
NUMBERS, BYTES = types.Array(types.uint64, 1, "C"), types.Array(types.uint8, 1, "C")


@njit(cache=True)
def _letters_of(text: Bytes, start: int, end: int, letters: Bytes) -> tuple[int, int, bool]:
    """Write the letters of a line; return how many there are, where the line ends, and whether all of it is ASCII."""
    count, place, signs = 0, start, np.uint8(0)
    while place < end and text[place] != _LINE:
        letters[count] = text[place]
        count += text[place] != _SPACE
        signs |= text[place]
        place += 1
    return count, place, bool(signs < _ASCII_CODES)


@njit(cache=True)
def _mark(run: np.uint32, shift: np.uint32) -> np.uint32:
    """A run's place among the marks; others may share it."""
    return np.uint32(np.uint32(run * _RUN_FACTOR) >> shift)


@njit(cache=True)
def _marks_of_runs(letters: Bytes) -> tuple[Bytes, np.uint32, int]:
    """The letters' runs as marks, what finds their places, and how many marks there are."""
    bits = _LEAST_BITS
    while 1 << bits < _MARKS_PER_LETTER * len(letters):
        bits += 1
    shift = np.uint32(32 - bits)
    marks = np.zeros(1 << bits, np.uint8)
    count = 0
    run = np.uint32(0)
    for place in range(len(letters)):
        run = np.uint32(run << _BYTE) | np.uint32(letters[place])
        if place >= _RUN - 1:
            mark = _mark(run, shift)
            count += marks[mark] == 0
            marks[mark] = 1
    return marks, shift, count


@njit(cache=True)
def _share_runs(marks: Bytes, shift: np.uint32, letters: Bytes, size: int, needed: int) -> bool:
    """Whether so many of the letters' runs are marked, each counted as often as it stands there."""
    shared = 0
    run = np.uint32(0)
    for place in range(size):
        run = np.uint32(run << _BYTE) | np.uint32(letters[place])
        if place >= _RUN - 1:
            shared += marks[_mark(run, shift)]
        if place % _CHUNK == _CHUNK - 1 and shared + size - 1 - place < needed:
            return False
    return shared >= needed


@njit(cache=True)
def _places_of_letters(letters: Bytes) -> Numbers:
    """For each letter a row of bits: where it stands."""
    masks = np.zeros((_ASCII_CODES, (len(letters) + _BITS - 1) // _BITS), np.uint64)
    for place in range(len(letters)):
        masks[letters[place], place // _BITS] |= _ONE << np.uint64(place % _BITS)
    return masks


@njit(cache=True)
def _count_bits(bits: np.uint64) -> int:
    bits -= (bits >> _ONE) & _PAIRS
    bits = (bits & _FOURS) + ((bits >> np.uint64(2)) & _FOURS)
    bits = (bits + (bits >> np.uint64(4))) & _EIGHTS
    return int(np.int64((bits * _SUM_OF_BYTES) >> np.uint64(56)))


@njit(cache=True)
def _advance(masks: Numbers, letter: int, rows: Numbers) -> None:
    """Take one more letter into account."""
    carry = np.uint64(0)
    for block in range(len(rows)):
        row = rows[block]
        hit = row & masks[letter, block]
        total = row + hit
        over = total < row
        total += carry
        carry = np.uint64(over or total < carry)
        rows[block] = total | (row - hit)


@njit(cache=True)
def _have_in_common(masks: Numbers, rows: Numbers, letters: Bytes, size: int, needed: int) -> bool:
    """Whether the longest common subsequence is so long, by the bits of machine words (Hyyro 2004)."""
    rows[:] = _ALL
    for place in range(size):
        _advance(masks, letters[place], rows)
        if place % _CHUNK == _CHUNK - 1 or place == size - 1:
            common = 0
            for block in range(len(rows)):
                common += _count_bits(~rows[block])
            if common + size - 1 - place < needed:
                return False
    return True


@njit(cache=True)
def _have_few_in_common(masks: Numbers, letters: Bytes, size: int, needed: int) -> bool:
    """The same, where one word holds all bits."""
    row = _ALL
    for place in range(size):
        hit = row & masks[letters[place], 0]
        row = (row + hit) | (row - hit)
        is_time = place % _CHUNK == _CHUNK - 1 or place == size - 1
        if is_time and _count_bits(~row) + size - 1 - place < needed:
            return False
    return True


@njit(cache=True)
def _span(sequence: np.uint64, data: Bytes, spans: Numbers) -> tuple[int, int]:
    """Where a text begins and ends; integers of 64 bits with a sign, for numba."""
    span = spans[sequence % np.uint64(len(spans))]
    start = int(np.int64((span >> _SIZE_BITS) % np.uint64(len(data))))
    return start, start + int(np.int64(span & _SIZE))


@njit(cache=True)
def _longest(found: Numbers, count: int, data: Bytes, spans: Numbers) -> int:
    """The size of the longest text. Each is touched, so that they come from memory together."""
    longest = 0
    for number in range(count):
        start, end = _span(found[number], data, spans)
        longest = max(longest, end - start + (data[start] == 0))
    return longest


@njit(cache=True)
def _is_plain(packed: bytes) -> bool:
    """Whether a post is words in ASCII, and no links, which would be compared in another way."""
    line = 0
    while line < len(packed) and packed[line] != _LINE:
        if packed[line] >= _ASCII_CODES:
            return False
        line += 1
    return line + 1 < len(packed) and packed[line + 1] == _LINE


@njit(cache=True)
def _letters_and_words(packed: bytes) -> tuple[Bytes, int, int]:
    """The letters of a post's words, how many words these are, and their length with the spaces between them."""
    letters = np.empty(len(packed), np.uint8)
    count, length = 0, 0
    while packed[length] != _LINE:
        letters[count] = packed[length]
        count += packed[length] != _SPACE
        length += 1
    return letters[:count], length - count + 1, length


@njit(cache=True)
def kept_by_sieve(  # numba takes no objects
    found: Numbers,
    count: int,
    data: Bytes,
    spans: Numbers,
    packed: bytes,
    sieve: NDArray[np.float64],
) -> int:
    """Move to the front those of the posts found that are not sure to be less alike than the sieve says; count them.

    Alike by edit ratio, by shared runs, or because one text is part of the other.
    """
    if not _is_plain(packed):
        return count
    letters, words, width = _letters_and_words(packed)
    size = len(letters)
    least = (sieve[0] if words >= sieve[1] else sieve[2]) - _SLACK
    room = sieve[3]
    masks = _places_of_letters(letters)
    rows = np.empty(masks.shape[1], np.uint64)
    marks, shift, runs = _marks_of_runs(letters)
    shared = math.ceil(least * runs / (2 - least))
    other = np.empty(_longest(found, count, data, spans), np.uint8)
    kept = 0
    for number in range(count):
        start, end = _span(found[number], data, spans)
        length, line, readable = _letters_of(data, start, end, other)
        # Links, which this does not see, may make the post another. A post that is gone has no second line.
        keep = not readable or line + 1 >= end or data[line + 1] != _LINE
        if not keep and room * min(width, line - start) >= max(width, line - start):
            needed = min(math.ceil(least * (size + length) / 2), size, length)
            keep = _share_runs(marks, shift, other, length, shared)
            if not keep and len(rows) == 1:
                keep = _have_few_in_common(masks, other, length, needed)
            elif not keep:
                keep = _have_in_common(masks, rows, other, length, needed)
        if keep:
            found[kept] = found[number]
            kept += 1
    return kept
