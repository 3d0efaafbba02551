"""What should be done about one post? A pure function from gathered facts to actions, each with its reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.case import QUIET, WAITING, CaseState, Ruling
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, Post, QuietWish, Repeat, Reply
from bot.policy import (
    answers_from,
    holding,
    ignored,
    may_answer,
    quiet_wish,
    refusal,
    topic_mode,
    topic_threshold,
)


@dataclass(frozen=True, slots=True)
class KnownContent:
    """The case that decides about the content that a post repeats."""

    case_id: int
    number: int
    state: CaseState
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision rests on, gathered beforehand."""

    now: datetime
    policy: GuildPolicy
    judgement: Judgement
    repeats: tuple[Repeat, ...] = ()
    repeat_note: str = ""  # what to say about them, or about their absence
    known: KnownContent | None = None
    replies: Collection[Reply] = ()  # the server's, as far back as its cooldowns reach
    stale: str | None = None  # why the topic's explainer is under review; it is answered by a person only
    wishes: Collection[QuietWish] = ()  # of the post's author, as far as they hold now


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the post with this explainer."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggest:
    """Propose this explainer to the moderators."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observe:
    """Shadow mode: record that this explainer would have been posted."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Show the moderators a new case."""

    repeat: Repeat
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinCase:
    """Add the post to the open case about the same content."""

    repeat: Repeat
    case_id: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Leave it."""

    reasons: tuple[str, ...]


Speech = Answer | Suggest | Observe | Nothing
Flag = OpenCase | JoinCase | Nothing


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say about a post, and what to show the moderators."""

    speech: Speech
    flag: Flag


def decide(post: Post, facts: Facts) -> Decision:
    """Decide about one post; never asks anything, never waits."""
    reason = ignored(facts.policy, post)
    if reason is not None:
        return Decision(Nothing((reason,)), Nothing((reason,)))
    return Decision(_speech(post, facts), _flag(facts, facts.policy.mode(post)))


def _speech(post: Post, facts: Facts) -> Speech:
    judgement = facts.judgement
    if judgement.band is Band.SILENT or not judgement.matches:
        return Nothing(judgement.reasons)
    match = judgement.matches[0]
    mode = topic_mode(facts.policy, post, match.slug)
    refused = "the topic is off on this server" if mode is Mode.OFF else None
    refused = refused or ("the post repeats an earlier one" if facts.repeats else None)
    refused = "it replies to an answer of ours" if post.replies_to_us else refused
    refused = refused or quiet_wish(facts.wishes, post)
    sure = is_sure(post, facts)
    counted = holding(facts.replies, post, match.slug, sure=sure)
    refused = refused or refusal(facts.policy, post, match.slug, counted, facts.now)
    if refused:
        return Nothing((*judgement.reasons, refused))
    reasons = judgement.reasons if facts.stale is None else (*judgement.reasons, f"under review: {facts.stale}")
    reasons += _asked_for(post, facts)
    if mode is Mode.SHADOW:
        return Observe(match, (*reasons, "the channel is in shadow mode"))
    if sure:
        return Answer(match, reasons)
    if facts.policy.moderators_channel_id is not None:
        return Suggest(match, reasons)
    return Nothing((*reasons, "there is no moderators' channel to suggest it in"))


def is_sure(post: Post, facts: Facts) -> bool:
    """Whether the post is answered without a moderator's approval, if nothing else stands against an answer."""
    judgement, policy = facts.judgement, facts.policy
    reached = may_answer(policy, judgement) and judgement.score >= answers_from(policy, post, judgement)
    return reached and facts.stale is None and topic_mode(policy, post, judgement.topic or "") is Mode.ANSWER


def _asked_for(post: Post, facts: Facts) -> tuple[str, ...]:
    """How the score stands to a threshold that is not the matcher's own."""
    judgement, policy = facts.judgement, facts.policy
    if not may_answer(policy, judgement):
        return ()
    needed = answers_from(policy, post, judgement)
    score, by_topic = judgement.score, topic_threshold(policy, judgement) is not None
    if score < needed:
        return (f"score {score:.2f} is below {needed:.2f}, which this {'server' if by_topic else 'channel'} asks for",)
    return (f"score {score:.2f} reaches {needed:.2f}, which this server asks for",) if by_topic else ()


def _flag(facts: Facts, mode: Mode) -> Flag:
    if not facts.repeats:
        return Nothing((facts.repeat_note or "no earlier post is like it",))
    repeat = facts.repeats[0]
    reasons: tuple[str, ...] = (f"{repeat.label} repeat, {repeat.detector} {repeat.score:.2f}",)
    if facts.repeat_note:
        reasons += (facts.repeat_note,)
    if mode is Mode.SHADOW:
        return Nothing((*reasons, "the channel is in shadow mode"))
    known = facts.known
    if known is None:
        return OpenCase(repeat, reasons)
    if known.state in WAITING:
        return JoinCase(repeat, known.case_id, (*reasons, f"joins case {known.number}"))
    if known.ruling in QUIET:
        return Nothing((*reasons, f"moderators {known.ruling} this content in case {known.number}"))
    return OpenCase(repeat, reasons)
