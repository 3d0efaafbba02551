"""Whatever fails, and in whatever order: what is recorded happens, once to the eye."""

import asyncio
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.outbox.desk import (
    OUT_OF_REACH,
    Desk,
    begin,
    cut_off,
)
from tests.support import Clock, Hold, LostReceiptError, ScriptedSender

STEPS = st.sampled_from(
    [
        "want",
        "press",
        "deliver",
        "delay",
        "lost receipt",
        "refuse a search",
        "crash before",
        "crash after",
        "fault",
        "wait",
    ]
)
_numbers = count(10_000)


class Trouble:
    """Does what a list of steps says to one card, as people, Discord and the power supply would."""

    def __init__(self, desk):
        self.desk, self.key = desk, f"card:{next(_numbers)}"

    async def live_through(self, steps):
        await self.desk.want(self.key)
        for step in steps:
            await self._do(step)

    async def _do(self, step):
        desk, script = self.desk, self.desk.sender.script
        match step:
            case "want":
                await desk.want(self.key)
            case "wait":
                desk.clock.now += timedelta(seconds=400)
            case "delay":
                script.append(OUT_OF_REACH)
            case "lost receipt":
                script.append(LostReceiptError("the connection broke"))
            case "fault":
                script.append(ZeroDivisionError("a fault of ours"))
            case "refuse a search":
                desk.sender.search_script.append(OUT_OF_REACH)
            case "crash before" | "crash after":
                await self._crash(Hold(after=step == "crash after"))
            case _:
                await self._deliver(at_once=step == "press")

    async def _deliver(self, **how):
        await asyncio.gather(*(self.desk.outbox.deliver(self.key, **how) for _ in range(2)), return_exceptions=True)

    async def _crash(self, hold):
        self.desk.sender.script.append(hold)
        sending = begin(self._deliver(at_once=True))
        stopped = begin(hold.reached.wait())
        await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await cut_off(sending)
        await cut_off(stopped)
        if not hold.reached.is_set():  # the process died at another moment
            self.desk.sender.script.remove(hold)
        await self.desk.outbox.close()
        self.desk.restart()
        await self.desk.outbox.resume()


@given(steps=st.lists(STEPS, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_happens_one_message_shows_the_last_version_in_the_end(database, steps):
    sender = ScriptedSender()
    desk = Desk(database, Clock(), sender)
    trouble = Trouble(desk)
    await trouble.live_through(steps)
    sender.script.clear()
    sender.search_script.clear()
    await desk.outbox.close()
    desk.restart()
    await desk.outbox.resume()
    effect = await desk.effects.get(trouble.key)
    await desk.outbox.close()
    assert sender.messages[trouble.key] == [effect.message_id]
    assert sender.shown[-1] == (trouble.key, effect.wanted)
    assert effect.done == effect.wanted
