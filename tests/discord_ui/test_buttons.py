"""Presses on Copydesk's buttons: who may, what each does, and what is told when it cannot be done."""

import pytest

from bot.discord_ui import cards, case_words, words
from bot.discord_ui.buttons import LOOKS
from bot.model import EditionState
from tests.cogs.test_permission_matrix import MATRIX
from tests.discord_ui.pressing import (
    KEYS,
    MESSAGES,
    RECORDS,
    answered,
    cleared,
    custom_id,
    kept,
    labels,
    plant,
    press,
    press_at_once,
    problem,
    repeated,
    standing,
    state,
    suggested,
    texts,
    votes,
)
from tests.support import CLAIM, CLAIM_TOPIC, rows, set_rights, told

LABELS = {action: button.label for action, button in LOOKS.items()}
PEOPLE = {"alice": "asked", "bob": "member", "moderator": "moderator", "admin": "admin"}
REFUSALS = {words.MODERATORS_ONLY, words.NOT_YOURS_TO_DISMISS}
ASKING = {"snooze", "texts", "other", "timeout", "lift"}  # a press on these only asks or shows, at first


# Who may


def test_there_is_a_message_with_every_button():
    assert MESSAGES.keys() == LOOKS.keys()


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("action", MESSAGES)
async def test_who_may_press_what(world, action, who):
    message = await MESSAGES[action](world)
    before = standing(world)
    text = await press(getattr(world, who), message, custom_id(action))
    may = PEOPLE[who] in MATRIX[action]
    assert (text in REFUSALS) == (not may)
    assert (standing(world) != before) == (may and action in RECORDS and action not in ASKING)


async def test_the_permission_counts_where_the_button_is_pressed(world):
    card = await repeated(world)
    await set_rights(world, world.queue, world.moderator, manage_messages=False)
    assert await press(world.moderator, card, "copydesk:dismiss:1") == words.MODERATORS_ONLY
    await set_rights(world, world.queue, world.alice, manage_messages=True)
    assert "no repeat" in await press(world.alice, card, "copydesk:dismiss:1")


# Answers


async def test_sources_shows_every_source_to_the_member_alone(world, explainers):
    answer = await answered(world)
    result = await world.bob.click(answer, label="Sources")
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    sources = explainers[CLAIM_TOPIC].sources
    assert embed.description.count("\n") == len(sources) - 1
    assert all(source.title in embed.description for source in sources)


async def test_more_shows_the_whole_text_to_the_member_alone_who_turns_its_pages_in_place(world, explainers):
    answer = await answered(world)
    first, second = (page.description for page in cards.more_pages(explainers[CLAIM_TOPIC]))
    shown, ids = answer, set()
    for label, text in (("More", first), ("Next", second), ("Back", first)):
        shown = (await world.bob.click(shown, label=label)).response
        ids.add(shown.id)
        assert shown.embeds[0].description == text
        assert shown.ephemeral
    assert len(ids) == 1
    assert texts(world.general) == [CLAIM, ""]


@pytest.mark.parametrize(
    ("key", "page"), [("", 0), (".0", 0), (".1", 1), (".2", 1), (".999999", 1), (".x", 0), (".-1", 0), (".1.0", 0)]
)
async def test_a_page_that_does_not_exist_shows_one_that_does(world, explainers, key, page):
    forged = plant(world, world.general, f"copydesk:more:{CLAIM_TOPIC}{key}")
    result = await world.bob.click(forged, custom_id=f"copydesk:more:{CLAIM_TOPIC}{key}")
    assert result.response.embeds[0].description == cards.more_pages(explainers[CLAIM_TOPIC])[page].description


@pytest.mark.parametrize("action", ["helpful", "not_meant"])
async def test_a_vote_counts_once_for_each_member_without_their_name(world, action):
    answer = await answered(world)
    told_to = [await press(who, answer, custom_id(action)) for who in (world.alice, world.alice, world.bob)]
    assert told_to == [words.THANKS, words.VOTED_BEFORE, words.THANKS]
    assert votes(world) == [action] * 2
    kept = rows(world.database, "SELECT * FROM reply_vote")
    assert not any(str(who.id) in str(kept) for who in (world.alice, world.bob))


