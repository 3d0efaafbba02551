"""The gate stops only what certainly states no claim."""

import pytest

from bot.claims.gate import stopped_by_gate
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
