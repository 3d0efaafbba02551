"""The contract of the stores in ``bot.storage.protocols``. A new backend joins with a line in ``BACKENDS``."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.model import CaseState, EffectKind, GuildPolicy, Match, Mode, ReplyState
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import (
    CaseStore,
    EffectStore,
    FingerprintStore,
    PolicyStore,
    ReplyStore,
    Verdict,
    card_key,
    delete_key,
    reply_key,
    suggestion_key,
)
from bot.storage.replies import SqliteReplyStore
from tests.support import CHANNEL, GUILD, START, make_post, make_repeat, make_seen

OTHER_GUILD = 2
ELSEWHERE = 11  # another channel
ANN, BEA = 501, 502  # moderators
BIG = 2**63 - 1  # the largest number that Discord or a detector can give
MATCH = Match("style", 0.9, "you cannot own a style")


@dataclass
class Stores:
    """One process's view of the memory."""

    policies: PolicyStore
    fingerprints: FingerprintStore
    replies: ReplyStore
    cases: CaseStore
    effects: EffectStore


class SqliteBackend:
    def __init__(self, folder):
        self._database = Database(folder / "contract.db")

    def stores(self, now=START):
        """The stores as a process finds them when it starts."""
        database = self._database
        return Stores(
            SqlitePolicyStore(database, GuildPolicy(0, topic_cooldown=timedelta(hours=3))),
            SqliteFingerprintStore(database),
            SqliteReplyStore(database, now),
            SqliteCaseStore(database),
            SqliteEffectStore(database),
        )

    def close(self):
        self._database.close()


BACKENDS = {"sqlite": SqliteBackend}


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS)
def backend(request, tmp_path):
    backend = request.param(tmp_path)
    yield backend
    backend.close()


@pytest.fixture
def stores(backend):
    return backend.stores()


def verdict(moderator=ANN, **later):
    return Verdict(moderator, START + timedelta(**later))


def posts(number, **fields):
    return [make_post(**fields) for _ in range(number)]


async def a_case(stores, repeats=1, key=7, guild=GUILD):
    """A case with an original and so many repeats; the case and its repeats."""
    original, *others = posts(repeats + 1, guild_id=guild)
    for post in others:
        case = await stores.cases.record(post, make_repeat(original, key), START)
    return case, others


async def a_reply(stores, state=ReplyState.POSTED, **fields):
    return await stores.replies.record(make_post(**fields), MATCH, state, START)


async def pending_keys(stores):
    return [effect.key for effect in await stores.effects.pending()]


async def bring_about(stores, *keys):
    """Note that Discord has what is wanted."""
    for key in keys or await pending_keys(stores):
        effect = await stores.effects.get(key)
        await stores.effects.done(key, effect.wanted, CHANNEL, 900)


# Policies


def test_a_server_that_chose_nothing_has_the_default_under_its_own_number(stores):
    assert stores.policies.get(GUILD) == GuildPolicy(GUILD, topic_cooldown=timedelta(hours=3))
    assert tuple(stores.policies.all()) == ()


async def test_what_a_server_chose_is_known_at_once_and_after_a_restart(backend, stores):
    await stores.policies.set_moderators_channel(GUILD, ELSEWHERE)
    await stores.policies.set_mode(GUILD, CHANNEL, Mode.SHADOW)
    await stores.policies.set_mode(GUILD, BIG, Mode.ANSWER)
    await stores.policies.set_mode(GUILD, CHANNEL, Mode.OFF)
    chosen = GuildPolicy(GUILD, ELSEWHERE, {CHANNEL: Mode.OFF, BIG: Mode.ANSWER}, topic_cooldown=timedelta(hours=3))
    assert stores.policies.get(GUILD) == chosen
    assert backend.stores().policies.get(GUILD) == chosen
    assert tuple(backend.stores().policies.all()) == (chosen,)


async def test_choices_made_at_the_same_time_are_all_kept(backend, stores):
    await asyncio.gather(
        stores.policies.set_moderators_channel(GUILD, ELSEWHERE),
        *(stores.policies.set_mode(GUILD, channel, Mode.SUGGEST) for channel in range(20)),
    )
    assert stores.policies.get(GUILD).modes == dict.fromkeys(range(20), Mode.SUGGEST)
    assert backend.stores().policies.get(GUILD) == stores.policies.get(GUILD)


