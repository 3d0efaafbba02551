"""The kernels that read a text, compiled by numba: folding and signing. Only ASCII is folded here."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from bot.duplicates import plain
from bot.duplicates.compiled_cache import njit
from bot.duplicates.plain import HIGH, RUN
from bot.duplicates.skeleton import ASCII, LEET

Bytes = NDArray[np.uint8]
_FOLDED = np.frombuffer(ASCII, np.uint8)
_UNMASKED = np.frombuffer("".join(map(chr, range(128))).translate(LEET).encode("ascii"), np.uint8)
_SPACE, _LINE, _AT, _DOLLAR, _BANG, _NINE = (ord(sign) for sign in " \n@$!9")
_QUOTE, _COLON, _SLASH = (ord(sign) for sign in ">:/")
_OTHER, _BLANK, _SMALL, _WORD, _CAPITAL, _SIGN = range(6)  # kinds of characters
_KINDS = np.zeros(128, np.uint8)
_KINDS[list(b"<@`>:/")] = _SIGN
_KINDS[list(b" \t\n\r\v\f\x1c\x1d\x1e\x1f")] = _BLANK
_KINDS[list(b"abcdefghijklmnopqrstuvwxyz,;")] = _SMALL  # also what may stand before a name
_KINDS[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = _CAPITAL
_KINDS[list(b"0123456789_")] = _WORD
_IS_BEFORE_SLASH = np.isin(np.arange(128), list(b"/:gGmM"))
_IS_BEGINNING = np.isin(np.arange(128), list(b'!/.?;$"'))  # of a command or a quotation
_BANDS, _FUNCTIONS = plain.BANDS, plain.BANDS * plain.ROWS
_FACTORS, _MASKS, _BAND_MASKS = plain.FACTORS, plain.MASKS, plain.BAND_MASKS
_RUN_FACTOR, _BAND_FACTOR = plain.RUN_FACTOR, plain.BAND_FACTOR
_LARGEST = np.uint32(0xFFFFFFFF)
KEYS_SIZE = 4 * _BANDS

TEXT = types.Bytes(types.uint8, 1, "C", readonly=True)


@njit(cache=True)
def _is_sign(code: int) -> bool:
    return code == _AT or code == _DOLLAR or code == _BANG  # noqa: PLR1714  # numba compiles no set of bytes


@njit(cache=True)
def _is_letter(code: int) -> bool:
    return code != _SPACE and not _is_sign(code)


@njit(cache=True)
def _kind_at(text: bytes, place: int) -> int:
    return int(_KINDS[text[place]]) if 0 <= place < len(text) else _BLANK


@njit(cache=True)
def _is_first(text: bytes, place: int) -> bool:
    """Whether there is but white space before a place, back to the beginning of its line."""
    while place > 0 and _KINDS[text[place - 1]] == _BLANK and text[place - 1] != _LINE:
        place -= 1
    return place == 0 or text[place - 1] == _LINE


@njit(cache=True)
def _is_dress(text: bytes, place: int) -> bool:
    """Whether a sign or a capital may be part of more than words."""
    code = text[place]
    if code == _QUOTE:
        return _is_first(text, place)
    if code == _SLASH:  # of "://", "discord.gg/" or "discord.com/"
        return bool(_IS_BEFORE_SLASH[text[max(0, place - 1)]])
    if code == _COLON:  # after an addressee, who is the first word
        while place > 0 and _KINDS[text[place - 1]] != _BLANK and text[place - 1] != _COLON:
            place -= 1
        return _is_first(text, place)
    if _KINDS[code] == _CAPITAL:  # of a name
        begins = _kind_at(text, place - 1) == _BLANK and _kind_at(text, place - 2) == _SMALL
        return begins and _SMALL <= _kind_at(text, place + 1) <= _CAPITAL
    return True


@njit(cache=True)
def _is_bare(text: bytes) -> bool:
    """Whether a text is sure to have no quotation, code, mention, link, addressee or name, and to be no command."""
    start = 0
    while start < len(text) and _KINDS[text[start]] == _BLANK:
        start += 1
    if start < len(text) and _IS_BEGINNING[text[start]]:
        return False
    for place in range(start, len(text)):  # noqa: SIM110  # numba compiles no generator
        if _KINDS[text[place]] >= _CAPITAL and _is_dress(text, place):
            return False
    return True


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


@njit(cache=True)
def _write_band_keys(text: Bytes, size: int, width: int, salt: np.uint64, out: Bytes) -> None:
    """Write the keys of the bands, little-endian."""
    least = np.full(_FUNCTIONS, _LARGEST, np.uint32)
    top = np.uint64(8 * (width - 1))
    run = np.uint64(0)
    for place in range(min(width - 1, size)):
        run |= np.uint64(text[place]) << np.uint64(8 * (place + 1))
    for place in range(width - 1, max(width, size)):
        run >>= np.uint64(8)
        if place < size:
            run |= np.uint64(text[place]) << top
        hashed = np.uint32((run * _RUN_FACTOR) >> HIGH)
        for function in range(_FUNCTIONS):
            image = np.uint32(np.uint32(hashed * _FACTORS[function]) ^ _MASKS[function])
            least[function] = min(least[function], image)
    for band in range(_BANDS):
        pair = np.uint64(least[2 * band]) | (np.uint64(least[2 * band + 1]) << HIGH)
        key = ((pair ^ _BAND_MASKS[band] ^ salt) * _BAND_FACTOR) >> HIGH
        for byte in range(4):
            out[4 * band + byte] = np.uint8(key >> np.uint64(8 * byte))


@njit(types.Array(types.uint8, 1, "C")(TEXT, types.int64, types.uint64), cache=True)
def band_keys_of(text: bytes, width: int, salt: int) -> Bytes:
    """The keys of a text's bands."""
    letters = np.empty(len(text), np.uint8)
    for place in range(len(text)):
        letters[place] = text[place]
    keys = np.empty(KEYS_SIZE, np.uint8)
    _write_band_keys(letters, len(letters), width, np.uint64(salt), keys)
    return keys


