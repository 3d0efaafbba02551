"""May Copydesk speak here and now? Cooldowns and budgets, so that it stays rare."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import GuildPolicy, Post, Reply, ReplyState

MAX_ANSWER_DELAY = timedelta(minutes=5)  # a later answer (after an outage) would interrupt another conversation
BUDGET_PERIOD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """One cooldown or budget.

    Attributes:
        name: what is limited.
        value: the time since the last answer (None: there was none), or how many there were.
        limit: the time that must have passed, or the number that there may be.
        refusal: why no answer may be given, in words; None where one may.
    """

    name: str
    value: timedelta | int | None
    limit: timedelta | int
    refusal: str | None


def refusal(policy: GuildPolicy, post: Post, slug: str, replies: Collection[Reply], now: datetime) -> str | None:
    """Why no answer on this topic may be given to this post; None where it may.

    Args:
        policy: the server's choices.
        post: the post that would be answered.
        slug: the topic.
        replies: the server's earlier replies, as far back as the cooldowns reach.
        now: the time of the decision.
    """
    if now - post.at > MAX_ANSWER_DELAY:
        return "the post is too old for an answer"
    if any(r.message_id == post.message_id for r in replies):
        return "the post has been answered"
    return next((one.refusal for one in limits(policy, post, slug, replies, now) if one.refusal is not None), None)


def limits(policy: GuildPolicy, post: Post, slug: str, replies: Collection[Reply], now: datetime) -> tuple[Limit, ...]:
    """The cooldowns and budgets that an answer on this topic must keep, each with where it stands; as ``refusal``."""
    here = [r for r in replies if r.channel_id == post.channel_id and r.state is not ReplyState.DROPPED]
    on_topic = [r for r in here if r.slug == slug]
    spent = sum(now - r.at < BUDGET_PERIOD for r in here)
    used_up = "the channel's answers for this hour are used up"
    return (
        _cooldown(
            "topic in this channel",
            (now - r.at for r in on_topic),
            policy.topic_cooldown,
            "the topic was answered in this channel a short while ago",
        ),
        _cooldown(
            "this channel",
            (now - r.at for r in here),
            policy.channel_cooldown,
            "the channel had an answer a moment ago",
        ),
        Limit(
            "answers in an hour",
            spent,
            policy.answers_per_hour,
            used_up if spent >= policy.answers_per_hour else None,
        ),
    )


def _cooldown(name: str, ages: Iterable[timedelta], length: timedelta, refusal: str) -> Limit:
    last = min(ages, default=None)
    return Limit(name, last, length, refusal if last is not None and last < length else None)
