"""An effect is tried until it is done or refused for good."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.model import EffectKind
from tests.outbox.desk import (
    CARD,
    DELETE,
    KINDS,
    NOT_ALLOWED,
    OUT_OF_REACH,
    REPLY,
    SUGGESTION,
    UnreliableEffects,
    begin,
)
from tests.support import CHANNEL, GUILD, Hold, LostReceiptError, turns

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
        clock.now += timedelta(seconds=wait - 0.001)  # the timers stand: only the test delivers
        await desk.outbox.deliver(CARD)
        assert len(sender.tries) == number
        clock.now += timedelta(seconds=0.001)
        await desk.outbox.deliver(CARD)
        assert len(sender.tries) == number + 1
    assert await desk.is_done(CARD)


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
    clock.now += timedelta(seconds=6)
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
