"""Answers and suggestions, and what is to be done about them on Discord."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.case import Ruling
from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import (
    EffectKind,
    ReplyState,
    Vote,
)
from bot.storage.protocols import (
    card_key,
    reply_key,
    suggestion_key,
    take_back_key,
)
from tests.storage.contract.backends import (
    ANN,
    BIG,
    MATCH,
    a_case,
    a_reply,
    bring_about,
    pending_keys,
    verdict,
)
from tests.support import (
    CHANNEL,
    GUILD,
    START,
    make_post,
)

# Replies


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (ReplyState.POSTED, EffectKind.REPLY),
        (ReplyState.SUGGESTED, EffectKind.SUGGESTION),
        (ReplyState.SHADOWED, None),
    ],
)
async def test_a_recorded_answer_wants_to_be_shown_as_its_state_says(stores, state, shown):
    post = make_post()
    reply = await stores.replies.record(post, MATCH, state, START)
    keys = {EffectKind.REPLY: reply_key(GUILD, post.message_id), EffectKind.SUGGESTION: suggestion_key(reply.id)}
    pending = await stores.effects.pending()
    assert [(effect.kind, effect.key) for effect in pending] == ([(shown, keys[shown])] if shown else [])
    assert all(effect.payload == {"reply": reply.id} for effect in pending)


async def test_a_post_is_answered_once_even_by_two_at_the_same_moment(stores):
    post = make_post()
    results = await asyncio.gather(*(stores.replies.record(post, MATCH, state, START) for state in ReplyState))
    (reply,) = [result for result in results if result is not None]
    assert await stores.replies.record(post, replace(MATCH, slug="other"), ReplyState.POSTED, START) is None
    assert list(stores.replies.recent(GUILD)) == [reply]
    assert await stores.replies.get(GUILD, reply.id) == reply


async def test_the_last_days_replies_are_known_after_a_restart(backend, stores):
    old = await a_reply(stores)
    new = await stores.replies.record(make_post(), MATCH, ReplyState.SHADOWED, START + timedelta(hours=23))
    assert set(stores.replies.recent(GUILD)) == {old, new}
    assert list(backend.stores(START + timedelta(hours=25)).replies.recent(GUILD)) == [new]
    assert await backend.stores().replies.get(GUILD, old.id) == old


@pytest.mark.parametrize("state", [ReplyState.POSTED, ReplyState.DROPPED])
async def test_a_judged_suggestion_tells_who_and_changes_its_card(stores, state):
    reply = await a_reply(stores, ReplyState.SUGGESTED)
    await bring_about(stores)
    judged = await stores.replies.judge(GUILD, reply.id, state, verdict(hours=1))
    assert judged == replace(reply, state=state, judged_by=ANN)
    assert await stores.replies.get(GUILD, reply.id) == judged
    assert list(stores.replies.recent(GUILD)) == [judged]
    expected = {suggestion_key(reply.id)} | (
        {reply_key(GUILD, reply.message_id)} if state is ReplyState.POSTED else set()
    )
    assert set(await pending_keys(stores)) == expected


async def test_the_answer_of_a_late_approval_is_as_young_as_the_approval(stores):
    reply = await a_reply(stores, ReplyState.SUGGESTED)
    await stores.replies.judge(GUILD, reply.id, ReplyState.POSTED, verdict(hours=20))
    effect = await stores.effects.get(reply_key(GUILD, reply.message_id))
    assert effect.at == START + timedelta(hours=20)


async def test_of_moderators_who_judge_a_suggestion_at_once_one_wins_and_the_others_learn_who(stores):
    reply = await a_reply(stores, ReplyState.SUGGESTED)
    states = [ReplyState.POSTED, ReplyState.DROPPED] * 5
    judging = (stores.replies.judge(GUILD, reply.id, state, verdict(who)) for who, state in enumerate(states, 1))
    results = await asyncio.gather(*judging, return_exceptions=True)
    (winner,) = [result for result in results if not isinstance(result, Exception)]
    losers = [result for result in results if isinstance(result, AlreadyJudgedError)]
    assert len(losers) == 9
    assert {(error.judged_by, error.verdict) for error in losers} == {(winner.judged_by, winner.state)}
    assert await stores.replies.get(GUILD, reply.id) == winner


@pytest.mark.parametrize("state", [ReplyState.POSTED, ReplyState.SHADOWED])
async def test_what_was_never_suggested_cannot_be_judged(stores, state):
    reply = await a_reply(stores, state)
    with pytest.raises(AlreadyJudgedError):
        await stores.replies.judge(GUILD, reply.id, ReplyState.POSTED, verdict())


async def test_each_member_votes_once(backend, stores):
    reply, other = await a_reply(stores), await a_reply(stores)
    votes = await asyncio.gather(
        *(stores.replies.vote(GUILD, reply.id, member, Vote.NOT_MEANT) for member in (1, 1, 2, BIG))
    )
    assert sorted(votes) == [False, True, True, True]
    assert await stores.replies.vote(GUILD, other.id, 1, Vote.HELPFUL)
    assert await stores.replies.votes(GUILD, reply.id) == {Vote.NOT_MEANT: 3}
    assert await backend.stores().replies.votes(GUILD, other.id) == {Vote.HELPFUL: 1}


async def test_a_member_who_votes_otherwise_changes_the_vote_and_adds_none(stores):
    reply = await a_reply(stores)
    votes = [Vote.HELPFUL, Vote.NOT_MEANT, Vote.NOT_MEANT, Vote.HELPFUL]
    assert [await stores.replies.vote(GUILD, reply.id, 1, vote) for vote in votes] == [True, True, False, True]
    assert await stores.replies.votes(GUILD, reply.id) == {Vote.HELPFUL: 1}


async def test_an_answer_that_nobody_gave_takes_no_votes(stores):
    with pytest.raises(UnknownCaseError):
        await stores.replies.vote(GUILD, 424242, 1, Vote.HELPFUL)
    assert await stores.replies.votes(GUILD, 424242) == {}


async def test_an_answer_that_is_taken_back_tells_who_and_orders_the_deletion_of_its_message(backend, stores):
    reply = await a_reply(stores)
    await bring_about(stores)
    taken = await stores.replies.dismiss(GUILD, reply.id, verdict(hours=1))
    assert taken == replace(reply, state=ReplyState.DISMISSED, judged_by=ANN)
    assert await stores.replies.get(GUILD, reply.id) == taken
    assert list(stores.replies.recent(GUILD)) == list(backend.stores().replies.recent(GUILD)) == [taken]
    (effect,) = await stores.effects.pending()
    assert (effect.key, effect.kind) == (take_back_key(reply.id), EffectKind.TAKE_BACK)
    assert effect.payload == {"channel": CHANNEL, "message": 900}


async def test_an_answer_that_never_stood_on_discord_needs_no_deletion(stores):
    reply = await a_reply(stores)
    await stores.effects.refused(reply_key(GUILD, reply.message_id), "not allowed")
    await stores.replies.dismiss(GUILD, reply.id, verdict())
    assert await pending_keys(stores) == []


async def test_of_members_who_take_an_answer_back_at_once_one_wins_and_the_others_learn_who(stores):
    reply = await a_reply(stores)
    await bring_about(stores)
    taking = (stores.replies.dismiss(GUILD, reply.id, verdict(who)) for who in range(1, 6))
    results = await asyncio.gather(*taking, return_exceptions=True)
    (winner,) = [result for result in results if not isinstance(result, Exception)]
    losers = [result for result in results if isinstance(result, AlreadyJudgedError)]
    assert [(error.judged_by, error.verdict) for error in losers] == [(winner.judged_by, winner.state)] * 4
    assert (await stores.effects.get(take_back_key(reply.id))).wanted == 1


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not ReplyState.POSTED])
async def test_what_was_not_posted_cannot_be_taken_back(stores, state):
    reply = await a_reply(stores, state)
    with pytest.raises(AlreadyJudgedError):
        await stores.replies.dismiss(GUILD, reply.id, verdict())
    assert await stores.replies.get(GUILD, reply.id) == reply


async def test_a_forgotten_servers_replies_leave_memory(stores):
    await a_reply(stores)
    stores.replies.forget_guild(GUILD)
    stores.replies.forget_guild(GUILD)
    assert list(stores.replies.recent(GUILD)) == []


# Effects


async def test_pending_effects_come_oldest_first_and_after_a_restart(backend, stores):
    recorded = [
        reply_key(GUILD, (await stores.replies.record(make_post(), MATCH, ReplyState.POSTED, at)).message_id)
        for at in (START + timedelta(seconds=2), START, START + timedelta(seconds=1))
    ]
    assert await pending_keys(backend.stores()) == [recorded[1], recorded[2], recorded[0]]


async def test_a_done_effect_is_pending_no_more_and_keeps_its_place(stores):
    case, _ = await a_case(stores)
    await stores.effects.done(card_key(case.id), 1, CHANNEL, BIG)
    effect = await stores.effects.get(card_key(case.id))
    assert (effect.done, effect.channel_id, effect.message_id) == (1, CHANNEL, BIG)
    assert await pending_keys(stores) == []


async def test_a_version_wanted_while_an_older_one_is_sent_stays_pending(stores):
    case, _ = await a_case(stores)
    await stores.cases.judge(GUILD, case.id, Ruling.CLEARED, verdict())
    await stores.effects.done(card_key(case.id), 1, CHANNEL, 900)
    assert await pending_keys(stores) == [card_key(case.id)]
    await stores.effects.done(card_key(case.id), 2, CHANNEL, 900)
    await stores.effects.done(card_key(case.id), 1, CHANNEL, 900)
    assert await pending_keys(stores) == []


async def test_a_refused_effect_waits_for_another_try_or_a_new_version(stores):
    case, _ = await a_case(stores)
    await stores.effects.refused(card_key(case.id), "no channel")
    assert (await stores.effects.get(card_key(case.id))).problem == "no channel"
    assert await pending_keys(stores) == []
    assert [effect.key for effect in await stores.effects.try_again(GUILD, EffectKind.CASE_CARD, [CHANNEL])] == [
        card_key(case.id)
    ]
    assert await pending_keys(stores) == [card_key(case.id)]
    await stores.effects.refused(card_key(case.id), "no channel")
    await stores.cases.judge(GUILD, case.id, Ruling.CLEARED, verdict())
    assert await pending_keys(stores) == [card_key(case.id)]


async def test_trying_again_leaves_other_kinds_and_what_is_pending_alone(stores):
    refused, pending = (await a_case(stores, key=1))[0], (await a_case(stores, key=2))[0]
    suggestion = await a_reply(stores, ReplyState.SUGGESTED)
    for key in (card_key(refused.id), suggestion_key(suggestion.id)):
        await stores.effects.refused(key, "no channel")
    again = await stores.effects.try_again(GUILD, EffectKind.CASE_CARD, [CHANNEL])
    assert [effect.key for effect in again] == [card_key(refused.id)]
    assert set(await pending_keys(stores)) == {card_key(refused.id), card_key(pending.id)}


async def test_nothing_is_known_of_an_effect_that_was_never_wanted(stores):
    await stores.effects.done("card:424242", 1, None, None)
    await stores.effects.refused("card:424242", "no channel")
    assert await stores.effects.get("card:424242") is None
    assert await pending_keys(stores) == []
