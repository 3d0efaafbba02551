"""A moderator's press: on disk before it shows, never without effect, never with two."""

import asyncio

import pytest

from bot.case import CaseQuery, CaseState, Ruling
from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import ReplyState
from bot.storage.protocols import card_key, reply_key, suggestion_key
from tests.cases.office import (
    ANN,
    BEA,
    NOT_ALLOWED,
    OTHER_GUILD,
    OUT_OF_REACH,
    delete_keys,
    dismiss,
    drop_suggestion,
    post_suggestion,
    remove,
    results,
)
from tests.support import (
    CHANNEL,
    GUILD,
    Hold,
    make_post,
    make_repeat,
)

# Cases


async def test_dismissing_closes_the_case_and_shows_it_at_once(office, desk):
    case = await office.case()
    judged = await dismiss(desk, GUILD, case.id, ANN)
    assert (judged.ruling, judged.judged_by, judged.judged_at) == (Ruling.CLEARED, ANN, office.clock())
    assert office.sender.shown == [(card_key(case.id), 2)]
    assert await desk.case(GUILD, case.id) == judged


async def test_removing_deletes_each_repeat_and_then_changes_the_card(office, desk):
    case = await office.case(repeats=3, apart=1)
    removed = await remove(desk, GUILD, case.id, ANN)
    assert office.shown() == [*delete_keys(case), card_key(case.id)]
    assert removed.ruling is Ruling.DELETED
    assert not removed.can_retry


async def test_a_repeat_whose_author_deleted_it_is_not_deleted_again(office, desk):
    case = await office.case(repeats=2, apart=1)
    await office.cases.posts_gone(GUILD, {case.repeats[0].message_id}, office.clock())
    await remove(desk, GUILD, case.id, ANN)
    assert office.shown() == [delete_keys(case)[1], card_key(case.id)]


async def test_a_repeat_that_cannot_be_deleted_says_why_and_can_be_tried_again(office, desk, sender):
    case = await office.case(repeats=2, apart=1)
    sender.script.append(NOT_ALLOWED)
    removed = await remove(desk, GUILD, case.id, ANN)
    assert removed.problems == {CHANNEL: "Discord answered 403"}
    assert removed.standing == {CHANNEL: 1}
    assert removed.can_retry
    assert office.shown()[-1] == card_key(case.id)
    sender.shown.clear()
    again = await remove(desk, GUILD, case.id, BEA)
    assert (again.problems, again.standing) == ({}, {})
    assert not again.can_retry
    assert delete_keys(case)[0] in office.shown()


async def test_a_deletion_that_must_wait_is_made_up_for(office, desk, sender):
    case = await office.case()
    sender.script.append(OUT_OF_REACH)
    await remove(desk, GUILD, case.id, ANN)
    assert office.shown() == [card_key(case.id)]
    await office.later(delete_keys(case)[0])
    assert office.shown() == [card_key(case.id), *delete_keys(case), card_key(case.id)]


async def test_a_deletion_that_is_refused_after_a_wait_offers_another_try_on_the_card(office, desk, sender):
    case = await office.case()
    sender.script.append(OUT_OF_REACH)
    await remove(desk, GUILD, case.id, ANN)
    sender.script.append(NOT_ALLOWED)
    await office.later(delete_keys(case)[0])
    assert office.shown() == [card_key(case.id)] * 2
    assert (await desk.case(GUILD, case.id)).can_retry


async def test_a_card_that_was_edited_between_verdict_and_refusal_still_offers_another_try(office, desk, sender):
    case = await office.case()
    hold = Hold()
    sender.script.append(hold)
    pressing = asyncio.create_task(remove(desk, GUILD, case.id, ANN))
    await hold.reached.wait()
    await office.outbox.deliver(card_key(case.id), at_once=True)
    await office.effects.refused(delete_keys(case)[0], "Discord answered 403")
    hold.released.set()
    await pressing
    assert sender.shown[-1] == (card_key(case.id), 4)


@pytest.mark.parametrize("presses", [(dismiss, dismiss), (remove,) * 2, (dismiss, remove) * 3])
async def test_of_presses_at_the_same_moment_one_counts_and_the_others_are_told(office, desk, presses):
    case = await office.case(repeats=2)
    (judged,), errors = await results(
        *(press(desk, GUILD, case.id, moderator) for moderator, press in enumerate(presses, 1))
    )
    assert [(type(error), error.judged_by) for error in errors] == [(AlreadyJudgedError, judged.judged_by)] * len(
        errors
    )
    assert len(errors) == len(presses) - 1
    deletions = [key for key in office.shown() if key in delete_keys(case)]
    assert deletions == (delete_keys(case) if judged.ruling is Ruling.DELETED else [])


async def test_a_second_press_while_the_first_still_deletes_is_told_and_deletes_nothing(office, desk, sender):
    case = await office.case(repeats=2)
    hold = Hold()
    sender.script.append(hold)
    pressing = asyncio.create_task(remove(desk, GUILD, case.id, ANN))
    await hold.reached.wait()
    for press in (remove, dismiss):
        with pytest.raises(AlreadyJudgedError):
            await press(desk, GUILD, case.id, BEA)
    hold.released.set()
    await pressing
    assert office.shown() == [*delete_keys(case), card_key(case.id)]