async def test_a_forgotten_server_has_the_default_again(stores):
    await stores.policies.set_mode(GUILD, CHANNEL, Mode.ANSWER)
    stores.policies.forget_guild(GUILD)
    stores.policies.forget_guild(GUILD)
    assert stores.policies.get(GUILD).modes == {}


# Fingerprints


async def test_remembered_posts_come_back_whole_and_oldest_first(backend, stores):
    first, second, third = (make_seen(make_post(at=START + timedelta(minutes=minute))) for minute in (0, 1, 1))
    first = replace(first, keys={"exact": frozenset({BIG}), "near": frozenset({0, 1, 2})})
    await stores.fingerprints.save([third, first, second], {})
    assert list(backend.stores().fingerprints.load(START)) == [first, second, third]


async def test_only_posts_from_the_given_time_on_are_loaded(stores):
    old, new = make_seen(make_post(at=START)), make_seen(make_post(at=START + timedelta(seconds=1)))
    await stores.fingerprints.save([old, new], {})
    assert list(stores.fingerprints.load(new.at)) == [new]


@pytest.mark.parametrize("together", [True, False], ids=["in one save", "in two"])
async def test_a_later_version_replaces_a_posts_keys(stores, together):
    before = make_seen(make_post(), key=1)
    after = replace(before, keys={"exact": frozenset({2}), "link": frozenset({3})})
    for versions in [[before, after]] if together else [[before], [after]]:
        await stores.fingerprints.save(versions, {})
    assert list(stores.fingerprints.load(START)) == [after]


async def test_a_version_without_keys_leaves_nothing(stores):
    before = make_seen(make_post())
    await stores.fingerprints.save([before], {})
    await stores.fingerprints.save([replace(before, keys={"exact": frozenset()})], {})
    assert list(stores.fingerprints.load(START)) == []


async def test_a_forgotten_post_does_not_come_back(stores):
    kept, *gone = (make_seen(post) for post in posts(3))
    await stores.fingerprints.save([kept, *gone], {})
    await stores.fingerprints.forget(GUILD, {seen.message_id for seen in gone} | {424242})
    await stores.fingerprints.forget(GUILD, ())
    assert list(stores.fingerprints.load(START)) == [kept]


async def test_how_far_a_channel_was_read_never_goes_back(stores):
    await stores.fingerprints.save([], {(GUILD, CHANNEL): 50, (GUILD, ELSEWHERE): BIG})
    await stores.fingerprints.save([], {(GUILD, CHANNEL): 40})
    assert await stores.fingerprints.read_to(GUILD) == {CHANNEL: 50, ELSEWHERE: BIG}


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


async def test_each_member_votes_once(stores):
    reply, other = await a_reply(stores), await a_reply(stores)
    votes = await asyncio.gather(
        *(stores.replies.vote_not_helpful(GUILD, reply.id, member) for member in (1, 1, 2, BIG))
    )
    assert sorted(votes) == [False, True, True, True]
    assert await stores.replies.vote_not_helpful(GUILD, other.id, 1)
    assert not await stores.replies.vote_not_helpful(GUILD, 424242, 1)


async def test_a_forgotten_servers_replies_leave_memory(stores):
    await a_reply(stores)
    stores.replies.forget_guild(GUILD)
    stores.replies.forget_guild(GUILD)
    assert list(stores.replies.recent(GUILD)) == []


# Cases


async def test_a_repeat_opens_a_case_and_later_ones_join_it(stores):
    original, first, second = posts(3)
    opened = await stores.cases.record(first, make_repeat(original), START)
    joined = await stores.cases.record(second, make_repeat(first), START)
    assert (opened.id, opened.number, opened.state) == (joined.id, 1, CaseState.OPEN)
    assert [post.message_id for post in joined.posts] == [original.message_id, first.message_id, second.message_id]
    assert joined.original.is_original
    assert await stores.cases.get(GUILD, joined.id) == joined
    assert await pending_keys(stores) == [card_key(opened.id)]
    assert (await stores.effects.get(card_key(opened.id))).wanted == 2


async def test_repeats_of_one_content_at_the_same_moment_make_one_case(stores):
    original, *repeats = posts(12)
    await asyncio.gather(*(stores.cases.record(post, make_repeat(original), START) for post in repeats))
    (case,) = await stores.cases.open_cases(GUILD, 10)
    assert {post.message_id for post in case.repeats} == {post.message_id for post in repeats}


