"""What is recorded happens on Discord: at least once, once to the eye, and at a pace that Discord allows."""

import asyncio
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryDelayedError, DeliveryRefusedError, StoreError
from bot.model import EffectKind
from bot.outbox import Outbox
from bot.storage.effects import SqliteEffectStore, want
from tests.support import CHANNEL, GUILD, Clock, Hold, LoopClock, LostReceiptError, ScriptedSender, turns

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


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def clock():
    return LoopClock()


@pytest.fixture
async def desk(database, clock, sender):
    desk = Desk(database, clock, sender)
    yield desk
    await desk.outbox.close()


def begin(awaitable):
    """Let something run beside the test."""
    return asyncio.create_task(awaitable)


async def cut_off(task):
    """End a task as the end of its process would."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


# At least once


@pytest.mark.parametrize("key", KINDS)
async def test_an_effect_is_brought_about_and_noted(desk, sender, key):
    await desk.deliver(key)
    assert sender.shown == [(key, 1)]
    assert await desk.is_done(key)
    assert await desk.effects.pending() == []


async def test_where_the_message_stands_is_noted_and_edited_from_then_on(desk, sender, clock):
    await desk.deliver(CARD)
    clock.advance(seconds=6)
    await desk.deliver(CARD)
    effect = await desk.effects.get(CARD)
    assert sender.messages[CARD] == [effect.message_id]
    assert sender.shown == [(CARD, 1), (CARD, 2)]


async def test_what_is_done_is_not_done_again(desk, sender):
    await desk.deliver(REPLY)
    await desk.outbox.deliver(REPLY)
    await desk.outbox.deliver(REPLY, at_once=True)
    await desk.outbox.resume()
    assert sender.tries == [REPLY]


async def test_nothing_is_sent_for_an_effect_that_nobody_wants(desk, sender):
    await desk.outbox.deliver("card:424242")
    assert sender.tries == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_tasks_that_deliver_the_same_effect_at_once_send_it_once(desk, sender, at_once):
    hold = Hold()
    sender.script.append(hold)
    await desk.want(REPLY)
    tasks = [begin(desk.outbox.deliver(REPLY, at_once=at_once)) for _ in range(5)]
    await hold.reached.wait()
    await turns()
    hold.released.set()
    await asyncio.gather(*tasks)
    assert sender.tries == [REPLY]


async def test_a_slow_effect_does_not_hold_up_another(desk, sender):
    hold = Hold()
    sender.script.append(hold)
    await desk.want(CARD)
    slow = begin(desk.outbox.deliver(CARD))
    await hold.reached.wait()
    await desk.deliver(REPLY)
    assert await desk.is_done(REPLY)
    hold.released.set()
    await slow


async def test_a_version_wanted_while_an_older_one_is_sent_follows_it(desk, sender):
    hold = Hold()
    sender.script.append(hold)
    first = begin(desk.deliver(CARD))
    await hold.reached.wait()
    await desk.want(CARD)
    second = begin(desk.outbox.deliver(CARD, at_once=True))
    await turns()
    hold.released.set()
    await asyncio.gather(first, second)
    assert sender.shown == [(CARD, 1), (CARD, 2)]
    assert len(sender.messages[CARD]) == 1
    assert await desk.is_done(CARD)


# Refused


async def test_a_refusal_is_noted_with_its_reason_and_not_tried_again(desk, sender, clock):
    sender.script.append(NOT_ALLOWED)
    await desk.deliver(REPLY)
    clock.advance(hours=1)
    await desk.outbox.deliver(REPLY, at_once=True)
    desk.restart()
    await desk.outbox.resume()
    assert (await desk.effects.get(REPLY)).problem == "Discord answered 403"
    assert sender.tries == [REPLY]


async def test_a_refused_card_is_tried_again_when_it_is_asked_for(desk, sender):
    sender.script.append(NOT_ALLOWED)
    await desk.deliver(CARD)
    for effect in await desk.effects.try_again(GUILD, EffectKind.CASE_CARD, [CHANNEL]):
        await desk.outbox.deliver(effect.key, at_once=True)
    assert await desk.is_done(CARD)


async def test_a_card_that_discord_refuses_keeps_the_pace_of_edits_too(desk, sender, clock):
    sender.script.extend([NOT_ALLOWED] * 9)
    for _ in range(9):
        await desk.deliver(CARD)
    assert sender.tries == [CARD]
    clock.advance(seconds=6)
    await desk.outbox.deliver(CARD)
    assert sender.tries == [CARD] * 2


async def test_a_refused_answer_shows_on_its_suggestions_card(desk, sender):
    await desk.deliver(SUGGESTION)
    sender.script.append(NOT_ALLOWED)
    await desk.deliver(REPLY)
    assert sender.shown == [(SUGGESTION, 1), (SUGGESTION, 2)]


async def test_a_refused_deletion_shows_on_its_cases_card(desk, sender, clock):
    await desk.deliver(CARD)
    clock.advance(seconds=6)
    sender.script.append(NOT_ALLOWED)
    await desk.deliver(DELETE)
    assert sender.shown == [(CARD, 1), (CARD, 2)]


async def test_a_deletion_that_is_refused_after_a_delay_shows_on_its_cases_card(desk, sender, clock):
    await desk.deliver(CARD)
    sender.script.extend([OUT_OF_REACH, NOT_ALLOWED])
    await desk.deliver(DELETE)
    clock.advance(seconds=6)
    assert [await sender.arrival(), await sender.arrival()] == [CARD, CARD]


async def test_an_answer_that_comes_too_late_is_refused(desk, sender, clock):
    sender.script.append(OUT_OF_REACH)
    await desk.deliver(REPLY)
    clock.advance(minutes=10, seconds=1)
    await desk.outbox.deliver(REPLY)
    assert (await desk.effects.get(REPLY)).problem == "too late to answer"
    assert sender.tries == [REPLY]


async def test_an_answer_is_in_time_up_to_ten_minutes(desk, sender, clock):
    await desk.want(REPLY)
    clock.advance(minutes=10)
    await desk.outbox.deliver(REPLY)
    assert await desk.is_done(REPLY)


@pytest.mark.parametrize("key", [CARD, DELETE])
async def test_what_is_no_answer_is_never_too_late(desk, sender, clock, key):
    await desk.want(key)
    clock.advance(days=3)
    await desk.outbox.resume()
    assert await desk.is_done(key)


# Delayed


async def test_delays_double_from_six_seconds_to_five_minutes(desk, sender, clock):
    waits = [6, 12, 24, 48, 96, 192, 300, 300]
    sender.script.extend([OUT_OF_REACH] * len(waits))
    await desk.deliver(CARD)
    for number, wait in enumerate(waits, 1):
        clock.now += _seconds(wait - 0.001)  # the timers stand: only the test delivers
        await desk.outbox.deliver(CARD)
        assert len(sender.tries) == number
        clock.now += _seconds(0.001)
        await desk.outbox.deliver(CARD)
        assert len(sender.tries) == number + 1
    assert await desk.is_done(CARD)


def _seconds(number):
    return Clock().now.resolution * round(number * 1_000_000)


async def test_a_delayed_effect_is_delivered_by_itself_when_its_time_has_come(desk, sender, clock):
    sender.script.append(OUT_OF_REACH)
    await desk.deliver(CARD)
    clock.advance(seconds=6)
    assert await sender.arrival() == CARD
    await desk.outbox.deliver(CARD)
    assert await desk.is_done(CARD)


async def test_success_ends_the_delays(desk, sender, clock):
    sender.script.extend([OUT_OF_REACH, OUT_OF_REACH])
    await desk.deliver(CARD)
    await desk.outbox.deliver(CARD, at_once=True)
    await desk.outbox.deliver(CARD, at_once=True)
    sender.script.append(OUT_OF_REACH)
    await desk.deliver(CARD, at_once=True)
    clock.now += _seconds(6)
    await desk.outbox.deliver(CARD)
    assert sender.shown == [(CARD, 1), (CARD, 2)]


async def test_tasks_that_waited_for_a_try_that_failed_do_not_each_try_again(desk, sender):
    hold = Hold()
    sender.script.extend([hold, *[OUT_OF_REACH] * 5])
    await desk.want(CARD)
    tasks = [begin(desk.outbox.deliver(CARD)) for _ in range(5)]
    await hold.reached.wait()
    tasks[0].cancel()  # its process is fine, only this try is not
    await asyncio.gather(*tasks, return_exceptions=True)
    assert sender.tries == [CARD, CARD]


async def test_what_is_due_soon_does_not_wait_for_what_is_due_late(desk, sender, clock):
    sender.script.extend([OUT_OF_REACH] * 8)
    await desk.want("card:2")
    for _ in range(8):
        await desk.outbox.deliver("card:2", at_once=True)  # now due in five minutes
    clock.advance(seconds=6)
    await turns()  # whoever waits for the first has seen by now that its time is far
    await desk.deliver(CARD)
    await desk.deliver(CARD)  # due in six seconds
    assert await sender.arrival() == CARD
    for _ in range(3):
        clock.advance(seconds=6)
        await turns(5)
    assert await sender.arrival() == CARD
    assert sender.shown == [(CARD, 1), (CARD, 2)]


async def test_a_person_who_looks_does_not_wait_for_a_delay(desk, sender):
    sender.script.append(OUT_OF_REACH)
    await desk.deliver(CARD)
    await desk.outbox.deliver(CARD, at_once=True)
    assert await desk.is_done(CARD)


async def test_an_unforeseen_error_reaches_the_caller_and_the_effect_is_tried_again(desk, sender, clock):
    sender.script.append(ZeroDivisionError("a fault of ours"))
    with pytest.raises(ZeroDivisionError):
        await desk.deliver(CARD)
    clock.advance(seconds=6)
    assert await sender.arrival() == CARD


async def test_an_effect_that_always_fails_does_not_hold_up_the_others(desk, sender, clock):
    sender.script.extend([OUT_OF_REACH, OUT_OF_REACH, ZeroDivisionError("a fault of ours")])
    await desk.deliver("card:2")
    await desk.deliver("card:3")
    clock.advance(seconds=6)
    assert await sender.arrival() == "card:3"


async def test_a_message_whose_sending_could_not_be_noted_is_not_sent_twice(desk, database, sender, clock):
    desk.restart(UnreliableEffects(database, failures=1))
    with pytest.raises(StoreError):
        await desk.deliver(CARD)
    await desk.want(CARD)
    await desk.outbox.deliver(CARD, at_once=True)
    assert len(sender.messages[CARD]) == 1
    assert sender.shown == [(CARD, 1), (CARD, 2)]
    assert await desk.is_done(CARD)


@pytest.mark.parametrize("key", [CARD, SUGGESTION, REPLY])
async def test_a_message_whose_receipt_was_lost_is_not_sent_twice(desk, sender, key):
    sender.script.append(LostReceiptError("the connection broke"))
    await desk.deliver(key)
    await desk.outbox.deliver(key, at_once=True)
    assert sender.tries == [key]
    assert await desk.is_done(key)


# The pace of edits


async def test_edits_keep_a_pace_and_the_last_version_arrives(desk, sender, clock):
    for _ in range(10):
        await desk.deliver(CARD)
    assert sender.shown == [(CARD, 1)]
    clock.advance(seconds=6)
    assert [await sender.arrival(), await sender.arrival()] == [CARD, CARD]
    assert sender.shown == [(CARD, 1), (CARD, 10)]


async def test_the_pace_is_each_cards_own(desk, sender):
    for key in (CARD, "card:2", CARD, "card:2"):
        await desk.deliver(key)
    assert sender.shown == [(CARD, 1), ("card:2", 1)]


async def test_an_edit_after_a_quiet_time_is_not_held_back(desk, sender, clock):
    await desk.deliver(CARD)
    clock.now += _seconds(6)
    await desk.deliver(CARD)
    assert sender.shown == [(CARD, 1), (CARD, 2)]


async def test_a_person_who_looks_sees_the_edit_at_once(desk, sender, clock):
    await desk.deliver(CARD)
    await desk.deliver(CARD)
    await desk.deliver(CARD, at_once=True)
    clock.advance(seconds=60)
    await turns()
    assert sender.shown == [(CARD, 1), (CARD, 3)]


# Restarts and crashes


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("after", [False, True], ids=["before it was sent", "sent but not noted"])
async def test_a_crash_in_the_middle_of_a_send_loses_nothing_and_doubles_nothing(desk, sender, key, after):
    hold = Hold(after=after)
    sender.script.append(hold)
    cut = begin(desk.deliver(key))
    await hold.reached.wait()
    await cut_off(cut)
    desk.restart()
    await desk.outbox.resume()
    assert await desk.is_done(key)
    if key != DELETE:  # a second deletion is nothing to the eye
        assert len(sender.messages[key]) == 1


async def test_a_crash_before_the_first_try_loses_nothing(desk, sender):
    for key in KINDS:
        await desk.want(key)
    desk.restart()
    await desk.outbox.resume()
    assert sorted(key for key, _ in sender.shown) == sorted(KINDS)
    assert await desk.effects.pending() == []


async def test_corrections_that_wait_at_a_restart_are_made_at_the_pace_of_edits(desk, sender, clock):
    answers = [f"reply:1:{number}" for number in range(3)]
    for key in answers:
        await desk.deliver(key)
        assert await sender.arrival() == key
        await desk.want(key)
    desk.restart()
    await desk.outbox.resume()
    for key in answers:
        assert await sender.arrival() == key
        await desk.settle()
        assert sender.arrivals.empty()
        clock.advance(seconds=6)


async def test_a_crash_between_an_edit_and_its_note_edits_the_same_message(desk, sender, clock):
    await desk.deliver(CARD)
    hold = Hold(after=True)
    sender.script.append(hold)
    cut = begin(desk.deliver(CARD, at_once=True))
    await hold.reached.wait()
    await cut_off(cut)
    desk.restart()
    await desk.outbox.resume()
    assert len(sender.messages[CARD]) == 1
    assert await desk.is_done(CARD)


@pytest.mark.parametrize("key", [CARD, SUGGESTION])
async def test_a_card_found_after_a_crash_is_brought_up_to_the_version_wanted_since(desk, sender, key):
    hold = Hold(after=True)
    sender.script.append(hold)
    cut = begin(desk.deliver(key))
    await hold.reached.wait()
    await cut_off(cut)
    await desk.want(key)
    desk.restart()
    await desk.outbox.resume()
    assert sender.shown == [(key, 1), (key, 2)]
    assert len(sender.messages[key]) == 1


async def test_a_delivery_during_the_search_for_what_was_sent_before_sends_nothing_twice(desk, sender):
    hold, searching = Hold(after=True), Hold()
    sender.script.append(hold)
    cut = begin(desk.deliver(CARD))
    await hold.reached.wait()
    await cut_off(cut)
    sender.search_script.append(searching)
    desk.restart()
    resuming = begin(desk.outbox.resume())
    await searching.reached.wait()
    joined = begin(desk.deliver(CARD, at_once=True))
    await desk.settle()
    searching.released.set()
    await asyncio.gather(resuming, joined)
    assert len(sender.messages[CARD]) == 1
    assert await desk.is_done(CARD)


async def test_while_the_channel_cannot_be_searched_nothing_is_sent_blindly(desk, sender, clock):
    hold = Hold(after=True)
    sender.script.append(hold)
    cut = begin(desk.deliver(REPLY))
    await hold.reached.wait()
    await cut_off(cut)
    sender.search_script.append(OUT_OF_REACH)
    desk.restart()
    await desk.outbox.resume()
    assert len(sender.messages[REPLY]) == 1
    clock.now += _seconds(6)
    await desk.outbox.deliver(REPLY)
    assert len(sender.messages[REPLY]) == 1
    assert await desk.is_done(REPLY)


async def test_where_the_history_may_not_be_read_the_answer_is_still_sent(desk, sender):
    await desk.want(REPLY)
    sender.search_script.append(NOT_ALLOWED)
    await desk.outbox.resume()
    assert await desk.is_done(REPLY)


async def test_an_answer_found_after_a_long_outage_is_done_and_not_late(desk, sender, clock):
    hold = Hold(after=True)
    sender.script.append(hold)
    cut = begin(desk.deliver(REPLY))
    await hold.reached.wait()
    await cut_off(cut)
    clock.advance(hours=5)
    desk.restart()
    await desk.outbox.resume()
    assert await desk.is_done(REPLY)
    assert sender.tries == [REPLY]


async def test_resuming_goes_on_behind_an_effect_that_fails(desk, sender):
    for key in ("card:1", "card:2", "card:3"):
        await desk.want(key)
    sender.script.append(ZeroDivisionError("a fault of ours"))
    await desk.outbox.resume()
    assert [key for key, _ in sender.shown] == ["card:2", "card:3"]


async def test_resuming_again_after_each_connection_sends_nothing_twice(desk, sender):
    hold = Hold()
    sender.script.append(hold)
    sending = begin(desk.deliver(CARD))
    await hold.reached.wait()
    again = [begin(desk.outbox.resume()) for _ in range(3)]
    await desk.settle()
    hold.released.set()
    await asyncio.gather(sending, *again)
    assert sender.tries == [CARD]


# The end


async def test_closing_stops_the_waiting_and_keeps_what_is_pending(desk, sender, clock):
    sender.script.append(OUT_OF_REACH)
    await desk.deliver(CARD)
    await desk.outbox.close()
    await desk.outbox.close()
    clock.advance(hours=1)
    await turns()
    assert sender.tries == [CARD]
    desk.restart()
    await desk.outbox.resume()
    assert await desk.is_done(CARD)


async def test_a_delay_after_the_end_starts_no_waiting(desk, sender):
    await desk.outbox.close()
    sender.script.append(OUT_OF_REACH)
    before = asyncio.all_tasks()
    await desk.deliver(CARD)
    assert asyncio.all_tasks() == before


# Whatever happens

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
                desk.clock.now += _seconds(400)
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
