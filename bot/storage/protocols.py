"""What the rest of Copydesk may ask of a memory. A new backend implements these and joins the contract tests.

Every question names its server. Each ``async`` method that writes is one transaction, on disk when it returns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.case import Case, CaseEvent, CasePost, CaseQuery, CaseRef, Report, Ruling, Timeout
from bot.config.changes import Change, ChangeSet
from bot.decide import KnownContent
from bot.model import (
    Edition,
    EditionState,
    Effect,
    EffectKind,
    Explainer,
    GuildPolicy,
    Match,
    Post,
    Repeat,
    Reply,
    ReplyState,
    SeenPost,
    SourceCheck,
    TopicChoice,
    Vote,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A moderator's decision."""

    moderator_id: int
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeAuthor:
    """Who changes settings, when, and by which command."""

    actor_id: int
    at: datetime
    how: str


class PolicyStore(Protocol):
    """The servers' choices, held in memory and written through, with a history that is only added to."""

    def get(self, guild_id: int) -> GuildPolicy: ...

    def all(self) -> Iterable[GuildPolicy]: ...

    async def change(self, guild_id: int, changes: Sequence[Change], author: ChangeAuthor) -> ChangeSet | None:
        """Make these changes at once; None where all is so already."""
        ...

    async def history(self, guild_id: int, *, since: int = 1, limit: int | None = None) -> Sequence[ChangeSet]:
        """What was changed from this number on, newest first."""
        ...

    def forget_guild(self, guild_id: int) -> None: ...


class FingerprintStore(Protocol):
    """What the windows remember, and how far each channel has been read."""

    def load(self, since: datetime) -> Sequence[SeenPost]:
        """The remembered posts from this time on, in the order in which they were seen."""
        ...

    async def save(self, seen: Sequence[SeenPost], read_to: Mapping[tuple[int, int], int]) -> None:
        """Remember posts, and per (server, channel) the newest post that was read."""
        ...

    async def forget(self, guild_id: int, message_ids: Collection[int]) -> None: ...
    async def forget_channel(self, guild_id: int, channel_id: int) -> None: ...

    async def read_to(self, guild_id: int) -> Mapping[int, int]:
        """Per channel the newest post that was read."""
        ...


class ReplyStore(Protocol):
    """The answers given and proposed: at most one for a post."""

    def recent(self, guild_id: int) -> Collection[Reply]:
        """The server's replies of the last day, from memory."""
        ...

    async def record(self, post: Post, match: Match, state: ReplyState, now: datetime) -> Reply | None:
        """Record an answer, and the effect that shows it; None if the post has one already."""
        ...

    async def get(self, guild_id: int, reply_id: int) -> Reply | None: ...

    async def of_post(self, guild_id: int, message_id: int) -> Reply | None: ...

    async def between(self, guild_id: int, since: datetime, until: datetime) -> Sequence[Reply]:
        """The server's replies of a time, oldest first; its end does not belong to it."""
        ...

    async def judge(
        self, guild_id: int, reply_id: int, state: ReplyState, verdict: Verdict, slug: str | None = None
    ) -> Reply:
        """Post or drop a suggestion; with ``slug``, post this topic instead of the one that was suggested.

        Raises:
            UnknownCaseError: there is no such suggestion on this server.
            AlreadyJudgedError: somebody was first, and Discord did not refuse to post it.
        """
        ...

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        """Posts were deleted: drop the suggestions that wait for them, and return these."""
        ...

    async def dismiss(self, guild_id: int, reply_id: int, verdict: Verdict) -> Reply:
        """Take a posted answer back: order the deletion of its message.

        Raises:
            UnknownCaseError: there is no such answer on this server.
            AlreadyJudgedError: it was taken back before.
        """
        ...

    async def vote(self, guild_id: int, reply_id: int, voter_id: int, vote: Vote) -> bool:
        """Count a member's vote, or change it, without their name; say whether anything changed.

        Raises:
            UnknownCaseError: there is no such answer on this server.
        """
        ...

    async def votes(self, guild_id: int, reply_id: int) -> Mapping[Vote, int]: ...

    def forget_guild(self, guild_id: int) -> None: ...

    def forget_member(self, member_id: int) -> None:
        """Memory follows what ``MemberStore.forget`` has done on disk."""
        ...


