"""No draft is lost; what is published, paused or retired is what members see, at once."""

import asyncio
import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import EditingError
from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.editor import MAX_TOPICS
from bot.model import Edition, EditionState
from bot.outbox import EDIT_PACE
from tests.faq.editing.newsroom import (
    ABSENT,
    ANN,
    BEA,
    BUILT_IN,
    CHANGED,
    DRAFT,
    OTHER_CLAIM,
    OTHER_GUILD,
    OWN,
    TOPIC,
    WRONG,
    as_json,
    own,
)
from tests.support import (
    GUILD,
    START,
    rows,
    running_world,
)

# Drafts


@pytest.mark.parametrize(
    "text",
    ["", "+++\n[[sources]]\nid = 7", "## Settled\n### A side", 'a "quote" \\ and \x7f', "Straße\u2028👍", "x" * 4000],
)
async def test_a_draft_is_kept_as_typed_right_or_wrong_also_after_a_restart(room, text):
    parts = dict.fromkeys(asdict(DRAFT), text)
    saved = await room.save(Draft(**parts))
    assert saved.problems
    room = await room.restart()
    assert await room.editor.open(GUILD, TOPIC) == (Draft(**parts), 1)
    assert room.served() == BUILT_IN.title
    await room.close()


@given(st.fixed_dictionaries({name: st.text(st.characters(exclude_categories=["Cs"])) for name in asdict(DRAFT)}))
@settings(max_examples=40, deadline=None)
def test_any_texts_make_a_draft_that_comes_back(parts):
    assert Draft.from_json(Draft(**parts).to_json()) == Draft(**parts)


def test_every_shipped_explainer_becomes_a_draft_and_is_the_same_explainer_again(explainers):
    assert {slug: Draft.of(explainer).to_explainer(slug) for slug, explainer in explainers.items()} == explainers


def test_the_address_of_a_kept_copy_stays_in_the_draft():
    (source,) = BUILT_IN.sources
    kept = replace(BUILT_IN, sources=(replace(source, archive="https://archive.example/ruling"),))
    assert Draft.of(kept).to_explainer(TOPIC) == kept


async def test_an_editor_is_told_of_the_version_that_came_in_between_and_both_are_kept(room):
    _, version = await room.editor.open(GUILD, TOPIC)
    first = await room.editor.save(GUILD, TOPIC, own(1), ANN, version)
    second = await room.editor.save(GUILD, TOPIC, own(2), BEA, version)
    assert (first.unseen, second.unseen) == (None, first.edition)
    history = await room.editor.history(GUILD, TOPIC)
    assert [Draft.from_json(edition.content) for edition in history] == [own(1), own(2)]


async def test_drafts_that_are_saved_at_the_same_moment_are_all_kept_and_all_but_one_are_told(room):
    saved = await asyncio.gather(*(room.save(own(number)) for number in range(8)))
    history = await room.editor.history(GUILD, TOPIC)
    assert {edition.content for edition in history} == {own(number).to_json() for number in range(8)}
    assert [one.unseen for one in saved].count(None) == 1


async def test_a_topic_of_a_servers_own_begins_with_what_is_missing_and_begins_once(room):
    saved = await room.editor.begin(GUILD, OWN, "Is the train legal?", ANN)
    draft, version = await room.editor.open(GUILD, OWN)
    assert (draft.title, version) == ("Is the train legal?", 1)
    assert any("short answer" in problem for problem in saved.problems)
    for taken in (OWN, TOPIC):
        with pytest.raises(EditingError, match="exists"):
            await room.editor.begin(GUILD, taken, "Is it?", ANN)
    assert await room.editor.topics(OTHER_GUILD) == [TOPIC]


async def test_a_topic_that_nobody_began_cannot_be_opened(room):
    with pytest.raises(EditingError, match="/faq add"):
        await room.editor.open(GUILD, OWN)


async def test_the_difference_is_told_against_what_the_editor_saw(room):
    await room.save(own(1))
    await room.save(own(2), based_on=1)
    first, second = [(await room.editor.diff(GUILD, TOPIC, version)).splitlines() for version in (1, 2)]
    assert {'-title = "Is it legal?"', '+title = "Is case 1 legal?"'} <= {*first}
    assert {'-title = "Is case 1 legal?"', '+title = "Is case 2 legal?"'} <= {*second}


async def test_a_server_has_a_limited_number_of_topics_and_its_old_ones_can_still_be_edited(room):
    await fill(room.database, MAX_TOPICS - 1)
    await room.save(slug="last")
    for refused in (room.save(slug="too-many"), room.editor.begin(GUILD, "too-many", "Is it?", ANN)):
        with pytest.raises(EditingError, match=str(MAX_TOPICS)):
            await refused
    assert (await room.save(slug="last")).edition.version == 2
    assert (await room.save(slug="too-many", guild=OTHER_GUILD)).edition.version == 1


