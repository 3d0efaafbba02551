"""What the matcher reads of a post: own words, in passages short enough for the encoder."""

import pytest

from bot.claims.passages import in_context, passages, prepared


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  two   words ", "two words"),
        ("> quoted\nmine", "mine"),
        ("look https://example.org/x here", "look here"),
        ("`code` and words", "and words"),
        ("one\n\n\ntwo", "one\ntwo"),
        ("> only quoted", ""),
    ],
)
def test_only_the_authors_own_words_are_read(text, read):
    assert prepared(text) == read


def test_a_post_of_up_to_80_words_is_one_passage():
    post = "word " * 79 + "word"
    assert passages(post) == [post]


def test_a_longer_post_is_cut_between_sentences():
    sentence = " ".join(["word"] * 29) + " end."
    parts = passages(" ".join([sentence] * 5))
    assert [len(part.split()) for part in parts] == [60, 60, 30]
    assert all(part.endswith("end.") for part in parts)


def test_a_sentence_that_is_too_long_loses_its_end():
    assert [len(part.split()) for part in passages("word " * 300)] == [80]


def test_of_a_very_long_post_the_first_five_passages_are_read():
    assert len(passages(" ".join(["word " * 50 + "end."] * 40))) == 5


def test_a_reply_stands_behind_the_end_of_what_it_replies_to():
    assert in_context("they did", "first second") == "first second they did"
    assert in_context("mine", " ".join(map(str, range(100)))).split() == [*map(str, range(60, 100)), "mine"]
