"""The compiled kernels and those in numpy give the same results, so that either may run."""

import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.duplicates import DETECTORS, compiled, plain
from bot.duplicates.gist import Gist
from bot.duplicates.kernels import kernels, use_compiled, use_plain
from bot.duplicates.near import Near
from bot.duplicates.plain import KEY_BYTES
from bot.duplicates.skeleton import folded_words, skeleton
from bot.duplicates.texts import TextRing
from bot.duplicates.window import Window
from bot.images.hashes import image_hash
from bot.model import ImageHash
from tests.duplicates.tables import found_in
from tests.pictures import photo, saved
from tests.support import CHATTER, GUILD, make_post

NEAR = Near()
TEXTS = st.one_of(st.text(max_size=60), st.text("aabBlo0 13!@$.-_'\n", max_size=60))
VOCABULARY = ["the", "night", "tram", "stops", "at", "every", "old", "pier", "by", "hill", "7", "na\u00efve"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40).map(" ".join)
KEYS = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=12).map(
    lambda keys: np.array(keys, "<u4").tobytes()
)
DRESSED = st.lists(
    st.sampled_from(
        ["!play", ".x", "> ", ">", "```", '"', "@here", "<@1>", "https://x.example/a", "discord.gg/a", ": ", "/", "I "]
    )
    | st.sampled_from(
        ["ada: ", "Bergen", "Pier", "tram", "the old tram stops there", ",", " ", "\n", "\u201cso\u201d"]
    ),
    max_size=8,
).map("".join)
IMAGE = image_hash(saved(photo(1)))
BUCKETS = st.integers(1, 5)


@pytest.fixture(autouse=True)
def _numpy():
    use_plain()  # commands that ran before may have chosen the others
    yield
    use_plain()


def gist(text: str, links: tuple[str, ...] = (), images: tuple[ImageHash, ...] = ()) -> Gist:
    return Gist.of(text, GUILD, links, images)


@settings(max_examples=150)
@given(TEXTS)
def test_texts_are_read_alike(text):
    words, letters, keys = compiled.read(text, GUILD)
    assert words == plain.read(text, GUILD)[0] == folded_words(text)
    assert letters in (b"", skeleton(words).encode())
    assert letters or not words or not text.isascii()
    if letters:
        assert keys == plain.band_keys(letters, plain.RUN, GUILD)


@settings(max_examples=300)
@given(TEXTS | DRESSED, st.sampled_from([(), (["https://news.example/trams"],), ((), [IMAGE])]))
def test_a_text_that_is_said_to_be_bare_holds_nothing_but_words(text, attached):
    use_compiled()
    quickly = gist(text, *attached)
    use_plain()
    slowly = gist(text, *attached)
    assert quickly.packed == slowly.packed
    assert [detector.keys(quickly) for detector in DETECTORS] == [detector.keys(slowly) for detector in DETECTORS]


def test_plain_words_are_seen_to_be_bare_and_whatever_is_more_is_not():
    bare = [
        "so be it, then: no",
        "Every old tram stops. At the pier! And so do I :P",
        " what? a -> b, and/or c > d",
        'she said "so be it"',
        "",
    ]
    dressed = [
        "!play a song",
        "> so",
        "so\n > so",
        "it is `x`",
        '"so" it was',
        "hi @here",
        "see discord.gg/a",
        "ada: hi",
        "in Bergen",
    ]
    assert [compiled.read_bare(text, GUILD) is not None for text in bare + dressed] == [True] * 5 + [False] * 9


@settings(max_examples=150)
@given(st.binary(max_size=80), st.integers(1, 8), st.integers(0, 2**63))
def test_keys_are_alike(text, width, salt):
    assert compiled.band_keys(text, width, salt) == plain.band_keys(text, width, salt)


@settings(max_examples=150)
@given(
    BUCKETS,
    st.lists(st.tuples(KEYS, st.booleans()), max_size=12),
    st.lists(KEYS, max_size=4),
    st.integers(1, 12),
    st.integers(1, 30),
)
def test_tables_are_filled_emptied_and_searched_alike(buckets, steps, wanted, oldest, most):
    tables = [np.zeros((buckets, plain.WAYS), np.uint64) for _ in range(2)]
    for sequence, (keys, stays) in enumerate(steps, 1):
        for way, rows in zip((compiled, plain), tables, strict=True):
            way.add(rows, keys, sequence)
            if not stays:
                way.discard(rows, keys, sequence)
        assert np.array_equal(*tables)
    found = [found_in(tables[0], wanted, oldest, most, way) for way in (compiled, plain)]
    assert found[0] == found[1]
    assert all(len(row) <= most for row in found[0])


