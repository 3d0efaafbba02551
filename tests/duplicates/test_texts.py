"""A ring of texts: whatever comes and goes, each text is what was put in, and what is dropped is gone from memory."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates.texts import TextRing

PLACES = 8
SIZES = st.sampled_from([1, 2, 700, 5_000, 16_000, 30_000])


def text_of(number: int, size: int) -> bytes:
    return (b"%d," % number * size)[: size - 1] + b"."


@settings(max_examples=150)
@given(st.lists(st.tuples(SIZES, st.integers(0, PLACES), st.booleans()), max_size=40))
def test_each_text_is_what_was_put_in_and_nothing_is_left_of_what_was_dropped(steps):
    """Each step puts a text in, for which the oldest goes if all places are taken; some drop one of the others."""
    ring, held, oldest = TextRing(PLACES), {}, 0
    for number, (size, dropped, is_dropped) in enumerate(steps):
        if number - oldest == PLACES:
            if oldest in held:
                ring.drop(oldest % PLACES)
                del held[oldest]
            oldest += 1
        held[number] = text_of(number, size)
        ring.put(number % PLACES, held[number], oldest % PLACES)
        if is_dropped and number - dropped in held:
            ring.drop((number - dropped) % PLACES)
            del held[number - dropped]
        assert {one: ring[one % PLACES] for one in held} == held
        assert sum(place in ring for place in range(PLACES)) == len(held)
        assert np.count_nonzero(ring.texts.data) == sum(map(len, held.values()))


def test_the_ring_is_no_larger_than_a_quarter_more_than_what_it_held_at_most():
    ring = TextRing(PLACES)
    for number in range(1_000):
        if number >= PLACES:
            ring.drop(number % PLACES)
        ring.put(number % PLACES, text_of(number, 10_000), max(0, number - PLACES + 1) % PLACES)
    assert ring.texts.data.nbytes <= 1.25 * (PLACES + 1) * 10_000


def test_a_ring_that_is_filled_at_once_goes_on_like_any_other():
    ring = TextRing(PLACES)
    texts = [text_of(number, 3_000) for number in range(5)]
    ring.fill(texts, np.arange(1, 6))
    ring.put(6, b"more", 1)
    assert [ring[place] for place in range(1, 7)] == [*texts, b"more"]


def test_with_more_places_each_text_is_where_its_number_says():
    ring = TextRing(4)
    for number in (3, 4, 5, 6):
        ring.put(number % 4, text_of(number, 9), 3)
    ring.rehouse(np.arange(3, 7), 16)
    assert [ring[number] for number in (3, 4, 5, 6)] == [text_of(number, 9) for number in (3, 4, 5, 6)]
    assert sum(place in ring for place in range(16)) == 4
