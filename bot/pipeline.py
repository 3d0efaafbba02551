"""One post, a straight line: gather what is known, decide, perform."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.backlog import Backlog
from bot.claims.gate import stopped_by_gate
from bot.decide import Answer, Decision, Facts, JoinCase, Nothing, Observe, OpenCase, Suggest, decide
from bot.duplicates.content import marks
from bot.duplicates.judgement import Judged, judge
from bot.duplicates.window import Window
from bot.errors import StoreError
from bot.faq.ledger import Ledger
from bot.model import (
    Attachment,
    Band,
    GuildPolicy,
    ImageHash,
    Judgement,
    Mode,
    Post,
    Repeat,
    Reply,
    ReplyState,
    SeenPost,
)
from bot.outbox import Outbox
from bot.policy import counts_repeats, ignored, is_compared
from bot.recent import Recent
from bot.storage.privacy_protocols import WishStore
from bot.storage.protocols import (
    CaseStore,
    FingerprintStore,
    PolicyStore,
    ReplyStore,
    card_key,
    reply_key,
    suggestion_key,
)

log = logging.getLogger(__name__)

_DELETIONS = 10_000  # deleted posts that are known: their events may be in progress, or be read back later
_MAX_MATCHING = 200  # posts in the matcher at once: beyond, explainers are shed before the memory of posts
_REPEATED = Judgement(Band.SILENT, (), ("the post repeats an earlier one",))
_STATES = {Answer: ReplyState.POSTED, Suggest: ReplyState.SUGGESTED, Observe: ReplyState.SHADOWED}


class Matcher(Protocol):
    """Ranks explainers for a text; blocking."""

    def judge(self, text: str, reply_text: str | None = None, guild_id: int = 0) -> Judgement: ...

    def forget_guild(self, guild_id: int) -> None: ...


class Images(Protocol):
    """Looks into attachments."""

    async def read(self, attachments: Sequence[Attachment]) -> tuple[ImageHash, ...]: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one post; replay and logs read it."""

    judgement: Judgement | None  # None: the gate stopped it, or the channel is off
    repeats: tuple[Repeat, ...]
    decision: Decision
    case_number: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """The stores that the pipeline reads and writes, and whom it asks."""

    policies: PolicyStore
    fingerprints: FingerprintStore
    replies: ReplyStore
    cases: CaseStore
    ledger: Ledger
    wishes: WishStore
    images: Images | None = None  # None: attachments are not looked into


