"""The contract of the stores in ``bot.storage.protocols``. A new backend joins with a line in ``BACKENDS``."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath

import pytest

from bot.case import CaseQuery, QueueView, Report, Ruling
from bot.claims.lexical import PhraseIndex
from bot.config.changes import Change
from bot.errors import AlreadyJudgedError, UnknownCaseError
from bot.faq.editions import CORRECTED_FOR, SqliteEditionStore
from bot.faq.parse import parse_explainer
from bot.faq.search import FaqSearch
from bot.model import (
    Edition,
    EditionState,
    EffectKind,
    GuildPolicy,
    Match,
    Mode,
    ReplyState,
    TopicChoice,
    Vote,
)
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import (
    CaseStore,
    EditionStore,
    EffectStore,
    FingerprintStore,
    PolicyStore,
    ReplyStore,
    Verdict,
    card_key,
    reply_key,
    suggestion_key,
    take_back_key,
)
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    AUTHOR,
    CHANNEL,
    EXPLAINER_FILE,
    GUILD,
    START,
    choose,
    make_post,
    make_repeat,
    make_seen,
    recorded,
    set_mode,
    set_moderators_channel,
)

OTHER_GUILD = 2
ELSEWHERE = 11  # another channel
ANN, BEA = 501, 502  # moderators
BIG = 2**63 - 1  # the largest number that Discord or a detector can give
TOPIC = "harbour-tram"
MATCH = Match("style", 0.9, "you cannot own a style")


@dataclass
class Stores:
    """One process's view of the memory."""

    policies: PolicyStore
    fingerprints: FingerprintStore
    replies: ReplyStore
    cases: CaseStore
    effects: EffectStore
    editions: EditionStore
    phrases: PhraseIndex


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
            SqliteEditionStore(database),
            FaqSearch(database),
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
        case = await recorded(stores.cases, post, make_repeat(original, key))
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
    await set_moderators_channel(stores.policies, GUILD, ELSEWHERE)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.SHADOW)
    await set_mode(stores.policies, GUILD, BIG, Mode.ANSWER)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.OFF)
    await choose(stores.policies, GUILD, Change("editors_roles", frozenset({BIG})))
    modes = {CHANNEL: Mode.OFF, BIG: Mode.ANSWER}
    roles = frozenset({BIG})
    chosen = GuildPolicy(GUILD, ELSEWHERE, editors_roles=roles, modes=modes, topic_cooldown=timedelta(hours=3))
    assert stores.policies.get(GUILD) == chosen
    assert backend.stores().policies.get(GUILD) == chosen
    assert tuple(backend.stores().policies.all()) == (chosen,)


async def test_choices_made_at_the_same_time_are_all_kept(backend, stores):
    await asyncio.gather(
        set_moderators_channel(stores.policies, GUILD, ELSEWHERE),
        *(set_mode(stores.policies, GUILD, channel, Mode.SUGGEST) for channel in range(20)),
    )
    assert stores.policies.get(GUILD).modes == dict.fromkeys(range(20), Mode.SUGGEST)
    assert backend.stores().policies.get(GUILD) == stores.policies.get(GUILD)


async def test_a_forgotten_server_has_the_default_again(stores):
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.ANSWER)
    stores.policies.forget_guild(GUILD)
    stores.policies.forget_guild(GUILD)
    assert stores.policies.get(GUILD).modes == {}


# Fingerprints


async def test_remembered_posts_come_back_whole_and_as_they_were_seen(backend, stores):
    third, first, second = (make_seen(make_post(at=START + timedelta(minutes=minute))) for minute in (0, 1, 1))
    first = replace(first, keys={"exact": b"\xff" * 8, "near": bytes(200)}, content=BIG)
    await stores.fingerprints.save([first, second], {})
    await stores.fingerprints.save([third], {})
    assert list(backend.stores().fingerprints.load(START)) == [first, second, third]


async def test_only_posts_from_the_given_time_on_are_loaded(stores):
    old, new = make_seen(make_post(at=START)), make_seen(make_post(at=START + timedelta(seconds=1)))
    await stores.fingerprints.save([old, new], {})
    assert list(stores.fingerprints.load(new.at)) == [new]


@pytest.mark.parametrize("together", [True, False], ids=["in one save", "in two"])
async def test_a_later_version_replaces_a_posts_keys(stores, together):
    before = make_seen(make_post(), key=1)
    after = replace(before, keys={"exact": b"two.", "link": b"3..."})
    for versions in [[before, after]] if together else [[before], [after]]:
        await stores.fingerprints.save(versions, {})
    assert list(stores.fingerprints.load(START)) == [after]


