"""A table of keys that moves to a larger one is as if it had been as large from the beginning."""

import numpy as np
import pytest

from bot.duplicates import table
from bot.duplicates.table import KeyTable
from tests.duplicates.tables import found_in

MOST = 8
POSTS, KEYS = 3_000, 25
COMMON = 12


@pytest.mark.parametrize("oldest", [1, 1_200])
def test_what_has_moved_to_a_larger_table_is_found_there_as_if_it_had_come_there(oldest, monkeypatch):
    monkeypatch.setattr(table, "_PART", 256)  # buckets: many parts, none of which may lose anything at its ends
    keys = np.random.default_rng(7).integers(0, 2**32, (POSTS, KEYS), dtype=np.uint32)
    keys[::7, 0] = COMMON  # its bucket runs over
    small, large, expected = (KeyTable(room) for room in (600_000, 1_100_000, 1_100_000))
    for number, own in enumerate(keys, 1):
        small.add(own.astype("<u4").tobytes(), number)
        if number >= oldest:
            expected.add(own.astype("<u4").tobytes(), number)
    small.move_to(large, oldest)
    for key in [COMMON, *keys[::25].ravel().tolist()]:
        wanted = [key.to_bytes(4, "little")]
        found = [found_in(one.rows, wanted, oldest, MOST) for one in (large, expected)]
        assert found[0] == found[1]