class CaseStore(Protocol):
    """The cases: one per content, with the effects that show them.

    A content is known by its *marks*: the numbers of what its posts say. Each change that a moderator makes is
    compare-and-set, is written into the case's history, and returns the keys of the effects that bring it about, in
    order. It raises ``UnknownCaseError`` where there is no such case on this server, and ``AlreadyJudgedError`` where
    somebody was first.
    """

    async def known(self, guild_id: int, marks: Collection[int]) -> KnownContent | None:
        """The case that decides about content with one of these marks: allowed, else waiting, else the latest."""
        ...

    async def record(self, post: Post, repeat: Repeat, now: datetime, marks: Collection[int] = ()) -> CaseRef | None:
        """Add the post to the content's waiting case, or open one; the repeat's key is a mark, too.

        None if the post is in it already, or moderators have cleared or allowed this content.
        """
        ...

    async def report(self, post: Post, report: Report, repeat: Repeat | None, marks: Sequence[int]) -> CaseRef:
        """Add a member's report of a post to the content's waiting case, or open one.

        Args:
            post: the reported post.
            report: who reports it, when, and perhaps why.
            repeat: what it repeats, as far as the windows know.
            marks: of the post; without a repeat the first names the content.

        Raises:
            CaseError: this member has reported it before, or moderators have cleared or allowed this content.
        """
        ...

    async def get(self, guild_id: int, case_id: int) -> Case:
        """One case, with its posts' words as far as they are kept.

        Raises:
            UnknownCaseError: there is none on this server.
        """
        ...

    async def of_post(self, guild_id: int, message_id: int) -> Sequence[KnownContent]:
        """The cases that a post is in, oldest first."""
        ...

    async def id_of(self, guild_id: int, number: int) -> int:
        """The id of the case with this number.

        Raises:
            UnknownCaseError: there is none on this server.
        """
        ...

    async def page(
        self, guild_id: int, query: CaseQuery, moderator_id: int, now: datetime
    ) -> tuple[Sequence[Case], int]:
        """One page of a list, as a moderator sees it, and how many cases are on all its pages."""
        ...

    async def history(self, guild_id: int, case_id: int) -> Sequence[CaseEvent]:
        """All that happened, oldest first."""
        ...

    async def claim(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]: ...

    async def release(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]: ...

    async def judge(self, guild_id: int, case_id: int, ruling: Ruling, verdict: Verdict) -> Sequence[str]:
        """Close a case; ``DELETED`` orders the deletion of its copies, also once more where that failed."""
        ...

    async def undo(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        """Undo the verdict, an expiry or a rest: the case is to be judged again, and a note to members is taken back.

        Raises:
            CaseError: there is nothing to undo, or another case about the content waits.
        """
        ...

    async def snooze(self, guild_id: int, case_id: int, until: datetime, verdict: Verdict) -> Sequence[str]: ...

    async def note(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        """Add the verdict's reason to the history, as a note."""
        ...

    async def tell_channel(self, guild_id: int, case_id: int, channel_id: int, verdict: Verdict) -> Sequence[str]:
        """Order a note to the members of a channel: that content of a judged case was posted before."""
        ...

    async def time_out(
        self, guild_id: int, case_id: int, member_id: int, until: datetime, verdict: Verdict
    ) -> Sequence[str]:
        """Order that a member is silenced until then; the verdict says why."""
        ...

    async def lift_timeout(self, guild_id: int, case_id: int, member_id: int, verdict: Verdict) -> Sequence[str]:
        """Order the end of a member's latest timeout.

        Raises:
            CaseError: there is none.
        """
        ...

    async def disallow(self, guild_id: int, case_id: int, verdict: Verdict) -> Sequence[str]:
        """Take content off the list of what is always allowed.

        Raises:
            CaseError: it is not on the list.
        """
        ...

    async def timeout(self, guild_id: int, timeout_id: int) -> Timeout | None: ...

    async def allow(self, guild_id: int, phrase: str, mark: int, verdict: Verdict) -> CaseRef:
        """Always allow content that no case is about, as a case of its own."""
        ...

    async def copies_in(self, guild_id: int, case_id: int, channel_id: int) -> Sequence[int]:
        """The messages of the case's copies that stand in a channel."""
        ...

    async def remember_text(self, guild_id: int, case_id: int, post: CasePost) -> None:
        """Keep a post's words, encrypted, as long as the case lives."""
        ...

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        """Note that posts were deleted, and forget what others than we deleted; return the cases that this changes."""
        ...

    async def channel_gone(self, guild_id: int, channel_id: int, now: datetime) -> Sequence[int]:
        """Note that a channel was deleted with its posts; return the cases that this changes."""
        ...

    async def post_edited(self, post: Post, marks: Collection[int], now: datetime) -> Sequence[int]:
        """Note that a post was edited; one that shares no mark with its case any more leaves it.

        Returns:
            the cases that this changes.
        """
        ...

    async def tick(self, now: datetime) -> Sequence[int]:
        """End claims, rests, waiting and the keeping of words when their time is over; return the changed cases."""
        ...


class EditionStore(Protocol):
    """The servers' own texts of topics, and what they chose for each topic."""

    def published(self) -> Sequence[tuple[TopicChoice, Edition | None]]:
        """Every choice of every server, with the edition that it serves; blocking."""
        ...

    async def add(self, edition: Edition) -> tuple[Edition, Edition | None]:
        """Add a version, which gets the next number; beside it, a version that its editor has not seen, if any."""
        ...

    async def history(self, guild_id: int, slug: str) -> Sequence[Edition]:
        """All versions, oldest first."""
        ...

    async def topics(self, guild_id: int) -> Sequence[str]:
        """The topics that have a version on this server."""
        ...

    async def choice(self, guild_id: int, slug: str) -> TopicChoice | None: ...

    async def publish(self, edition: Edition, explainer: Explainer, now: datetime) -> Sequence[str]:
        """Serve this version from now on; return the effects that correct answers which still show an older text."""
        ...

    async def withdraw(self, guild_id: int, slug: str, state: EditionState) -> None:
        """Serve the topic no more, for now or for good; its versions stay."""
        ...

    async def serve_built_in(self, guild_id: int, slug: str, now: datetime) -> Sequence[str]:
        """Go back to the built-in text; the server's versions stay. Returns what ``publish`` does."""
        ...


class SourceCheckStore(Protocol):
    """What the last look at each source's address found. Sources belong to no server."""

    async def all(self) -> Mapping[str, SourceCheck]:
        """The checks by address."""
        ...

    async def record(self, check: SourceCheck) -> None:
        """Note a look; one that found nothing out leaves an earlier state standing, with its problem beside it."""
        ...


class EffectStore(Protocol):
    """The outbox: what is to happen on Discord."""

    async def get(self, key: str) -> Effect | None: ...

    async def pending(self) -> Sequence[Effect]:
        """What has been recorded and not brought about, oldest first."""
        ...

    async def done(self, key: str, version: int, channel_id: int | None, message_id: int | None) -> None:
        """Discord has this version, as this message."""
        ...

    async def refused(self, key: str, problem: str) -> None:
        """Discord will not do it, and why; the card of the case or the suggestion that it belongs to is to say so."""
        ...

    async def try_again(self, guild_id: int, kind: EffectKind, channels: Collection[int]) -> Sequence[Effect]:
        """Order again, and return, what was refused, and waiting cards that stand in none of these channels."""
        ...


def reply_key(guild_id: int, message_id: int) -> str:
    """The key of the answer to a post: one per post."""
    return f"reply:{guild_id}:{message_id}"


def suggestion_key(reply_id: int) -> str:
    """The key of the card that proposes an answer to the moderators."""
    return f"suggestion:{reply_id}"


def card_key(case_id: int) -> str:
    """The key of a case's card."""
    return f"card:{case_id}"


def take_back_key(reply_id: int) -> str:
    """The key of the deletion of an answer of ours."""
    return f"take_back:{reply_id}"


def delete_key(case_id: int, channel_id: int) -> str:
    """The key of the deletion of a case's copies in one channel."""
    return f"delete:{case_id}:{channel_id}"


def note_key(case_id: int, event_id: int) -> str:
    """The key of a note to members about a case, ordered at that point of its history."""
    return f"note:{case_id}:{event_id}"


def timeout_key(timeout_id: int) -> str:
    """The key of a timeout."""
    return f"timeout:{timeout_id}"


def digest_key(guild_id: int, monday: date) -> str:
    """The key of a week's digest: one per server and ISO week."""
    return f"digest:{guild_id}:{monday:%G-W%V}"
