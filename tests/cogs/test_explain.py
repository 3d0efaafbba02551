"""Explainers on request: ``/explain`` a topic, ``/ask`` a question."""

import pytest

from bot.discord_ui import words
from bot.faq.library import MAX_CHOICES
from tests.support import CLAIM, CLAIM_TOPIC, told

EACH_SLUG_ONCE = "training-illegal", "opt-out", "us-copyright-office"


async def explain(world, topic: str):
    return await world.alice.slash(world.general, "explain", topic=topic)


async def ask(world, question: str):
    return await world.alice.slash(world.general, "ask", question=question)


def title(result) -> str:
    (embed,) = result.response.embeds
    return embed.title


@pytest.mark.parametrize("slug", EACH_SLUG_ONCE)
async def test_explain_shows_the_topic_that_was_picked_to_the_channel(world, explainers, slug):
    result = await explain(world, slug)
    assert title(result) == explainers[slug].title
    assert not result.response.ephemeral


async def test_an_explainer_shows_both_sides_what_is_undecided_and_its_date(world, explainers):
    (embed,) = (await explain(world, CLAIM_TOPIC)).response.embeds
    explainer = explainers[CLAIM_TOPIC]
    assert [field.name for field in embed.fields] == [*(side.heading for side in explainer.sides), "Undecided"]
    assert "**Sources**\n[1] [" in embed.description
    assert str(explainer.as_of.year) in embed.footer.text
    assert "Not legal advice" in embed.footer.text


@pytest.mark.parametrize(("typed", "slug"), [("Google Books", "google-books"), ("  GLAZE ", "glaze-nightshade")])
async def test_explain_understands_what_was_typed_without_picking(world, explainers, typed, slug):
    assert title(await explain(world, typed)) == explainers[slug].title


async def test_an_unknown_topic_is_told_what_to_do_instead(world):
    text = told(await explain(world, "no such thing"))
    assert text == words.UNKNOWN_TOPIC
    assert "/ask" in text


@pytest.mark.parametrize("typed", ["", "a", "ai", "LAION", "e"])
async def test_completion_offers_what_discord_can_show(world, explainers, typed):
    choices = await world.alice.autocomplete(world.general, "explain", "topic", typed)
    assert 1 <= len(choices) <= MAX_CHOICES
    assert all(choice["value"] in explainers and 1 <= len(choice["name"]) <= 100 for choice in choices)


async def test_completion_offers_nothing_for_what_no_explainer_has(world):
    assert await world.alice.autocomplete(world.general, "explain", "topic", "no such thing") == []


async def test_every_choice_of_the_completion_can_be_shown(world, explainers):
    for choice in await world.alice.autocomplete(world.general, "explain", "topic", ""):
        assert title(await explain(world, choice["value"])) == explainers[choice["value"]].title


async def test_a_question_that_one_explainer_surely_answers_shows_it(world, explainers):
    result = await ask(world, CLAIM)
    assert title(result) == explainers[CLAIM_TOPIC].title
    assert not result.response.ephemeral


async def test_a_question_that_several_explainers_may_answer_offers_them_to_the_member_alone(world, explainers):
    heading, *topics, advice = told(await ask(world, "is it legal to train on books")).splitlines()
    assert heading == words.MENU_HEADING
    assert 1 <= len(topics) <= 3
    assert {topic.removeprefix("- ") for topic in topics} <= {explainer.title for explainer in explainers.values()}
    assert "/explain" in advice


@pytest.mark.parametrize("question", ["when does the tram to the harbour go", "\N{THINKING FACE}" * 3, "a" * 1000])
async def test_a_question_that_no_explainer_answers_is_told_so(world, question):
    text = told(await ask(world, question))
    assert text == words.NO_MATCH
    assert "/explain" in text


async def test_both_commands_work_in_direct_messages(world, explainers):
    for result in (
        await world.alice.user.slash("explain", topic=CLAIM_TOPIC),
        await world.alice.user.slash("ask", question=CLAIM),
    ):
        assert title(result) == explainers[CLAIM_TOPIC].title


async def test_neither_command_keeps_anything(world):
    await explain(world, CLAIM_TOPIC)
    await ask(world, CLAIM)
    for table in ("reply", "effect", "fingerprint"):
        assert world.database.read_now(lambda db, table=table: db.table(table).count) == 0