async def test_the_same_post_again_changes_nothing(stores):
    original, repeat = posts(2)
    case = await stores.cases.record(repeat, make_repeat(original), START)
    await bring_about(stores)
    assert await stores.cases.record(repeat, make_repeat(original), START) is None
    assert await stores.cases.record(original, make_repeat(repeat), START) is None
    assert await stores.cases.get(GUILD, case.id) == case
    assert await pending_keys(stores) == []


async def test_cases_are_numbered_from_one_in_each_server(stores):
    numbers = [
        (await a_case(stores, key=key, guild=guild))[0].number for key, guild in [(1, 1), (2, 1), (1, 2), (3, 1)]
    ]
    assert numbers == [1, 2, 1, 3]


async def test_the_queue_is_oldest_first_and_its_count_knows_no_limit(stores):
    cases = [(await a_case(stores, key=key))[0] for key in range(5)]
    await stores.cases.judge(GUILD, cases[0].id, CaseState.DISMISSED, verdict())
    assert await stores.cases.open_cases(GUILD, 2) == cases[1:3]
    assert await stores.cases.open_cases(GUILD, 0) == []
    assert await stores.cases.count_open(GUILD) == 4


async def test_the_latest_case_about_a_content_is_known(stores):
    original, first, second = posts(3)
    assert await stores.cases.known(GUILD, make_repeat(original)) is None
    case = await stores.cases.record(first, make_repeat(original), START)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    later = await stores.cases.record(second, make_repeat(original), START)
    known = await stores.cases.known(GUILD, make_repeat(original))
    assert (known.case_id, known.number, known.state) == (later.id, 2, CaseState.OPEN)
    assert await stores.cases.known(GUILD, make_repeat(original, key=8)) is None
    assert await stores.cases.known(GUILD, replace(make_repeat(original), detector="near")) is None


@pytest.mark.parametrize("state", [CaseState.DISMISSED, CaseState.REMOVED])
async def test_a_judged_case_tells_who_and_when_and_changes_its_card(stores, state):
    case, _ = await a_case(stores)
    await bring_about(stores)
    judged = await stores.cases.judge(GUILD, case.id, state, verdict(hours=1))
    assert (judged.state, judged.judged_by, judged.judged_at) == (state, ANN, START + timedelta(hours=1))
    assert card_key(case.id) in await pending_keys(stores)
    assert await stores.cases.count_open(GUILD) == 0


async def test_removing_orders_the_deletion_of_each_standing_repeat_and_not_of_the_original(stores):
    case, (first, second, gone) = await a_case(stores, repeats=3)
    await stores.cases.posts_gone(GUILD, {gone.message_id}, START)
    await bring_about(stores)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    ordered = [effect for effect in await stores.effects.pending() if effect.kind is EffectKind.DELETE]
    assert {effect.key: dict(effect.payload) for effect in ordered} == {
        delete_key(GUILD, post.message_id): {"case": case.id, "channel": CHANNEL, "message": post.message_id}
        for post in (first, second)
    }


async def test_of_moderators_who_judge_a_case_at_once_one_wins_and_the_others_learn_who(stores):
    case, _ = await a_case(stores)
    await bring_about(stores)
    states = [CaseState.DISMISSED, CaseState.REMOVED] * 5
    judging = (stores.cases.judge(GUILD, case.id, state, verdict(who)) for who, state in enumerate(states, 1))
    results = await asyncio.gather(*judging, return_exceptions=True)
    (winner,) = [result for result in results if not isinstance(result, Exception)]
    losers = [result for result in results if isinstance(result, AlreadyJudgedError)]
    assert len(losers) == 9
    assert {(error.judged_by, error.verdict) for error in losers} == {(winner.judged_by, winner.state)}
    assert await stores.cases.get(GUILD, case.id) == winner
    assert (await stores.effects.get(card_key(case.id))).wanted == 2


async def test_a_deletion_that_failed_can_be_ordered_once_more(stores):
    case, (failed, deleted) = await a_case(stores, repeats=2)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    await stores.effects.done(delete_key(GUILD, deleted.message_id), 1, None, None)
    await stores.effects.refused(delete_key(GUILD, failed.message_id), "not allowed")
    case = await stores.cases.get(GUILD, case.id)
    assert [post.problem for post in case.posts] == [None, "not allowed", None]
    assert case.actionable
    again = await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict(BEA))
    assert not again.actionable
    assert again.judged_by == BEA
    assert delete_key(GUILD, failed.message_id) in await pending_keys(stores)
    with pytest.raises(AlreadyJudgedError):
        await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())


