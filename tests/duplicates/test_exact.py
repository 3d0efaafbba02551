"""The same text, whatever its dress: what has a key, and which posts share it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates.exact import Exact
from bot.duplicates.gist import Gist
from tests.support import CHATTER, GUILD, keys_of

EXACT = Exact()


def keys(text: str, guild_id: int = GUILD) -> set[int]:
    return set(keys_of(EXACT, Gist.of(text, salt=guild_id)))


@pytest.mark.parametrize(
    "dressed",
    [
        CHATTER,
        CHATTER.upper(),
        f"**{CHATTER}**!!! 🎉",
        f"<@123> {CHATTER} <:smile:456>",
        f"> as somebody said\n{CHATTER}",
        CHATTER.replace("a", "a\u200b"),
        CHATTER.replace(" ", "\n"),
    ],
)
def test_the_same_words_in_another_dress_share_a_key(dressed):
    assert len(keys(CHATTER)) == 1
    assert keys(dressed) == keys(CHATTER)


@pytest.mark.parametrize(
    "other",
    [
        CHATTER.replace("is late", "is not late"),
        CHATTER.replace("a book", "2 books"),
        CHATTER.replace("harbour", "station"),
        f"{CHATTER} please",
        "> " + CHATTER.replace("tram", "bus"),
    ],
)
def test_a_negation_a_number_or_another_word_makes_another_key(other):
    assert keys(other)
    assert not keys(other) & keys(CHATTER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "same here, friend",
        "don't you dare",
        "🎉 🎉 🎉 🎉",
        "<@1> <@2> <@3> <@4>",
        "<:smile:123456> <:smile:123456> <:smile:123456>",
        "@everyone @here",
        "<@1> thanks a lot <:smile:123456>",
        "> yes\n> no",
        "> all the words of somebody else\nso true",
        "e\u0301te\u0301 ve\u0301cu ou\u0300",
        "नमस्ते दोस्तों",
    ],
)
def test_a_post_under_four_words_has_no_key(text):
    assert keys(text) == set()


@pytest.mark.parametrize(
    ("text", "dressed"),
    [
        ("сегодня трамвай опять опоздал", "СЕГОДНЯ трамвай, опять опоздал!"),
        ("το τραμ άργησε πάλι", "ΤΟ ΤΡΑΜ ΑΡΓΗΣΕ ΠΑΛΙ"),  # noqa: RUF001 - Greek
        ("路面電車 は また 遅れて います", "路面電車は、また 遅れて います 。。。"),
        ("الترام متأخر مرة أخرى", "الترام مُتأخر، مرّة أُخرى؟"),
        ("ट्राम आज फिर देर से आई", "ट्राम आज... फिर देर से आई।"),
    ],
    ids=["Russian", "Greek", "Japanese", "Arabic", "Hindi"],
)
def test_a_repeat_in_any_script_shares_a_key(text, dressed):
    assert len(keys(text)) == 1
    assert keys(dressed) == keys(text)


def test_posts_that_only_quote_are_compared_by_what_they_quote():
    assert keys(f"> {CHATTER}") == keys(f">>> {CHATTER}") == keys(CHATTER)


def test_the_same_text_has_other_keys_on_another_server():
    assert not keys(CHATTER, guild_id=GUILD) & keys(CHATTER, guild_id=GUILD + 1)


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=80), st.integers(0, 2**63 - 1))
def test_any_text_on_any_server_has_at_most_one_key(text, guild_id):
    found = keys(f"four words and more {text}", guild_id=guild_id)
    assert len(found) <= 1


def test_half_a_surrogate_pair_does_no_harm():
    assert len(keys(f"{CHATTER} \ud83c")) == 1


@pytest.mark.parametrize(("earlier", "score"), [(CHATTER.upper(), 1.0), (CHATTER[:-5], 0.0), ("", 0.0)])
def test_a_shared_key_is_verified(earlier, score):
    assert EXACT.score(Gist.of(CHATTER, salt=GUILD), Gist.of(earlier, salt=GUILD)) == score


def test_the_same_answer_to_another_quotation_is_no_repeat():
    answer = "I would not say that about anybody"
    one, other = (Gist.of(f"> {quoted}\n{answer}", GUILD) for quoted in (CHATTER, CHATTER[::-1]))
    assert EXACT.score(one, one) == 1
    assert EXACT.score(one, other) == EXACT.score(other, one) == 0
