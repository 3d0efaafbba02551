"""A case as a value: what it keeps out of logs, and the questions it answers about itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.case import CLAIM_LASTS, Case, CasePost, CaseState, Report, Ruling
from tests.support import AUTHOR, CHANNEL, GUILD, START

ORIGINAL = CasePost(1, CHANNEL, AUTHOR, START, is_original=True)
COPY = CasePost(2, CHANNEL, AUTHOR, START, is_original=False)
CASE = Case(5, GUILD, 1, CaseState.OPEN, "exact", "certain", 1.0, START, (ORIGINAL, COPY), copies=1)


def test_the_repr_of_a_case_holds_none_of_its_members_words():
    copy = replace(COPY, text="a secret in the post", image_url="https://cdn/secret.png")
    case = replace(CASE, posts=(ORIGINAL, copy), reports=(Report(3, START, "a secret in a report"),))
    assert "secret" not in repr(case)
    assert "number=1" in repr(case)


def test_a_case_tells_its_original_from_its_copies():
    assert (CASE.original, CASE.repeats) == (ORIGINAL, (COPY,))
    reported = replace(CASE, posts=(COPY,))
    assert (reported.original, reported.repeats) == (None, (COPY,))


def test_a_case_counts_the_copies_that_stand_in_all_channels():
    assert replace(CASE, standing={1: 2, 7: 3}).removable == 5
    assert CASE.removable == 0


@pytest.mark.parametrize("state", CaseState)
def test_a_case_waits_until_it_is_judged_or_expires(state):
    assert replace(CASE, state=state).waits is (state not in (CaseState.JUDGED, CaseState.EXPIRED))


@pytest.mark.parametrize(
    ("ruling", "problems", "again"),
    [(Ruling.DELETED, {1: "no right"}, True), (Ruling.DELETED, {}, False), (Ruling.KEPT, {1: "no right"}, False)],
)
def test_a_deletion_can_be_tried_again_where_it_failed(ruling, problems, again):
    assert replace(CASE, ruling=ruling, problems=problems).can_retry is again


def test_a_claim_counts_for_half_an_hour_noted_or_not():
    case = replace(CASE, state=CaseState.CLAIMED, owner_id=9, claimed_at=START)
    assert case.as_of(START + CLAIM_LASTS - timedelta(seconds=1)) == case
    assert case.as_of(START + timedelta(minutes=30)) == CASE


def test_a_rest_counts_until_its_end():
    case = replace(CASE, snoozed_until=START + timedelta(hours=1))
    assert case.as_of(START) == case
    assert case.as_of(START + timedelta(hours=1)) == CASE
