"""What members type does nothing in what Copydesk shows: no ping, no link, no formatting, and it fits."""

import pytest

from bot.discord_ui import cards
from tests.discord_ui.hostile import MARK, faults, outside_code, texts


@pytest.mark.parametrize("seed", range(4))
def test_a_typed_country_is_shown_as_letters(explainers, seed):
    explainer = explainers["scraping"]
    for typed in texts(250, seed):
        shown = cards.country_card(explainer, cards.jurisdiction(typed[:30]))
        shown.description = shown.description.lower().replace(MARK, "")  # letters are shown, and harmless
        assert faults(None, [shown]) == []
        assert not {*"<>@#[]()`*_~|"} & {*cards.jurisdiction(typed[:30])}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"`{MARK}`", False),
        (f"```\n{MARK}\n```", False),
        (f"``{MARK}` `` a", False),
        (f"` {MARK}", True),
        (f"`a` {MARK} `b`", True),
        (f"```\na``` {MARK}", True),
        (f"```a\n``{MARK}", True),
    ],
)
def test_the_tests_know_what_discord_takes_for_code(text, shown):
    assert (MARK in outside_code(text)) is shown


@pytest.mark.parametrize(
    "text", [f"`a` @everyone {MARK}", "<@&1234567>", "a\u202eb", "a" + "\u0301" * 9, "x" * 2001, f"[a](https://{MARK})"]
)
def test_the_tests_see_what_is_alive_or_too_long(text):
    assert faults(text)
