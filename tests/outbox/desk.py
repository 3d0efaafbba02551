"""Records effects and delivers them, over processes that end."""

import asyncio

from bot.errors import DeliveryDelayedError, DeliveryRefusedError, StoreError
from bot.model import EffectKind
from bot.outbox import Outbox
from bot.storage.effects import SqliteEffectStore, want
from tests.support import GUILD, turns

CARD, SUGGESTION, REPLY, DELETE = "card:1", "suggestion:1", "reply:1:5", "delete:1:10"
KINDS = {
    CARD: EffectKind.CASE_CARD,
    SUGGESTION: EffectKind.SUGGESTION,
    REPLY: EffectKind.REPLY,
    DELETE: EffectKind.DELETE,
}
PAYLOADS = {SUGGESTION: {"reply": 1}, REPLY: {"reply": 1}, DELETE: {"case": 1, "channel": 10}}
OUT_OF_REACH = DeliveryDelayedError("Discord answered 503")
NOT_ALLOWED = DeliveryRefusedError("Discord answered 403")


class UnreliableEffects(SqliteEffectStore):
    """An effect store that refuses to note, as often as it is told to, that something was done."""

    def __init__(self, database, failures):
        super().__init__(database)
        self.failures = failures

    async def done(self, *args):
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")
        await super().done(*args)


class Desk:
    """Records effects and delivers them; ``restart`` is a new process on the same database and Discord."""

    def __init__(self, database, clock, sender):
        self.database, self.clock, self.sender = database, clock, sender
        self.effects = SqliteEffectStore(database)
        self.restart()

    def restart(self, effects=None):
        self.outbox = Outbox(effects or self.effects, self.sender, self.clock)
        return self.outbox

    async def want(self, key):
        kind = KINDS.get(key, EffectKind.REPLY if key.startswith("reply") else EffectKind.CASE_CARD)
        payload = PAYLOADS.get(key, {"case": 1})
        now = self.clock()
        await self.database.write(lambda db: want(db, key, GUILD, kind, payload, now))

    async def deliver(self, key, **how):
        """Record an effect or its next version, and deliver it."""
        await self.want(key)
        await self.outbox.deliver(key, **how)

    async def settle(self):
        """Let what waits for the database go as far as it can."""
        for _ in range(5):
            await self.database.write(lambda db: None)
            await self.database.read(lambda db: None)
            await turns()

    async def is_done(self, key):
        effect = await self.effects.get(key)
        return effect.done == effect.wanted and effect.problem is None


def begin(awaitable):
    """Let something run beside the test."""
    return asyncio.create_task(awaitable)


async def cut_off(task):
    """End a task as the end of its process would."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
