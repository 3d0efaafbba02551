"""The protocol that every detector of repeats fulfils."""

from typing import Protocol

from bot.model import Post, SeenPost


class Detector(Protocol):
    """Finds one kind of repeat. Owns its keys, its score and its thresholds; keeps no state."""

    @property
    def name(self) -> str:
        """Names the detector in cases and in storage: never change it."""
        ...

    @property
    def certain(self) -> float:
        """The score from which a repeat is certain."""
        ...

    @property
    def near(self) -> float:
        """The score below which nothing is a repeat."""
        ...

    def keys(self, post: Post) -> frozenset[int]:
        """What to index the post by: unsigned 63-bit integers, none where the detector has nothing to say."""
        ...

    def score(self, post: Post, keys: frozenset[int], earlier: SeenPost) -> float:
        """How surely ``post``, whose keys these are, repeats an ``earlier`` one that shares a key."""
        ...