async def test_a_version_without_keys_leaves_nothing(stores):
    before = make_seen(make_post())
    await stores.fingerprints.save([before], {})
    await stores.fingerprints.save([replace(before, keys={})], {})
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


# Editions


async def an_edition(stores, slug=TOPIC, guild=GUILD, based_on=0, editor=ANN):
    edition, _ = await stores.editions.add(Edition(guild, slug, 0, f"by {editor}", editor, START, based_on))
    return edition


async def standing_answers(stores, number, slug=TOPIC, **fields):
    """Answers about a topic whose messages stand on Discord."""
    match = replace(MATCH, slug=slug)
    replies = [await stores.replies.record(make_post(**fields), match, ReplyState.POSTED, START) for _ in range(number)]
    await bring_about(stores)
    return replies


def keys_of(replies):
    return {reply_key(reply.guild_id, reply.message_id) for reply in replies}


async def test_versions_count_from_one_within_a_topic_and_come_back_whole(backend, stores):
    first, second, other = [await an_edition(stores, slug, editor=BIG) for slug in (TOPIC, TOPIC, "other")]
    assert [edition.version for edition in (first, second, other)] == [1, 2, 1]
    assert first == Edition(GUILD, TOPIC, 1, f"by {BIG}", BIG, START, 0)
    assert await backend.stores().editions.history(GUILD, TOPIC) == [first, second]
    assert await stores.editions.topics(GUILD) == sorted([TOPIC, "other"])


async def test_versions_that_are_added_at_the_same_moment_are_all_kept(stores):
    added = await asyncio.gather(*(an_edition(stores, editor=editor) for editor in range(1, 11)))
    history = await stores.editions.history(GUILD, TOPIC)
    assert [edition.version for edition in history] == list(range(1, 11))
    assert {edition.editor_id for edition in history} == {edition.editor_id for edition in added} == set(range(1, 11))


async def test_the_latest_version_that_an_editor_has_not_seen_is_told(stores):
    seen = await an_edition(stores)
    told = []
    for editor in (ANN, BEA, ANN):
        _, unseen = await stores.editions.add(Edition(GUILD, TOPIC, 0, "text", editor, START, seen.version))
        told.append(unseen.version if unseen else None)
    assert told == [None, 2, 3]


async def test_a_topic_without_a_choice_has_none(stores):
    await an_edition(stores)
    assert await stores.editions.choice(GUILD, TOPIC) is None
    assert stores.editions.published() == []
    assert await stores.editions.history(GUILD, "other") == []


async def test_what_is_served_is_known_after_a_restart(backend, stores, explainer):
    first, second = await an_edition(stores), await an_edition(stores)
    for edition in (first, second, first):
        await stores.editions.publish(edition, explainer, START)
    chosen = TopicChoice(GUILD, TOPIC, EditionState.LIVE, 1)
    assert await stores.editions.choice(GUILD, TOPIC) == chosen
    assert backend.stores().editions.published() == [(chosen, first)]


@pytest.mark.parametrize("state", [EditionState.PAUSED, EditionState.RETIRED])
async def test_a_withdrawn_topic_serves_no_version_and_keeps_them_all(backend, stores, explainer, state):
    edition = await an_edition(stores)
    await stores.editions.publish(edition, explainer, START)
    await stores.editions.withdraw(GUILD, TOPIC, state)
    await stores.editions.withdraw(GUILD, "built-in", state)
    expected = [(TopicChoice(GUILD, slug, state, None), None) for slug in (TOPIC, "built-in")]
    assert sorted(backend.stores().editions.published(), key=lambda pair: pair[0].slug != TOPIC) == expected
    assert await stores.editions.history(GUILD, TOPIC) == [edition]


async def test_going_back_to_the_built_in_text_leaves_no_choice_and_all_versions(backend, stores, explainer):
    edition = await an_edition(stores)
    await stores.editions.publish(edition, explainer, START)
    await stores.editions.serve_built_in(GUILD, TOPIC, START)
    await stores.editions.serve_built_in(GUILD, "other", START)
    assert await stores.editions.choice(GUILD, TOPIC) is None
    assert backend.stores().editions.published() == []
    assert await stores.editions.history(GUILD, TOPIC) == [edition]


