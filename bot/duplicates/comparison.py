"""What a detector makes of a post, also where it finds no repeat: for people who ask why."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.duplicates.detector import Detector
from bot.duplicates.gist import Gist
from bot.duplicates.near import Near, similarity
from bot.model import SeenPost


@dataclass(frozen=True, slots=True)
class Comparison:
    """One detector's look at one post.

    Attributes:
        detector: its name.
        near: the score from which it calls a post a repeat.
        certain: the score from which it is certain.
        applies: whether it has anything to compare in such a post.
        candidates: how many earlier posts share a key with it.
        nearest: the one that comes nearest.
        score: that one's score.
        why_not: why the likeness of the nearest counts for nothing, in words.
    """

    detector: str
    near: float
    certain: float
    applies: bool
    candidates: int = 0
    nearest: SeenPost | None = None
    score: float = 0.0
    why_not: str = ""


def compare(detector: Detector, gist: Gist, keys: bytes, earlier: Iterable[SeenPost]) -> Comparison:
    """Score a post against the earlier ones that share a key with it."""
    held = [(post, Gist.unpack(post.gist, post.guild_id)) for post in earlier]
    limits = (detector.name, detector.near, detector.certain)
    if not held:
        return Comparison(*limits, applies=bool(keys))
    nearest, other = max(held, key=lambda pair: (detector.score(gist, pair[1]), similarity(gist, pair[1])))
    score = detector.score(gist, other)
    why_not = detector.why_not(gist, other) if isinstance(detector, Near) and not score else ""
    return Comparison(*limits, True, len(held), nearest, score, why_not)
