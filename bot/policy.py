"""What a server's policy says about one post: may Copydesk speak, how sure must it be, is the post looked at at all?"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.model import GuildPolicy, Mode, Post, Reply, ReplyState, Strictness

Value = TypeVar("Value")

MAX_ANSWER_DELAY = timedelta(minutes=5)  # a later answer (after an outage) would interrupt another conversation
BUDGET_PERIOD = timedelta(hours=1)
_LADDER = tuple(Mode)  # from what does least to what does most
_OFFSETS: Mapping[Strictness, float] = {
    Strictness.NORMAL: 0.0,
    Strictness.STRICT: 0.02,
    Strictness.VERY_STRICT: 0.05,
}


def refusal(policy: GuildPolicy, post: Post, slug: str, replies: Collection[Reply], now: datetime) -> str | None:
    """Why no answer on this topic may be given to this post; None where it may.

    Args:
        policy: the server's choices.
        post: the post that would be answered.
        slug: the topic.
        replies: the server's earlier replies, as far back as the cooldowns reach.
        now: the time of the decision.
    """
    given = [r for r in replies if r.state is not ReplyState.DROPPED]
    here = [r for r in given if r.channel_id == post.channel_id]
    spent = sum(now - r.at < BUDGET_PERIOD for r in here)
    reasons = (
        (now - post.at > MAX_ANSWER_DELAY, "the post is too old for an answer"),
        (any(r.message_id == post.message_id for r in replies), "the post has been answered"),
        (is_quiet(policy, now), "these are the server's quiet hours"),
        (
            any(r.slug == slug and now - r.at < policy.topic_cooldown for r in here),
            "the topic was answered in this channel a short while ago",
        ),
        (any(now - r.at < policy.channel_cooldown for r in here), "the channel had an answer a moment ago"),
        (
            any(
                r.slug == slug and r.author_id == post.author_id and now - r.at < policy.member_cooldown for r in given
            ),
            "the member had an answer on the topic a short while ago",
        ),
        (spent >= policy.answers_per_hour, "the channel's answers for this hour are used up"),
    )
    return next((reason for refused, reason in reasons if refused), None)


def is_quiet(policy: GuildPolicy, now: datetime) -> bool:
    """Whether it is one of the server's quiet hours."""
    return policy.quiet_hours is not None and policy.quiet_hours.contain(
        now.astimezone(ZoneInfo(policy.time_zone)).time()
    )


def topic_mode(policy: GuildPolicy, post: Post, slug: str) -> Mode:
    """What Copydesk does about a topic where this post was written: the channel's mode, capped by the topic's."""
    return min(policy.mode(post), policy.topic_modes.get(slug, Mode.ANSWER), key=_LADDER.index)


def threshold_offset(policy: GuildPolicy, post: Post) -> float:
    """How far above the matcher's own threshold a score must lie to be answered where this post was written."""
    chosen = _of_place(policy.strictness, post)
    return _OFFSETS[chosen or Strictness.NORMAL]


def answers_from(policy: GuildPolicy, post: Post, own: float) -> float:
    """The score from which a post is answered, given the matcher's own threshold; never a score that cannot be."""
    return min(own + threshold_offset(policy, post), max(own, 1.0))


def ignored(policy: GuildPolicy, post: Post) -> str | None:
    """Why the post is not looked at; None where it is."""
    if post.is_bot:
        return "the author is a bot"
    if policy.mode(post) is Mode.OFF:
        return "the channel is off"
    if policy.exempt_roles & post.role_ids:
        return "the author has an exempt role"
    return None


def counts_repeats(policy: GuildPolicy, post: Post) -> bool:
    """Whether repeats become cases where this post was written."""
    return _of_place(policy.repeats, post) is not False


def is_compared(policy: GuildPolicy, post: Post) -> bool:
    """Whether the post is compared with others and remembered."""
    return not policy.exempt_channels & {post.channel_id, post.parent_channel_id}


def _of_place(chosen: Mapping[int, Value], post: Post) -> Value | None:
    """What was chosen for the post's thread, or else for its channel."""
    parent = chosen.get(post.parent_channel_id) if post.parent_channel_id is not None else None
    return chosen.get(post.channel_id, parent)