async def test_a_member_may_change_their_vote_and_has_one_in_all(world):
    answer = await answered(world)
    await world.alice.click(answer, label="Helpful")
    assert votes(world) == ["helpful"]
    assert told(await world.alice.click(answer, label="Not what I meant")) == words.THANKS
    await world.bob.click(answer, label="Helpful")
    assert votes(world) == ["helpful", "not_meant"]
    assert told(await world.alice.click(answer, label="Helpful")) == words.THANKS
    assert votes(world) == ["helpful", "helpful"]


@pytest.mark.parametrize("action", ["helpful", "not_meant"])
async def test_a_vote_pressed_twice_at_once_counts_once(world, action):
    answer = await answered(world)
    told_to = await press_at_once(world, answer, *[(world.bob, custom_id(action))] * 2)
    assert sorted(told_to) == sorted([words.THANKS, words.VOTED_BEFORE])
    assert votes(world) == [action]


@pytest.mark.parametrize("who", ["alice", "moderator"])
async def test_the_member_who_was_answered_or_a_moderator_takes_the_answer_back(world, who):
    answer = await answered(world)
    assert told(await getattr(world, who).click(answer, label="Dismiss")) == words.DISMISSED
    assert texts(world.general) == [CLAIM]
    assert state(world, "reply") == "dismissed"


@pytest.mark.parametrize("who", ["bob", "admin"])
async def test_nobody_else_takes_the_answer_back(world, who):
    answer = await answered(world)
    assert told(await getattr(world, who).click(answer, label="Dismiss")) == words.NOT_YOURS_TO_DISMISS
    assert len(world.from_bot(world.general)) == 1
    assert state(world, "reply") == "posted"


async def test_an_answer_that_was_taken_back_stays_away_after_a_restart(world):
    await world.alice.click(await answered(world), label="Dismiss")
    await world.restart()
    await world.env.advance_time(60)
    assert world.from_bot(world.general) == []


async def test_taking_back_what_is_deleted_already_is_harmless(world):
    answer = await answered(world)
    kept = plant(world, world.general, custom_id("take_back"))
    del world.env.backend.messages[world.general.id][answer.id]  # no event tells of it
    assert await press(world.alice, kept, custom_id("take_back")) == words.DISMISSED
    assert problem(world, "take_back") is None


async def test_taking_back_that_discord_cannot_do_now_is_done_later(world):
    answer = await answered(world)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503)
    await press(world.alice, answer, custom_id("take_back"))
    await world.env.advance_time(7)
    assert world.from_bot(world.general) == []


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("helpful", "This answer is not known here any more."),
        ("not_meant", "This answer is not known here any more."),
        ("take_back", words.OUTDATED_ANSWER),
    ],
)
async def test_the_buttons_of_an_answer_that_was_forgotten_say_so(world, action, text):
    answer = await answered(world)
    world.database.write_now(lambda db: db.execute("DELETE FROM reply"))
    assert await press(world.alice, answer, custom_id(action)) == text


@pytest.mark.parametrize("action", ["sources", "more"])
async def test_the_texts_of_a_forgotten_answer_can_still_be_read(world, action):
    answer = await answered(world)
    world.database.write_now(lambda db: db.execute("DELETE FROM reply"))
    result = await world.bob.click(answer, custom_id=custom_id(action))
    assert len(result.response.embeds) == 1


@pytest.mark.parametrize("action", ["sources", "more"])
@pytest.mark.parametrize("withdrawn", [EditionState.PAUSED, EditionState.RETIRED])
async def test_the_texts_of_a_withdrawn_explainer_say_so(world, action, withdrawn):
    answer = await answered(world)
    await world.bot.services.editor.withdraw(world.guild.id, CLAIM_TOPIC, withdrawn)
    assert await press(world.bob, answer, custom_id(action)) == words.OUTDATED_ANSWER


# Suggestions


