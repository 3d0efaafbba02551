"""The packed gists of a window in one ring of bytes: no object for each, and what is dropped is wiped at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.duplicates.plain import Texts

_FIRST_SIZE = 16 * 1024  # bytes
_GROWTH = 1.25  # times, whenever they are used up


class TextRing:
    """Texts by place. They are put in one after another, each into a place that has none, and never split."""

    def __init__(self, places: int) -> None:
        self._head = self._tail = 0  # where the next text begins, and where the oldest did: both only ascend
        self._use(Texts(np.zeros(_FIRST_SIZE, np.uint8), np.zeros(places, np.uint64), np.zeros(places, np.uint64)))

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.texts)

    def __contains__(self, place: int) -> bool:
        return self._sizes[place] > 0

    def __getitem__(self, place: int) -> bytes:
        start = self._starts[place] % len(self._data)
        return bytes(self._data[start : start + self._sizes[place]])

    def put(self, place: int, text: bytes, oldest: int) -> None:
        """Add a text.

        Args:
            place: where it can be found; it has none.
            text: at least one byte.
            oldest: the place of the text that was put in before all others that are there, or ``place``.
        """
        size, room = len(text), len(self._data)
        left = room - self._head % room
        start = self._head if size <= left else self._head + left
        if start + size - self._tail > room:
            self._tail = self._head if oldest == place else self._starts[oldest]
            if start + size - self._tail > room:
                self._grow(size)
                start, room = self._head, len(self._data)
        self._data[start % room : start % room + size] = text
        self._starts[place], self._sizes[place] = start, size
        self._head = start + size

    def fill(self, texts: Sequence[bytes], places: NDArray[np.intp]) -> None:
        """Put many texts into an empty ring, oldest first."""
        sizes = np.array([len(text) for text in texts], np.uint64)
        self._head, self._tail = int(sizes.sum()), 0
        data = np.zeros(max(_FIRST_SIZE, self._head), np.uint8)
        data[: self._head] = np.frombuffer(b"".join(texts), np.uint8)
        self.texts.starts[places] = sizes.cumsum() - sizes
        self.texts.sizes[places] = sizes
        self._use(self.texts._replace(data=data))

    def drop(self, place: int) -> bool:
        """Wipe a text, if there is one; say whether there was."""
        size = self._sizes[place]
        if not size:
            return False
        start = self._starts[place] % len(self._data)
        self._data[start : start + size] = bytes(size)
        self._sizes[place] = 0
        return True

    def rehouse(self, sequences: NDArray[np.int64], places: int) -> None:
        """Have so many places from now on; a text's is its sequence number modulo their number."""
        columns = [np.zeros(places, np.uint64) for _ in range(2)]
        for column, before in zip(columns, self.texts[1:], strict=True):
            column[sequences % places] = before[sequences % len(before)]
        self._use(Texts(self.texts.data, *columns))

    def _grow(self, size: int) -> None:
        """Make room for a text of such a size; all others stand in a row from the beginning on."""
        data, used = self.texts.data, self._head - self._tail
        first = self._tail % len(data)
        larger = np.zeros(max(int(_GROWTH * len(data)), used + size), np.uint8)
        straight = data[first : first + used]
        larger[: len(straight)] = straight
        larger[len(straight) : used] = data[: used - len(straight)]
        self.texts.starts[:] -= np.uint64(self._tail)
        self._head, self._tail = used, 0
        self._use(self.texts._replace(data=larger))

    def _use(self, texts: Texts) -> None:
        self.texts = texts
        self._data: memoryview[int] = texts.data.data  # one by one, these are faster than numpy
        self._starts: memoryview[int] = texts.starts.data
        self._sizes: memoryview[int] = texts.sizes.data
