"""What should be done about one post? A pure function from gathered facts to actions, each with its reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.case import QUIET, WAITING, CaseState, Ruling
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, Post, QuietWish, Repeat, Reply
from bot.policy import answers_from, holding, ignored, quiet_wish, refusal, topic_mode


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
    needed = answers_from(facts.policy, post, judgement.answer_from)
    sure = judgement.band is Band.ANSWER and facts.stale is None and match.score >= needed
    counted = holding(facts.replies, post, match.slug, sure=sure and mode is Mode.ANSWER)
    refused = refused or refusal(facts.policy, post, match.slug, counted, facts.now)
    if refused:
        return Nothing((*judgement.reasons, refused))
    reasons = judgement.reasons if facts.stale is None else (*judgement.reasons, f"under review: {facts.stale}")
    if mode is Mode.SHADOW:
        return Observe(match, (*reasons, "the channel is in shadow mode"))
    if mode is Mode.ANSWER and sure:
        return Answer(match, reasons)
    if judgement.band is Band.ANSWER and match.score < needed:
        reasons = (*reasons, f"score {match.score:.2f} is below {needed:.2f}, which this channel asks for")
    if facts.policy.moderators_channel_id is not None:
        return Suggest(match, reasons)
    return Nothing((*reasons, "there is no moderators' channel to suggest it in"))


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
