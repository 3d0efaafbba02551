"""What is left of a post once quotes, code, mentions and disguise are off, in any script."""

import unicodedata
from time import process_time

import pytest

from bot.text import STOP_WORDS, content_words, own_text, sentences, without_links, words


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("plain words stay", "plain words stay"),
        ("before `code here` after", "before after"),
        ("before ```py\nmany\nlines``` after", "before after"),
        ("before ```a block that never ends\n> in it", "before"),
        ("> their words\nmy words", "my words"),
        ("my words\n  > their words\nmine again", "my words mine again"),
        ("my words\n>>> all\nthe rest", "my words"),
        ("five > four, and a >>> b", "five > four, and a >>> b"),
        ("<@123> and <@!123> <@&45> <#67> </faq ask:89> <t:1700000000:R> look", "and look"),
        ("<:smile:123456> <a:dance:654321> fun", "fun"),
        ("@everyone @here wake up", "wake up"),
        ("@everybody is a word", "@everybody is a word"),
        ("1 < 2 and <b> is markup", "1 < 2 and <b> is markup"),
        ("> only a quote", ""),
        ("", ""),
    ],
)
def test_what_others_or_machines_wrote_is_not_the_authors_own(text, own):
    assert own_text(text).split() == own.split()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://example.org/a?b=c#d now", "see now"),
        ("<HTTP://EXAMPLE.ORG> now", "< > now"),
        ("xhttp://no and http:// no", "xhttp://no and http:// no"),
    ],
)
def test_links_can_be_taken_out(text, left):
    assert without_links(text).split() == left.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's HERE, isn\u2019t it?", ["it's", "here", "isn't", "it"]),
        ("'quoted' rock'n'roll dogs'", ["quoted", "rock'n'roll", "dogs"]),
        ("snake_case and 3.5", ["snake", "case", "and", "3", "5"]),
        ("*** !!! 🎉 ___", []),
        ("Привет, мир", ["привет", "мир"]),
        ("नमस्ते दोस्तों", ["नमस्ते", "दोस्तों"]),
        ("naïve café", ["naïve", "café"]),
        (unicodedata.normalize("NFD", "naïve café's"), [unicodedata.normalize("NFD", w) for w in ("naïve", "café's")]),
        ("مُحَمَّد هنا", ["مُحَمَّد", "هنا"]),
        ("", []),
    ],
)
def test_words_are_lower_case_and_keep_their_apostrophes_and_marks(text, expected):
    assert words(text) == expected


def test_stop_words_carry_no_meaning():
    assert content_words("The model doesn\u2019t get what YOU want, it's just theft") == ["model", "doesn't", "theft"]
    assert content_words(" ".join(STOP_WORDS)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four; five", ["One.", "Two!", "Three?", "Four;", "five"]),
        ("one\n\ntwo\nthree", ["one", "two", "three"]),
        ("one - two \u2013 three   \u2014   four", ["one", "two", "three", "four"]),
        ("well-known v1.5 a.b", ["well-known v1.5 a.b"]),
        ("!!! ... 🎉\n \none", ["one"]),
        ("", []),
    ],
)
def test_sentences_end_at_stops_lines_and_dashes_and_have_words(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "filler", ["\n", " ", " \n", "\t", "`", "> ", ">\n", "</a", "<@", "- ", "a\u0301", "'a", "https://"]
)
@pytest.mark.parametrize("cut", [own_text, sentences, without_links, words])
def test_no_filler_makes_reading_a_post_slow(cut, filler):
    text = f"a{filler * 40_000}b"
    begin = process_time()
    cut(text)
    assert process_time() - begin < 1
