"""May Copydesk speak here and now? Cooldowns and budgets, so that it stays rare."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.model import GuildPolicy, Post, QuietWish, Reply, ReplyState

MAX_ANSWER_DELAY = timedelta(minutes=5)  # a later answer (after an outage) would interrupt another conversation
BUDGET_PERIOD = timedelta(hours=1)


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
    here = [r for r in replies if r.channel_id == post.channel_id and r.state is not ReplyState.DROPPED]
    if any(r.message_id == post.message_id for r in replies):
        return "the post has been answered"
    if any(r.slug == slug and now - r.at < policy.topic_cooldown for r in here):
        return "the topic was answered in this channel a short while ago"
    if any(now - r.at < policy.channel_cooldown for r in here):
        return "the channel had an answer a moment ago"
    if sum(now - r.at < BUDGET_PERIOD for r in here) >= policy.answers_per_hour:
        return "the channel's answers for this hour are used up"
    return None


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
