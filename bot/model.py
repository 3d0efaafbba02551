"""The frozen values that cross between rooms. Nothing here knows Discord, SQLite or the clock.

Identifiers are Discord snowflakes (integers), times are aware UTC datetimes, scores lie between 0 and 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

FORGOTTEN = 0  # stands for the number of a member who had their data deleted; Discord gives it to nobody


class Mode(StrEnum):
    """What Copydesk does in a channel."""

    OFF = "off"  # sees nothing
    SHADOW = "shadow"  # decides and logs, shows nothing
    SUGGEST = "suggest"  # moderators approve each answer
    ANSWER = "answer"  # answers by itself


class Strictness(StrEnum):
    """How sure the matcher must be before Copydesk answers by itself."""

    NORMAL = "normal"  # the matcher's own threshold
    STRICT = "strict"
    VERY_STRICT = "very strict"


class Sensitivity(StrEnum):
    """How alike two posts must be to be shown as a repeat."""

    NORMAL = "normal"  # the detectors' own thresholds
    CAREFUL = "careful"
    CERTAIN = "certain"  # only what a detector is certain of


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Part of each day, by the server's clock; it may go past midnight."""

    start: time
    end: time

    def contain(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


class Band(StrEnum):
    """How sure the matcher is that one topic is right."""

    SILENT = "silent"
    SUGGEST = "suggest"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on a post, as Discord describes it before anybody has looked into it."""

    id: int
    address: str = field(repr=False)  # signed: whoever has it may fetch the file
    content_type: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class ImageHash:
    """What is remembered of an image: enough to know it again in other dress, nothing to see it by.

    Attributes:
        digest: the hash of its bytes.
        gradients: the difference hash, 256 bits: whether it gets brighter from each of 16 x 16 places to the next.
        waves: the hash of its 64 lowest frequencies, 64 bits.
        mirrored_gradients: the first again, of the image as in a mirror.
        mirrored_waves: likewise.
    """

    digest: bytes
    gradients: bytes
    waves: bytes
    mirrored_gradients: bytes
    mirrored_waves: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """One message as its author wrote it. Texts and author stay out of the repr, so that no log can hold them."""

    guild_id: int
    channel_id: int
    message_id: int
    author_id: int = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    parent_channel_id: int | None = None  # of a thread: the channel whose mode it inherits
    reply_text: str | None = field(default=None, repr=False)  # the post that this one replies to
    is_bot: bool = False
    replies_to_us: bool = False  # it answers one of our own messages
    role_ids: frozenset[int] = frozenset()  # the author's
    image_url: str | None = field(default=None, repr=False)  # of the first image attached to it
    attachments: tuple[Attachment, ...] = ()
    images: tuple[ImageHash, ...] = field(default=(), repr=False)  # of the attachments, once they were looked into
    embed_links: tuple[str, ...] = field(default=(), repr=False)  # the addresses of its embeds


@dataclass(frozen=True, slots=True)
class Source:
    """One work that an explainer rests on."""

    id: str
    title: str
    publisher: str
    url: str
    date: date
    kind: str
    jurisdiction: str
    checked: str  # how: "read" (a copy of the page was read), "reported" (other pages confirm it) or "unchecked"
    archive: str | None = None  # the address of a kept copy


class SourceState(StrEnum):
    """What a look at a source's address found."""

    OK = "ok"
    MOVED = "moved"  # stands, but at another address for good
    DEAD = "dead"  # the server says that it is gone
    BLOCKED = "blocked"  # the server does not let a robot look: not held against the source
    UNCHECKED = "unchecked"  # nothing was found out


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The last look at a source's address. After a look that found nothing out, an earlier state goes on to hold."""

    address: str
    state: SourceState
    at: datetime
    status: int | None = None  # HTTP's
    moved_to: str | None = None
    problem: str | None = None  # why the last look found nothing out, in words


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a dispute: a heading and its strongest case."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Explainer:
    """One curated, two-sided answer. Texts are Markdown whose notes ``[^id]`` name entries of ``sources``."""

    slug: str
    title: str
    short_answer: str
    settled: str
    sides: tuple[Side, Side]
    undecided: str
    commonly_got_wrong: str
    aliases: tuple[str, ...]
    claims: tuple[str, ...]
    not_claims: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    as_of: date
    review_by: date
    related: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """One explainer that a post may call for; ``reason`` quotes our phrasing, never the post."""

    slug: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the matcher makes of one post: a band and up to three explainers, best first."""

    band: Band
    matches: tuple[Match, ...] = ()
    reasons: tuple[str, ...] = ()
    foreign: bool = False  # the post is in another language than the explainers
    answer_from: float = 0.0  # the score from which the matcher answers; 0: no score is sure enough
    tied: bool = False  # another explainer fits as well: a person chooses

    @property
    def topic(self) -> str | None:
        return self.matches[0].slug if self.matches else None

    @property
    def score(self) -> float:
        return self.matches[0].score if self.matches else 0.0

    @property
    def menu(self) -> tuple[str, ...]:
        return tuple(match.slug for match in self.matches)


class SeenPost(NamedTuple):
    """What the window remembers of a post. A tuple, since one is made for each, and takes a third of the time."""

    guild_id: int
    channel_id: int
    message_id: int
    author_id: int
    at: datetime
    keys: bytes  # of all detectors, four bytes each, little-endian
    gist: bytes = b""  # on disk only encrypted, and no longer than the window
    content: int = 0  # the number of what it repeats; 0: it repeats nothing

    def __repr__(self) -> str:
        return f"SeenPost({self.guild_id}, {self.channel_id}, {self.message_id}, {self.at})"


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier post that a new one repeats."""

    of: SeenPost
    detector: str
    key: int  # the content's number: its repeats meet in it, whichever detector finds them
    score: float
    label: str  # "certain" or "near"


class ReplyState(StrEnum):
    """What became of an answer to a post."""

    POSTED = "posted"  # by the bot itself, or after a moderator's approval
    SUGGESTED = "suggested"  # waits for a moderator
    DROPPED = "dropped"  # a moderator decided against it
    DISMISSED = "dismissed"  # taken back at the wish of the asked member or of a moderator
    SHADOWED = "shadowed"  # only recorded, in shadow mode: holds the cooldowns


@dataclass(frozen=True, slots=True)
class Reply:
    """The bot's answer to one post, given or proposed."""

    id: int
    guild_id: int
    channel_id: int
    message_id: int  # the post that is answered
    author_id: int  # who wrote that post
    slug: str
    score: float
    reason: str
    state: ReplyState
    at: datetime
    judged_by: int | None = None
    corrected_at: datetime | None = None  # its text was corrected after it was posted
    proposed: str | None = None  # the topic that was suggested, where a moderator chose another
    problem: str | None = None  # why Discord refused to post it


@dataclass(frozen=True, slots=True)
class GuildPolicy:
    """One server's choices; ``bot/config/table.py`` says what each means. A channel without a mode is off."""

    guild_id: int
    moderators_channel_id: int | None = None
    moderators_roles: frozenset[int] = frozenset()
    editors_roles: frozenset[int] = frozenset()
    admins_roles: frozenset[int] = frozenset()
    modes: Mapping[int, Mode] = field(default_factory=dict)
    strictness: Mapping[int, Strictness] = field(default_factory=dict)
    topic_modes: Mapping[str, Mode] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    topic_cooldown: timedelta = timedelta(hours=6)
    channel_cooldown: timedelta = timedelta(minutes=2)
    member_cooldown: timedelta = timedelta(hours=6)
    answers_per_hour: int = 6
    quiet_hours: QuietHours | None = None
    time_zone: str = "UTC"
    repeats: Mapping[int, bool] = field(default_factory=dict)
    repeats_across_authors: bool = True
    repeats_across_channels: bool = True
    sensitivity: Sensitivity = Sensitivity.NORMAL
    window_posts: int = 20_000
    window_age: timedelta = timedelta(days=14)
    move_grace: timedelta = timedelta(minutes=10)
    slow_repost: timedelta = timedelta(days=1)
    exempt_channels: frozenset[int] = frozenset()
    exempt_roles: frozenset[int] = frozenset()
    exempt_domains: frozenset[str] = frozenset()
    timeouts: bool = False
    case_threads: bool = False
    all_channels: Mode | None = None  # for channels without a mode of their own; replay uses it

    def mode(self, post: Post) -> Mode:
        """The mode where this post was written; a thread inherits its channel's."""
        fallback = self.all_channels or Mode.OFF
        return self.channel_mode(post.channel_id) or self.channel_mode(post.parent_channel_id) or fallback

    def channel_mode(self, channel_id: int | None) -> Mode | None:
        return self.modes.get(channel_id) if channel_id is not None else None


@dataclass(frozen=True, slots=True)
class QuietWish:
    """A member's wish for no automatic replies, on one server or in one channel of it; without either, everywhere."""

    guild_id: int = 0
    channel_id: int = 0
    until: datetime | None = None  # None: for good


class Vote(StrEnum):
    """What a member thinks of an answer."""

    HELPFUL = "helpful"
    NOT_MEANT = "not_meant"


class EditionState(StrEnum):
    """What a server does with a topic of its own or of the built-in set."""

    LIVE = "live"  # its published edition is served
    PAUSED = "paused"  # not served for now
    RETIRED = "retired"  # not served, not listed


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a server's own text of a topic. Versions are only ever added."""

    guild_id: int
    slug: str
    version: int  # counts from 1 within the topic
    content: str = field(repr=False)  # a draft as JSON
    editor_id: int
    at: datetime
    based_on: int  # the version that the editor saw; 0 is the built-in text


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """What a server has chosen for a topic; without one, the built-in text is served."""

    guild_id: int
    slug: str
    state: EditionState
    published: int | None  # the version that is served while live


@dataclass(frozen=True, slots=True)
class Week:
    """What Copydesk did on a server in the seven days from a Monday on."""

    monday: date
    answers: int
    suggestions: int
    cases: int

    @property
    def is_quiet(self) -> bool:
        return not (self.answers or self.suggestions or self.cases)


class EffectKind(StrEnum):
    """What the outbox can bring about on Discord."""

    REPLY = "reply"  # payload: reply
    SUGGESTION = "suggestion"  # payload: reply
    CASE_CARD = "case_card"  # payload: case
    DELETE = "delete"  # a case's copies in one channel; payload: case, channel
    TAKE_BACK = "take_back"  # an answer of ours; payload: channel, message
    NOTE = "note"  # to the members of a channel about a repeat, or its end; payload: case, channel
    TIMEOUT = "timeout"  # of a member, or its end; payload: case, timeout
    DIGEST = "digest"  # of a week, to the moderators; payload: monday, answers, suggestions, cases


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to bring about on Discord, recorded before it is tried.

    ``wanted`` counts the versions asked for and ``done`` the one that Discord has; they differ while it is pending.
    """

    key: str
    guild_id: int
    kind: EffectKind
    payload: Mapping[str, int]
    wanted: int
    done: int
    at: datetime
    channel_id: int | None = None  # where its message stands, once sent
    message_id: int | None = None
    problem: str | None = None  # why Discord refused it for good
