"""What a server's policy says about one post: may Copydesk speak, how sure must it be, is the post looked at at all?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.model import Band, GuildPolicy, Judgement, Mode, Post, QuietWish, Reply, ReplyState, Strictness

Value = TypeVar("Value")

MAX_ANSWER_DELAY = timedelta(minutes=5)  # a later answer (after an outage) would interrupt another conversation
BUDGET_PERIOD = timedelta(hours=1)
_LADDER = tuple(Mode)  # from what does least to what does most
_OFFSETS: Mapping[Strictness, float] = {
    Strictness.NORMAL: 0.0,
    Strictness.STRICT: 0.02,
    Strictness.VERY_STRICT: 0.05,
}


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
    if is_quiet(policy, now):
        return "these are the server's quiet hours"
    return next((one.refusal for one in limits(policy, post, slug, replies, now) if one.refusal is not None), None)


def limits(policy: GuildPolicy, post: Post, slug: str, replies: Collection[Reply], now: datetime) -> tuple[Limit, ...]:
    """The cooldowns and budgets that an answer on this topic must keep, each with where it stands; as ``refusal``."""
    given = [r for r in replies if r.state is not ReplyState.DROPPED]
    here = [r for r in given if r.channel_id == post.channel_id]
    shown = [r for r in here if r.state is not ReplyState.SUGGESTED]
    on_topic = [r for r in here if r.slug == slug]
    to_member = [r for r in given if r.slug == slug and r.author_id == post.author_id]
    spent = sum(now - r.at < BUDGET_PERIOD for r in here)
    used_up = "the channel's answers for this hour are used up" if spent >= policy.answers_per_hour else None
    topic_refusal = "the topic was answered in this channel a short while ago"
    member_refusal = "the member had an answer on the topic a short while ago"
    return (
        _cooldown("topic in this channel", _ages(on_topic, now), policy.topic_cooldown, topic_refusal),
        _cooldown("this channel", _ages(shown, now), policy.channel_cooldown, "the channel had an answer a moment ago"),
        _cooldown("topic for this member", _ages(to_member, now), policy.member_cooldown, member_refusal),
        Limit("answers in an hour", spent, policy.answers_per_hour, used_up),
    )


def holding(replies: Collection[Reply], post: Post, slug: str, *, sure: bool) -> Collection[Reply]:
    """The earlier replies that limits count.

    A suggestion that moderators have not decided yet holds no sure answer up, unless it is on the same topic.
    """
    if not sure:
        return replies
    return [
        reply
        for reply in replies
        if reply.state is not ReplyState.SUGGESTED or reply.message_id == post.message_id or reply.slug == slug
    ]


def _ages(replies: Iterable[Reply], now: datetime) -> Iterable[timedelta]:
    return (now - reply.at for reply in replies)


def _cooldown(name: str, ages: Iterable[timedelta], length: timedelta, refusal: str) -> Limit:
    last = min(ages, default=None)
    return Limit(name, last, length, refusal if last is not None and last < length else None)


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


def topic_threshold(policy: GuildPolicy, judgement: Judgement) -> float | None:
    """The server's own threshold for the topic, in place of the matcher's; None where the matcher's holds."""
    has_own = judgement.topic is not None and judgement.answer_from > 0
    return policy.thresholds.get(judgement.topic or "") if has_own else None


def answers_from(policy: GuildPolicy, post: Post, judgement: Judgement) -> float:
    """The score from which a post so judged is answered; never a score that cannot be."""
    chosen, own, offset = topic_threshold(policy, judgement), judgement.answer_from, threshold_offset(policy, post)
    if chosen is not None:
        return min(round(chosen + offset, 2), 1.0)  # in hundredths, as it was chosen
    return min(own + offset, max(own, 1.0))


def may_answer(policy: GuildPolicy, judgement: Judgement) -> bool:
    """Whether a high enough score suffices: the matcher itself would answer, or the server has set a threshold.

    Between two explainers that fit as well a person chooses.
    """
    if judgement.band is Band.SUGGEST:
        return topic_threshold(policy, judgement) is not None and not judgement.tied
    return judgement.band is Band.ANSWER


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


def quiet_wish(wishes: Collection[QuietWish], post: Post) -> str | None:
    """Why the post's author, who has these wishes, is not to be replied to; None where they do not mind.

    A wish for a channel holds in its threads, too.
    """
    if any(not wish.guild_id for wish in wishes):
        return "its author asked for no automatic replies anywhere"
    here = [wish for wish in wishes if wish.guild_id == post.guild_id]
    if any(not wish.channel_id for wish in here):
        return "its author asked for no automatic replies on this server"
    if any(wish.channel_id in (post.channel_id, post.parent_channel_id) for wish in here):
        return "its author asked for no automatic replies in this channel"
    return None