async def test_a_file_with_too_many_topics_is_refused_whole(room):
    await fill(room.database, MAX_TOPICS - 1)
    with pytest.raises(EditingError, match=str(MAX_TOPICS)):
        await room.import_file("two.json", as_json({"one": own(1), "two": own(2)}))
    assert len(await room.editions.topics(GUILD)) == MAX_TOPICS - 1


async def fill(database, number):
    editions = SqliteEditionStore(database)
    drafts = (Edition(GUILD, f"topic-{one}", 0, DRAFT.to_json(), ANN, START, 0) for one in range(number))
    await asyncio.gather(*map(editions.add, drafts))


# Publishing


async def test_what_is_published_is_served_and_found_on_that_server_alone(room):
    await room.publish(CHANGED)
    assert (room.served(), room.served(guild=OTHER_GUILD)) == (CHANGED.title, BUILT_IN.title)
    assert (room.phrasings(), room.phrasings(OTHER_GUILD)) == ({OTHER_CLAIM}, {*BUILT_IN.claims})


async def test_a_draft_with_problems_is_not_published_and_each_of_them_is_told(room):
    await room.publish(CHANGED)
    keys = await room.answers()
    saved = await room.save(WRONG)
    with pytest.raises(EditingError) as refusal:
        await room.editor.publish(GUILD, TOPIC)
    assert saved.problems
    assert all(problem in str(refusal.value) for problem in saved.problems)
    assert (room.served(), await room.editor.served_version(GUILD, TOPIC)) == (CHANGED.title, 1)
    assert [(await room.effects.get(key)).wanted for key in keys] == [1]
    assert (await room.editor.open(GUILD, TOPIC))[0] == WRONG


@pytest.mark.parametrize("slug", ["Two Words", f"folder/{TOPIC}", "a.b", "é"])
async def test_a_topic_whose_name_is_wrong_is_not_published_under_another(room, slug):
    await room.save(CHANGED, slug)
    with pytest.raises(EditingError, match="lower-case words"):
        await room.editor.publish(GUILD, slug)
    assert room.phrasings() == {*BUILT_IN.claims}


async def test_sources_that_no_reader_could_parse_are_a_problem_and_no_failure(room):
    saved = await room.save(DRAFT.with_parts(sources="x = " + "[" * 3900))
    assert any("nested" in problem for problem in saved.problems)


@pytest.mark.parametrize("version", [None, 2])
async def test_a_version_that_does_not_exist_is_not_published(room, version):
    if version:
        await room.save()
    with pytest.raises(EditingError):
        await room.editor.publish(GUILD, TOPIC, version)
    await room.save(guild=OTHER_GUILD)
    assert await room.editor.served_version(GUILD, TOPIC) is None


async def test_an_earlier_version_can_be_served_again(room):
    await room.publish(CHANGED)
    await room.publish(own(2))
    await room.editor.publish(GUILD, TOPIC, 1)
    assert (room.served(), room.phrasings()) == (CHANGED.title, {OTHER_CLAIM})
    assert await room.editor.served_version(GUILD, TOPIC) == 1


async def test_publishing_corrects_standing_answers_one_after_the_other_at_the_pace_of_edits(room, clock, sender):
    keys = await room.answers(3)
    await room.publish(CHANGED)
    corrected = [await sender.arrival()]
    for number in (1, 2):
        await room.settle()
        assert len(sender.tries) == number
        clock.advance(seconds=EDIT_PACE.total_seconds())
        corrected.append(await sender.arrival())
    assert sorted(corrected) == sorted(keys)
    assert sender.shown == [(key, 2) for key in corrected]
    assert not sender.messages  # what stands was edited


async def test_publishing_corrects_no_answer_of_another_server_or_topic(room, sender):
    others = [*await room.answers(2, OTHER_GUILD), *await room.answers(2, slug=OWN)]
    (mine,) = await room.answers(1)
    await room.publish(CHANGED)
    assert await sender.arrival() == mine
    assert [(await room.effects.get(key)).wanted for key in others] == [1] * 4
    assert len(rows(room.database, "SELECT * FROM effect")) == 5
    corrected = rows(room.database, "SELECT guild_id, slug FROM reply WHERE corrected_at IS NOT NULL")
    assert corrected == [{"guild_id": GUILD, "slug": TOPIC}]


async def test_publishing_leaves_answers_older_than_thirty_days(room, clock, sender):
    (old,) = await room.answers()
    clock.advance(seconds=1)
    (young,) = await room.answers()
    clock.now = START + timedelta(days=30, seconds=1)
    await room.publish(CHANGED)
    assert await sender.arrival() == young
    assert [(await room.effects.get(key)).wanted for key in (old, young)] == [1, 2]


