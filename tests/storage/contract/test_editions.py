"""What a server writes itself: versions, choices and corrections."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.faq.editions import CORRECTED_FOR
from bot.model import (
    Edition,
    EditionState,
    ReplyState,
    TopicChoice,
)
from bot.storage.protocols import (
    reply_key,
)
from tests.storage.contract.backends import (
    ANN,
    BEA,
    BIG,
    MATCH,
    TOPIC,
    an_edition,
    bring_about,
    pending_keys,
    verdict,
)
from tests.support import (
    GUILD,
    START,
    make_post,
)


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
