"""What a policy says of a place: strictness and repeats of channels and threads, topics, exemptions."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.decide import Answer, Facts, Nothing, Observe, Suggest, decide
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, QuietHours, Strictness
from bot.policy import answers_from, counts_repeats, ignored, is_compared, is_quiet, threshold_offset, topic_mode
from tests.support import CHANNEL, CLAIM, GUILD, START, make_post

POLICY = GuildPolicy(GUILD, moderators_channel_id=9, modes={CHANNEL: Mode.ANSWER})
THREAD = 11
TOPIC = "fair-use"
ROLE, OTHER_ROLE = 5, 6


def in_thread(**fields):
    return make_post(channel_id=THREAD, parent_channel_id=CHANNEL, **fields)


def said(policy: GuildPolicy, score: float):
    judgement = Judgement(Band.ANSWER, (Match(TOPIC, score, ""),), ("claim",), answer_from=0.90)
    return decide(make_post(), Facts(START, policy, judgement)).speech


@pytest.mark.parametrize(
    ("strictness", "score", "speech"),
    [
        (Strictness.NORMAL, 0.90, Answer),
        (Strictness.STRICT, 0.91, Suggest),
        (Strictness.STRICT, 0.93, Answer),
        (Strictness.VERY_STRICT, 0.94, Suggest),
        (Strictness.VERY_STRICT, 0.96, Answer),
    ],
)
def test_a_strict_channel_suggests_what_is_less_sure(strictness, score, speech):
    assert type(said(replace(POLICY, strictness={CHANNEL: strictness}), score)) is speech


def test_a_suggestion_says_what_score_the_channel_asks_for():
    assert (
        "score 0.91 is below 0.95, which this channel asks for"
        in said(replace(POLICY, strictness={CHANNEL: Strictness.VERY_STRICT}), 0.91).reasons
    )


def test_no_channel_asks_for_more_than_there_is():
    policy = replace(POLICY, strictness={CHANNEL: Strictness.VERY_STRICT})
    assert answers_from(policy, make_post(), Judgement(Band.ANSWER, answer_from=0.99)) == 1.0


async def test_the_matcher_tells_from_which_score_it_answers(world):
    judgement = await world.bot.services.pipeline.ask(0, CLAIM)
    assert judgement.band is Band.ANSWER
    assert 0 < judgement.answer_from <= judgement.score


def test_a_thread_follows_its_channel_unless_it_was_chosen_for_itself():
    policy = replace(POLICY, strictness={CHANNEL: Strictness.STRICT}, repeats={CHANNEL: False})
    assert threshold_offset(policy, in_thread()) == threshold_offset(policy, make_post()) > 0
    assert not counts_repeats(policy, in_thread())
    own = replace(
        policy, strictness={**policy.strictness, THREAD: Strictness.NORMAL}, repeats={CHANNEL: False, THREAD: True}
    )
    assert threshold_offset(own, in_thread()) == 0
    assert counts_repeats(own, in_thread())
    assert threshold_offset(policy, make_post(channel_id=12)) == 0


@pytest.mark.parametrize(
    ("channel", "topic", "mode"),
    [
        (Mode.ANSWER, Mode.SUGGEST, Mode.SUGGEST),
        (Mode.SUGGEST, Mode.ANSWER, Mode.SUGGEST),
        (Mode.SHADOW, Mode.SUGGEST, Mode.SHADOW),
        (Mode.ANSWER, Mode.OFF, Mode.OFF),
        (Mode.OFF, Mode.ANSWER, Mode.OFF),
    ],
)
def test_a_topics_mode_caps_the_channels(channel, topic, mode):
    policy = replace(POLICY, modes={CHANNEL: channel}, topic_modes={TOPIC: topic})
    assert topic_mode(policy, make_post(), TOPIC) is mode
    assert topic_mode(policy, make_post(), "scraping") is channel


@pytest.mark.parametrize(
    ("channel", "topic", "speech"),
    [
        (Mode.ANSWER, Mode.OFF, Nothing),
        (Mode.ANSWER, Mode.SUGGEST, Suggest),
        (Mode.ANSWER, Mode.ANSWER, Answer),
        (Mode.SHADOW, Mode.ANSWER, Observe),
    ],
)
def test_a_topic_that_is_off_is_not_even_suggested(channel, topic, speech):
    assert type(said(replace(POLICY, modes={CHANNEL: channel}, topic_modes={TOPIC: topic}), 0.95)) is speech


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"role_ids": frozenset({OTHER_ROLE})}, None),
        ({"role_ids": frozenset({ROLE, OTHER_ROLE})}, "the author has an exempt role"),
        ({"is_bot": True}, "the author is a bot"),
        ({"channel_id": 12}, "the channel is off"),
    ],
)
def test_why_a_post_is_not_looked_at(fields, reason):
    policy = replace(POLICY, exempt_roles=frozenset({ROLE}))
    assert ignored(policy, make_post(**fields)) == reason
    expected = Nothing((reason,)) if reason else Nothing(("nothing",))
    decision = decide(make_post(**fields), Facts(START, policy, Judgement(Band.SILENT, (), ("nothing",))))
    assert decision.speech == expected


@pytest.mark.parametrize(("exempt", "compared"), [({CHANNEL}, False), ({THREAD}, False), ({12}, True)])
def test_threads_of_an_exempt_channel_are_exempt(exempt, compared):
    assert is_compared(replace(POLICY, exempt_channels=frozenset(exempt)), in_thread()) is compared


@pytest.mark.parametrize(("hour", "quiet"), [(20, False), (21, True), (22, True), (23, False)])
def test_quiet_hours_are_by_the_servers_clock_in_summer_too(hour, quiet):
    policy = replace(POLICY, quiet_hours=QuietHours(time(23), time(1)), time_zone="Europe/Berlin")
    assert is_quiet(policy, datetime(2026, 7, 1, hour, 30, tzinfo=UTC)) is quiet
