"""From which score should a topic be answered on a server, by what its people said of earlier answers there?

The bound is the lower end of the score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and
Statistical Inference", JASA 22 (1927), 209-212.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

MIN_RATINGS = 30
TARGET = 0.90  # no more can be asked of so few: with all of 30 right the bound is .917, and .95 takes 52 of 52
CONFIDENCE = 0.95
_Z = 1.6449  # the normal quantile of that confidence; one side, since only too many wrong answers do harm
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Rating:
    """Whether people found an answer right, and the score with which it was given or suggested."""

    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A threshold for a topic on a server, and what speaks for it.

    Attributes:
        threshold: the score from which to answer, in whole hundredths.
        right: how many of the ratings at this score or more say that the answer was right.
        total: how many ratings there are at this score or more.
        lower_bound: what share is right at least, with a confidence of 95 %.
        current: the score from which the topic is answered now.
    """

    threshold: float
    right: int
    total: int
    lower_bound: float
    current: float


def propose(ratings: Sequence[Rating], current: float, floor: float) -> Proposal | None:
    """The lowest threshold whose lower bound meets the target.

    Args:
        ratings: of one topic on one server.
        current: the score from which it is answered now.
        floor: the score from which it is suggested; what lies below neither counts nor is proposed.

    Returns:
        None where the ratings are too few, no threshold meets the target, or it is the current one to the hundredth.
    """
    lowest = ceil(floor * _HUNDRED)
    steps = sorted((step, rating.right) for rating in ratings if (step := _hundredths(rating.score)) >= lowest)
    if len(steps) < MIN_RATINGS:
        return None
    for threshold in sorted({step for step, _ in steps}):  # only scores that were seen: nothing vouches for others
        above = [right for step, right in steps if step >= threshold]
        bound = lower_bound(sum(above), len(above))
        if bound >= TARGET:
            same = round(abs(threshold / _HUNDRED - current), 4) < 1 / _HUNDRED
            return None if same else Proposal(threshold / _HUNDRED, sum(above), len(above), bound, current)
    return None


def lower_bound(right: int, total: int) -> float:
    """Wilson's lower bound of the share that is right, one-sided, with a confidence of 95 %."""
    share, spread = right / total, _Z**2 / total
    centre = share + spread / 2
    margin = _Z * sqrt((share * (1 - share) + spread / 4) / total)
    return max(0.0, (centre - margin) / (1 + spread))


def _hundredths(score: float) -> int:
    """A score, which has three decimals, in whole hundredths."""
    return round(score * 1000) // 10
