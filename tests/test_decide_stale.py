"""An explainer under review is not answered automatically."""

import pytest

from bot.decide import Answer, Facts, Nothing, Observe, Suggest, decide
from bot.model import Band, GuildPolicy, Judgement, Match, Mode
from tests.support import CHANNEL, GUILD, START, make_post

WHY = "its review was due on 2026-01-01"
JUDGEMENT = Judgement(Band.ANSWER, (Match("scraping", 0.9, "like a claim"),), ("like a claim",))


def speech(mode, stale=WHY, moderators=99):
    policy = GuildPolicy(GUILD, moderators, modes={CHANNEL: mode})
    return decide(make_post(), Facts(START, policy, JUDGEMENT, stale=stale)).speech


def test_an_explainer_that_holds_is_answered():
    assert speech(Mode.ANSWER, stale=None) == Answer(JUDGEMENT.matches[0], ("like a claim",))


def test_one_under_review_is_suggested_with_the_reason():
    assert speech(Mode.ANSWER) == Suggest(JUDGEMENT.matches[0], ("like a claim", f"under review: {WHY}"))


def test_suggest_mode_suggests_it_as_ever_and_adds_the_reason():
    assert speech(Mode.SUGGEST) == Suggest(JUDGEMENT.matches[0], ("like a claim", f"under review: {WHY}"))


def test_without_a_moderators_channel_nothing_is_said():
    said = speech(Mode.ANSWER, moderators=None)
    assert isinstance(said, Nothing)
    assert f"under review: {WHY}" in said.reasons


@pytest.mark.parametrize("stale", [None, WHY])
def test_shadow_mode_goes_on_observing(stale):
    said = speech(Mode.SHADOW, stale=stale)
    assert isinstance(said, Observe)
    assert (f"under review: {WHY}" in said.reasons) == (stale is not None)
