"""What moderators do with a case over time: claims, rests, undo, notes, timeouts; and what ends by itself."""

from datetime import timedelta

import pytest

from bot.case import CaseQuery, CaseState, QueueView, Ruling, Silence
from bot.errors import AlreadyJudgedError, CaseError
from bot.model import EffectKind
from bot.outbox import EDIT_PACE
from bot.storage.protocols import card_key, delete_key
from tests.cases.office import ANN, BEA, NOT_ALLOWED, OUT_OF_REACH, Office, results
from tests.support import AUTHOR, CHANNEL, GUILD, Clock, ScriptedSender, make_post, make_repeat, recorded

SILENCE = Silence(AUTHOR, timedelta(hours=1), "the third time today")


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def office(database, sender):
    office = Office(database, Clock(), sender)
    yield office
    await office.outbox.close()


@pytest.fixture
def desk(office):
    return office.desk


def kinds(office):
    return [key.partition(":")[0] for key in office.shown()]


# Claims


@pytest.mark.parametrize("moderators", [(1, 2), tuple(range(1, 9))])
async def test_of_moderators_who_claim_at_once_one_has_the_case_and_the_others_learn_who(office, desk, moderators):
    case = await office.case()
    (claimed,), errors = await results(*(desk.claim(GUILD, case.id, moderator) for moderator in moderators))
    assert {(type(error), error.judged_by, error.verdict) for error in errors} == {
        (AlreadyJudgedError, claimed.owner_id, "claimed")
    }
    assert len(errors) == len(moderators) - 1


async def test_a_claim_keeps_others_out_and_lets_its_owner_judge(office, desk):
    case = await office.case()
    await desk.claim(GUILD, case.id, ANN)
    for act in (
        desk.claim(GUILD, case.id, BEA),
        desk.release(GUILD, case.id, BEA),
        desk.judge(GUILD, case.id, Ruling.KEPT, BEA),
        desk.snooze(GUILD, case.id, timedelta(hours=1), BEA),
    ):
        with pytest.raises(AlreadyJudgedError) as told:
            await act
        assert (told.value.judged_by, told.value.verdict) == (ANN, "claimed")
    judged = await desk.judge(GUILD, case.id, Ruling.KEPT, ANN)
    assert (judged.state, judged.owner_id, judged.claimed_at) == (CaseState.JUDGED, None, None)


@pytest.mark.parametrize("swept", [True, False])
async def test_a_claim_ends_after_half_an_hour_swept_or_not(office, desk, swept):
    case = await office.case()
    await desk.claim(GUILD, case.id, ANN)
    office.clock.advance(minutes=29, seconds=59)
    await desk.tick()
    assert (await desk.case(GUILD, case.id)).owner_id == ANN
    office.clock.advance(seconds=1)
    if swept:
        await desk.tick()
        assert [event.event for event in await desk.history(GUILD, case.id)] == ["opened", "claimed", "lapsed"]
    (listed,), _ = await desk.queue(GUILD, CaseQuery(), BEA)
    assert (listed.state, listed.owner_id) == (CaseState.OPEN, None)
    assert (await desk.claim(GUILD, case.id, BEA)).owner_id == BEA


async def test_a_claim_is_prolonged_by_its_owner(office, desk):
    case = await office.case()
    await desk.claim(GUILD, case.id, ANN)
    office.clock.advance(minutes=20)
    await desk.claim(GUILD, case.id, ANN)
    office.clock.advance(minutes=20)
    assert (await desk.case(GUILD, case.id)).owner_id == ANN


async def test_repeats_join_a_claimed_case(office, desk):
    case = await office.case()
    await desk.claim(GUILD, case.id, ANN)
    joined = await recorded(office.cases, make_post(), make_repeat(make_post()), office.clock())
    assert (joined.id, joined.state, joined.copies) == (case.id, CaseState.CLAIMED, 2)


# Rests and waiting


