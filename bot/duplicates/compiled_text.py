"""The kernels that read letters, compiled by numba: folding, and what need not be compared.

Only ASCII is read here; numpy's and Python's ways do the rest.
"""

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from bot.duplicates.skeleton import ASCII, LEET

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.uint64]
_FOLDED = np.frombuffer(ASCII, np.uint8)
_UNMASKED = np.frombuffer("".join(map(chr, range(128))).translate(LEET).encode("ascii"), np.uint8)
_SPACE, _LINE, _AT, _DOLLAR, _BANG, _NINE = (ord(sign) for sign in " \n@$!9")
_FIELDS = 6  # of a packed gist
_GRAM = 4
_BITS = 64
_ASCII_CODES = 128
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BYTE, _BIT = np.uint32(8), np.uint32(1)
_GRAM_FACTOR = np.uint32(0x9E3779B1)
_SLOTS, _SLOT_SHIFT = 64, np.uint32(26)

TEXT = types.Bytes(types.uint8, 1, "C", readonly=True)


@njit(cache=True)
def _is_sign(code: int) -> bool:
    return code == _AT or code == _DOLLAR or code == _BANG  # noqa: PLR1714  # numba compiles no set of bytes


@njit(cache=True)
def _is_letter(code: int) -> bool:
    return code != _SPACE and not _is_sign(code)


@njit(cache=True)
def _folded(text: bytes, out: Bytes) -> int:
    """Write the folded characters; return how many there are."""
    kept = 0
    signs = False
    for place in range(len(text)):
        code = _FOLDED[text[place]]
        if code != 0:
            out[kept] = code
            kept += 1
            signs = signs or _is_sign(code)
    if signs:
        _read_signs(out[:kept].copy(), out)
    return kept


@njit(cache=True)
def _read_signs(folded: Bytes, out: Bytes) -> None:
    """``@``, ``$`` and ``!`` beside letters are letters, else nothing."""
    size = len(folded)
    for place in range(size):
        code = folded[place]
        if _is_sign(code):
            before = place > 0 and code != _BANG and _is_letter(folded[place - 1])
            after = place + 1 < size and _is_letter(folded[place + 1])
            out[place] = _UNMASKED[code] if before or after else _SPACE


@njit(cache=True)
def _word_end(folded: Bytes, start: int, size: int) -> tuple[int, bool]:
    """Where a word ends, and whether it has letters as well as digits."""
    end = start
    digits = 0
    while end < size and folded[end] != _SPACE:
        digits += folded[end] <= _NINE
        end += 1
    return end, 0 < digits < end - start


@njit(types.Array(types.uint8, 1, "C")(TEXT), cache=True)
def fold_ascii(text: bytes) -> Bytes:
    """The folded words, a line feed, and their skeleton."""
    out = np.empty(2 * len(text) + 2, np.uint8)
    size = _folded(text, out)
    letters = np.empty(size + 1, np.uint8)
    count, length, place = 0, 0, 0
    while place < size:
        if out[place] == _SPACE:
            place += 1
            continue
        end, mixed = _word_end(out, place, size)
        if length > 0:
            out[length] = _SPACE
            length += 1
        last = _SPACE
        for at in range(place, end):
            code = _UNMASKED[out[at]] if mixed else out[at]
            if code == last and code > _NINE:
                continue
            last = code
            out[length] = code
            length += 1
            if count == 0 or letters[count - 1] != code or code <= _NINE:
                letters[count] = code
                count += 1
        place = end
    out[length] = _LINE
    for at in range(count):
        out[length + 1 + at] = _UNMASKED[letters[at]]
    return out[: length + 1 + count]


@njit(cache=True)
def _slot(grams: NDArray[np.uint32], shift: np.uint32, gram: np.uint32) -> np.int64:
    """Where a run of letters is in the open hash table, or would be."""
    slot = np.int64(np.uint32(gram * _GRAM_FACTOR) >> shift)
    while grams[slot] != 0 and grams[slot] != gram:
        slot = (slot + 1) & (len(grams) - 1)
    return slot


