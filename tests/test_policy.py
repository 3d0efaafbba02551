"""Cooldowns and budgets: when an answer that fits is still not given."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import GuildPolicy, Reply, ReplyState
from bot.policy import Limit, limits, refusal
from tests.support import AUTHOR, CHANNEL, GUILD, START, make_post

POLICY = GuildPolicy(
    GUILD, topic_cooldown=timedelta(hours=6), channel_cooldown=timedelta(minutes=2), answers_per_hour=3
)
TOPIC, OTHER = "fair-use", "scraping"
SECOND = timedelta(seconds=1)
TOO_OLD = "the post is too old for an answer"
ANSWERED = "the post has been answered"
SAME_TOPIC = "the topic was answered in this channel a short while ago"
SAME_CHANNEL = "the channel had an answer a moment ago"
USED_UP = "the channel's answers for this hour are used up"


def reply(ago: timedelta, slug: str = OTHER, **fields) -> Reply:
    """A reply to another post of the channel, so long ago."""
    given = Reply(1, GUILD, CHANNEL, 5, AUTHOR, slug, 0.9, "", ReplyState.POSTED, START - ago)
    return replace(given, **fields)


def refused(*replies: Reply, policy: GuildPolicy = POLICY, **fields) -> str | None:
    return refusal(policy, make_post(**fields), TOPIC, replies, START)


@pytest.mark.parametrize(("age", "reason"), [(timedelta(minutes=5), None), (timedelta(minutes=5) + SECOND, TOO_OLD)])
def test_a_post_older_than_five_minutes_gets_no_answer(age, reason):
    assert refused(at=START - age) == reason


@pytest.mark.parametrize("state", ReplyState)
def test_a_post_is_answered_once_even_if_moderators_dropped_the_answer(state):
    long_ago = reply(timedelta(days=1), state=state, message_id=6, channel_id=CHANNEL)
    assert refused(long_ago, message_id=6) == ANSWERED


@pytest.mark.parametrize(
    ("ago", "slug", "reason"),
    [
        (timedelta(hours=6) - SECOND, TOPIC, SAME_TOPIC),
        (timedelta(hours=6), TOPIC, None),
        (timedelta(minutes=3), OTHER, None),
        (timedelta(minutes=2) - SECOND, OTHER, SAME_CHANNEL),
        (timedelta(minutes=2), OTHER, None),
        (timedelta(0), TOPIC, SAME_TOPIC),
    ],
)
def test_a_topic_and_a_channel_rest_after_an_answer(ago, slug, reason):
    assert refused(reply(ago, slug)) == reason


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not ReplyState.DROPPED])
def test_an_answer_that_waits_or_was_taken_back_or_is_only_recorded_holds_the_cooldowns_too(state):
    assert refused(reply(SECOND, TOPIC, state=state)) == SAME_TOPIC


def test_a_dropped_suggestion_frees_the_cooldowns():
    assert refused(reply(SECOND, TOPIC, state=ReplyState.DROPPED)) is None


def test_another_channel_has_cooldowns_of_its_own():
    assert refused(reply(SECOND, TOPIC, channel_id=CHANNEL + 1, author_id=AUTHOR + 1)) is None


@pytest.mark.parametrize(
    ("minutes_ago", "reason"),
    [([10, 20], None), ([10, 20, 30], USED_UP), ([10, 20, 60], None), ([3, 4, 5, 6, 7], USED_UP)],
)
def test_a_channel_has_a_budget_of_answers_an_hour(minutes_ago, reason):
    assert refused(*(reply(timedelta(minutes=minutes)) for minutes in minutes_ago)) == reason


def test_dropped_answers_do_not_use_the_budget_up():
    assert refused(*(reply(timedelta(minutes=10), state=ReplyState.DROPPED) for _ in range(9))) is None


def test_a_budget_of_nothing_allows_nothing():
    assert refused(policy=replace(POLICY, answers_per_hour=0)) == USED_UP


def test_a_first_post_may_be_answered():
    assert refused() is None


def test_each_limit_tells_where_it_stands_whether_it_refuses_or_not():
    hour = timedelta(hours=1)
    given = [reply(hour, TOPIC), reply(hour / 2), reply(hour / 4, state=ReplyState.DROPPED)]
    topic, channel, member, budget = limits(POLICY, make_post(), TOPIC, given, START)
    assert topic == Limit(topic.name, hour, timedelta(hours=6), SAME_TOPIC)
    assert member == Limit(
        member.name, hour, POLICY.member_cooldown, "the member had an answer on the topic a short while ago"
    )
    assert channel == Limit(channel.name, hour / 2, timedelta(minutes=2), None)
    assert budget == Limit(budget.name, 1, 3, None)


def test_a_limit_that_nothing_has_touched_has_no_last_answer():
    found = limits(POLICY, make_post(), TOPIC, (), START)
    assert [limit.value for limit in found] == [None, None, None, 0]