async def test_publishing_asks_for_the_new_text_on_answers_about_the_topic_that_stand(stores, explainer):
    standing = await standing_answers(stores, 2)
    await standing_answers(stores, 1, slug="other")
    (taken_back,) = await standing_answers(stores, 1)
    await stores.replies.dismiss(GUILD, taken_back.id, verdict())
    await bring_about(stores)
    await stores.replies.record(make_post(), replace(MATCH, slug=TOPIC), ReplyState.SHADOWED, START)
    later = START + timedelta(days=1)
    corrected = await stores.editions.publish(await an_edition(stores), explainer, later)
    assert set(corrected) == set(await pending_keys(stores)) == keys_of(standing)
    assert {(await stores.replies.get(GUILD, reply.id)).corrected_at for reply in standing} == {later}
    assert (await stores.replies.get(GUILD, taken_back.id)).corrected_at is None


async def test_an_answer_that_is_not_on_discord_yet_is_not_corrected(stores, explainer):
    reply = await stores.replies.record(make_post(), replace(MATCH, slug=TOPIC), ReplyState.POSTED, START)
    assert await stores.editions.publish(await an_edition(stores), explainer, START) == []
    assert (await stores.effects.get(reply_key(GUILD, reply.message_id))).wanted == 1


@pytest.mark.parametrize(("age", "corrected"), [(CORRECTED_FOR, 1), (CORRECTED_FOR + timedelta(seconds=1), 0)])
async def test_an_answer_is_corrected_for_thirty_days(stores, explainer, age, corrected):
    await standing_answers(stores, 1)
    assert timedelta(days=30) == CORRECTED_FOR
    assert len(await stores.editions.publish(await an_edition(stores), explainer, START + age)) == corrected


async def test_at_most_fifty_answers_are_corrected_and_they_are_the_newest(stores, explainer):
    match = replace(MATCH, slug=TOPIC)
    moments = [START + timedelta(minutes=minute) for minute in range(53)]
    replies = [await stores.replies.record(make_post(), match, ReplyState.POSTED, at) for at in moments]
    await bring_about(stores)
    corrected = await stores.editions.publish(await an_edition(stores), explainer, moments[-1])
    assert len(corrected) == 50
    assert set(corrected) == keys_of(replies[3:])


# Two servers: whatever is asked with the number of one, nothing of the other answers or changes


@dataclass
class Canary:
    """Everything that a server can leave behind."""

    seen: object
    repeat: object
    suggestion: object
    answer: object
    case: object
    edition: object


@pytest.fixture
def explainer():
    return parse_explainer(PurePath(f"{TOPIC}.md"), EXPLAINER_FILE)


@pytest.fixture
async def canary(stores, explainer):
    await set_moderators_channel(stores.policies, GUILD, ELSEWHERE)
    await set_mode(stores.policies, GUILD, CHANNEL, Mode.ANSWER)
    original, repeat = posts(2)
    seen = make_seen(original)
    await stores.fingerprints.save([seen], {(GUILD, CHANNEL): original.message_id})
    canary = Canary(
        seen,
        make_repeat(original),
        await a_reply(stores, ReplyState.SUGGESTED),
        await a_reply(stores),
        await recorded(stores.cases, repeat, make_repeat(original)),
        await an_edition(stores),
    )
    await stores.editions.publish(canary.edition, explainer, START)
    await stores.replies.vote(GUILD, canary.answer.id, 1, Vote.HELPFUL)
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
        "known": await stores.cases.known(guild, {canary.repeat.key}),
        "cases": await stores.cases.page(guild, CaseQuery(QueueView.ALL), 0, START),
        "timeout": await stores.cases.timeout(guild, 1),
        "copies": await stores.cases.copies_in(guild, canary.case.id, CHANNEL),
        "votes": await stores.replies.votes(guild, canary.answer.id),
        "history": await stores.editions.history(guild, TOPIC),
        "topics": await stores.editions.topics(guild),
        "choice": await stores.editions.choice(guild, TOPIC),
        "published": [pair for pair in stores.editions.published() if pair[0].guild_id == guild],
        "phrasings": stores.phrases.hits("the harbour tram is legal", guild),
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
        "cases": ([], 0),
        "timeout": None,
        "copies": [],
        "votes": {},
        "history": [],
        "topics": [],
        "choice": None,
        "published": [],
        "phrasings": [],
    }
    assert await state_of(stores, OTHER_GUILD, canary) == nothing
    assert await state_of(backend.stores(), OTHER_GUILD, canary) == nothing
    for question in (stores.cases.get, stores.cases.history, stores.cases.id_of):
        with pytest.raises(UnknownCaseError):
            await question(OTHER_GUILD, canary.case.id)


async def publish_elsewhere(stores):
    edition = await an_edition(stores, guild=OTHER_GUILD)
    explainer = parse_explainer(PurePath(f"{TOPIC}.md"), EXPLAINER_FILE.replace("harbour tram", "mountain train"))
    return await stores.editions.publish(edition, explainer, START)