async def test_a_case_that_rests_comes_back_at_its_time(office, desk):
    case = await office.case()
    await desk.snooze(GUILD, case.id, timedelta(days=1), ANN)
    assert (await desk.queue(GUILD, CaseQuery(), ANN))[1] == 0
    office.clock.advance(days=1)
    assert (await desk.queue(GUILD, CaseQuery(), ANN))[1] == 1
    await desk.tick()
    assert [event.event for event in await desk.history(GUILD, case.id)][-1] == "woken"


async def test_a_case_that_rests_can_be_judged_or_woken(office, desk):
    case = await office.case()
    await desk.snooze(GUILD, case.id, timedelta(days=1), ANN)
    assert (await desk.undo(GUILD, case.id, BEA)).snoozed_until is None
    await desk.snooze(GUILD, case.id, timedelta(days=1), ANN)
    assert (await desk.judge(GUILD, case.id, Ruling.KEPT, BEA)).snoozed_until is None


async def test_a_case_expires_two_weeks_after_the_last_change_and_not_while_it_rests(office, desk):
    waiting, resting = await office.case(key=1), await office.case(key=2)
    await desk.snooze(GUILD, resting.id, timedelta(days=20), ANN)
    office.clock.advance(days=13)
    await desk.note(GUILD, waiting.id, "still unsure", ANN)
    office.clock.advance(days=2)
    await desk.tick()
    assert (await desk.case(GUILD, waiting.id)).state is CaseState.OPEN
    office.clock.advance(days=12)
    await desk.tick()
    assert (await desk.case(GUILD, waiting.id)).state is CaseState.EXPIRED
    assert (await desk.case(GUILD, resting.id)).state is CaseState.OPEN
    with pytest.raises(AlreadyJudgedError, match="expired"):
        await desk.judge(GUILD, waiting.id, Ruling.KEPT, ANN)
    assert (await desk.undo(GUILD, waiting.id, ANN)).state is CaseState.REOPENED


async def test_what_ends_by_itself_changes_the_cards_one_after_the_other(office, desk, sender):
    cases = [await office.case(key=key) for key in range(3)]
    office.clock.advance(days=14)
    await desk.tick()
    assert office.shown() == []
    for case in cases:
        office.clock.advance(seconds=EDIT_PACE.total_seconds())
        await office.outbox.deliver(card_key(case.id))
    assert office.shown() == [card_key(case.id) for case in cases]


async def test_a_tick_with_nothing_to_end_changes_nothing(office, desk):
    case = await office.case()
    await desk.tick()
    assert office.shown() == []
    assert await desk.case(GUILD, case.id) == case


# Undo


@pytest.mark.parametrize("ruling", [Ruling.KEPT, Ruling.DELETED, Ruling.CLEARED, Ruling.ALLOWED])
async def test_every_verdict_can_be_undone_by_any_moderator_and_history_keeps_both(office, desk, ruling):
    case = await office.case()
    await desk.judge(GUILD, case.id, ruling, ANN, "as agreed")
    reopened = await desk.undo(GUILD, case.id, BEA, "too fast")
    assert (reopened.state, reopened.ruling, reopened.judged_by, reopened.judged_at) == (
        CaseState.REOPENED,
        None,
        None,
        None,
    )
    assert [(event.actor_id, event.event, event.reason) for event in await desk.history(GUILD, case.id)][1:] == [
        (ANN, ruling, "as agreed"),
        (BEA, "reopened", "too fast"),
    ]
    assert (await desk.judge(GUILD, case.id, Ruling.KEPT, ANN)).ruling is Ruling.KEPT


async def test_of_moderators_who_undo_at_once_one_counts(office, desk):
    case = await office.case()
    await desk.judge(GUILD, case.id, Ruling.KEPT, ANN)
    (reopened,), (error,) = await results(*(desk.undo(GUILD, case.id, moderator) for moderator in (ANN, BEA)))
    assert reopened.state is CaseState.REOPENED
    assert error.verdict == "reopened"
    assert error.judged_by in (ANN, BEA)


