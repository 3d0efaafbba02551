"""Members' words in cards do nothing: over ten thousand texts, none pings, formats, hides or outgrows a message."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.case import Act, Case, CaseEvent, CasePost, CaseState, EarlierVerdict, Report, Ruling, Timeout
from bot.discord_ui import case_cards, case_words
from tests.discord_ui.hostile import faults, texts

AT = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = 12  # so that both cores share the work
PER_PART, PER_CASE = 960, 8


def case_of(words: list[str], number: int) -> Case:
    """A case whose posts, report, note, reason and problem all say something hostile."""
    first, *copies = words[:4]
    posts = [CasePost(11, 5, 7, AT, True, text=first)]
    posts += [CasePost(12 + i, 5, 8, AT, False, text=text, edited=True) for i, text in enumerate(copies)]
    return Case(
        id=1,
        guild_id=9,
        number=number,
        state=CaseState.OPEN,
        detector="near",
        label="near",
        score=0.8,
        opened_at=AT,
        posts=tuple(posts),
        copies=len(copies),
        reports=tuple(Report(40 + i, AT, text) for i, text in enumerate(words[4:6])),
        reported=2,
        notes=(CaseEvent(AT, 3, Act.NOTED, words[6]),),
        earlier=(EarlierVerdict(1, Ruling.KEPT, 3, AT),),
        timeouts=(Timeout(1, 9, 1, 8, AT + timedelta(days=1), 3, words[7]),),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_members_words_on_case_cards_are_inert_and_fit(part):
    words = list(texts(PER_PART, seed=part))
    cases = [case_of(words[at : at + PER_CASE], at + 1) for at in range(0, PER_PART, PER_CASE)]
    for case in cases:
        assert faults(case_cards.case_text(case), case_cards.case_card(case)) == []
        assert faults(None, case_cards.case_texts(case)) == []
        assert faults(case_words.history(case, [*case.notes] * 20)) == []


def test_there_are_ten_thousand_texts():
    assert PARTS * PER_PART >= 10_000