async def test_a_failed_deletion_changes_the_card_of_its_case(stores):
    case, (post,) = await a_case(stores)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    await bring_about(stores, card_key(case.id))
    await stores.effects.refused(delete_key(GUILD, post.message_id), "not allowed")
    assert await pending_keys(stores) == [card_key(case.id)]


async def test_dismissed_content_stays_quiet_even_for_who_decided_before(stores):
    original, first, second = posts(3)
    case = await stores.cases.record(first, make_repeat(original), START)
    judged = await stores.cases.judge(GUILD, case.id, CaseState.DISMISSED, verdict())
    assert await stores.cases.record(second, make_repeat(original), START) is None
    assert await stores.cases.get(GUILD, case.id) == judged
    assert await stores.cases.count_open(GUILD) == 0


async def test_removed_content_that_comes_back_opens_a_new_case_but_not_for_its_own_posts(stores):
    original, removed = posts(2)
    case = await stores.cases.record(removed, make_repeat(original), START)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    assert await stores.cases.record(removed, make_repeat(original), START) is None
    assert await stores.cases.count_open(GUILD) == 0
    again, _ = await a_case(stores)
    assert (again.number, again.state) == (2, CaseState.OPEN)


async def test_a_case_whose_repeats_are_all_gone_is_withdrawn(stores):
    case, (first, second) = await a_case(stores, repeats=2)
    assert await stores.cases.posts_gone(GUILD, {first.message_id}, START) == [case.id]
    assert (await stores.cases.get(GUILD, case.id)).state is CaseState.OPEN
    assert await stores.cases.posts_gone(GUILD, {second.message_id, 424242}, START) == [case.id]
    gone = await stores.cases.get(GUILD, case.id)
    assert (gone.state, gone.removable, gone.judged_by) == (CaseState.WITHDRAWN, (), None)
    with pytest.raises(AlreadyJudgedError):
        await stores.cases.judge(GUILD, case.id, CaseState.DISMISSED, verdict())


async def test_a_case_whose_original_is_gone_stays_open(stores):
    case, _ = await a_case(stores)
    await stores.cases.posts_gone(GUILD, {case.original.message_id}, START)
    case = await stores.cases.get(GUILD, case.id)
    assert case.state is CaseState.OPEN
    assert case.original.gone


async def test_one_deleted_post_changes_each_case_that_shows_it_once(stores):
    shared = make_post()
    cases = {(await stores.cases.record(make_post(), make_repeat(shared, key), START)).id for key in (1, 2)}
    assert set(await stores.cases.posts_gone(GUILD, [shared.message_id], START)) == cases
    assert await stores.cases.posts_gone(GUILD, [shared.message_id], START) == []
    assert await stores.cases.posts_gone(GUILD, [], START) == []


async def test_a_deletion_seen_after_the_verdict_keeps_the_verdict(stores):
    case, (post,) = await a_case(stores)
    await stores.cases.judge(GUILD, case.id, CaseState.REMOVED, verdict())
    await stores.cases.posts_gone(GUILD, {post.message_id}, START)
    judged = await stores.cases.get(GUILD, case.id)
    assert (judged.state, judged.judged_by, judged.actionable) == (CaseState.REMOVED, ANN, False)


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
    await stores.cases.judge(GUILD, case.id, CaseState.DISMISSED, verdict())
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
    assert [effect.key for effect in await stores.effects.try_again(GUILD, EffectKind.CASE_CARD)] == [card_key(case.id)]
    assert await pending_keys(stores) == [card_key(case.id)]
    await stores.effects.refused(card_key(case.id), "no channel")
    await stores.cases.judge(GUILD, case.id, CaseState.DISMISSED, verdict())
    assert await pending_keys(stores) == [card_key(case.id)]


async def test_trying_again_leaves_other_kinds_and_what_is_pending_alone(stores):
    refused, pending = (await a_case(stores, key=1))[0], (await a_case(stores, key=2))[0]
    suggestion = await a_reply(stores, ReplyState.SUGGESTED)
    for key in (card_key(refused.id), suggestion_key(suggestion.id)):
        await stores.effects.refused(key, "no channel")
    again = await stores.effects.try_again(GUILD, EffectKind.CASE_CARD)
    assert [effect.key for effect in again] == [card_key(refused.id)]
    assert set(await pending_keys(stores)) == {card_key(refused.id), card_key(pending.id)}