class Pipeline:
    """Handles posts. Its window is in memory; what it decides is on disk before it shows."""

    def __init__(
        self,
        memory: Memory,
        outbox: Outbox,
        window: Window,
        matcher: Matcher,
        *,
        matching: Executor,
        clock: Callable[[], datetime],
    ) -> None:
        self._memory = memory
        self._outbox = outbox
        self._window = window
        self._matcher = matcher
        self._matching = matching
        self._clock = clock
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)  # per server
        self._in_matcher = 0
        self._handling: Counter[tuple[int, int, int, int]] = Counter()  # server, channel, post, author in progress
        self._deleted: Recent[tuple[int, int]] = Recent(_DELETIONS)  # server and post
        self._restored = asyncio.Event()
        self._restored.set()
        self._restoring: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._speaking = asyncio.Lock()  # two posts must not both find the cooldown over
        self._backlog = Backlog(memory.fingerprints, window.is_current)

    def start_restoring(self) -> None:
        """Fill the window from storage in the background; posts and deletions wait until that is done."""
        self._restored.clear()
        since = self._clock() - self._window.max_age
        for policy in self._memory.policies.all():
            self._window.bound(policy.guild_id, policy.window_posts, policy.window_age)
        self._restoring = asyncio.create_task(self._restore_window(since), name="restore window")

    async def when_restored(self) -> None:
        """Wait until the window holds what storage kept."""
        await self._restored.wait()

    async def handle(self, post: Post, *, edited: bool = False) -> Outcome:
        """Do what one post calls for. The same post again (Discord repeats events) has no second effect."""
        policy = self._memory.policies.get(post.guild_id)
        if ignored(policy, post) is not None:
            return Outcome(None, (), decide(post, Facts(self._clock(), policy, Judgement(Band.SILENT))))
        await self.when_restored()
        if not edited and self._window.contains(post.guild_id, post.message_id):
            self._note_read(post, None)
            return Outcome(None, (), _nothing("the post was seen before"))
        place = (post.guild_id, post.channel_id, post.message_id, post.author_id)
        self._handling[place] += 1
        self._idle.clear()
        try:
            return await self._handle(post, edited=edited)
        finally:
            self._handling -= Counter([place])
            if not self._handling:
                self._idle.set()

    async def rehearse(self, post: Post, replies: Collection[Reply]) -> tuple[Facts, Decision]:
        """Decide about a post, handled or not, as if it came when it was written; nothing is remembered or sent.

        ``replies`` are the answers of that time to other posts of the server.
        """
        await self.when_restored()
        policy = self._memory.policies.get(post.guild_id)
        if self._memory.images is not None and post.attachments and self.compares(post):
            post = replace(post, images=await self._memory.images.read(post.attachments))
        judged = _judged(post, self._window.look(post) if self.compares(post) else (), policy)
        known_by = marks(post, judged.repeats[0]) if judged.repeats else ()
        gathered = await self._gather(post, await self._judge(post), judged, known_by)
        facts = replace(gathered, now=post.at, replies=replies)
        return facts, decide(post, facts)

    async def repeats_of(self, post: Post) -> tuple[Repeat, ...]:
        """The earlier posts that a post repeats, surest first; nothing is remembered."""
        await self.when_restored()
        return self._window.look(post)

    def compares(self, post: Post) -> bool:
        """Whether a post is compared with earlier ones: not in an exempt channel, nor if it is too old (an edit)."""
        policy = self._memory.policies.get(post.guild_id)
        return self._clock() - post.at <= policy.window_age and is_compared(policy, post)

    async def finish(self, longest: float) -> None:
        """Let the posts in progress end, ``longest`` seconds at most, and put the window on disk."""
        try:
            await asyncio.wait_for(self._idle.wait(), longest)
        except TimeoutError:
            log.warning("%d posts were still in progress", len(self._handling))
        await self.save()
        self._matching.shutdown(wait=False)
        if self._memory.images is not None:
            await self._memory.images.close()

    async def _handle(self, post: Post, *, edited: bool) -> Outcome:
        seen, found = await self._compare(post, edited=edited)
        judged = _judged(post, found, self._memory.policies.get(post.guild_id))
        try:
            judgement = await self._judge(post, is_repeat=bool(judged.repeats))
            if edited:
                await self._note_edit(post, judged.repeats)
            decision, effects, case_number = await self._decide(post, judgement, judged)
        except BaseException:
            if seen is not None and self._window.is_current(seen):  # if the event comes again, it is a new one
                self._window.forget(post.guild_id, post.message_id)
            raise
        self._note_read(post, seen)
        for key in effects:
            await self._outbox.deliver(key)
        if edited or self._backlog.is_due(post):  # edits are not read back
            await self.save()
        return Outcome(judgement, judged.repeats, decision, case_number)

    async def forget(self, guild_id: int, message_ids: frozenset[int]) -> None:
        """Posts were deleted: nothing repeats them any more, and the cases that show them change."""
        await self.when_restored()
        self._deleted.note((guild_id, message_id) for message_id in message_ids)
        for message_id in message_ids:
            self._window.forget(guild_id, message_id)
        await self._memory.fingerprints.forget(guild_id, message_ids)  # also what the window had no room for
        for case_id in await self._memory.cases.posts_gone(guild_id, message_ids, self._clock()):
            await self._outbox.deliver(card_key(case_id))
        for reply_id in await self._memory.replies.posts_gone(guild_id, message_ids, self._clock()):
            await self._outbox.deliver(suggestion_key(reply_id))

    async def forget_channel(self, guild_id: int, channel_id: int) -> None:
        """A channel or thread was deleted with its posts: nothing repeats them, the cases that show them say so."""
        await self.when_restored()
        place = (guild_id, channel_id)
        in_progress = {message_id for guild, channel, message_id, _ in self._handling if (guild, channel) == place}
        self._deleted.note((guild_id, message_id) for message_id in in_progress)
        self._window.forget_channel(guild_id, channel_id)
        await self._memory.fingerprints.forget_channel(guild_id, channel_id)
        for case_id in await self._memory.cases.channel_gone(guild_id, channel_id, self._clock()):
            await self._outbox.deliver(card_key(case_id))

    async def forget_member(self, member_id: int) -> None:
        """A member asked to be forgotten: memory drops their posts, also those in progress."""
        await self.when_restored()
        gone = {(guild, message_id) for guild, _, message_id, author in self._handling if author == member_id}
        self._deleted.note(gone)
        self._window.forget_author(member_id)

    async def save(self) -> None:
        """Put what the window learnt since the last time on disk."""
        await self._backlog.save([((guild, channel), message_id) for guild, channel, message_id, _ in self._handling])

    async def forget_guild(self, guild_id: int) -> None:
        """The bot has left: drop what memory holds of the server."""
        await self.when_restored()  # else what is being restored would come back
        self._window.forget_guild(guild_id)
        self._matcher.forget_guild(guild_id)
        self._turns.pop(guild_id, None)
        self._backlog.forget_guild(guild_id)
        self._memory.policies.forget_guild(guild_id)
        self._memory.replies.forget_guild(guild_id)
        self._memory.wishes.forget_guild(guild_id)

    async def _compare(self, post: Post, *, edited: bool) -> tuple[SeenPost | None, tuple[Repeat, ...]]:
        """Compare with the window and remember, in the order in which posts arrive: those behind an image wait."""
        images = self._memory.images
        if images is None or not post.attachments or not self.compares(post):
            async with self._turns[post.guild_id]:
                return self._look_back(post, edited=edited)
        reading = asyncio.create_task(images.read(post.attachments), name="images")
        try:
            async with self._turns[post.guild_id]:
                return self._look_back(replace(post, images=await reading), edited=edited)
        finally:
            reading.cancel()

    def _look_back(self, post: Post, *, edited: bool) -> tuple[SeenPost | None, tuple[Repeat, ...]]:
        policy = self._memory.policies.get(post.guild_id)  # as it is now: the post may have waited
        if (post.guild_id, post.message_id) in self._deleted or ignored(policy, post) or not self.compares(post):
            return None, ()  # deleted or switched off meanwhile, or the bot has left
        self._window.bound(post.guild_id, policy.window_posts, policy.window_age)
        seen, repeats = self._window.see(post)
        return (seen if edited or seen.keys else None), repeats

    def _note_read(self, post: Post, seen: SeenPost | None) -> None:
        """The post's effects are on disk: from now on a restart may skip it."""
        if seen is not None:
            self._backlog.remember(seen)
        if self._memory.policies.get(post.guild_id).mode(post) is not Mode.OFF:  # nor has the bot left meanwhile
            self._backlog.note_read(post)

    async def ask(self, guild_id: int, question: str) -> Judgement:
        """Rank a server's explainers for a question."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._matching, self._matcher.judge, question, None, guild_id)

    async def _judge(self, post: Post, *, is_repeat: bool = False) -> Judgement | None:
        if stopped_by_gate(post) is not None:
            return None
        if is_repeat:
            return _REPEATED  # it is not answered, and a raid must not keep the matcher busy
        if self._in_matcher >= _MAX_MATCHING:
            return Judgement(Band.SILENT, (), ("too many posts at once",))
        self._in_matcher += 1
        try:
            asked = (post.text, post.reply_text, post.guild_id)
            return await asyncio.get_running_loop().run_in_executor(self._matching, self._matcher.judge, *asked)
        finally:
            self._in_matcher -= 1

    async def _restore_window(self, since: datetime) -> None:
        try:
            await asyncio.to_thread(lambda: self._window.restore(self._memory.fingerprints.load(since)))
            log.info("%d posts remembered", len(self._window))
        except StoreError:
            log.exception("the window could not be restored and begins empty")
        finally:
            self._restored.set()

    async def _note_edit(self, post: Post, repeats: tuple[Repeat, ...]) -> None:
        """Cases show the new words; one that the post no longer fits loses it."""
        known = {mark for repeat in repeats for mark in marks(post, repeat)}
        for case_id in await self._memory.cases.post_edited(post, known, self._clock()):
            await self._outbox.deliver(card_key(case_id))

    async def _decide(
        self, post: Post, judgement: Judgement | None, judged: Judged
    ) -> tuple[Decision, list[str], int | None]:
        """Decide, and put it on disk; return the effects to deliver and the number of the case, too."""
        speaks = judgement is not None and judgement.band is not Band.SILENT
        async with self._speaking if speaks else nullcontext():
            known_by = marks(post, judged.repeats[0]) if judged.repeats else ()
            # between these facts and the record nothing waits
            facts = await self._gather(post, judgement, judged, known_by)
            deleted = (post.guild_id, post.message_id) in self._deleted
            decision = _nothing("the post was deleted meanwhile") if deleted else decide(post, facts)
            return decision, *await self._record(post, decision, known_by)

    async def _gather(self, post: Post, judgement: Judgement | None, judged: Judged, known_by: Sequence[int]) -> Facts:
        repeats = judged.repeats
        topic = judgement.topic if judgement is not None and judgement.band is not Band.SILENT else None
        stale = await self._memory.ledger.staleness(post.guild_id, topic) if topic is not None else None
        known = await self._memory.cases.known(post.guild_id, known_by) if known_by else None
        return Facts(
            now=self._clock(),
            policy=self._memory.policies.get(post.guild_id),
            judgement=judgement or Judgement(Band.SILENT, (), (stopped_by_gate(post) or "",)),
            repeats=repeats,
            repeat_note=judged.note,
            known=known,
            replies=self._memory.replies.recent(post.guild_id),
            stale=stale,
            wishes=self._memory.wishes.of(post.author_id, self._clock()),
        )

    async def _record(self, post: Post, decision: Decision, known_by: Sequence[int]) -> tuple[list[str], int | None]:
        """Put the decision on disk; return the effects to deliver, and the number of the case it made or joined."""
        effects: list[str] = []
        case_number = None
        match decision.speech:
            case Answer() | Suggest() | Observe() as speech:
                reply = await self._memory.replies.record(post, speech.match, _STATES[type(speech)], self._clock())
                log.info("%r: %s", post, speech)
                if reply is not None:
                    effects += [reply_key(post.guild_id, post.message_id), suggestion_key(reply.id)]
            case Nothing():
                pass
        match decision.flag:
            case OpenCase() | JoinCase() as flag:
                case = await self._memory.cases.record(post, flag.repeat, self._clock(), known_by)
                log.info("%r: %s", post, flag)
                if case is not None:
                    effects.append(card_key(case.id))
                    case_number = case.number
            case Nothing(reasons):
                if len(reasons) > 1:
                    log.info("%r: not shown to moderators: %s", post, reasons)
        return effects, case_number


def _judged(post: Post, found: tuple[Repeat, ...], policy: GuildPolicy) -> Judged:
    return judge(post, found, policy) if counts_repeats(policy, post) else Judged((), "repeats are off here")


def _nothing(reason: str) -> Decision:
    return Decision(Nothing((reason,)), Nothing((reason,)))
