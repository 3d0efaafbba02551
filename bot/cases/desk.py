"""What moderators decide: on disk before Discord shows it; of two presses at once one wins, and the other is told."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.model import Case, CaseState, EffectKind, Reply, ReplyState
from bot.outbox import Outbox
from bot.storage.protocols import (
    CaseStore,
    EffectStore,
    ReplyStore,
    Verdict,
    card_key,
    delete_key,
    reply_key,
    suggestion_key,
    take_back_key,
)

QUEUE_PAGE = 10  # cases that /queue lists


class Desk:
    """The moderators' desk of all servers; every question names its server."""

    def __init__(
        self,
        cases: CaseStore,
        replies: ReplyStore,
        effects: EffectStore,
        outbox: Outbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._cases = cases
        self._replies = replies
        self._effects = effects
        self._outbox = outbox
        self._clock = clock

    async def case(self, guild_id: int, case_id: int) -> Case:
        return await self._cases.get(guild_id, case_id)

    async def queue(self, guild_id: int) -> tuple[Sequence[Case], int]:
        """The oldest open cases, and how many are open in all."""
        return await self._cases.open_cases(guild_id, QUEUE_PAGE), await self._cases.count_open(guild_id)

    async def dismiss(self, guild_id: int, case_id: int, moderator_id: int) -> Case:
        """Close the case; the same content stays quiet from now on."""
        case = await self._cases.judge(guild_id, case_id, CaseState.DISMISSED, self._verdict(moderator_id))
        await self._outbox.deliver(card_key(case_id), at_once=True)
        return case

    async def remove_repeats(self, guild_id: int, case_id: int, moderator_id: int) -> Case:
        """Delete the case's repeats, close it, and return it as it is then: a post that could not go says why."""
        case = await self._cases.judge(guild_id, case_id, CaseState.REMOVED, self._verdict(moderator_id))
        for post in case.removable:
            await self._outbox.deliver(delete_key(guild_id, post.message_id), at_once=True)
        await self._outbox.deliver(card_key(case_id), at_once=True)
        return await self._cases.get(guild_id, case_id)

    async def post_suggestion(self, guild_id: int, reply_id: int, moderator_id: int) -> Reply:
        return await self._judge_suggestion(guild_id, reply_id, ReplyState.POSTED, moderator_id)

    async def drop_suggestion(self, guild_id: int, reply_id: int, moderator_id: int) -> Reply:
        return await self._judge_suggestion(guild_id, reply_id, ReplyState.DROPPED, moderator_id)

    async def dismiss_reply(self, guild_id: int, reply_id: int, member_id: int) -> Reply:
        """Take a posted answer back; the caller has checked that this member may."""
        reply = await self._replies.dismiss(guild_id, reply_id, self._verdict(member_id))
        await self._outbox.deliver(take_back_key(reply_id), at_once=True)
        return reply

    async def show_waiting(self, guild_id: int) -> None:
        """The moderators' channel was set or can be written to again: send the cards that could not be shown."""
        for kind in (EffectKind.CASE_CARD, EffectKind.SUGGESTION):
            for effect in await self._effects.try_again(guild_id, kind):
                await self._outbox.deliver(effect.key)

    async def _judge_suggestion(self, guild_id: int, reply_id: int, state: ReplyState, moderator_id: int) -> Reply:
        reply = await self._replies.judge(guild_id, reply_id, state, self._verdict(moderator_id))
        await self._outbox.deliver(reply_key(guild_id, reply.message_id))
        await self._outbox.deliver(suggestion_key(reply_id), at_once=True)
        return reply

    def _verdict(self, moderator_id: int) -> Verdict:
        return Verdict(moderator_id, self._clock())
