"""A post's words with their disguise off: look-alike letters, marks, invisible characters, l33t, stretched letters.

Two posts that differ in dress only have the same words here; what has no letters or digits has none. Letters of every
script stay letters: Hindi keeps its vowel signs, Japanese and Thai count each letter as half a word.
"""

import re
import unicodedata

from bot.duplicates.confusables import LOOK_ALIKES

_LETTERS = {char: latin for latin, chars in LOOK_ALIKES.items() for char in chars}
# Combining classes of marks that spell: none, nukta, voicing of kana, virama, vowels of Telugu, Thai, Lao and Tibetan.
_SPELLING = frozenset({0, 7, 8, 9, 84, 91, 103, 107, 118, 122, 129, 130, 132})
_JOINERS = frozenset("'\u2019\u2018\u02bc\u00b4`*_~|")  # apostrophes, and marks that Markdown puts inside words
_INVISIBLE = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17d2\u3041-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
_HALF_WORD = 0.5  # a letter of a script without spaces between words
_LEET_SIGN = re.compile(r"(?<=\w)[@$](?!\w*\.)|[@$!](?=\w)")
_LEET_WORD = re.compile(r"[^\W\d]\d|\d[^\W\d]")
_STRETCHED = re.compile(r"([^\W\d_])\1+")
_LEET = str.maketrans("0134579@$!", "oieastgasi")


class _Folding(dict[int, str | None]):
    """A translation table that works each character out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold(chr(code))
        if unicodedata.category(chr(code)) != "Cn":
            self[code] = folded
        return folded


def _fold(char: str) -> str | None:
    """The letters and digits that a character stands for; a space where words part, None where they do not."""
    if char in _JOINERS or _INVISIBLE.match(char):
        return None
    small = char.casefold()
    if small in _LETTERS:
        return _LETTERS[small]
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    parts = unicodedata.normalize("NFKD", small).casefold()
    folded = "".join(_LETTERS.get(part, part) for part in parts if _spells(part))
    if not folded:
        return None if unicodedata.category(char) in ("Mn", "Me", "Cf") else char if char in "@$!" else " "
    return f" {folded} " if _WITHOUT_SPACES.match(folded) else folded


def _spells(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LN" or category == "Mc" or (category == "Mn" and unicodedata.combining(char) in _SPELLING)


_FOLDING = _Folding()
_ASCII = bytes.maketrans(bytes(range(128)), "".join(_fold(chr(code)) or "\0" for code in range(128)).encode("ascii"))
_ASCII_JOINERS = "".join(sorted(char for char in _JOINERS if char.isascii())).encode("ascii")


def folded_words(text: str) -> str:
    """The words, folded, with a space between them. Numbers stay digits: a different number is a different message.

    Args:
        text: the author's own words, without links, mentions and quotes.
    """
    if text.isascii():
        folded = text.encode("ascii").translate(_ASCII, _ASCII_JOINERS).decode("ascii")
    else:
        folded = text.translate(_FOLDING)
    if "@" in folded or "$" in folded or "!" in folded:
        folded = _LEET_SIGN.sub(lambda sign: sign[0].translate(_LEET), folded)
        folded = folded.translate(_NO_SIGNS)
    words = folded.split()
    if _LEET_WORD.search(folded):
        words = [word if word.isdigit() else word.translate(_LEET) for word in words]
    return _STRETCHED.sub(r"\1", " ".join(words))


_NO_SIGNS = str.maketrans("@$!", "   ")


def skeleton(words: str) -> str:
    """``folded_words`` without the spaces, and digits as the letters that they look like."""
    return _STRETCHED.sub(r"\1", words.replace(" ", "")).translate(_LEET)


def count_words(words: str) -> float:
    """How many words these are; a letter of a script without spaces between words is half of one."""
    split = words.split()
    if words.isascii():
        return len(split)
    return sum(_HALF_WORD if _WITHOUT_SPACES.match(word) else 1 for word in split)