async def test_nothing_is_known_of_an_effect_that_was_never_wanted(stores):
    await stores.effects.done("card:424242", 1, None, None)
    await stores.effects.refused("card:424242", "no channel")
    assert await stores.effects.get("card:424242") is None
    assert await pending_keys(stores) == []


# Two servers: whatever is asked with the number of one, nothing of the other answers or changes


@dataclass
class Canary:
    """Everything that a server can leave behind."""

    seen: object
    repeat: object
    suggestion: object
    answer: object
    case: object


@pytest.fixture
async def canary(stores):
    await stores.policies.set_moderators_channel(GUILD, ELSEWHERE)
    await stores.policies.set_mode(GUILD, CHANNEL, Mode.ANSWER)
    original, repeat = posts(2)
    seen = make_seen(original)
    await stores.fingerprints.save([seen], {(GUILD, CHANNEL): original.message_id})
    canary = Canary(
        seen,
        make_repeat(original),
        await a_reply(stores, ReplyState.SUGGESTED),
        await a_reply(stores),
        await stores.cases.record(repeat, make_repeat(original), START),
    )
    for key in await pending_keys(stores):
        await stores.effects.refused(key, "the canary")
    return canary


async def state_of(stores, guild, canary):
    """All that a server can ask about."""
    return {
        "policy": stores.policies.get(guild),
        "seen": [seen for seen in stores.fingerprints.load(START) if seen.guild_id == guild],
        "read to": await stores.fingerprints.read_to(guild),
        "recent": list(stores.replies.recent(guild)),
        "suggestion": await stores.replies.get(guild, canary.suggestion.id),
        "answer": await stores.replies.get(guild, canary.answer.id),
        "known": await stores.cases.known(guild, canary.repeat),
        "open": await stores.cases.open_cases(guild, 10),
        "count": await stores.cases.count_open(guild),
    }


async def test_a_server_finds_nothing_of_another(backend, stores, canary):
    nothing = {
        "policy": replace(stores.policies.get(0), guild_id=OTHER_GUILD),
        "seen": [],
        "read to": {},
        "recent": [],
        "suggestion": None,
        "answer": None,
        "known": None,
        "open": [],
        "count": 0,
    }
    assert await state_of(stores, OTHER_GUILD, canary) == nothing
    assert await state_of(backend.stores(), OTHER_GUILD, canary) == nothing
    with pytest.raises(UnknownCaseError):
        await stores.cases.get(OTHER_GUILD, canary.case.id)


REACHES = {
    "judge a suggestion": lambda s, c: s.replies.judge(OTHER_GUILD, c.suggestion.id, ReplyState.POSTED, verdict()),
    "vote": lambda s, c: s.replies.vote_not_helpful(OTHER_GUILD, c.answer.id, 1),
    "dismiss a case": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, CaseState.DISMISSED, verdict()),
    "remove posts": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, CaseState.REMOVED, verdict()),
    "report posts gone": lambda s, c: s.cases.posts_gone(OTHER_GUILD, [p.message_id for p in c.case.posts], START),
    "forget posts": lambda s, c: s.fingerprints.forget(OTHER_GUILD, {c.seen.message_id}),
    "read a channel": lambda s, c: s.fingerprints.save([], {(OTHER_GUILD, CHANNEL): BIG}),
    "try cards again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.CASE_CARD),
    "try suggestions again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.SUGGESTION),
    "switch a channel off": lambda s, c: s.policies.set_mode(OTHER_GUILD, CHANNEL, Mode.OFF),
    "answer the same post": lambda s, c: a_reply(s, guild_id=OTHER_GUILD, message_id=c.answer.message_id),
    "repeat the same content": lambda s, c: a_case(s, guild=OTHER_GUILD),
}


REFUSED = {"judge a suggestion", "dismiss a case", "remove posts"}


@pytest.mark.parametrize("reach", REACHES)
async def test_a_server_changes_nothing_of_another(backend, stores, canary, reach):
    before = await state_of(stores, GUILD, canary)
    refused = [
        await stores.effects.get(key) for key in (card_key(canary.case.id), suggestion_key(canary.suggestion.id))
    ]
    with pytest.raises(UnknownCaseError) if reach in REFUSED else nullcontext():
        assert f"guild_id={GUILD}," not in repr(await REACHES[reach](stores, canary))
    assert await state_of(stores, GUILD, canary) == before
    assert await state_of(backend.stores(), GUILD, canary) == before
    assert [await stores.effects.get(effect.key) for effect in refused] == refused
    assert await stores.replies.vote_not_helpful(GUILD, canary.answer.id, 1)
