"""Searches in a table alone, without a window around it."""

import struct
from collections.abc import Sequence

import numpy as np

from bot.duplicates import plain
from bot.duplicates.kernels import Kernels
from bot.duplicates.plain import Rows
from bot.duplicates.texts import TextRing


def found_in(rows: Rows, keys: Sequence[bytes], oldest: int, most: int, way: Kernels = plain) -> list[list[int]]:
    """What is found in a table by the keys of several detectors, none of which has a sieve."""
    found = np.zeros((len(keys), 1 + most), np.uint64)
    lengths = struct.pack(f"<{len(keys)}H", *map(len, keys))
    sieves = np.array([plain.KEEP_ALL] * len(keys), np.float64).reshape(len(keys), len(plain.KEEP_ALL))
    count = way.find(rows, b"".join(keys), lengths, oldest, *TextRing(1).texts, sieves, b"", found)
    numbers = [row[1 : 1 + row[0]] for row in found.tolist()]
    assert count == sum(map(len, numbers))
    return numbers