@njit(cache=True)
def _words_and_letters(folded: Bytes, size: int, letters: Bytes) -> tuple[int, int]:
    """Write the words over what is folded, their skeleton elsewhere; return the lengths of both."""
    count, length, place = 0, 0, 0
    while place < size:
        if folded[place] == _SPACE:
            place += 1
            continue
        end, mixed = _word_end(folded, place, size)
        if length > 0:
            folded[length] = _SPACE
            length += 1
        last = _SPACE
        for at in range(place, end):
            code = _UNMASKED[folded[at]] if mixed else folded[at]
            if code == last and code > _NINE:
                continue
            last = code
            folded[length] = code
            length += 1
            if count == 0 or letters[count - 1] != code or code <= _NINE:
                letters[count] = code
                count += 1
        place = end
    for at in range(count):
        letters[at] = _UNMASKED[letters[at]]
    return length, count


@njit(cache=True)
def _read(text: bytes, salt: int) -> Bytes:
    out = np.empty(KEYS_SIZE + 2 * len(text) + 2, np.uint8)
    folded = out[KEYS_SIZE:]
    letters = np.empty(len(text) + 1, np.uint8)
    length, count = _words_and_letters(folded, _folded(text, folded), letters)
    folded[length] = _LINE
    folded[length + 1 : length + 1 + count] = letters[:count]
    _write_band_keys(letters, count, RUN, np.uint64(salt), out)
    return out[: KEYS_SIZE + length + 1 + count]


@njit(types.Array(types.uint8, 1, "C")(TEXT, types.uint64), cache=True)
def read_ascii(text: bytes, salt: int) -> Bytes:
    """The keys of the skeleton's bands, the folded words, a line feed, and the skeleton."""
    return _read(text, salt)


@njit(types.Array(types.uint8, 1, "C")(TEXT, types.uint64), cache=True)
def read_bare_ascii(text: bytes, salt: int) -> Bytes:
    """The same, if the text is sure to hold nothing but words; else nothing."""
    return _read(text, salt) if _is_bare(text) else np.empty(0, np.uint8)
