"""The desk with all that it works on, and moderators' presses."""

import asyncio

from bot.case import Ruling
from bot.cases.desk import Desk
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.errors import DeliveryDelayedError, DeliveryRefusedError
from bot.model import Match, ReplyState
from bot.outbox import Outbox
from bot.storage.cases import SqliteCaseStore
from bot.storage.effects import SqliteEffectStore
from bot.storage.protocols import card_key, delete_key, suggestion_key
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    CHANNEL,
    GUILD,
    make_post,
    make_repeat,
    recorded,
)

OTHER_GUILD = 2
ANN, BEA = 501, 502
MATCH = Match("style", 0.9, "you cannot own a style")
OUT_OF_REACH = DeliveryDelayedError("Discord answered 503")
NOT_ALLOWED = DeliveryRefusedError("Discord answered 403")


class Office:
    """The desk with all that it works on; ``restart`` is a new process on the same database and Discord."""

    def __init__(self, database, clock, sender):
        self.database, self.clock, self.sender = database, clock, sender
        self.cases, self.effects = SqliteCaseStore(database), SqliteEffectStore(database)
        self.replies = SqliteReplyStore(database, clock())
        self.outbox = Outbox(self.effects, sender, clock)
        self.desk = Desk(self.cases, self.replies, self.effects, self.outbox, self.repeats_of, clock)

    async def repeats_of(self, post):
        return Window(DETECTORS).look(post)

    async def restart(self):
        await self.outbox.close()
        return Office(self.database, self.clock, self.sender)

    async def case(self, repeats=1, key=7, guild=GUILD, apart=0):
        """A case whose card the moderators see; what it showed before is not counted. ``apart``: channels between."""
        original = make_post(guild_id=guild)
        for number in range(repeats):
            copy = make_post(guild_id=guild, channel_id=CHANNEL + number * apart)
            case = await recorded(self.cases, copy, make_repeat(original, key), self.clock())
        await self.outbox.deliver(card_key(case.id))
        self.sender.shown.clear()
        return case

    async def suggestion(self, guild=GUILD):
        """A suggestion whose card the moderators see."""
        post = make_post(guild_id=guild)
        reply = await self.replies.record(post, MATCH, ReplyState.SUGGESTED, self.clock())
        await self.outbox.deliver(suggestion_key(reply.id))
        self.sender.shown.clear()
        return reply

    def shown(self):
        return [key for key, _ in self.sender.shown]

    async def later(self, key):
        """Deliver what waits when its time has come."""
        self.clock.advance(minutes=5)
        await self.outbox.deliver(key)


async def results(*presses):
    """What came of presses at the same moment: those that worked, and the errors of the others."""
    outcomes = await asyncio.gather(*presses, return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)], errors


async def cut_off(task):
    """End a task as the end of its process would."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def dismiss(desk, guild_id, case_id, moderator_id):
    return desk.judge(guild_id, case_id, Ruling.CLEARED, moderator_id)


def remove(desk, guild_id, case_id, moderator_id):
    return desk.judge(guild_id, case_id, Ruling.DELETED, moderator_id)


def post_suggestion(desk, *record):
    return desk.post_suggestion(*record)


def drop_suggestion(desk, *record):
    return desk.drop_suggestion(*record)


def delete_keys(case):
    return [delete_key(case.id, channel) for channel in case.standing]
