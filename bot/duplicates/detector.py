"""The protocol that every detector of repeats fulfils."""

from typing import Protocol

from xxhash import xxh3_64_intdigest

from bot.duplicates.gist import Gist
from bot.duplicates.plain import KEY_BYTES


class Detector(Protocol):
    """Finds one kind of repeat. Owns its keys, its score and its thresholds; keeps no state.

    It may have a ``sieve``, too, as ``Near`` has: what an earlier post's words must be like to be worth a look.
    """

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

    def keys(self, gist: Gist) -> bytes:
        """What to index a post by, four bytes each, evenly spread; nothing where the detector has nothing to say."""
        ...

    def score(self, gist: Gist, earlier: Gist) -> float:
        """How surely a post repeats an earlier one that shares a key; a shared key alone proves nothing."""
        ...


def key(named: bytes, salt: int) -> bytes:
    """The key of whatever names a post, another one on each server."""
    return (xxh3_64_intdigest(named, seed=salt) >> 32).to_bytes(KEY_BYTES, "little")
