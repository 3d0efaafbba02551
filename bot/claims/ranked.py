"""What every ranker says of a topic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic, how surely it is right (0 to 1), and the phrasing of it that is nearest to the text."""

    slug: str
    score: float
    phrase: str