async def test_a_suggestion_that_is_posted_answers_the_post_and_says_who_posted_it(world):
    card = await suggested(world)
    assert await press(world.moderator, card, "copydesk:post:1") == f"Posted in {world.general.mention}."
    post, answer = world.general.history()
    (card,) = world.from_bot(world.queue)
    assert answer.reference.message_id == post.id
    assert card.content.endswith(f"posted by {world.moderator.mention}")
    assert card.components == []


async def test_a_suggestion_that_waited_long_may_still_be_posted(world):
    card = await suggested(world)
    await world.env.advance_time(3 * 3600)
    await press(world.moderator, card, "copydesk:post:1")
    assert len(world.from_bot(world.general)) == 1


async def test_a_suggestion_that_is_dropped_posts_nothing(world):
    card = await suggested(world)
    assert await press(world.moderator, card, "copydesk:drop:1") == words.SUGGESTION_DROPPED
    assert world.from_bot(world.general) == []
    (card,) = world.from_bot(world.queue)
    assert card.content.endswith(f"dropped by {world.moderator.mention}")


async def test_a_suggestion_that_discord_refuses_is_not_called_posted(world):
    card = await suggested(world)
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=400, message="Unknown message")
    text = await press(world.moderator, card, "copydesk:post:1")
    assert text.startswith(f"It could not be posted in {world.general.mention}: ")
    assert "Unknown message" in text


async def test_a_suggestion_that_discord_cannot_take_now_is_posted_later(world):
    card = await suggested(world)
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    assert "out of reach" in await press(world.moderator, card, "copydesk:post:1")
    assert world.from_bot(world.general) == []
    await world.env.advance_time(7)
    assert len(world.from_bot(world.general)) == 1


# Two presses, old presses


@pytest.mark.parametrize(
    ("make", "first", "second", "verdict"),
    [
        (repeated, "dismiss", "dismiss", "judged to be no repeat"),
        (repeated, "dismiss", "remove", "judged to be no repeat"),
        (repeated, "remove", "dismiss", "judged to be a repeat, and its copies deleted"),
        (repeated, "keep", "claim", "judged to be a repeat"),
        (repeated, "allow", "keep", "put on the list of what is always allowed"),
        (repeated, "claim", "dismiss", "claimed"),
        (repeated, "claim", "claim", "claimed"),
        (cleared, "undo", "undo", "reopened"),
        (kept, "tell", "tell", "told to members"),
        (repeated, "remove", "remove", "judged to be a repeat, and its copies deleted"),
        (suggested, "post", "post", "posted"),
        (suggested, "post", "drop", "posted"),
        (suggested, "drop", "post", "dropped"),
        (answered, "take_back", "take_back", "dismissed"),
    ],
)
async def test_who_presses_second_is_told_what_was_decided_and_by_whom(world, make, first, second, verdict):
    await make(world)
    second_moderator = world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["moderators"]])
    stale = plant(world, world.queue, f"copydesk:{first}:1", f"copydesk:{second}:01")
    await press(world.moderator, stale, f"copydesk:{first}:1")
    shown = len(world.general.history())
    text = await press(second_moderator, stale, f"copydesk:{second}:01")
    assert text == f"Somebody was first: this was {verdict} by {world.moderator.mention}."
    assert len(world.general.history()) == shown


@pytest.mark.parametrize(("make", "actions"), [(repeated, ("dismiss", "remove")), (suggested, ("post", "drop"))])
async def test_of_two_presses_at_once_one_wins(world, make, actions):
    card = await make(world)
    second_moderator = world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["moderators"]])
    one, other = (f"copydesk:{action}:1" for action in actions)
    told_to = await press_at_once(world, card, (world.moderator, one), (second_moderator, other))
    assert sum("Somebody was first" in text for text in told_to) == 1


async def test_a_case_that_closed_by_itself_names_nobody(world):
    await repeated(world)
    await world.bob.delete(world.general.history()[-1])
    stale = plant(world, world.queue, "copydesk:remove:1")
    text = await press(world.moderator, stale, "copydesk:remove:1")
    assert text == "Somebody was first: this was closed, because no copy is left."