async def test_an_undone_deletion_keeps_marked_what_is_gone_and_expects_no_more(office, desk, sender):
    case = await office.case(repeats=2, apart=1)
    sender.script.extend([OUT_OF_REACH])
    await desk.judge(GUILD, case.id, Ruling.DELETED, ANN)
    reopened = await desk.undo(GUILD, case.id, ANN)
    assert reopened.standing == {CHANNEL: 1}
    await office.effects.done(delete_key(case.id, CHANNEL), 1, None, None)
    assert (await desk.case(GUILD, case.id)).standing == {CHANNEL: 1}


async def test_a_case_that_waits_has_nothing_to_undo(office, desk):
    case = await office.case()
    with pytest.raises(CaseError, match="has no verdict to undo"):
        await desk.undo(GUILD, case.id, ANN)


# The note to members


async def test_members_are_told_once_and_an_undo_takes_it_back(office, desk, sender):
    case = await office.case()
    with pytest.raises(CaseError, match="not judged to be a repeat"):
        await desk.tell_channel(GUILD, case.id, ANN)
    await desk.judge(GUILD, case.id, Ruling.KEPT, ANN)
    told = await results(*(desk.tell_channel(GUILD, case.id, moderator) for moderator in (ANN, BEA)))
    assert [len(part) for part in told] == [1, 1]
    await desk.undo(GUILD, case.id, BEA)
    await desk.judge(GUILD, case.id, Ruling.KEPT, ANN)
    await desk.tell_channel(GUILD, case.id, ANN)
    notes = [(key, version) for key, version in sender.shown if key.startswith("note:")]
    first, taken_back, second = notes
    assert (first[0], first[1] + 1) == taken_back
    assert second[0] != first[0]


# Timeouts


async def test_a_timeout_is_on_disk_before_it_is_done_and_ends_once(office, desk, sender):
    case = await office.case()
    silenced = await desk.time_out(GUILD, case.id, SILENCE, ANN)
    (timeout,) = silenced.timeouts
    assert (timeout.member_id, timeout.moderator_id, timeout.reason) == (AUTHOR, ANN, "the third time today")
    assert timeout.until == office.clock() + timedelta(hours=1)
    (lifted,), (error,) = await results(
        *(desk.lift_timeout(GUILD, case.id, AUTHOR, moderator) for moderator in (ANN, BEA))
    )
    assert lifted.timeouts[0].lifted_by == error.judged_by
    assert kinds(office).count("timeout") == 2
    assert [event.event for event in await desk.history(GUILD, case.id)] == ["opened", "timed_out", "timeout_lifted"]


async def test_nobody_else_is_silenced_and_nothing_else_lifted(office, desk):
    case = await office.case()
    with pytest.raises(CaseError, match="no post in the case"):
        await desk.time_out(GUILD, case.id, Silence(424242, timedelta(hours=1), "why"), ANN)
    with pytest.raises(CaseError, match="silenced no such member"):
        await desk.lift_timeout(GUILD, case.id, AUTHOR, ANN)


async def test_a_timeout_that_is_refused_says_why_on_the_card(office, desk, sender):
    case = await office.case()
    sender.script.append(NOT_ALLOWED)
    silenced = await desk.time_out(GUILD, case.id, SILENCE, ANN)
    assert silenced.timeouts[0].problem == "Discord answered 403"
    assert kinds(office)[-1] == "card"
    (effect,) = await office.effects.try_again(GUILD, EffectKind.TIMEOUT, [CHANNEL])
    assert effect.payload == {"case": case.id, "timeout": silenced.timeouts[0].id}


async def test_what_is_allowed_by_phrase_is_a_case_of_its_own_without_a_card(office, desk):
    ref = await desk.allow(GUILD, "Read the rules before you post here, please!", ANN)
    (listed,), _ = await desk.queue(GUILD, CaseQuery(QueueView.ALLOWED), ANN)
    assert (listed.id, listed.phrase) == (ref.id, "Read the rules before you post here, please!")
    await desk.note(GUILD, ref.id, "asked for by the admins", ANN)
    await desk.disallow(GUILD, ref.id, ANN)
    assert office.shown() == []
