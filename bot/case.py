"""A case: content of one server that was posted again or reported, for a person to judge.

Its state says who is to act, its ruling what was decided. Members' words stay out of the repr, so that no log can hold
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

CLAIM_LASTS = timedelta(minutes=30)  # then the case is free again
EXPIRES_AFTER = timedelta(days=14)  # without a change; as long as the windows remember posts
REPORT, PHRASE = "report", "phrase"  # in place of a detector: what a member reported, what is allowed without a post
KEEP_EXCERPTS = timedelta(days=7)  # after a case is closed


class CaseState(StrEnum):
    """Where a case stands in its life."""

    OPEN = "open"
    CLAIMED = "claimed"  # a moderator works on it; the others wait
    JUDGED = "judged"
    REOPENED = "reopened"  # its verdict was undone
    EXPIRED = "expired"  # nobody came to judge it, or its content was taken off the list of what is allowed


WAITING = frozenset({CaseState.OPEN, CaseState.CLAIMED, CaseState.REOPENED})


class Ruling(StrEnum):
    """What was decided."""

    KEPT = "kept"  # a repeat; its copies stay
    DELETED = "deleted"  # a repeat; its copies were deleted on a moderator's order
    CLEARED = "cleared"  # no repeat: this content does not come back
    ALLOWED = "allowed"  # this content may always be posted
    WITHDRAWN = "withdrawn"  # by nobody: no copy is left standing


QUIET = frozenset({Ruling.CLEARED, Ruling.ALLOWED})


class Act(StrEnum):
    """What a case's history tells, beside its rulings."""

    OPENED = "opened"
    REPORTED = "reported"
    CLAIMED = "claimed"
    RELEASED = "released"
    LAPSED = "lapsed"  # the claim, after ``CLAIM_LASTS``
    SNOOZED = "snoozed"
    WOKEN = "woken"
    REOPENED = "reopened"
    EXPIRED = "expired"
    NOTED = "noted"
    TIMED_OUT = "timed_out"
    TIMEOUT_LIFTED = "timeout_lifted"
    TOLD_CHANNEL = "told_channel"
    POST_LEFT = "post_left"  # it was edited and repeats nothing any more
    DISALLOWED = "disallowed"  # taken off the list of what is always allowed


class Fate(StrEnum):
    """Why a post stands no more, or not in its case."""

    DELETED = "deleted"
    CHANGED = "changed"  # its author edited it, and it repeats nothing any more
    CHANNEL = "channel"  # it went with its channel


@dataclass(frozen=True, slots=True)
class CasePost:
    """One post of a case. Its words are there while the case lives, unless its author deleted them."""

    message_id: int
    channel_id: int
    author_id: int
    at: datetime
    is_original: bool
    fate: Fate | None = None
    edited: bool = False
    text: str | None = field(default=None, repr=False)
    image_url: str | None = field(default=None, repr=False)

    @property
    def gone(self) -> bool:
        return self.fate is not None


@dataclass(frozen=True, slots=True)
class Report:
    """A member's report; the reason goes when the excerpts do."""

    member_id: int
    at: datetime
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history. ``event`` is an ``Act`` or a ``Ruling``; nobody did what happened by itself."""

    at: datetime
    actor_id: int | None
    event: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierVerdict:
    """What was decided on the same content before."""

    number: int
    ruling: Ruling
    judged_by: int | None
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Timeout:
    """A member whom a moderator silenced because of a case. ``problem`` is why Discord refused, in words."""

    id: int
    guild_id: int
    case_id: int
    member_id: int
    until: datetime
    moderator_id: int
    reason: str
    lifted_by: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A timeout that a moderator orders."""

    member_id: int
    lasts: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One content of one server. Of its copies it holds the newest, and counts them all."""

    id: int
    guild_id: int
    number: int  # counts from 1 within the server
    state: CaseState
    detector: str  # or ``REPORT``, or ``PHRASE``
    label: str
    score: float
    opened_at: datetime
    posts: tuple[CasePost, ...]  # the original if one is known, then the newest copies, oldest first
    copies: int
    standing: Mapping[int, int] = field(default_factory=dict)  # channel -> copies that stand there
    problems: Mapping[int, str] = field(default_factory=dict)  # channel -> why copies could not be deleted there
    ruling: Ruling | None = None
    judged_by: int | None = None
    judged_at: datetime | None = None
    owner_id: int | None = None
    claimed_at: datetime | None = None
    snoozed_until: datetime | None = None
    reports: tuple[Report, ...] = ()  # the newest first
    reported: int = 0  # by how many members
    notes: tuple[CaseEvent, ...] = ()  # the newest, oldest first
    earlier: tuple[EarlierVerdict, ...] = ()  # newest first
    timeouts: tuple[Timeout, ...] = ()  # newest first
    note_key: str | None = None  # of the effect that tells members
    phrase: str | None = None  # the text, where moderators allowed one without a post

    @property
    def original(self) -> CasePost | None:
        return next((post for post in self.posts if post.is_original), None)

    @property
    def repeats(self) -> tuple[CasePost, ...]:
        """The newest copies."""
        return tuple(post for post in self.posts if not post.is_original)

    @property
    def removable(self) -> int:
        """How many copies stand."""
        return sum(self.standing.values())

    @property
    def waits(self) -> bool:
        """Whether moderators are to judge it."""
        return self.state in WAITING

    @property
    def can_retry(self) -> bool:
        """Whether copies that were to go could not be deleted."""
        return self.ruling is Ruling.DELETED and bool(self.problems)

    def as_of(self, now: datetime) -> "Case":
        """The case at this time: a claim that has lapsed and a rest that is over do not count, noted or not."""
        case = self
        if case.claimed_at is not None and now - case.claimed_at >= CLAIM_LASTS:
            case = replace(case, state=CaseState.OPEN, owner_id=None, claimed_at=None)
        if case.snoozed_until is not None and case.snoozed_until <= now:
            case = replace(case, snoozed_until=None)
        return case


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Which case."""

    id: int
    number: int


class QueueView(StrEnum):
    """Which cases a list shows."""

    WAITING = "waiting"  # those that rest are left out
    MINE = "mine"  # claimed by the moderator who asks
    SNOOZED = "snoozed"
    JUDGED = "judged"
    EXPIRED = "expired"
    ALLOWED = "allowed"
    ALL = "all"


class QueueOrder(StrEnum):
    """In which order."""

    OLDEST = "oldest"
    NEWEST = "newest"
    COPIES = "copies"  # the most first
    REPORTS = "reports"  # same


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """One page of a list of cases."""

    view: QueueView = QueueView.WAITING
    order: QueueOrder = QueueOrder.OLDEST
    page: int = 0
    size: int = 10
