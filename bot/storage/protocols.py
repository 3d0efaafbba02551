"""What the rest of Copydesk may ask of a memory. A new backend implements these and joins the contract tests.

Every question names its server. Each ``async`` method that writes is one transaction, on disk when it returns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.decide import KnownContent
from bot.model import (
    Case,
    CaseState,
    Edition,
    EditionState,
    Effect,
    EffectKind,
    Explainer,
    GuildPolicy,
    Match,
    Mode,
    Post,
    QuietWish,
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


class PolicyStore(Protocol):
    """The servers' choices, held in memory and written through."""

    def get(self, guild_id: int) -> GuildPolicy: ...

    def all(self) -> Iterable[GuildPolicy]: ...

    async def set_moderators_channel(self, guild_id: int, channel_id: int) -> None: ...

    async def set_editors_role(self, guild_id: int, role_id: int) -> None: ...

    async def set_mode(self, guild_id: int, channel_id: int, mode: Mode) -> None: ...

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

    async def judge(self, guild_id: int, reply_id: int, state: ReplyState, verdict: Verdict) -> Reply:
        """Post or drop a suggestion.

        Raises:
            UnknownCaseError: there is no such suggestion on this server.
            AlreadyJudgedError: somebody was first.
        """
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


class WishStore(Protocol):
    """Members' wishes for quiet, held in memory and written through; nothing in it names a member."""

    def of(self, member_id: int, now: datetime) -> Sequence[QuietWish]:
        """A member's wishes that hold now."""
        ...

    async def add(self, member_id: int, wish: QuietWish) -> None:
        """Note a wish; it replaces an earlier one for the same place."""
        ...

    async def lift(self, member_id: int, guild_id: int, channel_id: int) -> bool:
        """Drop the wish for a place; say whether there was one."""
        ...

    def forget_guild(self, guild_id: int) -> None: ...


class CaseStore(Protocol):
    """The cases: one per content, with the effects that show them."""

    async def known(self, guild_id: int, repeat: Repeat) -> KnownContent | None:
        """The latest case about the content of this repeat."""
        ...

    async def record(self, post: Post, repeat: Repeat, now: datetime) -> Case | None:
        """Add the post to the content's open case, or open one.

        None if the post is in it already, or moderators have dismissed this content.
        """
        ...

    async def get(self, guild_id: int, case_id: int) -> Case:
        """One case.

        Raises:
            UnknownCaseError: there is none on this server.
        """
        ...

    async def open_cases(self, guild_id: int, limit: int) -> Sequence[Case]:
        """The cases that wait for a moderator, oldest first."""
        ...

    async def count_open(self, guild_id: int) -> int: ...

    async def judge(self, guild_id: int, case_id: int, state: CaseState, verdict: Verdict) -> Case:
        """Close a case; ``REMOVED`` orders the deletion of its repeats, also once more where that failed.

        Raises:
            UnknownCaseError: there is none on this server.
            AlreadyJudgedError: somebody was first.
        """
        ...

    async def posts_gone(self, guild_id: int, message_ids: Collection[int], now: datetime) -> Sequence[int]:
        """Note that posts were deleted; return the cases whose cards this changes."""
        ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the deletion of a member's data has changed: how much by kind, and the cards that are to follow."""

    counts: Mapping[str, int]
    cards: Sequence[str]  # effects


class MemberStore(Protocol):
    """What is kept of one member, on all servers."""

    async def export(self, member_id: int) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All of it, by kind, readable: what is encrypted is opened."""
        ...

    async def forget(self, member_id: int) -> Forgotten:
        """Delete it. What others rest on stays without the member: cases, moderators' decisions, servers' texts."""
        ...


class Housekeeping(Protocol):
    """Deletes what is no longer needed."""

    async def forget_old(self, now: datetime, window: timedelta) -> None: ...

    async def forget_guild(self, guild_id: int) -> None:
        """Delete every row about a server."""
        ...

    async def left_guilds(self, present: Collection[int], now: datetime) -> Sequence[int]:
        """The servers that rows are about and where the bot has been missing so long that it must have left.

        Args:
            present: the servers that Discord says the bot is on, those included that are out of reach.
            now: the time; the bot is connected.
        """
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

    async def serve_built_in(self, guild_id: int, slug: str) -> None:
        """Go back to the built-in text; the server's versions stay."""
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
        """Discord will not do it, and why. Where that is a deletion, its case's card is to say so."""
        ...

    async def try_again(self, guild_id: int, kind: EffectKind) -> Sequence[Effect]:
        """Make a server's refused effects of a kind pending again, and return them."""
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


def delete_key(guild_id: int, message_id: int) -> str:
    """The key of the deletion of a post."""
    return f"delete:{guild_id}:{message_id}"
