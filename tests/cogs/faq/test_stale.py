"""``/faq stale``: what is under review, and the weekly look at sources."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import build_bot
from bot.discord_ui import words
from bot.faq.build import replace_tables
from bot.model import Mode, SourceCheck, SourceState
from bot.storage.checks import SqliteSourceCheckStore
from cogs.editor import Faq
from tests.faq.web import hostile_web
from tests.support import CLAIM, CLAIM_TOPIC, START, running_world


@pytest.fixture
def gone(explainers):
    """A primary source of the topic that the claim calls for."""
    return next(source for source in explainers[CLAIM_TOPIC].sources if source.kind == "judgment")


@pytest.fixture
def die(database):
    async def die(source):
        await SqliteSourceCheckStore(database).record(SourceCheck(source.url, SourceState.DEAD, START, 404))

    return die


def review_field(message):
    return next((field.value for field in message.embeds[0].fields if field.name == words.UNDER_REVIEW), None)


async def test_an_explainer_with_a_dead_primary_source_is_suggested_and_the_card_says_why(world, gone, die):
    await world.switch_on(Mode.ANSWER)
    await die(gone)
    await world.alice.send(world.general, CLAIM)
    assert world.from_bot(world.general) == []
    (card,) = world.from_bot(world.queue)
    assert review_field(card) == f"Gone from the web: {gone.title}."


async def test_the_answer_that_a_moderator_posts_says_so_too(world, gone, die):
    await world.switch_on(Mode.ANSWER)
    await die(gone)
    await world.alice.send(world.general, CLAIM)
    (card,) = world.from_bot(world.queue)
    await world.moderator.click(card, label="Post answer")
    (answer,) = world.from_bot(world.general)
    assert gone.title in review_field(answer)


async def test_an_explainer_that_holds_is_answered_and_says_nothing_of_review(world):
    await world.switch_on(Mode.ANSWER)
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    assert review_field(answer) is None


async def test_explain_shows_an_explainer_under_review_with_the_reason(world, gone, die):
    await die(gone)
    result = await world.alice.slash(world.general, "explain", topic=CLAIM_TOPIC)
    assert gone.title in review_field(result.response)


async def test_ask_shows_it_too(world, gone, die):
    await die(gone)
    result = await world.alice.slash(world.general, "ask", question=CLAIM)
    assert gone.title in review_field(result.response)


async def test_stale_lists_what_is_under_review_to_the_moderator_alone(world, explainers, gone, die):
    await die(gone)
    result = await world.moderator.slash(world.general, "faq stale")
    listed = result.response.embeds[0].description
    assert result.response.ephemeral
    assert explainers[CLAIM_TOPIC].title in listed
    assert gone.title in listed
    assert "in question)" in listed


async def test_stale_says_when_nothing_is_under_review(world):
    result = await world.moderator.slash(world.general, "faq stale")
    assert result.response.content == words.NOTHING_STALE


async def test_members_do_not_see_the_command(world):
    assert "faq stale" in world.moderator.available_commands(world.general)
    assert "faq stale" not in world.alice.available_commands(world.general)


async def test_a_long_list_is_cut_where_discord_would_refuse_it(world, explainers, die):
    for explainer in explainers.values():
        for source in explainer.sources:
            await die(source)
    result = await world.moderator.slash(world.general, "faq stale")
    (card,) = result.response.embeds
    assert card.title == "40 explainers under review"
    assert card.description.endswith("30 more")


async def test_past_its_review_date_an_explainer_is_only_suggested(database):
    yesterday = (START - timedelta(days=1)).date().isoformat()
    database.write_now(lambda db: db.execute("UPDATE faq_explainer SET review_by = ?", [yesterday]))
    async with running_world(database) as world:
        await world.switch_on(Mode.ANSWER)
        await world.alice.send(world.general, CLAIM)
        assert world.from_bot(world.general) == []
        (card,) = world.from_bot(world.queue)
        assert review_field(card) == f"Its review was due on {yesterday}."


@pytest.fixture
async def net():
    async with hostile_web({}) as net:
        yield net


@pytest.fixture
async def editor(database, explainers, net):
    """The cog of a bot that looks at sources; one explainer, with a page that is gone and one that stands."""
    source = next(source for source in explainers["scraping"].sources if source.kind == "judgment")
    sources = tuple(replace(source, id=f"s{status}", url=net.site.url(f"/status/{status}")) for status in (410, 200))
    database.write_now(lambda db: replace_tables(db, [replace(explainers["scraping"], sources=sources)], "test"))
    return Faq(build_bot(database, net.clock, links=net.checker()))


async def test_the_weekly_look_records_what_is_gone(editor, net, caplog):
    await editor.look_at_sources(editor.services.links)
    (stale,) = await editor.ledger.stale(0)
    assert stale.explainer.slug == "scraping"
    assert f"a source is gone (410): {net.site.url('/status/410')}" in caplog.text


async def test_a_source_is_looked_at_again_after_a_week_and_not_before(editor, net):
    await editor.look_at_sources(editor.services.links)
    seen = len(net.site.requests)
    net.clock.advance(days=6, hours=23)
    await editor.look_at_sources(editor.services.links)
    assert len(net.site.requests) == seen
    net.clock.advance(hours=1)
    await editor.look_at_sources(editor.services.links)
    assert len(net.site.requests) == 2 * seen


async def test_a_look_that_fails_is_logged_and_the_task_goes_on(editor, database, caplog):
    database.close()
    await editor.look_at_sources(editor.services.links)
    assert "looking at the sources failed" in caplog.text


async def test_the_task_runs_only_where_it_was_switched_on(editor, database):
    idle = Faq(build_bot(database))
    await idle.cog_load()
    await editor.cog_load()
    tasks = [editor.look_at_sources.get_task(), idle.look_at_sources.get_task()]
    await editor.cog_unload()
    await idle.cog_unload()
    assert tasks[1] is None
    done, _ = await asyncio.wait([tasks[0]], timeout=5.0)
    assert done
