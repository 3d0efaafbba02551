"""A suggested answer of which a moderator chooses the topic."""

import pytest

from bot.discord_ui import words
from bot.discord_ui.topic_menu import MOST, topic_view
from bot.model import EditionState
from tests.discord_ui.pressing import labels, plant, press, press_at_once, state, suggested
from tests.support import CLAIM, CLAIM_TOPIC, told

OTHER = "scraping"


def options(page) -> list[dict]:
    """What a page of the menu offers."""
    return page.components[0]["components"][0]["options"]


async def asked(world):
    """The menu of topics, as the moderator sees it."""
    return (await world.moderator.click(await suggested(world), label="Other topic")).response


async def every_option(world) -> list[str]:
    """The topics of all pages, in order."""
    page = await asked(world)
    shown = [option["value"] for option in options(page)]
    while any(button["label"] == "Next" for button in page.components[1]["components"]):
        page = (await world.moderator.click(page, label="Next")).response
        shown += [option["value"] for option in options(page)]
    return shown


async def page_with(world, slug: str):
    page = await asked(world)
    while all(option["value"] != slug for option in options(page)):
        page = (await world.moderator.click(page, label="Next")).response
    return page


async def test_the_topic_that_a_moderator_picks_is_posted_in_place_of_the_suggested_one(world, explainers):
    page = await page_with(world, OTHER)
    assert page.content == words.ASK_TOPIC
    text = told(await world.moderator.select(page, [OTHER], custom_id="copydesk-topic:1"))
    assert text == f"Posted in {world.general.mention}."
    post, answer = world.general.history()
    assert answer.reference.message_id == post.id
    assert answer.embeds[0].title == explainers[OTHER].title
    assert {field.name: field.value for field in answer.embeds[0].fields}[words.WHY_THIS_CARD] == words.CHOSEN
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].title == explainers[OTHER].title
    assert card.content.endswith(f"posted by {world.moderator.mention}")
    assert card.components == []


async def test_every_other_topic_is_on_one_page_and_the_suggested_ones_relatives_come_first(world, explainers):
    shown = await every_option(world)
    assert sorted([*shown, CLAIM_TOPIC]) == sorted(explainers)
    related = explainers[CLAIM_TOPIC].related
    assert set(shown[: len(related)]) == {*related}


def test_no_page_offers_more_than_discord_takes(explainers):
    one = explainers[OTHER]
    many = {
        slug: type(one)(**{**{f: getattr(one, f) for f in one.__slots__}, "slug": slug, "title": "?" * 300})
        for slug in (f"topic-{number}" for number in range(240))
    }
    view = topic_view(1, many, "topic-0", 99)  # past the last page
    menu, *buttons = view.to_components()
    assert 0 < len(menu["components"][0]["options"]) <= MOST
    assert all(len(option["label"]) <= 100 for option in menu["components"][0]["options"])
    assert [button["label"] for button in buttons[0]["components"]] == ["Back"]


async def test_the_menu_outlives_a_restart(world):
    page = await page_with(world, OTHER)
    await world.restart()
    await world.moderator.select(page, [OTHER], custom_id="copydesk-topic:1")
    assert len(world.from_bot(world.general)) == 1


async def test_a_topic_that_was_retired_meanwhile_is_told_and_the_suggestion_still_waits(world):
    page = await page_with(world, OTHER)
    await world.bot.services.editor.withdraw(world.guild.id, OTHER, EditionState.RETIRED)
    assert told(await world.moderator.select(page, [OTHER], custom_id="copydesk-topic:1")) == words.TOPIC_GONE
    assert world.from_bot(world.general) == []
    assert state(world, "reply") == "suggested"


async def test_who_picks_after_another_has_decided_is_told_what_and_by_whom(world):
    page = await page_with(world, OTHER)
    await press(world.moderator, world.from_bot(world.queue)[0], "copydesk:drop:1")
    first = f"Somebody was first: this was dropped by {world.moderator.mention}."
    assert told(await world.moderator.select(page, [OTHER], custom_id="copydesk-topic:1")) == first
    assert await press(world.moderator, plant(world, world.queue, "copydesk:other:1"), "copydesk:other:1") == first
    assert world.from_bot(world.general) == []


async def test_of_a_pick_and_a_press_at_once_one_wins(world):
    page = await page_with(world, OTHER)
    both = plant(world, world.queue, "copydesk:post:1", "copydesk:drop:1")
    told_to = await press_at_once(
        world, both, (world.moderator, "copydesk:post:1"), (world.moderator, "copydesk:drop:1")
    )
    told_to.append(told(await world.moderator.select(page, [OTHER], custom_id="copydesk-topic:1")))
    assert sum("Somebody was first" in text for text in told_to) == 2


async def test_why_names_both_topics(world):
    await world.moderator.select(await page_with(world, OTHER), [OTHER], custom_id="copydesk-topic:1")
    post = world.general.history()[0]
    result = await world.moderator.slash(world.general, "why", message=post.jump_url)
    assert f"`{OTHER}` instead of `{CLAIM_TOPIC}`" in str(result.response.embeds[0].to_dict())


async def test_the_suggestion_for_a_post_that_is_deleted_is_dropped_by_nobody(world):
    await suggested(world)
    await world.alice.delete(world.general.history()[0])
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.endswith("dropped, because the post was deleted")
    assert card.components == []
    for action in ("post", "other", "drop"):
        stale = plant(world, world.queue, f"copydesk:{action}:1")
        assert await press(world.moderator, stale, f"copydesk:{action}:1") == words.POST_GONE
    assert world.from_bot(world.general) == []


async def test_a_suggestion_whose_post_was_deleted_leaves_the_topic_free_for_the_next(world):
    await suggested(world)
    await world.alice.delete(world.general.history()[0])
    await world.env.advance_time(180)
    await world.bob.send(world.general, CLAIM)
    assert len(world.from_bot(world.queue)) == 2


@pytest.mark.parametrize("wait", [0, 3600])
async def test_what_discord_refused_to_post_is_said_on_the_card_and_can_be_tried_again(world, wait):
    card = await suggested(world)
    refusal = {"status": 403, "code": 50013, "message": "Missing Permissions"}
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", **refusal)
    assert "could not be posted" in await press(world.moderator, card, "copydesk:post:1")
    (card,) = world.from_bot(world.queue)
    assert card.content.endswith("but it could not be posted (Discord answered 403: Missing Permissions)")
    assert labels(card) == ["Post answer", "Other topic", "Drop"]
    await world.env.advance_time(wait)  # until somebody has granted the permission
    assert await press(world.moderator, card, "copydesk:post:1") == f"Posted in {world.general.mention}."
    (card,) = world.from_bot(world.queue)
    assert card.content.endswith(f"posted by {world.moderator.mention}")
    assert len(world.from_bot(world.general)) == 1


async def test_an_answer_that_was_delayed_and_then_refused_is_said_on_the_card_too(world):
    card = await suggested(world)
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    await press(world.moderator, card, "copydesk:post:1")
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=403, code=50013)
    await world.env.advance_time(13)
    (card,) = world.from_bot(world.queue)
    assert "could not be posted" in card.content


@pytest.mark.parametrize("custom_id", ["copydesk-topic:1", "copydesk:other:1"])
async def test_a_member_chooses_nothing(world, custom_id):
    await suggested(world)
    assert await press(world.alice, plant(world, world.queue, custom_id), custom_id) == words.MODERATORS_ONLY


async def test_a_card_offers_all_three(world):
    assert labels(await suggested(world)) == ["Post answer", "Other topic", "Drop"]
