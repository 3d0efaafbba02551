"""Other languages are told from English, and odd English never passes for another language."""

import json

import pytest

from bot.claims.language import is_foreign
from bot.faq.files import explainers_folder


@pytest.mark.parametrize(
    "text",
    [
        "bonne nuit tout le monde, à demain",
        "wer hat bock auf minecraft heute abend",
        "alguém sabe quando sai o patch?",
        "кто-нибудь идёт на стрим?",
        "今日めっちゃ寒い",
        "Darf man das einfach so machen, mit unseren Bildern?",
    ],
)
def test_another_language_is_recognised(text):
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    ["prompt bros malding rn", "c'est du vol", "ai slop machine strikes again lmao", "", "🎉🎉", "gpu goes brrr"],
)
def test_what_is_short_or_in_doubt_is_taken_for_english(text):
    assert not is_foreign(text)


def test_no_english_message_of_ours_passes_for_another_language(explainers):
    claims = [claim for explainer in explainers.values() for claim in explainer.claims]
    lines = (explainers_folder().parent / "hard_negatives.jsonl").read_text(encoding="utf-8").splitlines()
    taken = [text for text in (*claims, *(json.loads(line)["text"] for line in lines)) if is_foreign(text)]
    assert taken == []
