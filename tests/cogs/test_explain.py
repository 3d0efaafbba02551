"""Explainers on request: ``/explain`` a topic, its sources, ``/topics``, ``/ask`` a question, or a message's menu."""

import pytest

from bot.app import COMMANDS_ONLY
from bot.discord_ui import cards, words
from bot.faq.library import MAX_CHOICES
from bot.model import EditionState
from tests.support import CLAIM, CLAIM_TOPIC, running_world, told

UNSURE = "who pays for the books then?"
EACH_SLUG_ONCE = "training-illegal", "opt-out", "us-copyright-office"


async def explain(world, topic: str, **country: str):
    return await world.alice.slash(world.general, "explain", topic=topic, **country)


async def explain_message(world, text: str):
    """One member posts; another opens the menu of the post."""
    post = await world.bob.send(world.general, text)
    return await world.alice.context_menu(world.general, "Explain this claim", post)


async def countries(world, topic: str, typed: str = "") -> dict[str, str]:
    choices = await world.alice.autocomplete(world.general, "explain", "country", typed, topic=topic)
    return {choice["value"]: choice["name"] for choice in choices}


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


async def test_an_explainer_shows_both_sides_its_date_and_behind_more_what_is_undecided(world, explainers):
    shown = (await explain(world, CLAIM_TOPIC)).response
    (embed,) = shown.embeds
    explainer = explainers[CLAIM_TOPIC]
    more = (await world.bob.click(shown, label="More")).response
    assert [field.name for field in embed.fields] == [side.heading for side in explainer.sides]
    assert "**Undecided**" in (await world.bob.click(more, label="Next")).response.embeds[0].description
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
    heading, *topics, advice = told(await ask(world, UNSURE)).splitlines()
    assert heading == words.MENU_HEADING
    assert 1 <= len(topics) <= 3
    assert {topic.removeprefix("- ") for topic in topics} <= {explainer.title for explainer in explainers.values()}
    assert "/explain" in advice


@pytest.mark.parametrize("question", ["when does the tram to the harbour go", "\N{THINKING FACE}" * 3, "a" * 1000])
async def test_a_question_that_no_explainer_answers_is_told_so(world, question):
    text = told(await ask(world, question))
    assert text == words.NO_MATCH
    assert "/explain" in text


# One country


@pytest.mark.parametrize("country", ["DE", "de", "Germany"])
async def test_explain_shows_one_country_alone(world, explainers, country):
    result = await explain(world, CLAIM_TOPIC, country=country)
    (embed,) = result.response.embeds
    german = [source.title for source in explainers[CLAIM_TOPIC].sources if source.jurisdiction == "DE"]
    other = [source.title for source in explainers[CLAIM_TOPIC].sources if source.jurisdiction != "DE"]
    assert embed.description.startswith("**Germany**")
    assert all(title in embed.description for title in german)
    assert not any(title in embed.description for title in other)


async def test_a_country_that_an_explainer_has_nothing_on_is_told_so(world):
    (embed,) = (await explain(world, CLAIM_TOPIC, country="Japan")).response.embeds
    assert words.nothing_on("Japan") in embed.description


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("", {"DE", "EU", "US"}), ("germ", {"DE"}), ("un", {"EU", "US"}), ("us", {"US"}), ("atlantis", set())],
)
async def test_completion_offers_the_countries_of_the_topic_by_name(world, typed, offered):
    found = await countries(world, CLAIM_TOPIC, typed)
    assert found == {code: cards.place(code) for code in offered}


@pytest.mark.parametrize("topic", ["", "no such thing"])
async def test_completion_offers_no_country_before_there_is_a_topic(world, topic):
    assert await countries(world, topic) == {}


async def test_every_country_of_every_topic_can_be_shown(world, explainers):
    for slug in EACH_SLUG_ONCE:
        for code in await countries(world, slug):
            assert title(await explain(world, slug, country=code)) == explainers[slug].title


# Sources and topics


