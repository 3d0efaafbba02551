"""Which kernels run: those in numpy, or the same compiled, many times faster, where the extra ``fast`` is installed.

Both give the same results to the last bit, so that one takes the other's place while the bot runs.
"""

import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.duplicates import plain
from bot.duplicates.plain import Keys

log = logging.getLogger(__name__)


class Kernels(Protocol):
    """The inner loops. ``rows`` are buckets of entries: a key in the high half, a sequence number in the low half."""

    def fold(self, text: str) -> tuple[str, str]:
        """The folded words; where it costs nothing more, also their skeleton, else nothing."""
        ...

    def band_keys(self, text: bytes, width: int, salt: int) -> Keys:
        """A key for each band of the MinHash signature of the text's runs of so many bytes, at most eight."""
        ...

    def find(self, rows: NDArray[np.uint64], keys: Keys, oldest: int, most: int) -> list[int]:
        """Sequence numbers from ``oldest`` on, at most so many: by the number of shared keys, then the newest first."""
        ...

    def add(self, rows: NDArray[np.uint64], keys: Keys, sequence: int) -> None:
        """Put a post's entries in front of their buckets, one by one; what was last in a full bucket falls out."""
        ...

    def discard(self, rows: NDArray[np.uint64], keys: Keys, sequence: int) -> None:
        """Take a post's entries out."""
        ...

    def fill(self, rows: NDArray[np.uint64], keys: Keys, sequences: NDArray[np.uint64]) -> None:
        """Add many entries to an empty table; ``sequences`` ascend."""
        ...

    def sift(self, words: str, packed: list[bytes], least: float, room: float) -> list[bool]:
        """Which packed gists may be so much like a text without links; it pays where it is cheaper than to compare."""
        ...


class _Chosen:
    kernels: Kernels = plain


def kernels() -> Kernels:
    """The kernels to use now."""
    return _Chosen.kernels


def use_compiled() -> bool:
    """Use the compiled kernels from now on, if they are installed; say so.

    The first time takes seconds, later ones half a second: call it off the event loop.
    """
    try:
        from bot.duplicates import compiled
    except ImportError:
        return False
    except RuntimeError as error:  # numba finds no folder where it may keep what it compiled
        log.warning("the compiled kernels cannot be used: %s", error)
        return False
    _Chosen.kernels = compiled
    return True


def use_plain() -> None:
    """Use numpy from now on."""
    _Chosen.kernels = plain
