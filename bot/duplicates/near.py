"""Almost the same text: MinHash finds candidates, a comparison of the texts decides.

The signature estimates how many runs of five letters two posts share (Broder 1997). Posts that agree in both values of
any band are candidates; they are never flagged on the estimate.
"""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.duplicates.detector import NO_KEYS, Keys
from bot.duplicates.gist import Gist
from bot.duplicates.meaning import means_another

BANDS, ROWS = 24, 2  # with three rows, one in ten posts with every fifth word changed is no candidate
_LETTERS = 5  # of a shingle, in ASCII; other scripts have two or three bytes a letter
_MIN_LETTERS = 10
_MIN_CONTENT = 1  # words that carry meaning: "jo: sorry about that" is near to too much
_SHORT = 8  # words
_SHORT_NEAR = 0.76  # short posts differ in one word easily
_SURE = 90.0  # edit ratio, in percent, from which nothing better is looked for
_ROOM = 2.5  # times as long, spaces and links included
_UNLIKE = 60.0  # ratio of the sorted words, in percent, below which moved sentences do not reach the threshold either


def _spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64: neighbouring integers become unrelated ones."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SEEDS = _spread(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
_FACTORS = (_SEEDS[::2].astype(np.uint32) | np.uint32(1))[:, None]
_MASKS = _SEEDS[1::2].astype(np.uint32)[:, None]
_BAND = _SEEDS[:BANDS]
_FIVE_BYTES = np.uint64((1 << 40) - 1)
_SHINGLE = np.uint64(0x9E3779B97F4A7C15)
_PAIR = np.uint64(0xC2B2AE3D27D4EB4F)
_HIGH = np.uint64(32)


class Near:
    """Keys a post by the bands of its signature; scores by the better of edit ratio and shared 4-letter runs."""

    name = "near"
    certain = 0.90
    near = 0.75
    keys_per_post = float(BANDS)

    def keys(self, gist: Gist) -> Keys:
        if len(gist.skeleton) < _MIN_LETTERS or gist.content_count < _MIN_CONTENT:
            return NO_KEYS
        signature = ((_shingles(gist.skeleton) ^ _MASKS) * _FACTORS).min(axis=1).astype(np.uint64)
        bands = (signature[::2] * _PAIR) ^ signature[1::2] ^ _BAND ^ np.uint64(gist.salt)
        return (_spread(bands) >> _HIGH).astype(np.uint32)

    def score(self, gist: Gist, earlier: Gist) -> float:
        if gist.quotes != earlier.quotes or _too_different_in_length(gist, earlier):
            return 0.0
        score = similarity(gist, earlier)
        return 0.0 if score < self._threshold(gist, earlier) or means_another(gist, earlier) else score

    def _threshold(self, gist: Gist, earlier: Gist) -> float:
        if gist.quotes:
            return self.certain
        return _SHORT_NEAR if min(gist.word_count, earlier.word_count) < _SHORT else self.near

    def why_not(self, gist: Gist, earlier: Gist) -> str:
        """Why a pair scores nothing, in words."""
        if gist.quotes != earlier.quotes:
            return "they answer different quotations"
        likeness, needed = similarity(gist, earlier), self._threshold(gist, earlier)
        if likeness < needed:
            return f"alike by {likeness:.2f}, {needed:.2f} is needed"
        return "a negation, number, name or link differs"


def _too_different_in_length(gist: Gist, earlier: Gist) -> bool:
    """Whether one has less than half the letters of the other: then nothing reaches the threshold."""
    size, other = len(gist.words) + len(gist.link_text), len(earlier.words) + len(earlier.link_text)
    return _ROOM * min(size, other) < max(size, other)


def similarity(gist: Gist, earlier: Gist) -> float:
    """How alike two texts are, 0 to 1: by small changes, by moved sentences, or because one contains the other.

    The best of edit ratio, share of common 4-letter runs and, where one text is part of the other, the mean of 1 and
    its share of it. Links count as letters where one post may have its link in disguise.
    """
    if gist.link_text == earlier.link_text:
        return _likeness(gist, earlier)
    full = fuzz.ratio(gist.full_letters, earlier.full_letters) / 100
    return full if gist.link_text and earlier.link_text else max(full, _likeness(gist, earlier))


def _likeness(gist: Gist, earlier: Gist) -> float:
    one, other = gist.letters, earlier.letters
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if shorter and shorter in longer:
        return (1 + len(shorter) / len(longer)) / 2
    ratio = fuzz.ratio(one, other)
    if ratio >= _SURE or fuzz.token_sort_ratio(gist.words, earlier.words) < _UNLIKE:
        return ratio / 100
    shared = len(gist.grams & earlier.grams)
    return max(ratio / 100, 2 * shared / max(1, len(gist.grams) + len(earlier.grams)))


def _shingles(skeleton: str) -> NDArray[np.uint32]:
    """A hash for each run of five bytes, or of eight where letters take several."""
    data = skeleton.encode("utf-8", "replace")
    length = _LETTERS if len(data) == len(skeleton) else 8
    runs = np.ndarray((max(1, len(data) - length + 1),), "<u8", data + bytes(8), strides=(1,))
    if length == _LETTERS:
        runs = runs & _FIVE_BYTES
    hashes: NDArray[np.uint32] = ((runs * _SHINGLE) >> _HIGH).astype(np.uint32)
    return hashes
