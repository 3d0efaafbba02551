"""Pace, restarts and crashes: once to the eye, and at a pace that Discord allows."""

import asyncio
from datetime import timedelta

import pytest

from tests.outbox.desk import (
    CARD,
    DELETE,
    KINDS,
    NOT_ALLOWED,
    OUT_OF_REACH,
    REPLY,
    SUGGESTION,
    begin,
    cut_off,
)
from tests.support import Hold, turns

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
    clock.now += timedelta(seconds=6)
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
    clock.now += timedelta(seconds=6)
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
