"""What moderators decide: on disk before Discord shows it; of two presses at once one wins, and the other is told."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

from bot.case import Case, CaseEvent, CaseQuery, CaseRef, Report, Ruling, Silence
from bot.duplicates.content import marks
from bot.errors import CaseError
from bot.model import EffectKind, Post, Repeat, Reply, ReplyState
from bot.outbox import Outbox
from bot.storage.protocols import (
    CaseStore,
    EffectStore,
    ReplyStore,
    Verdict,
    card_key,
    reply_key,
    suggestion_key,
    take_back_key,
)

QUEUE_PAGE = 10  # cases that /queue lists


class Desk:
    """The moderators' desk of all servers; every question names its server.

    What changes a case returns it as it is then, and raises ``CaseError`` where that cannot be done.
    """

    def __init__(
        self,
        cases: CaseStore,
        replies: ReplyStore,
        effects: EffectStore,
        outbox: Outbox,
        repeats_of: Callable[[Post], Awaitable[tuple[Repeat, ...]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._cases = cases
        self._replies = replies
        self._effects = effects
        self._outbox = outbox
        self._repeats_of = repeats_of
        self._clock = clock

    # Reading

    async def case(self, guild_id: int, case_id: int) -> Case:
        return (await self._cases.get(guild_id, case_id)).as_of(self._clock())

    async def id_of(self, guild_id: int, number: int) -> int:
        return await self._cases.id_of(guild_id, number)

    async def queue(self, guild_id: int, query: CaseQuery, moderator_id: int) -> tuple[Sequence[Case], int]:
        """One page of a list of cases, and how many are on all its pages."""
        now = self._clock()
        cases, total = await self._cases.page(guild_id, query, moderator_id, now)
        return [case.as_of(now) for case in cases], total

    async def history(self, guild_id: int, case_id: int) -> Sequence[CaseEvent]:
        return await self._cases.history(guild_id, case_id)

    # Cases

    async def claim(self, guild_id: int, case_id: int, moderator_id: int) -> Case:
        """Take a case, for half an hour; meanwhile no other moderator can act on it."""
        return await self._done(guild_id, case_id, await self._cases.claim(guild_id, case_id, self._by(moderator_id)))

    async def release(self, guild_id: int, case_id: int, moderator_id: int) -> Case:
        return await self._done(guild_id, case_id, await self._cases.release(guild_id, case_id, self._by(moderator_id)))

    async def judge(
        self, guild_id: int, case_id: int, ruling: Ruling, moderator_id: int, reason: str | None = None
    ) -> Case:
        """Close a case. Cleared or allowed content stays quiet; a copy that could not be deleted says why."""
        verdict = self._by(moderator_id, reason)
        return await self._done(guild_id, case_id, await self._cases.judge(guild_id, case_id, ruling, verdict))

    async def undo(self, guild_id: int, case_id: int, moderator_id: int, reason: str | None = None) -> Case:
        """Undo a verdict, an expiry or a rest. Posts that were deleted stay so."""
        verdict = self._by(moderator_id, reason)
        return await self._done(guild_id, case_id, await self._cases.undo(guild_id, case_id, verdict))

    async def snooze(self, guild_id: int, case_id: int, rest: timedelta, moderator_id: int) -> Case:
        """Put a case aside: it comes back by itself."""
        verdict = self._by(moderator_id)
        keys = await self._cases.snooze(guild_id, case_id, verdict.at + rest, verdict)
        return await self._done(guild_id, case_id, keys)

    async def note(self, guild_id: int, case_id: int, text: str, moderator_id: int) -> Case:
        verdict = self._by(moderator_id, text)
        return await self._done(guild_id, case_id, await self._cases.note(guild_id, case_id, verdict))

    async def tell_channel(self, guild_id: int, case_id: int, moderator_id: int) -> str:
        """Tell members, in the channel of the newest copy, that it was posted before; return the effect's key."""
        posts = (await self._cases.get(guild_id, case_id)).posts
        if not posts:
            raise CaseError("this case is about no post")
        channel_id = posts[-1].channel_id
        keys = await self._cases.tell_channel(guild_id, case_id, channel_id, self._by(moderator_id))
        await self._done(guild_id, case_id, keys)
        return keys[0]

    async def time_out(self, guild_id: int, case_id: int, silence: Silence, moderator_id: int) -> Case:
        """Silence a member; the caller has checked that the server allows it, and this moderator may."""
        verdict = self._by(moderator_id, silence.reason)
        until = verdict.at + silence.lasts
        keys = await self._cases.time_out(guild_id, case_id, silence.member_id, until, verdict)
        return await self._done(guild_id, case_id, keys)

    async def lift_timeout(self, guild_id: int, case_id: int, member_id: int, moderator_id: int) -> Case:
        keys = await self._cases.lift_timeout(guild_id, case_id, member_id, self._by(moderator_id))
        return await self._done(guild_id, case_id, keys)

    async def allow(self, guild_id: int, phrase: str, moderator_id: int) -> CaseRef:
        """Always allow a text that no case is about."""
        at = self._clock()
        post = Post(guild_id, 0, 0, moderator_id, phrase, at)
        (mark,) = marks(post, None)
        return await self._cases.allow(guild_id, phrase, mark, Verdict(moderator_id, at))

    async def disallow(self, guild_id: int, case_id: int, moderator_id: int) -> Case:
        keys = await self._cases.disallow(guild_id, case_id, self._by(moderator_id))
        return await self._done(guild_id, case_id, keys)

    async def report(self, post: Post, member_id: int, reason: str | None) -> CaseRef:
        """A member says that a post is a repeat: its case shows it, or one is opened.

        Raises:
            CaseError: they said so before, or moderators have cleared or allowed this content.
        """
        repeat = next(iter(await self._repeats_of(post)), None)
        report = Report(member_id, self._clock(), reason)
        ref = await self._cases.report(post, report, repeat, marks(post, repeat))
        await self._outbox.deliver(card_key(ref.id))
        return ref

    async def tick(self) -> None:
        """End what has lasted its time: claims, rests, waiting, and the keeping of members' words."""
        self._outbox.deliver_by_and_by([card_key(case_id) for case_id in await self._cases.tick(self._clock())])

    # Suggestions

    async def post_suggestion(self, guild_id: int, reply_id: int, moderator_id: int) -> Reply:
        return await self._judge_suggestion(guild_id, reply_id, ReplyState.POSTED, moderator_id)

    async def post_other(self, guild_id: int, reply_id: int, slug: str, moderator_id: int) -> Reply:
        """Answer with another topic than the suggested one; the caller has checked that it is served."""
        return await self._judge_suggestion(guild_id, reply_id, ReplyState.POSTED, moderator_id, slug)

    async def drop_suggestion(self, guild_id: int, reply_id: int, moderator_id: int) -> Reply:
        return await self._judge_suggestion(guild_id, reply_id, ReplyState.DROPPED, moderator_id)

    async def dismiss_reply(self, guild_id: int, reply_id: int, member_id: int) -> Reply:
        """Take a posted answer back; the caller has checked that this member may."""
        reply = await self._replies.dismiss(guild_id, reply_id, self._by(member_id))
        await self._outbox.deliver(take_back_key(reply_id), at_once=True)
        return reply

    async def show_waiting(self, guild_id: int, channels: Collection[int]) -> None:
        """The moderators' channel was set: send the cards that could not be shown, or went with another channel.

        Args:
            guild_id: the server.
            channels: those that it has.
        """
        for kind in (EffectKind.CASE_CARD, EffectKind.SUGGESTION):
            for effect in await self._effects.try_again(guild_id, kind, channels):
                await self._outbox.deliver(effect.key, at_once=True)

    async def _judge_suggestion(
        self, guild_id: int, reply_id: int, state: ReplyState, moderator_id: int, slug: str | None = None
    ) -> Reply:
        reply = await self._replies.judge(guild_id, reply_id, state, self._by(moderator_id), slug)
        await self._outbox.deliver(reply_key(guild_id, reply.message_id), at_once=True)
        await self._outbox.deliver(suggestion_key(reply_id), at_once=True)
        return reply

    async def _done(self, guild_id: int, case_id: int, effects: Sequence[str]) -> Case:
        """Bring about what a change has ordered, and return the case as it is then."""
        for key in effects:
            await self._outbox.deliver(key, at_once=True)
        return await self.case(guild_id, case_id)

    def _by(self, moderator_id: int, reason: str | None = None) -> Verdict:
        return Verdict(moderator_id, self._clock(), reason)
