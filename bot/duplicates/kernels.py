"""Which kernels run: those in numpy, or the same compiled, many times faster, where the extra ``fast`` is installed.

Both give the same results to the last bit, so that one takes the other's place while the bot runs.
"""

import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.duplicates import plain
from bot.duplicates.plain import Numbers, Rows, Sieves

log = logging.getLogger(__name__)


class Kernels(Protocol):
    """The inner loops.

    ``keys`` are numbers of four bytes, little-endian. ``rows`` are buckets of entries: a key in the high half, a
    sequence number in the low half.
    """

    def read(self, text: str, salt: int) -> tuple[str, bytes, bytes]:
        """The folded words; where they cost little more, also their skeleton and its keys by runs of five letters."""
        ...

    def read_bare(self, text: str, salt: int) -> tuple[bytes, bytes, bytes] | None:
        """What ``read`` gives, if it is quickly seen that a post has nothing but the author's own words, in ASCII."""
        ...

    def band_keys(self, text: bytes, width: int, salt: int) -> bytes:
        """A key for each band of the MinHash signature of the text's runs of so many bytes, at most eight."""
        ...

    def find(  # noqa: PLR0913, PLR0917  # compiled code takes no objects
        self,
        rows: Rows,
        keys: bytes,
        lengths: bytes,
        oldest: int,
        data: NDArray[np.uint8],
        spans: Numbers,
        sieves: Sieves,
        packed: bytes,
        found: Numbers,
    ) -> int:
        """Find earlier posts that share keys with a post, for each detector.

        Args:
            rows: the table.
            keys: of all detectors.
            lengths: how many bytes of them are each detector's, two bytes a length.
            oldest: the first sequence number that counts.
            data: what is held of the earlier posts.
            spans: where it is.
            sieves: what each detector asks of their words; posts that do not answer it may be left out.
            packed: the post; if it is empty, all are kept.
            found: a row for each detector: how many posts were found, and their numbers, those first that share most
                keys, then the newest. There may be more than there was room for.

        Returns:
            How many were found in all; where there are none, ``found`` may be as it was.
        """
        ...

    def add(self, rows: Rows, keys: bytes, sequence: int) -> None:
        """Put a post's entries in front of their buckets, one by one; what was last in a full bucket falls out."""
        ...

    def discard(self, rows: Rows, keys: bytes, sequence: int) -> None:
        """Take a post's entries out."""
        ...

    def fill(self, rows: Rows, keys: bytes, sequences: Numbers) -> None:
        """Add many entries to buckets that are empty; ``sequences`` ascend."""
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
