"""A server's own threshold of a topic takes the place of the matcher's, above and below it."""

from dataclasses import replace

import pytest

from bot.decide import Answer, Facts, Suggest, decide
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, Strictness
from bot.policy import topic_threshold
from tests.support import CHANNEL, GUILD, START, make_post

TOPIC, OTHER = "fair-use", "scraping"
POLICY = GuildPolicy(GUILD, modes={CHANNEL: Mode.ANSWER}, moderators_channel_id=99)


def judgement(score: float, **fields) -> Judgement:
    """What a matcher that answers from .90 makes of a post."""
    band = Band.ANSWER if score >= 0.90 and not fields.get("tied") else Band.SUGGEST
    matches = (Match(TOPIC, score, ""), Match(OTHER, score - 0.1, ""))
    return Judgement(**{"band": band, "matches": matches, "reasons": (), "answer_from": 0.90, **fields})


def said(score: float, threshold: float | None, policy: GuildPolicy = POLICY, **fields):
    own = {TOPIC: threshold} if threshold is not None else {}
    return decide(make_post(), Facts(START, replace(policy, thresholds=own), judgement(score, **fields))).speech


@pytest.mark.parametrize(
    ("score", "threshold", "speech"),
    [
        (0.84, None, Suggest),
        (0.91, None, Answer),
        (0.84, 0.84, Answer),
        (0.83, 0.84, Suggest),
        (0.91, 0.84, Answer),
        (0.91, 0.95, Suggest),
        (0.96, 0.95, Answer),
    ],
)
def test_the_servers_threshold_decides(score, threshold, speech):
    assert isinstance(said(score, threshold), speech)


def test_the_decision_says_by_which_threshold():
    assert "score 0.84 reaches 0.80, which this server asks for" in said(0.84, 0.80).reasons
    assert "score 0.91 is below 0.95, which this server asks for" in said(0.91, 0.95).reasons
    assert said(0.91, None).reasons == ()


def test_between_two_explainers_that_fit_as_well_a_person_chooses():
    assert isinstance(said(0.95, 0.80, tied=True), Suggest)


def test_another_topics_threshold_does_not_count():
    policy = replace(POLICY, thresholds={OTHER: 0.5})
    assert isinstance(decide(make_post(), Facts(START, policy, judgement(0.84))).speech, Suggest)


def test_a_strict_channel_asks_for_more_than_the_servers_threshold():
    strict = replace(POLICY, strictness={CHANNEL: Strictness.VERY_STRICT})
    assert isinstance(said(0.84, 0.80, strict), Suggest)
    assert isinstance(said(0.85, 0.80, strict), Answer)


def test_an_explainer_under_review_is_only_suggested():
    facts = Facts(START, replace(POLICY, thresholds={TOPIC: 0.8}), judgement(0.84), stale="old")
    assert isinstance(decide(make_post(), facts).speech, Suggest)


def test_words_alone_are_never_sure_enough():
    assert isinstance(said(0.99, 0.80, band=Band.SUGGEST, answer_from=0.0), Suggest)
    assert topic_threshold(replace(POLICY, thresholds={TOPIC: 0.8}), judgement(0.99, answer_from=0.0)) is None


def test_what_the_matcher_is_silent_on_stays_unanswered():
    assert not isinstance(said(0.30, 0.20, band=Band.SILENT), Answer | Suggest)
