"""Proposed thresholds below ``/automation``: shown with their numbers, applied and undone by an admin's click."""

import pytest

from bot.config.changes import Change
from bot.discord_ui import proposals, setting_words, words
from bot.model import Match, ReplyState
from bot.storage.protocols import Verdict
from tests.discord_ui.pressing import plant, press
from tests.support import START, choose, make_post, running_world, shipped_ranker, told
from tests.support_settings import pick, policy

CLAIM = "my art style got copied by the bot and that should not be legal"  # suggested, with a score of 0.80 or more
TOPIC = "style-not-protected"


def now() -> str:
    """The score from which the shipped matcher answers; it changes with each training."""
    return f"{shipped_ranker().calibration.answer:.2f}"


def picked() -> str:
    """What is chosen in the menu to apply the proposal."""
    return f"{TOPIC} 0.80 {now()}"


async def rate(world, score: float, right: int, wrong: int = 0, topic: str = TOPIC, guild_id: int | None = None):
    """Have moderators approve and drop suggestions of a topic."""
    replies, guild_id = world.bot.services.replies, guild_id or world.guild.id
    for state in [ReplyState.POSTED] * right + [ReplyState.DROPPED] * wrong:
        match = Match(topic, score, "")
        reply = await replies.record(make_post(guild_id=guild_id), match, ReplyState.SUGGESTED, START)
        await replies.judge(guild_id, reply.id, state, Verdict(world.moderator.id, START))


async def opened(world):
    """The page of proposals."""
    panel = (await world.admin.slash(world.general, "automation")).response
    return (await world.admin.click(panel, label=setting_words.PROPOSALS)).response


async def answers(world) -> int:
    """How many answers the claim brings."""
    await world.alice.send(world.general, CLAIM)
    return len(world.from_bot(world.general))


async def test_a_proposal_is_shown_with_its_numbers(world):
    await rate(world, 0.809, right=45, wrong=1)
    await rate(world, 0.6, right=3, wrong=9)
    page = await opened(world)
    line = f"answer from **0.80**, now {now()}. 45 of 46 right at 0.80 or more; lower bound 0.908."
    assert f"- `{TOPIC}`: {line}" in page.content


async def test_a_click_applies_a_proposal_and_another_undoes_it(world):
    await rate(world, 0.80, right=40)
    page = await pick(world, await opened(world), "apply:thresholds", picked())
    assert policy(world).thresholds == {TOPIC: 0.80}
    assert page.content.startswith(f"Saved. Own threshold {TOPIC}: none \u2192 0.80.")
    assert proposals.NONE in page.content
    await world.restart()  # the button outlives it, and so does what was applied
    assert policy(world).thresholds == {TOPIC: 0.80}
    page = (await world.admin.click(page, label=proposals.UNDO)).response
    assert policy(world).thresholds == {}
    assert f"Own threshold {TOPIC}: 0.80 \u2192 none" in page.content
    assert f"`{TOPIC}`: answer from **0.80**" in page.content  # it is proposed again
    history = await world.bot.services.policies.history(world.guild.id)
    assert [(one.actor_id, one.how) for one in history] == [(world.admin.id, "/automation")] * 2


async def test_what_was_only_suggested_is_answered_once_a_proposal_is_applied(world):
    await world.switch_on()
    await rate(world, 0.80, right=40)
    await pick(world, await opened(world), "apply:thresholds", picked())
    assert await answers(world) == 1


async def test_without_it_the_same_claim_is_only_suggested(world):
    await world.switch_on()
    assert await answers(world) == 0
    assert len(world.from_bot(world.queue)) == 1


async def test_a_proposal_that_no_longer_holds_is_told(world):
    await rate(world, 0.80, right=40)
    page = await opened(world)
    await rate(world, 0.87, right=0, wrong=5)
    page = await pick(world, page, "apply:thresholds", picked())
    assert page.content.startswith(proposals.HOLDS_NO_MORE)
    assert policy(world).thresholds == {}


async def test_a_proposal_for_another_threshold_than_the_one_of_now_is_told(world):
    await rate(world, 0.80, right=40)
    page = await opened(world)
    await choose(world.bot.services.policies, world.guild.id, Change("thresholds", 0.7, TOPIC))
    page = await pick(world, page, "apply:thresholds", picked())
    assert page.content.startswith(proposals.HOLDS_NO_MORE)
    assert policy(world).thresholds == {TOPIC: 0.7}
    assert "answer from **0.80**, now 0.70" in page.content


async def test_a_threshold_that_was_changed_since_is_not_undone(world):
    await rate(world, 0.80, right=40)
    page = await pick(world, await opened(world), "apply:thresholds", picked())
    await choose(world.bot.services.policies, world.guild.id, Change("thresholds", 0.7, TOPIC))
    page = (await world.admin.click(page, label=proposals.UNDO)).response
    assert page.content.startswith(proposals.CHANGED_SINCE)
    assert policy(world).thresholds == {TOPIC: 0.7}


async def test_an_undo_reaches_no_other_setting(world):
    await choose(world.bot.services.policies, world.guild.id, Change("answers_per_hour", 2))
    page = plant(world, world.general, "copydesk-set:undo:thresholds:1")
    await world.admin.click(page, custom_id="copydesk-set:undo:thresholds:1")
    assert policy(world).answers_per_hour == 2


@pytest.mark.parametrize("of", ["", "none", "-1", "9" * 30])
async def test_an_undo_of_what_is_no_change_is_outdated(world, of):
    page = plant(world, world.general, f"copydesk-set:undo:thresholds:{of}")
    assert await press(world.admin, page, f"copydesk-set:undo:thresholds:{of}") == setting_words.OUTDATED


async def test_who_is_no_admin_applies_nothing(world):
    await rate(world, 0.80, right=40)
    page = plant(world, world.general, "copydesk-set:proposals:automation:")
    assert await press(world.moderator, page, "copydesk-set:proposals:automation:") == words.ADMINS_ONLY


async def test_no_more_than_ten_proposals_are_listed_those_with_most_verdicts_first(world):
    topics = sorted(world.bot.services.library.on(world.guild.id))[:12]
    for number, topic in enumerate(topics):
        await rate(world, 0.8, right=30 + number, topic=topic)
    page = await opened(world)
    assert [line.split("`")[1] for line in page.content.splitlines() if line.startswith("- ")] == topics[:1:-1]
    assert "2 more proposals" in page.content
    assert len(page.components[0]["components"][0]["options"]) == 10


async def test_neither_another_servers_verdicts_nor_topics_out_of_service_are_proposed(world):
    await rate(world, 0.80, right=40, guild_id=world.guild.id + 1)
    await rate(world, 0.80, right=40, topic="no-longer-served")
    assert proposals.NONE in (await opened(world)).content


async def test_nothing_is_proposed_where_words_alone_decide(database):
    async with running_world(database, ranker=None) as world:
        await rate(world, 0.80, right=40)
        assert proposals.NONE in (await opened(world)).content


async def test_a_topic_chosen_by_hand_takes_a_typed_threshold(world):
    page = (await world.admin.slash(world.general, "automation", topic=TOPIC)).response
    page = await pick(world, page, f"pick:automation:{TOPIC}", "thresholds")
    form = await world.admin.click(page, label=setting_words.TYPE)
    result = await world.admin.submit_modal(form, {"typed": "0.777"})
    assert policy(world).thresholds == {TOPIC: 0.78}
    form = await world.admin.click(result.response, label=setting_words.TYPE)
    assert "not a score" in told(await world.admin.submit_modal(form, {"typed": "nearly"}))
    assert policy(world).thresholds == {TOPIC: 0.78}