REACHES = {
    "judge a suggestion": lambda s, c: s.replies.judge(OTHER_GUILD, c.suggestion.id, ReplyState.POSTED, verdict()),
    "take an answer back": lambda s, c: s.replies.dismiss(OTHER_GUILD, c.answer.id, verdict()),
    "vote": lambda s, c: s.replies.vote(OTHER_GUILD, c.answer.id, 2, Vote.NOT_MEANT),
    "change a vote": lambda s, c: s.replies.vote(OTHER_GUILD, c.answer.id, 1, Vote.NOT_MEANT),
    "add a version": lambda s, c: an_edition(s, guild=OTHER_GUILD),
    "publish the topic": lambda s, c: publish_elsewhere(s),
    "pause the topic": lambda s, c: s.editions.withdraw(OTHER_GUILD, TOPIC, EditionState.PAUSED),
    "serve the built-in text": lambda s, c: s.editions.serve_built_in(OTHER_GUILD, TOPIC, START),
    "dismiss a case": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, Ruling.CLEARED, verdict()),
    "remove posts": lambda s, c: s.cases.judge(OTHER_GUILD, c.case.id, Ruling.DELETED, verdict()),
    "claim a case": lambda s, c: s.cases.claim(OTHER_GUILD, c.case.id, verdict()),
    "release a case": lambda s, c: s.cases.release(OTHER_GUILD, c.case.id, verdict()),
    "put a case aside": lambda s, c: s.cases.snooze(OTHER_GUILD, c.case.id, START, verdict()),
    "undo a verdict": lambda s, c: s.cases.undo(OTHER_GUILD, c.case.id, verdict()),
    "write a note": lambda s, c: s.cases.note(OTHER_GUILD, c.case.id, verdict()),
    "tell a channel": lambda s, c: s.cases.tell_channel(OTHER_GUILD, c.case.id, CHANNEL, verdict()),
    "silence a member": lambda s, c: s.cases.time_out(OTHER_GUILD, c.case.id, AUTHOR, START, verdict()),
    "lift a timeout": lambda s, c: s.cases.lift_timeout(OTHER_GUILD, c.case.id, AUTHOR, verdict()),
    "disallow content": lambda s, c: s.cases.disallow(OTHER_GUILD, c.case.id, verdict()),
    "allow the same content": lambda s, c: s.cases.allow(OTHER_GUILD, "text", c.repeat.key, verdict()),
    "report the same content": lambda s, c: s.cases.report(
        make_post(guild_id=OTHER_GUILD), Report(1, START), None, [c.repeat.key]
    ),
    "keep words": lambda s, c: s.cases.remember_text(OTHER_GUILD, c.case.id, replace(c.case.original, text="other")),
    "report a channel gone": lambda s, c: s.cases.channel_gone(OTHER_GUILD, CHANNEL, START),
    "report an edit": lambda s, c: s.cases.post_edited(
        make_post(guild_id=OTHER_GUILD, message_id=c.case.repeats[0].message_id), [], START
    ),
    "report posts gone": lambda s, c: s.cases.posts_gone(OTHER_GUILD, [p.message_id for p in c.case.posts], START),
    "forget posts": lambda s, c: s.fingerprints.forget(OTHER_GUILD, {c.seen.message_id}),
    "read a channel": lambda s, c: s.fingerprints.save([], {(OTHER_GUILD, CHANNEL): BIG}),
    "try cards again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.CASE_CARD, [CHANNEL]),
    "try suggestions again": lambda s, c: s.effects.try_again(OTHER_GUILD, EffectKind.SUGGESTION, [CHANNEL]),
    "switch a channel off": lambda s, c: set_mode(s.policies, OTHER_GUILD, CHANNEL, Mode.OFF),
    "answer the same post": lambda s, c: a_reply(s, guild_id=OTHER_GUILD, message_id=c.answer.message_id),
    "repeat the same content": lambda s, c: a_case(s, guild=OTHER_GUILD),
}


ON_A_CASE = {"dismiss a case", "remove posts", "claim a case", "release a case", "put a case aside", "undo a verdict"}
ON_A_CASE |= {"write a note", "tell a channel", "silence a member", "lift a timeout", "disallow content"}
REFUSED = {"judge a suggestion", "take an answer back", "vote", "change a vote", *ON_A_CASE}


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
    assert await stores.replies.vote(GUILD, canary.answer.id, 1, Vote.NOT_MEANT)
