"""The protocol that every detector of repeats fulfils."""

from typing import Protocol

import numpy as np

from bot.duplicates.gist import Gist
from bot.duplicates.plain import Keys as Keys

NO_KEYS: Keys = np.empty(0, np.uint32)


class Detector(Protocol):
    """Finds one kind of repeat. Owns its keys, its score and its thresholds; keeps no state."""

    @property
    def name(self) -> str:
        """Names the detector in cases and in storage: never change it, but do when the keys change their meaning."""
        ...

    @property
    def certain(self) -> float:
        """The score from which a repeat is certain."""
        ...

    @property
    def near(self) -> float:
        """The score below which nothing is a repeat."""
        ...

    @property
    def keys_per_post(self) -> float:
        """How many keys a post has on average: room is made by it."""
        ...

    def keys(self, gist: Gist) -> Keys:
        """What to index a post by, evenly spread over 32 bits; none where the detector has nothing to say."""
        ...

    def score(self, gist: Gist, earlier: Gist) -> float:
        """How surely a post repeats an earlier one that shares a key; a shared key alone proves nothing."""
        ...
