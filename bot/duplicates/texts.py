"""The packed gists of a window in one ring of bytes: no object for each, and what is dropped is wiped at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.duplicates.memory import zeros
from bot.duplicates.plain import SIZE_BITS, Texts

_FIRST_SIZE = 16 * 1024  # bytes
_GROWTH = 1.25  # times, whenever they are used up
_SIZE = (1 << SIZE_BITS) - 1  # the part of a span


class TextRing:
    """Texts by place. They are put in one after another, each into a place that has none, and never split."""

    def __init__(self, places: int) -> None:
        self._head = self._tail = 0  # where the next text begins, and where the oldest did: both only ascend
        self._use(Texts(zeros((_FIRST_SIZE,), np.uint8), zeros((places,), np.uint64)))

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.texts)

    def __contains__(self, place: int) -> bool:
        return self._spans[place] & _SIZE > 0

    def __getitem__(self, place: int) -> bytes:
        span = self._spans[place]
        start = (span >> SIZE_BITS) % len(self._data)
        return bytes(self._data[start : start + (span & _SIZE)])

    def put(self, place: int, text: bytes, oldest: int) -> None:
        """Add a text.

        Args:
            place: where it can be found; it has none.
            text: at least one byte, and less than ``2 ** SIZE_BITS``.
            oldest: the place of the text that was put in before all others that are there, or ``place``.
        """
        size, room = len(text), len(self._data)
        left = room - self._head % room
        start = self._head if size <= left else self._head + left
        if start + size - self._tail > room:
            self._tail = self._head if oldest == place else self._spans[oldest] >> SIZE_BITS
            if start + size - self._tail > room:
                self._grow(size)
                start, room = self._head, len(self._data)
        self._data[start % room : start % room + size] = text
        self._spans[place] = start << SIZE_BITS | size
        self._head = start + size

    def fill(self, texts: Sequence[bytes], places: NDArray[np.intp]) -> None:
        """Put many texts into an empty ring, oldest first."""
        sizes = np.array([len(text) for text in texts], np.uint64)
        self._head, self._tail = int(sizes.sum()), 0
        data = zeros((max(_FIRST_SIZE, self._head),), np.uint8)
        data[: self._head] = np.frombuffer(b"".join(texts), np.uint8)
        self.texts.spans[places] = (sizes.cumsum() - sizes) << np.uint64(SIZE_BITS) | sizes
        self._use(self.texts._replace(data=data))

    def drop(self, place: int) -> bool:
        """Wipe a text, if there is one; say whether there was."""
        span = self._spans[place]
        size = span & _SIZE
        if not size:
            return False
        start = (span >> SIZE_BITS) % len(self._data)
        self._data[start : start + size] = bytes(size)
        self._spans[place] = span - size
        return True

    def rehouse(self, sequences: NDArray[np.int64], places: int) -> None:
        """Have so many places from now on; a text's is its sequence number modulo their number."""
        spans, before = zeros((places,), np.uint64), self.texts.spans
        spans[sequences % places] = before[sequences % len(before)]
        self._use(self.texts._replace(spans=spans))

    def _grow(self, size: int) -> None:
        """Make room for a text of such a size; all others stand in a row from the beginning on."""
        data, used = self.texts.data, self._head - self._tail
        first = self._tail % len(data)
        larger = zeros((max(int(_GROWTH * len(data)), used + size),), np.uint8)
        straight = data[first : first + used]
        larger[: len(straight)] = straight
        larger[len(straight) : used] = data[: used - len(straight)]
        self.texts.spans[:] -= np.uint64(self._tail << SIZE_BITS)
        self._head, self._tail = used, 0
        self._use(self.texts._replace(data=larger))

    def _use(self, texts: Texts) -> None:
        self.texts = texts
        self._data: memoryview[int] = texts.data.data  # one by one, these are faster than numpy
        self._spans: memoryview[int] = texts.spans.data
