"""Nearness to known phrasings, against a plain calculation of the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims.bank import Bank, Phrasing
from bot.claims.features import BUCKETS, count_words, weigh

EVEN = np.ones(2 * BUCKETS, np.float32)
TRAM = ["the tram is late", "no tram today", "tram harbour line"]
BOOKS = ["seven million books"]


def unit(*numbers):
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


def words(text):
    return weigh(count_words(text), EVEN)


VECTORS = dict(zip([*TRAM, *BOOKS], [unit(1, 0, 0), unit(1, 1, 0), unit(0, 1, 0), unit(0, 0, 1)], strict=True))


@pytest.fixture
def bank():
    topics = {"tram": TRAM, "empty": [], "books": BOOKS}
    return Bank(
        {slug: [Phrasing(text, words(text), VECTORS[text]) for text in texts] for slug, texts in topics.items()}
    )


def test_a_topic_counts_by_the_mean_of_its_two_nearest_phrasings(bank):
    near = bank.nearness(words("books"), unit(1, 0, 0))["tram"]
    assert near.meaning == pytest.approx((1 + np.sqrt(0.5)) / 2, abs=1e-6)
    assert near.wording == 0


def test_a_topic_of_one_phrasing_counts_by_it(bank):
    near = bank.nearness(words("seven million books"), unit(0, 0, 1))["books"]
    assert (near.meaning, near.wording) == pytest.approx((1, 1), abs=1e-6)


def test_wording_is_the_cosine_of_words_and_pairs(bank):
    near = bank.nearness(words("no tram today"), unit(0, 0, 1))["tram"]
    late = np.sum([a == b for a in words("no tram today").buckets for b in words("the tram is late").buckets])
    expected = late / np.sqrt(len(words("no tram today").buckets) * len(words("the tram is late").buckets))
    assert near.wording == pytest.approx(
        (1 + max(expected, 1 / 5)) / 2, abs=1e-6
    )  # "tram harbour line" shares one of 5


def test_the_nearest_phrasing_is_named(bank):
    assert bank.nearness(words("no tram today"), unit(1, 1, 0))["tram"].phrase == "no tram today"
    assert bank.nearness(words("late"), unit(1, 0, 0))["tram"].phrase == "the tram is late"


def test_phrasings_that_are_equally_near_count_each(bank):
    near = bank.nearness(words(""), unit(0, 0, 1))["tram"]
    assert (near.meaning, near.wording, near.phrase) == (0, 0, TRAM[0])


def test_a_topic_without_phrasings_is_left_out(bank):
    assert bank.topics == ("tram", "books")
    assert list(bank.nearness(words("tram"), unit(1, 0, 0))) == ["tram", "books"]


SAID = st.lists(st.sampled_from(["tram", "late", "book", "theft", "the", "no"]), max_size=5).map(" ".join)
MEANT = st.tuples(*[st.integers(-2, 2)] * 3).filter(any)
PHRASING = st.tuples(SAID.filter(bool), MEANT)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(PHRASING, min_size=1, max_size=4), min_size=1, max_size=4), SAID, MEANT)
def test_nearness_is_that_of_a_plain_calculation(topics, said, meant):
    known = {
        str(number): [Phrasing(f"{row}", words(text), unit(*vector)) for row, (text, vector) in enumerate(rows)]
        for number, rows in enumerate(topics)
    }
    found = Bank(known).nearness(words(said), unit(*meant))
    for slug, rows in known.items():
        meaning = [float(row.vector @ unit(*meant)) for row in rows]
        wording = [cosine(row.words, words(said)) for row in rows]
        near = found[slug]
        assert near.meaning == pytest.approx(np.mean(sorted(meaning)[-2:]), abs=1e-5)
        assert near.wording == pytest.approx(np.mean(sorted(wording)[-2:]), abs=1e-5)
        named = int(near.phrase)
        assert meaning[named] + wording[named] == pytest.approx(
            max(map(sum, zip(meaning, wording, strict=True))), abs=1e-5
        )


def cosine(one, other):
    weights = dict(zip(one.buckets.tolist(), one.values.tolist(), strict=True))
    return sum(
        weights.get(bucket, 0) * value
        for bucket, value in zip(other.buckets.tolist(), other.values.tolist(), strict=True)
    )
