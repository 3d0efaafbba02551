"""Hashed features: the same text gives the same buckets, and each part has length 1."""

from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims.features import BUCKETS, count_pieces, count_words, weigh

EVEN = np.ones(2 * BUCKETS, np.float32)


def test_words_and_pairs_of_neighbours_are_counted_on_a_logarithmic_scale():
    once, twice = count_words("tram"), count_words("tram tram")
    assert once.values.tolist() == [1.0]
    assert sorted(twice.values.tolist()) == pytest.approx([1.0, 1 + np.log(2)])  # the pair, and the word
    assert set(once.buckets) <= set(twice.buckets)


def test_the_order_of_words_matters_to_pairs_only():
    there, back = set(count_words("tram harbour").buckets), set(count_words("harbour tram").buckets)
    assert len(there & back) == 2
    assert len(there ^ back) == 2


def test_pieces_are_the_insides_of_words_with_their_ends():
    assert len(count_pieces("tram").buckets) == 4 + 3 + 2  # of " tram ": pieces of 3, 4 and 5 letters
    assert len(count_pieces("a").buckets) == 1
    assert set(count_pieces("tram").buckets) & set(count_pieces("trams").buckets)


@settings(max_examples=100, deadline=None)
@given(st.text("ab\u0431\u00e9", min_size=1, max_size=9))
def test_pieces_are_cut_between_letters_in_any_script(word):
    padded = f" {word} "
    pieces = {padded[i:j] for i in range(len(padded)) for j in range(i + 3, min(i + 5, len(padded)) + 1)}
    assert set(count_pieces(word).buckets.tolist()) == {BUCKETS + crc32(piece.encode()) % BUCKETS for piece in pieces}


def test_words_and_pieces_have_buckets_of_their_own():
    text = "The tram to the harbour"
    assert count_words(text).buckets.max() < BUCKETS <= count_pieces(text).buckets.min()
    assert count_pieces(text).buckets.max() < 2 * BUCKETS


def test_case_and_signs_do_not_matter():
    assert count_words("Tram, HARBOUR!").buckets.tolist() == count_words("tram harbour").buckets.tolist()


def test_rare_words_weigh_more():
    counts = count_words("tram")
    idf = EVEN.copy()
    both = count_words("tram harbour")
    idf[counts.buckets] = 3
    weighed = dict(zip(both.buckets.tolist(), weigh(both, idf).values.tolist(), strict=True))
    assert weighed[int(counts.buckets[0])] == pytest.approx(3 / np.sqrt(11))


@pytest.mark.parametrize("text", ["", "🎉", "..."])
def test_a_text_without_words_has_no_features(text):
    assert len(weigh(count_words(text), EVEN).values) == len(weigh(count_pieces(text), EVEN).values) == 0


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_weighed_features_have_length_one_and_ascending_buckets(text):
    for counts in (count_words(text), count_pieces(text)):
        weighed = weigh(counts, EVEN)
        assert np.all(np.diff(weighed.buckets) > 0)
        if len(weighed.values):
            assert np.linalg.norm(weighed.values) == pytest.approx(1, abs=1e-4)
