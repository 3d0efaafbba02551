"""The compiled kernels and those in numpy give the same results, so that either may run."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates import DETECTORS, compiled, plain
from bot.duplicates.gist import Gist
from bot.duplicates.kernels import kernels, use_compiled, use_plain
from bot.duplicates.near import Near
from bot.duplicates.skeleton import folded_words, skeleton
from bot.duplicates.window import Window
from tests.support import CHATTER, GUILD, make_post

NEAR = Near()
TEXTS = st.one_of(st.text(max_size=60), st.text("aabBlo0 13!@$.-_'\n", max_size=60))
VOCABULARY = ["the", "night", "tram", "stops", "at", "every", "old", "pier", "by", "hill", "7", "na\u00efve"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40).map(" ".join)
KEYS = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=12).map(lambda keys: np.array(keys, np.uint32))
BUCKETS = st.integers(1, 5)


@pytest.fixture(autouse=True)
def _numpy():
    use_plain()  # commands that ran before may have chosen the others
    yield
    use_plain()


def gist(text: str) -> Gist:
    return Gist.of(text, GUILD)


@settings(max_examples=150)
@given(TEXTS)
def test_texts_are_folded_alike(text):
    words, letters = compiled.fold(text)
    assert words == plain.fold(text)[0] == folded_words(text)
    assert letters in ("", skeleton(words))
    assert letters or not words or not text.isascii()


@settings(max_examples=150)
@given(st.binary(max_size=80), st.integers(1, 8), st.integers(0, 2**63))
def test_keys_are_alike(text, width, salt):
    assert compiled.band_keys(text, width, salt).tolist() == plain.band_keys(text, width, salt).tolist()


@settings(max_examples=150)
@given(BUCKETS, st.lists(st.tuples(KEYS, st.booleans()), max_size=12), KEYS, st.integers(0, 12), st.integers(1, 30))
def test_tables_are_filled_emptied_and_searched_alike(buckets, steps, wanted, oldest, most):
    tables = [np.zeros((buckets, plain.WAYS), np.uint64) for _ in range(2)]
    for sequence, (keys, stays) in enumerate(steps, 1):
        for way, rows in zip((compiled, plain), tables, strict=True):
            way.add(rows, keys, sequence)
            if not stays:
                way.discard(rows, keys, sequence)
        assert np.array_equal(*tables)
    assert compiled.find(tables[0], wanted, oldest, most) == plain.find(tables[1], wanted, oldest, most)


@settings(max_examples=150)
@given(BUCKETS, st.lists(KEYS, max_size=12))
def test_many_entries_at_once_are_like_one_after_another(buckets, posts):
    one_by_one, *at_once = (np.zeros((buckets, plain.WAYS), np.uint64) for _ in range(3))
    for sequence, keys in enumerate(posts, 1):
        plain.add(one_by_one, keys, sequence)
    keys = np.concatenate([np.empty(0, np.uint32), *posts])
    sequences = np.repeat(np.arange(1, len(posts) + 1, dtype=np.uint64), [len(keys) for keys in posts])
    for way, rows in zip((compiled, plain), at_once, strict=True):
        way.fill(rows, keys, sequences)
        assert np.array_equal(rows, one_by_one)


@settings(max_examples=150)
@given(WORDS | TEXTS, st.lists(WORDS | TEXTS, min_size=1, max_size=6))
def test_what_is_sifted_out_would_score_nothing(text, earlier_texts):
    use_compiled()
    post, others = gist(text), [gist(other) for other in earlier_texts]
    kept = NEAR.sift(post, [other.pack() for other in others])
    assert all(keep or NEAR.score(post, other) == 0 for keep, other in zip(kept, others, strict=True))


def test_what_cannot_be_alike_is_sifted_out_before_it_is_compared():
    use_compiled()
    texts = ["an altogether unlike sentence about nothing in particular", CHATTER, "short", f"{CHATTER} lol"]
    assert NEAR.sift(gist(CHATTER), [gist(text).pack() for text in texts]) == [False, True, False, True]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 30), WORDS), max_size=40))
def test_a_window_finds_and_remembers_the_same_with_either(steps):
    outcomes = []
    for choose in (use_plain, use_compiled):
        choose()
        window = Window(DETECTORS, posts_per_guild=20)
        posts = [make_post(text, message_id=number) for number, text in steps]
        outcomes.append([window.see(post) for post in posts])
    assert outcomes[0] == outcomes[1]


def test_the_compiled_kernels_take_numpys_place_when_they_are_asked_for():
    assert kernels() is plain
    assert use_compiled() is True
    assert kernels() is compiled


def test_without_the_extra_numpy_stays(monkeypatch):
    monkeypatch.setitem(sys.modules, "bot.duplicates.compiled", None)
    monkeypatch.delattr("bot.duplicates.compiled")
    assert use_compiled() is False
    assert kernels() is plain


def test_where_nothing_compiled_can_be_kept_numpy_stays(monkeypatch, caplog):
    class NoFolder:
        def find_spec(self, name, path=None, target=None):
            if name == "bot.duplicates.compiled":
                raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.delitem(sys.modules, "bot.duplicates.compiled")
    monkeypatch.delattr("bot.duplicates.compiled")
    monkeypatch.setattr(sys, "meta_path", [NoFolder(), *sys.meta_path])
    assert use_compiled() is False
    assert "no locator" in caplog.text
