"""Almost the same text: MinHash finds candidates, a comparison of the texts decides.

The signature estimates how many runs of five letters two posts share. Posts that agree in both values of any band are
candidates; they are never flagged on the estimate.
"""

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from bot.duplicates.gist import Gist, dice, runs
from bot.duplicates.kernels import kernels
from bot.duplicates.meaning import means_another
from bot.duplicates.plain import BANDS, RUN, Sieve

_WIDE_RUN = 8  # bytes: as many as a number holds, where a letter takes two or three
_WIDE = 1.5  # bytes a letter, from which a text is of such letters: a foreign word among others changes nothing
_MIN_LETTERS = 10
_SHORT = 8  # words
_FEW = 10  # words, below which one other word moves the edit ratio much
_SHORT_NEAR = 0.76  # short posts differ in one word easily
_LEAST_RATIO = 65.0  # edit ratio, in percent, from which the words that a short post kept are counted
_SAME_WORD = 70.0  # ratio, in percent, of a word and its misspelling
_SURE = 90.0  # edit ratio, in percent, from which nothing better is looked for
_ROOM = 2.5  # times as long, spaces and links included
_UNLIKE = 60.0  # ratio of the sorted words, in percent, below which moved sentences do not reach the threshold either


class Near:
    """Keys a post by the bands of its signature; scores by the better of edit ratio and shared 4-letter runs."""

    name = "near"
    certain = 0.90
    near = 0.75
    keys_per_post = float(BANDS)
    sieve = Sieve(near, _FEW / near, _LEAST_RATIO / 100, _ROOM)  # what falls through scores nothing

    def keys(self, gist: Gist) -> bytes:
        skeleton = gist.skeleton
        if len(skeleton) < _MIN_LETTERS or not (gist.word_count >= _SHORT or gist.has_content):
            return b""
        if gist.band_keys:
            return gist.band_keys
        data = skeleton.encode("utf-8", "replace")
        return kernels().band_keys(data, RUN if len(data) < _WIDE * len(skeleton) else _WIDE_RUN, gist.salt)

    def score(self, gist: Gist, earlier: Gist) -> float:
        if gist.quotes != earlier.quotes or _too_different_in_length(gist, earlier):
            return 0.0
        score = similarity(gist, earlier)
        if score < self.near or score < self._threshold(gist, earlier) or means_another(gist, earlier):
            return 0.0
        if score < self.certain and _is_short(gist, earlier) and _only_small_words(gist, earlier):
            return 0.0
        return score

    def _threshold(self, gist: Gist, earlier: Gist) -> float:
        if gist.quotes:
            return self.certain
        return _SHORT_NEAR if _is_short(gist, earlier) else self.near

    def why_not(self, gist: Gist, earlier: Gist) -> str:
        """Why a pair scores nothing, in words."""
        if gist.quotes != earlier.quotes:
            return "they answer different quotations"
        likeness, needed = similarity(gist, earlier), self._threshold(gist, earlier)
        if likeness < needed:
            return f"alike by {likeness:.2f}, {needed:.2f} is needed"
        return "a negation, number, name or link differs"


def _is_short(gist: Gist, earlier: Gist) -> bool:
    return min(gist.word_count, earlier.word_count) < _SHORT


def _only_small_words(gist: Gist, earlier: Gist) -> bool:
    """Whether two posts share a way of speaking only: no word that carries meaning is in both, not even misspelt."""
    if gist.link_text != earlier.link_text:
        return False
    one, other = gist.content, earlier.content
    pairs = [(word, earlier_word) for word in one for earlier_word in other]
    return bool(pairs) and all(fuzz.ratio(*pair) < _SAME_WORD for pair in pairs)


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
    one, other = gist.full_letters, earlier.full_letters
    full = fuzz.ratio(one, other)
    if _UNLIKE <= full < _SURE:  # a link in disguise stands where it stood, others at the end
        full = max(full, 100 * dice(runs(one), runs(other)))
    return full / 100 if gist.link_text and earlier.link_text else max(full / 100, _likeness(gist, earlier))


def _likeness(gist: Gist, earlier: Gist) -> float:
    one, other = gist.letters, earlier.letters
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if shorter and shorter in longer:
        return (1 + len(shorter) / len(longer)) / 2
    ratio = fuzz.ratio(one, other)
    if ratio >= _SURE:
        return ratio / 100
    in_any_order = fuzz.token_sort_ratio(gist.words, earlier.words)
    if in_any_order < _UNLIKE:
        return ratio / 100
    if ratio >= _LEAST_RATIO and min(gist.word_count, earlier.word_count) < _FEW:
        ratio = max(ratio, 100 * Indel.normalized_similarity(gist.words.split(), earlier.words.split()))
    if in_any_order <= ratio and ratio >= 100 * Near.near:  # nothing was moved, so that shared runs say no more
        return ratio / 100
    return max(ratio / 100, dice(gist.grams, earlier.grams))
