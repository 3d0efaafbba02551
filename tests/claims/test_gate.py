"""The gate stops only what certainly states no claim."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.claims.gate import own_words, stopped_by_gate
from tests.support import CLAIM, make_post

FEW = "fewer than 3 words of its own"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!play some long song title", "it is a command"),
        ("  /imagine a castle in the sky", "it is a command"),
        ("?rank of this member please", "it is a command"),
        (";;play some long song title", "it is a command"),
        (".help me with this command", "it is a command"),
        ("", FEW),
        ("ok sure", FEW),
        ("it's theft", FEW),
        ("🎉 🎉 🎉 !!!", FEW),
        ("https://example.org/a/b/c/d", FEW),
        ("https://example.org/a\nHTTPS://example.com/b?c=d&e=f", FEW),
        ("<:sad:123> <a:dance:456> 🎉", FEW),
        ("👩\u200d🎨 ❤️ 1️⃣", FEW),
        ("```py\nwhile training:\n    books.append(theft)", FEW),
        ("so: ```training on books``` `is theft`", FEW),
        ("look https://example.org/training-is-theft here", FEW),
        ("<@123> <@456> <:a:789> <#12>", FEW),
        ("> training on books is theft\nno way", FEW),
        ("```training on books is theft```", FEW),
        ("`training on books is theft`", FEW),
    ],
)
def test_a_post_that_can_state_no_claim_is_stopped(text, reason):
    assert stopped_by_gate(make_post(text)) == reason


@pytest.mark.parametrize(
    "text",
    [
        CLAIM,
        "training is theft",
        "... and training is theft",
        "!!! training is theft",
        "- training is theft",
        "$1.5 billion proves that training is theft",
        "+1 training is theft",
        "50% of it is theft",
        "pls stop saying that training is theft",
        "> was it bought?\nno, it was stolen",
        "<@123> training is theft",
        "see https://example.org training is theft",
        "обучение это кража",
    ],
)
def test_a_post_that_may_state_a_claim_passes(text):
    assert stopped_by_gate(make_post(text)) is None


def test_a_bots_post_is_stopped_whatever_it_says():
    assert stopped_by_gate(make_post(CLAIM, is_bot=True)) == "the author is a bot"


PARTS = [
    "ok",
    "it's",
    "a_b",
    "x1\u0301",
    "🎉",
    "'",
    "`",
    "```",
    "\n",
    "> ",
    ">>> ",
    "<@1>",
    "@here",
    "https://a.b/c d",
    "://",
]
COMMANDS = ["", " ", "!", "/", ";;", ";", "-", "$1", "²"]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(COMMANDS), st.lists(st.sampled_from(PARTS) | st.text(max_size=4), max_size=8), st.booleans())
@example("!", ["²"], True)
def test_the_gate_decides_as_a_count_of_all_words_would(prefix, parts, spaced):
    text = prefix + (" " if spaced else "").join(parts)
    reason = stopped_by_gate(make_post(text))
    if reason != "it is a command":
        assert (reason is None) == (own_words(text) >= 3)


@given(st.sampled_from(["!", "/", ";;", ".", "-", "%"]), st.characters())
def test_a_command_is_a_sign_before_a_letter(prefix, first):
    assert (stopped_by_gate(make_post(f"{prefix}{first} one two three")) == "it is a command") == first.isalpha()