async def test_publishing_corrects_at_most_fifty_answers(room):
    keys = await room.answers(53)
    await room.publish(CHANGED)
    wanted = [(await room.effects.get(key)).wanted for key in keys]
    assert (wanted.count(2), wanted.count(1)) == (50, 3)


async def test_corrections_that_a_restart_cut_off_are_made_up_for(room, sender, clock):
    keys = await room.answers(3)
    await room.publish(CHANGED)
    room = await room.restart()
    await room.outbox.resume()
    for _ in keys:
        await sender.arrival()
        clock.advance(seconds=EDIT_PACE.total_seconds())
    await room.settle()
    assert sorted({key for key, _ in sender.shown}) == sorted(keys)
    assert [effect.key for effect in await room.effects.pending()] == []
    await room.close()


# Pausing, retiring and going back


@pytest.mark.parametrize("state", ABSENT)
@pytest.mark.parametrize("published", [True, False], ids=["own text", "built-in text"])
async def test_a_withdrawn_topic_is_neither_served_nor_found_there_and_stays_elsewhere(room, state, published):
    if published:
        await room.publish(CHANGED)
    await room.editor.withdraw(GUILD, TOPIC, state)
    assert (room.served(), room.phrasings()) == (None, set())
    assert (room.served(guild=OTHER_GUILD), room.phrasings(OTHER_GUILD)) == (BUILT_IN.title, {*BUILT_IN.claims})
    assert (await room.editions.choice(GUILD, TOPIC)).state is state


@pytest.mark.parametrize("state", ABSENT)
async def test_a_withdrawn_topic_comes_back_by_publishing_or_as_built_in(room, state):
    await room.publish(CHANGED)
    await room.editor.withdraw(GUILD, TOPIC, state)
    await room.editor.publish(GUILD, TOPIC)
    assert (room.served(), room.phrasings()) == (CHANGED.title, {OTHER_CLAIM})
    await room.editor.withdraw(GUILD, TOPIC, state)
    await room.editor.serve_built_in(GUILD, TOPIC)
    assert (room.served(), room.phrasings()) == (BUILT_IN.title, {*BUILT_IN.claims})
    assert len(await room.editor.history(GUILD, TOPIC)) == 1


async def test_a_topic_that_does_not_exist_is_not_withdrawn(room):
    with pytest.raises(EditingError):
        await room.editor.withdraw(GUILD, OWN, EditionState.PAUSED)
    assert await room.editions.choice(GUILD, OWN) is None


async def test_a_topic_of_a_servers_own_has_no_built_in_text_to_go_back_to(room):
    await room.publish(own(1), OWN)
    with pytest.raises(EditingError, match="no built-in text"):
        await room.editor.serve_built_in(GUILD, OWN)
    assert room.served(OWN) == own(1).title


@pytest.mark.parametrize("state", [EditionState.LIVE, *ABSENT, None], ids=str)
async def test_a_restart_serves_what_was_served(room, state):
    await room.publish(CHANGED)
    await room.save(own(3))  # a draft that nobody published
    await room.publish(own(1), OWN)
    if state in ABSENT:
        await room.editor.withdraw(GUILD, TOPIC, state)
    elif state is None:
        await room.editor.serve_built_in(GUILD, TOPIC)
    before = [(room.library.on(guild), room.phrasings(guild)) for guild in (GUILD, OTHER_GUILD)]
    room = await room.restart()
    assert [(room.library.on(guild), room.phrasings(guild)) for guild in (GUILD, OTHER_GUILD)] == before
    assert await room.editor.served_version(GUILD, TOPIC) == (1 if state is EditionState.LIVE else None)
    await room.close()


async def test_a_text_that_newer_rules_refuse_is_not_served_and_stops_nobody_from_starting(room, database, caplog):
    await room.publish(CHANGED)
    await room.publish(own(1), OWN)
    broken = json.dumps({**json.loads(CHANGED.to_json()), "settled": ""})
    database.write_now(lambda db: db.execute("UPDATE edition SET content = ? WHERE slug = ?", [broken, TOPIC]))
    room = await room.restart()
    assert room.library.get(GUILD, TOPIC) is None
    assert room.served(OWN) == own(1).title
    assert f"{TOPIC} is not served until it is edited" in caplog.text
    await room.close()


# Leaving


async def test_a_server_that_removes_the_bot_has_the_built_in_texts_when_it_comes_back(database):
    async with running_world(database) as world:
        services, guild = world.bot.services, world.guild.id
        await services.editor.save(guild, TOPIC, CHANGED, ANN, 0)
        await services.editor.publish(guild, TOPIC)
        assert services.library.get(guild, TOPIC).title == CHANGED.title
        world.env.backend.remove_guild(guild)
        await world.env.settle()
        assert services.library.on(guild) == {TOPIC: BUILT_IN}
        assert await services.editor.history(guild, TOPIC) == []
