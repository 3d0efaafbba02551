"""Arrays whose memory the system gets back as soon as they are outgrown.

In the heap they would leave holes: glibc keeps what is as large as an array that was once given back, so that a window
that grew took a fifth more.
"""

import mmap
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """As ``numpy.zeros``, of at least one element."""
    size = prod(shape) * np.dtype(dtype).itemsize
    return np.ndarray(shape, dtype, mmap.mmap(-1, size, access=mmap.ACCESS_COPY))
