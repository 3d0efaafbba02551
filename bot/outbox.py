"""Brings recorded effects about on Discord: at least once, made harmless to repeat.

An effect is on disk before it is tried. What fails for now is tried again later, also after a restart; what Discord
refuses for good is noted with the reason. A new version of an effect (a case card that changed) waits its turn, so that
a raid becomes a few edits.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from bot.errors import DeliveryDelayedError, DeliveryRefusedError
from bot.model import Effect, EffectKind
from bot.storage.protocols import EffectStore, card_key, suggestion_key

log = logging.getLogger(__name__)

EDIT_PACE = timedelta(seconds=6)  # at most 10 edits of one card a minute
MAX_REPLY_AGE = timedelta(minutes=10)  # an answer that could not be sent by then would interrupt another conversation
_FIRST_RETRY = timedelta(seconds=6)
_LAST_RETRY = timedelta(minutes=5)
_LONGEST_SLEEP = 6.0  # seconds: what becomes due meanwhile must not wait for what is due much later


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where an effect's message stands on Discord, if it has one."""

    channel_id: int | None = None
    message_id: int | None = None


class Sender(Protocol):
    """Performs one effect on Discord.

    Both methods raise ``DeliveryDelayedError`` when another try is worthwhile, ``DeliveryRefusedError`` when it is not.
    """

    async def send(self, effect: Effect) -> Delivered:
        """Bring it about: send its message, or edit the one that stands."""
        ...

    async def find(self, effect: Effect) -> Delivered | None:
        """Whether an earlier try, cut off between sending and noting it, brought it about already."""
        ...


class Outbox:
    """Delivers effects one at a time per key."""

    def __init__(self, effects: EffectStore, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._effects = effects
        self._sender = sender
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._due: dict[str, datetime] = {}  # effects that wait, and until when
        self._failures: defaultdict[str, int] = defaultdict(int)
        self._edited: dict[str, datetime] = {}
        self._unsure: set[str] = set()  # may stand on Discord unnoted: these are looked for before they are sent
        self._waiter: asyncio.Task[None] | None = None
        self._closed = False

    async def deliver(self, key: str, *, at_once: bool = False) -> None:
        """Bring one effect up to its wanted version now, or see to it later if Discord is out of reach.

        Args:
            key: the effect's key.
            at_once: do not wait for the pace of edits or for a retry: a person looks at the card.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            if not at_once and key in self._due and self._due[key] > self._clock():
                return
            try:
                await self._note_if_sent_before(key)
                await self._deliver(key, at_once=at_once)
            except DeliveryDelayedError as error:
                self._postpone(key, error)
            except Exception as error:
                self._postpone(key, error)
                raise

    def deliver_by_and_by(self, keys: Sequence[str]) -> None:
        """Bring effects about one after the other, at the pace of edits: nobody waits for them."""
        now = self._clock()
        for position, key in enumerate(keys):
            self._wait(key, now + EDIT_PACE * position)

    async def resume(self) -> None:
        """Take up what an earlier process left pending."""
        pending = await self._effects.pending()
        self._unsure.update(effect.key for effect in pending)
        corrections = [effect.key for effect in pending if effect.kind is EffectKind.REPLY and effect.message_id]
        for effect in pending:
            if effect.key not in corrections:
                await self._deliver_in_background(effect.key)
        self.deliver_by_and_by(corrections)

    async def close(self) -> None:
        """Stop waiting; what is pending stays recorded for the next start."""
        self._closed = True
        if self._waiter is not None:
            self._waiter.cancel()
            await asyncio.gather(self._waiter, return_exceptions=True)

    async def _deliver(self, key: str, *, at_once: bool) -> None:
        effect = await self._effects.get(key)
        if effect is None or effect.done >= effect.wanted or effect.problem is not None:
            self._settled(key)
            return
        now = self._clock()
        if effect.kind is EffectKind.REPLY and not effect.done and now - effect.at > MAX_REPLY_AGE:
            await self._refuse(effect, "too late to answer")
            return
        if not at_once and key in self._edited and now - self._edited[key] < EDIT_PACE:
            self._wait(key, self._edited[key] + EDIT_PACE)
            return
        try:
            delivered = await self._sender.send(effect)
        except DeliveryRefusedError as error:
            await self._refuse(effect, str(error))
        else:
            await self._effects.done(key, effect.wanted, delivered.channel_id, delivered.message_id)
            self._settled(key)
            self._note_edit(key, now)
            if effect.kind is EffectKind.DELETE:
                await self._show_case(effect)

    async def _refuse(self, effect: Effect, problem: str) -> None:
        log.warning("%s was not done: %s", effect.key, problem)
        await self._effects.refused(effect.key, problem)
        self._settled(effect.key)
        self._note_edit(effect.key, self._clock())  # a raid on a closed channel must not become a request a post
        if effect.kind in (EffectKind.DELETE, EffectKind.NOTE, EffectKind.TIMEOUT):
            await self._show_case(effect)
        if effect.kind is EffectKind.REPLY:
            await self.deliver(suggestion_key(effect.payload["reply"]), at_once=True)

    async def _show_case(self, effect: Effect) -> None:
        """Have the card of the effect's case say what came of it."""
        await self.deliver(card_key(effect.payload["case"]))

    async def _note_if_sent_before(self, key: str) -> None:
        """Look on Discord for what may have been sent by a try that was cut off; its version is at least the first."""
        if key not in self._unsure:
            return
        effect = await self._effects.get(key)
        if effect is not None and effect.message_id is None:
            with suppress(DeliveryRefusedError):  # a history that may not be read: sending is tried
                found = await self._sender.find(effect)
                if found is not None:
                    await self._effects.done(key, 1, found.channel_id, found.message_id)
        self._unsure.discard(key)

    def _settled(self, key: str) -> None:
        self._due.pop(key, None)
        self._failures.pop(key, None)

    def _note_edit(self, key: str, now: datetime) -> None:
        self._edited[key] = now
        for old in [other for other, at in self._edited.items() if now - at >= EDIT_PACE]:
            del self._edited[old]

    def _postpone(self, key: str, error: Exception) -> None:
        self._unsure.add(key)
        delay = min(_LAST_RETRY, _FIRST_RETRY * 2 ** self._failures[key])
        self._failures[key] = min(self._failures[key] + 1, 10)
        log.warning("%s waits %d s: %s", key, delay.total_seconds(), error)
        self._wait(key, self._clock() + delay)

    def _wait(self, key: str, until: datetime) -> None:
        self._due[key] = until
        if not self._closed and (self._waiter is None or self._waiter.done()):
            self._waiter = asyncio.create_task(self._deliver_due(), name="outbox")

    async def _deliver_due(self) -> None:
        """Runs only while something waits."""
        while self._due:
            delay = (min(self._due.values()) - self._clock()).total_seconds()
            await asyncio.sleep(min(max(delay, 0.1), _LONGEST_SLEEP))
            now = self._clock()
            for key in [key for key, until in self._due.items() if until <= now]:
                await self._deliver_in_background(key)

    async def _deliver_in_background(self, key: str) -> None:
        try:
            await self.deliver(key)
        except Exception:  # the boundary of a background task: the other effects must go on
            log.exception("%s failed; it is tried again", key)