async def test_sources_lists_every_source_to_the_member_alone(world, explainers):
    result = await world.alice.slash(world.general, "sources", topic=CLAIM_TOPIC)
    (embed,) = result.response.embeds
    assert result.response.ephemeral
    assert embed.description == cards.sources_card(explainers[CLAIM_TOPIC]).description


async def test_sources_of_an_unknown_topic_says_what_to_do_instead(world):
    assert told(await world.alice.slash(world.general, "sources", topic="no such thing")) == words.UNKNOWN_TOPIC


async def test_completion_offers_topics_for_sources_too(world):
    choices = await world.alice.autocomplete(world.general, "sources", "topic", "LAION")
    assert choices
    assert choices == await world.alice.autocomplete(world.general, "explain", "topic", "LAION")


async def test_topics_lists_every_topic_once_over_its_pages(world, explainers):
    page = (await world.alice.slash(world.general, "topics")).response
    seen = [page.embeds[0].description]
    assert page.ephemeral
    for number in range(2, len(cards.topics_pages(explainers.values())) + 1):
        page = (await world.alice.click(page, label="Next")).response
        seen.append(page.embeds[0].description)
        assert f"page {number} of" in page.embeds[0].title
    listed = [line.removeprefix("- ") for line in "\n".join(seen).splitlines()]
    assert listed == sorted(explainer.title for explainer in explainers.values())


async def test_topics_leaves_out_what_the_server_retired(world, explainers):
    await world.bot.services.editor.withdraw(world.guild.id, CLAIM_TOPIC, EditionState.RETIRED)
    page = (await world.alice.slash(world.general, "topics")).response
    listed = page.embeds[0].description
    listed += f"\n{(await world.alice.click(page, label='Next')).response.embeds[0].description}"
    assert explainers[CLAIM_TOPIC].title not in listed
    assert listed.count("\n") == len(explainers) - 2
    assert told(await explain(world, CLAIM_TOPIC)) == words.UNKNOWN_TOPIC


# The menu of a message


async def test_the_menu_of_a_message_explains_its_claim_to_the_member_alone(world, explainers):
    result = await explain_message(world, CLAIM)
    assert title(result) == explainers[CLAIM_TOPIC].title
    assert result.response.ephemeral
    assert world.from_bot(world.general) == []


async def test_the_menu_of_a_message_works_where_the_bot_may_not_read_messages(database, explainers):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        await world.switch_on()
        result = await explain_message(world, CLAIM)
        assert title(result) == explainers[CLAIM_TOPIC].title
        assert result.response.ephemeral
        assert world.from_bot(world.general) == []
        assert title(await explain(world, CLAIM_TOPIC)) == explainers[CLAIM_TOPIC].title


async def test_the_menu_of_a_message_offers_the_nearest_topics_where_it_is_not_sure(world):
    heading, *_, advice = told(await explain_message(world, UNSURE)).splitlines()
    assert (heading, advice) == (words.MENU_HEADING, words.READ_ONE)


async def test_the_menu_of_a_message_says_where_nothing_fits(world):
    assert told(await explain_message(world, "when does the tram to the harbour go")) == words.NO_MATCH


async def test_the_menu_of_a_message_without_text_says_so(world):
    picture = await world.bob.send(world.general, attachments=[("lighthouse.png", b"a picture")])
    assert told(await world.alice.context_menu(world.general, "Explain this claim", picture)) == words.NO_TEXT


# What is kept, and where


async def test_both_commands_work_in_direct_messages(world, explainers):
    for result in (
        await world.alice.user.slash("explain", topic=CLAIM_TOPIC),
        await world.alice.user.slash("ask", question=CLAIM),
    ):
        assert title(result) == explainers[CLAIM_TOPIC].title


async def test_no_command_keeps_anything(world):
    await explain(world, CLAIM_TOPIC)
    await ask(world, CLAIM)
    await explain_message(world, CLAIM)
    for table in ("reply", "effect", "fingerprint"):
        assert world.database.read_now(lambda db, table=table: db.table(table).count) == 0