@njit(cache=True)
def _table_of_grams(letters: Bytes) -> tuple[NDArray[np.uint32], np.uint32, int]:
    """The letters' runs in a hash table, its shift, and their number."""
    slots, shift = _SLOTS, _SLOT_SHIFT
    while slots < 2 * len(letters):
        slots *= 2
        shift = np.uint32(shift - _BIT)
    grams = np.zeros(slots, np.uint32)
    count = 0
    gram = np.uint32(0)
    for place in range(len(letters)):
        gram = np.uint32(gram << _BYTE) | np.uint32(letters[place])
        if place >= _GRAM - 1:
            slot = _slot(grams, shift, gram)
            count += grams[slot] == 0
            grams[slot] = gram
    return grams, shift, count


@njit(cache=True)
def _places_of_letters(letters: Bytes) -> Numbers:
    """For each letter a row of bits: where it stands."""
    masks = np.zeros((_ASCII_CODES, (len(letters) + _BITS - 1) // _BITS), np.uint64)
    for place in range(len(letters)):
        masks[letters[place], place // _BITS] |= _ONE << np.uint64(place % _BITS)
    return masks


@njit(cache=True)
def _in_common(masks: Numbers, other: bytes, start: int, end: int) -> tuple[int, int]:
    """The length of the longest common subsequence, by the bits of machine words (Hyyro 2004), and the other's size."""
    blocks = masks.shape[1]
    rows = np.full(blocks, _ALL, np.uint64)
    size = 0
    for place in range(start, end):
        letter = other[place]
        if letter == _SPACE:
            continue
        size += 1
        carry = np.uint64(0)
        for block in range(blocks):
            row = rows[block]
            hit = row & masks[letter, block]
            total = row + hit
            over = total < row
            total += carry
            carry = np.uint64(over or total < carry)
            rows[block] = total | (row - hit)
    common = 0
    for block in range(blocks):
        bits = ~rows[block]
        while bits != 0:
            bits &= bits - _ONE
            common += 1
    return common, size


@njit(cache=True)
def _shared(grams: NDArray[np.uint32], shift: np.uint32, other: bytes, start: int, end: int) -> int:
    """How many of another text's runs of letters are in the table, each as often as it stands there."""
    shared, size = 0, 0
    gram = np.uint32(0)
    for place in range(start, end):
        if other[place] == _SPACE:
            continue
        size += 1
        gram = np.uint32(gram << _BYTE) | np.uint32(other[place])
        if size >= _GRAM:
            shared += grams[_slot(grams, shift, gram)] == gram
    return shared


@njit(cache=True)
def _line_end(packed: bytes, start: int) -> tuple[int, bool]:
    """Where a line ends, and whether all of it is ASCII."""
    end = start
    readable = True
    while end < len(packed) and packed[end] != _LINE:
        readable = readable and packed[end] < _ASCII_CODES
        end += 1
    return end, readable


@njit(types.Array(types.boolean, 1, "C")(TEXT, TEXT, types.int64, types.float64, types.float64), cache=True)
def sift_ascii(words: bytes, packed: bytes, count: int, least: float, room: float) -> NDArray[np.bool_]:
    """Which of the packed gists are not sure to be less alike than ``least`` by edit ratio and by shared runs."""
    letters = np.empty(len(words), np.uint8)
    size = 0
    for place in range(len(words)):
        letters[size] = words[place]
        size += words[place] != _SPACE
    letters = letters[:size]
    masks = _places_of_letters(letters)
    grams, shift, runs = _table_of_grams(letters)
    kept = np.ones(count, np.bool_)
    start = 0
    for number in range(count):
        end, readable = _line_end(packed, start)
        length = end - start
        if room * min(len(words), length) < max(len(words), length):
            kept[number] = not readable or packed[end + 1] != _LINE  # what has links is longer than its words
        elif readable and packed[end + 1] == _LINE:
            common, other = _in_common(masks, packed, start, end)
            if common < min(size, other) and 2 * common < least * (size + other):
                shared = _shared(grams, shift, packed, start, end)
                kept[number] = 2 * shared >= least * (runs + shared)
        start = end + 1
        for _ in range(_FIELDS - 1):
            start = _line_end(packed, start)[0] + 1
    return kept