@pytest.mark.parametrize("make", [repeated, suggested, answered])
async def test_buttons_work_after_a_restart(world, make):
    message = await make(world)
    await world.restart()
    first = labels(message)[0]
    assert (await world.moderator.click(message, label=first)).response is not None


# Forgeries


@pytest.mark.parametrize(
    ("custom_id", "text"),
    [
        ("copydesk:dismiss:999", "This case is not known here any more."),
        ("copydesk:remove:0", "This case is not known here any more."),
        ("copydesk:post:999", "This suggestion is not known here any more."),
        ("copydesk:drop:999999999999999999", "This suggestion is not known here any more."),
        ("copydesk:dismiss:1234567890123456789", "This case is not known here any more."),
        ("copydesk:dismiss:-1", "This case is not known here any more."),
        ("copydesk:dismiss:one", "This case is not known here any more."),
        ("copydesk:sources:no-such-topic", words.OUTDATED_ANSWER),
        ("copydesk:more:no-such-topic.1", words.OUTDATED_ANSWER),
        ("copydesk:helpful:999", "This answer is not known here any more."),
        ("copydesk:not_meant:999", "This answer is not known here any more."),
        ("copydesk:take_back:999", words.OUTDATED_ANSWER),
        ("copydesk:explode:1", words.OUTDATED_ANSWER),
        ("copydesk:unknown:1", words.OUTDATED_ANSWER),
    ],
)
async def test_a_number_or_an_action_that_is_not_known_is_told_so(world, custom_id, text):
    await repeated(world)
    forged = plant(world, world.queue, custom_id)
    assert await press(world.moderator, forged, custom_id) == text
    assert state(world, "case") == "open"


@pytest.mark.parametrize(
    "custom_id",
    [
        "copydesk:dismiss:",
        "copydesk:dismiss:1 ",
        "copydesk:dismiss:\u0661",
        f"copydesk:{'dismiss' * 3}:1",
        "copydesk:DISMISS:1",
        "xcopydesk:dismiss:1",
        "copydesk:dismiss:1:1",
    ],
)
async def test_what_only_looks_like_our_button_is_not_answered(world, custom_id):
    await repeated(world)
    forged = plant(world, world.queue, custom_id)
    result = await world.moderator.click(forged, custom_id=custom_id)
    assert not result.acknowledged
    assert state(world, "case") == "open"


@pytest.mark.parametrize("action", RECORDS)
async def test_a_number_of_another_server_is_not_known_here(world, action):
    await MESSAGES[action](world)
    before = standing(world)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    stranger = elsewhere.add_member(elsewhere.owner)
    forged = plant(world, chat, f"copydesk:{action}:1")
    text = await press(stranger, forged, f"copydesk:{action}:1")
    told_so = {words.OUTDATED_ANSWER, case_words.NO_TIMEOUTS}
    assert "not known here any more" in text or text in told_so
    assert standing(world) == before
    assert {row["judged_by"] for row in rows(world.database, "SELECT judged_by FROM reply")} <= {None}


@pytest.mark.parametrize("action", RECORDS)
async def test_a_press_in_direct_messages_changes_nothing(world, action):
    await MESSAGES[action](world)
    before = standing(world)
    forged = plant(world, world.alice.user.dm_channel, custom_id(action))
    text = (await world.alice.user.click(forged, custom_id=custom_id(action))).response.content
    assert "not known here" in text or text in (words.OUTDATED_ANSWER, words.MODERATORS_ONLY, words.SERVERS_ONLY)
    assert standing(world) == before


@pytest.mark.parametrize("action", sorted(KEYS.keys() - {"queue"}))
async def test_texts_can_be_read_in_direct_messages_too(world, action):
    forged = plant(world, world.alice.user.dm_channel, custom_id(action))
    result = await world.alice.user.click(forged, custom_id=custom_id(action))
    assert len(result.response.embeds) == 1


async def test_a_press_that_fails_is_told_politely_and_logged(world, caplog):
    answer = await answered(world)
    world.database.write_now(lambda db: db.execute("ALTER TABLE reply RENAME TO mislaid"))
    assert await press(world.bob, answer, "copydesk:helpful:1") == words.FAILED
    assert "press of helpful failed" in caplog.text