@settings(max_examples=150)
@given(BUCKETS, st.lists(KEYS, max_size=12))
def test_many_entries_at_once_are_like_one_after_another(buckets, posts):
    one_by_one, *at_once = (np.zeros((buckets, plain.WAYS), np.uint64) for _ in range(3))
    for sequence, keys in enumerate(posts, 1):
        plain.add(one_by_one, keys, sequence)
    sequences = np.repeat(np.arange(1, len(posts) + 1, dtype=np.uint64), [len(keys) // KEY_BYTES for keys in posts])
    for way, rows in zip((compiled, plain), at_once, strict=True):
        way.fill(rows, b"".join(posts), sequences)
        assert np.array_equal(rows, one_by_one)


def kept(post: Gist, others: list[Gist]) -> list[int]:
    """The numbers of the gists that the sieve keeps, of posts that share a key with one."""
    ring = TextRing(len(others) + 1)
    rows, key = np.zeros((1, plain.WAYS), np.uint64), bytes(KEY_BYTES)
    for number, other in enumerate(others, 1):
        ring.put(number, other.packed, 1)
        compiled.add(rows, key, number)
    sieves, found = np.array([NEAR.sieve]), np.zeros((1, 1 + plain.WAYS), np.uint64)
    count = compiled.find(rows, key, b"\4\0", 1, *ring.texts, sieves, post.packed, found)
    return sorted(number - 1 for number in found[0, 1 : 1 + count].tolist())


@settings(max_examples=300)
@given(WORDS | TEXTS, st.lists(WORDS | TEXTS, min_size=1, max_size=6))
def test_what_is_sifted_out_would_score_nothing(text, earlier_texts):
    use_compiled()
    post, others = gist(text), [gist(other) for other in earlier_texts]
    left_out = set(range(len(others))) - set(kept(post, others))
    assert all(NEAR.score(post, others[number]) == 0 for number in left_out)


def changed(words: list[str], dice: Random) -> list[str]:
    """A text's parts in another order, and some of its words replaced."""
    place = dice.randrange(len(words))
    words = words[place:] + words[:place] if dice.random() < 0.7 else list(words)
    for _ in range(dice.randrange(len(words) // 3)):
        words[dice.randrange(len(words))] = f"{dice.randrange(10**6):x}"
    return words


def test_what_is_sifted_out_would_score_nothing_either_where_little_is_missing():
    use_compiled()
    dice, counts = Random(7), [0, 0]  # noqa: S311  # nothing secret
    for _ in range(2_000):
        words = ["".join(dice.choices("aeioubdgklmnprst", k=dice.randint(2, 8))) for _ in range(dice.randint(8, 40))]
        post, other = gist(" ".join(words)), gist(" ".join(changed(words, dice)))
        scores = NEAR.score(post, other) > 0
        counts[scores] += 1
        assert kept(post, [other]) or not scores
    assert min(counts) > 400


@pytest.mark.parametrize("times", [1, 4], ids=["as long as a machine word", "longer"])
def test_what_cannot_be_alike_is_sifted_out_before_it_is_compared(times):
    use_compiled()
    unlike, text = "an altogether unlike sentence about nothing in particular", " ".join([CHATTER] * times)
    others = [
        " ".join([unlike] * times),
        text,
        "short",
        f"{text} lol",
        text[: len(text) // 2],
        f"{unlike} www.x.example",
    ]
    assert kept(gist(text), [gist(other) for other in others]) == [1, 3, 4]
    assert kept(gist(text), [gist(f"{unlike} https://x.example/a")]) == [0]


def test_a_short_post_keeps_what_has_most_of_its_words_though_not_of_its_letters():
    use_compiled()
    post, other = gist("you saw me row to the big internationalisation"), gist("you saw me row to the big warehouse")
    assert fuzz.ratio(post.letters, other.letters) < 100 * NEAR.near < 100 * NEAR.score(post, other)
    assert kept(post, [other]) == [0]


def test_what_a_post_with_a_link_is_compared_with_is_not_sifted():
    use_compiled()
    assert kept(gist("read this https://x.example/a"), [gist(CHATTER), gist("no")]) == [0, 1]


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
