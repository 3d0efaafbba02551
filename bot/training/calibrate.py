"""Finds what evidence means and where the bands begin, on messages by writers who wrote none of the training text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.claims.heads import Calibration, Line
from bot.claims.semantic import Evidence, Findings

# Shares of right ones at and above the bands' thresholds on these messages. On other writers' messages they come out
# some points lower (docs/matcher.md), so the first stands above the 95 % that answers are to reach there.
ANSWER_TARGET = 0.99
SUGGEST_TARGET = 0.90
UNCALIBRATED = Calibration(trained=Line(1, 0), untrained=Line(1, 0), answer=1, suggest=1)
_UNPENALISED = 1e6  # two numbers fitted to hundreds of messages need no penalty


@dataclass(frozen=True, slots=True)
class Judged:
    """A message's evidence, and the topics that labellers found right: none where it deserves no answer."""

    findings: Findings = field(repr=False)
    right: frozenset[str]


def calibrate(messages: Sequence[Judged]) -> Calibration:
    """Fit both lines, then put the bands where the best topic is right often enough."""
    trained = [_best(message.findings.trained, message.right) for message in messages]
    untrained = [_best(message.findings.untrained, message.right) for message in messages]
    line = _line(trained)
    calibration = replace(UNCALIBRATED, trained=line, untrained=_line(untrained))
    scores = [(line.probability(value), right) for value, right in trained]
    return replace(calibration, answer=_threshold(scores, ANSWER_TARGET), suggest=_threshold(scores, SUGGEST_TARGET))


def _best(topics: Mapping[str, Evidence], right: frozenset[str]) -> tuple[float, bool]:
    slug = max(topics, key=lambda slug: topics[slug].value)
    return topics[slug].value, slug in right


def _line(cases: Sequence[tuple[float, bool]]) -> Line:
    values = np.array([[value] for value, _ in cases])
    regression = LogisticRegression(C=_UNPENALISED).fit(values, [right for _, right in cases])
    return Line(float(regression.coef_[0, 0]), float(regression.intercept_[0]))


def _threshold(scores: Iterable[tuple[float, bool]], target: float) -> float:
    """The lowest score from which on the share of right ones is at least the target; 1 where there is none."""
    right = 0
    lowest = 1.0
    for count, (score, is_right) in enumerate(sorted(scores, reverse=True), 1):
        right += is_right
        if right / count >= target:
            lowest = score
    return lowest