async def test_a_repeat_that_arrives_while_the_case_is_judged_is_deleted_or_opens_the_next_case(office, desk):
    original = make_post()
    case = await office.cases.record(make_post(), make_repeat(original), office.clock())
    late = make_post()
    _, joined = await asyncio.gather(
        remove(desk, GUILD, case.id, ANN), office.cases.record(late, make_repeat(original), office.clock())
    )
    in_time = joined.id == case.id
    standing = (await desk.case(GUILD, joined.id)).standing
    assert standing == ({} if in_time else {CHANNEL: 1})
    assert (await desk.case(GUILD, joined.id)).state is (CaseState.JUDGED if in_time else CaseState.OPEN)


async def test_a_press_on_a_case_that_has_just_been_withdrawn_is_told(office, desk):
    case = await office.case()
    await office.cases.posts_gone(GUILD, {case.repeats[0].message_id}, office.clock())
    with pytest.raises(AlreadyJudgedError) as told:
        await remove(desk, GUILD, case.id, ANN)
    assert (told.value.judged_by, told.value.verdict) == (None, "withdrawn")
    assert office.shown() == []


@pytest.mark.parametrize("press", [dismiss, remove])
async def test_a_moderator_of_another_server_has_no_hand_in_a_case(office, desk, press):
    case = await office.case()
    with pytest.raises(UnknownCaseError):
        await press(desk, OTHER_GUILD, case.id, ANN)
    with pytest.raises(UnknownCaseError):
        await desk.case(OTHER_GUILD, case.id)
    assert office.shown() == []
    assert await desk.case(GUILD, case.id) == case


async def test_the_queue_shows_a_page_of_the_oldest_and_counts_them_all(office, desk):
    cases = [await office.case(key=key) for key in range(12)]
    await office.case(guild=OTHER_GUILD)
    await dismiss(desk, GUILD, cases[0].id, ANN)
    page, number = await desk.queue(GUILD, CaseQuery(), ANN)
    assert [case.id for case in page] == [case.id for case in cases[1:11]]
    assert number == 11


# Suggestions


async def test_a_posted_suggestion_is_answered_and_its_card_changes_at_once(office, desk):
    suggestion = await office.suggestion()
    reply = await desk.post_suggestion(GUILD, suggestion.id, ANN)
    assert (reply.state, reply.judged_by) == (ReplyState.POSTED, ANN)
    assert office.sender.shown == [(reply_key(GUILD, reply.message_id), 1), (suggestion_key(reply.id), 2)]


async def test_a_dropped_suggestion_only_changes_its_card(office, desk):
    suggestion = await office.suggestion()
    reply = await desk.drop_suggestion(GUILD, suggestion.id, ANN)
    assert reply.state is ReplyState.DROPPED
    assert office.shown() == [suggestion_key(reply.id)]


async def test_a_suggestion_posted_after_hours_is_not_too_late(office, desk):
    suggestion = await office.suggestion()
    office.clock.advance(hours=20)
    await desk.post_suggestion(GUILD, suggestion.id, ANN)
    assert reply_key(GUILD, suggestion.message_id) in office.shown()


@pytest.mark.parametrize(
    "presses",
    [(post_suggestion,) * 3, (drop_suggestion, post_suggestion), (post_suggestion, drop_suggestion)],
)
async def test_of_presses_on_a_suggestion_at_the_same_moment_one_counts(office, desk, presses):
    suggestion = await office.suggestion()
    (reply,), errors = await results(
        *(press(desk, GUILD, suggestion.id, moderator) for moderator, press in enumerate(presses, 1))
    )
    assert {error.judged_by for error in errors} == {reply.judged_by}
    answers = office.shown().count(reply_key(GUILD, suggestion.message_id))
    assert answers == (1 if reply.state is ReplyState.POSTED else 0)


@pytest.mark.parametrize("press", [post_suggestion, drop_suggestion])
async def test_a_moderator_of_another_server_has_no_hand_in_a_suggestion(office, desk, press):
    suggestion = await office.suggestion()
    with pytest.raises(UnknownCaseError):
        await press(desk, OTHER_GUILD, suggestion.id, ANN)
    assert office.shown() == []
    assert await office.replies.get(GUILD, suggestion.id) == suggestion


# The moderators' channel


async def test_cards_that_could_not_be_shown_are_sent_when_the_channel_can_be_written_to(office, desk, sender):
    sender.script.extend([NOT_ALLOWED] * 3)
    case, suggestion = await office.case(), await office.suggestion()
    elsewhere = await office.case(guild=OTHER_GUILD)
    await desk.show_waiting(GUILD, [CHANNEL])
    assert sorted(office.shown()) == sorted([card_key(case.id), suggestion_key(suggestion.id)])
    await desk.show_waiting(GUILD, [CHANNEL])
    await desk.show_waiting(OTHER_GUILD, [CHANNEL])
    assert office.shown()[2:] == [card_key(elsewhere.id)]


async def test_a_card_that_cannot_be_shown_again_waits_for_the_next_time(office, desk, sender):
    sender.script.extend([NOT_ALLOWED] * 2)
    case = await office.case()
    await desk.show_waiting(GUILD, [CHANNEL])
    assert office.shown() == []
    await desk.show_waiting(GUILD, [CHANNEL])
    assert office.shown() == [card_key(case.id)]
