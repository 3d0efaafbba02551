"""Presses on a case's card: what each verdict brings about, and what is told where it cannot be done."""

from bot.discord_ui import case_words, words
from tests.discord_ui.pressing import labels, plant, press, problem, repeated, state, texts
from tests.support import CHATTER, rows, set_rights, told

# Verdicts


async def test_dismiss_closes_the_case_and_the_content_stays_quiet(world):
    card = await repeated(world)
    text = await press(world.moderator, card, "copydesk:dismiss:1")
    assert text == "Case 1 is judged: no repeat. This content stays quiet from now on."
    await world.bob.send(world.general, CHATTER.lower())
    (card,) = world.from_bot(world.queue)
    assert labels(card) == ["Undo", "Show texts"]
    assert "no repeat, by " + world.moderator.mention in card.embeds[0].fields[1].value


async def test_delete_deletes_all_repeats_and_leaves_the_first_post(world):
    await repeated(world)
    await world.bob.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    result = await world.moderator.click(card, label="Delete 2 repeats")
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert told(result).startswith("Case 1 is judged: a repeat, the copies deleted.")
    assert texts(world.general) == [CHATTER]
    assert card.content.count("~~ deleted") == 2
    assert labels(card) == ["Undo", "Show texts"]


async def test_a_repeat_after_the_deletion_opens_a_new_case(world):
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:remove:1")
    await world.bob.send(world.general, CHATTER)
    assert [message.embeds[0].title.split(":")[0] for message in world.from_bot(world.queue)] == ["Case 1", "Case 2"]


async def test_a_post_that_is_gone_already_counts_as_deleted(world):
    card = await repeated(world)
    again = world.general.history()[-1]
    del world.env.backend.messages[world.general.id][again.id]  # no event tells of it
    assert "the copies deleted" in await press(world.moderator, card, "copydesk:remove:1")
    assert problem(world, "delete") is None
    assert world.from_bot(world.queue)[0].content.count("~~ deleted") == 1


async def test_a_case_whose_channel_is_deleted_says_so_and_is_closed(world):
    await repeated(world)
    world.env.backend.delete_channel(world.general.id)
    await world.env.settle()
    await world.env.advance_time(7)
    forged = plant(world, world.queue, "copydesk:remove:1")
    text = await press(world.moderator, forged, "copydesk:remove:1")
    assert text == "Somebody was first: this was closed, because no copy is left."
    assert world.from_bot(world.queue)[0].content.count("gone with its channel") == 2


async def test_delete_needs_the_bots_permission_and_names_it(world):
    card = await repeated(world)
    await set_rights(world, world.general, world.bot.user, view_channel=True, manage_messages=False)
    text = await press(world.moderator, card, "copydesk:remove:1")
    assert text == words.bot_lacks(["Manage Messages"], world.general.id)
    assert state(world, "case") == "open"
    assert len(texts(world.general)) == 2


async def test_delete_needs_the_moderators_own_permission_where_the_posts_stand(world):
    card = await repeated(world)
    await set_rights(world, world.general, world.guild.roles["moderators"], manage_messages=False)
    assert await press(world.moderator, card, "copydesk:remove:1") == words.moderator_lacks(world.general.id)
    assert state(world, "case") == "open"
    assert len(texts(world.general)) == 2


async def _thread_with_a_case(world):
    await world.switch_on()
    stored = world.env.backend.create_thread(world.general.id, "side talk", world.alice.id)
    await world.env.settle()
    (thread,) = world.general.threads
    for member in (world.alice, world.bob):
        await member.send(thread, CHATTER)
    world.env.backend.edit_channel(stored.id, {}, thread_metadata={"archived": True})
    await world.env.settle()
    assert world.bot.get_channel(thread.id) is None
    return thread, world.from_bot(world.queue)[0]


async def test_delete_asks_for_the_permission_in_an_archived_thread_too(world):
    thread, card = await _thread_with_a_case(world)
    await set_rights(world, world.general, world.guild.roles["moderators"], manage_messages=False)
    assert await press(world.moderator, card, "copydesk:remove:1") == words.moderator_lacks(thread.id)
    assert texts(thread) == [CHATTER, CHATTER]


async def test_delete_reaches_an_archived_thread(world):
    thread, card = await _thread_with_a_case(world)
    await press(world.moderator, card, "copydesk:remove:1")
    assert texts(thread) == [CHATTER]


async def test_delete_where_the_bot_sees_nothing_any_more_names_what_it_lacks(world):
    thread, card = await _thread_with_a_case(world)
    await set_rights(world, world.general, world.bot.user, view_channel=False)
    text = await press(world.moderator, card, "copydesk:remove:1")
    assert text == words.bot_lacks(["View Channel", "Manage Messages"], thread.id)
    assert state(world, "case") == "open"


async def test_a_deletion_that_discord_refuses_offers_another_try_and_nothing_else(world):
    card = await repeated(world)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013, message="Missing Permissions")
    text = await press(world.moderator, card, "copydesk:remove:1")
    (card,) = world.from_bot(world.queue)
    assert "1 of 1 could not be deleted (Discord answered 403: Missing Permissions)" in text
    assert "could not be deleted (Discord answered 403" in card.content
    assert labels(card) == ["Delete repeat", "Undo", "Show texts"]
    assert "is judged: a repeat" in await press(world.moderator, card, "copydesk:remove:1")
    assert texts(world.general) == [CHATTER]


async def test_a_deletion_that_discord_cannot_take_now_is_done_later(world):
    card = await repeated(world)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503)
    await press(world.moderator, card, "copydesk:remove:1")
    await world.env.advance_time(7)
    assert texts(world.general) == [CHATTER]


async def test_many_copies_are_deleted_with_one_request_a_hundred_and_a_reason(world_without_encoder):
    world = world_without_encoder
    await repeated(world)
    for _ in range(104):
        world.env.backend.create_message(world.general.id, world.bob.id, CHATTER)
    await world.env.settle()
    await world.env.advance_time(7)
    card = world.from_bot(world.queue)[0]
    assert "105 of 105" not in await press(world.moderator, card, "copydesk:remove:1")
    deletions = [r for r in world.env.http_requests if "/messages" in r.path and r.path.endswith("bulk-delete")]
    assert [len(request.json["messages"]) for request in deletions] == [100, 5]
    assert texts(world.general) == [CHATTER]
    assert {request.reason for request in deletions} == {f"Copydesk case 1, moderator {world.moderator.id}: a repeat"}


async def test_copies_that_are_kept_stay_and_the_case_is_closed(world):
    card = await repeated(world)
    text = await press(world.moderator, card, "copydesk:keep:1")
    assert text == "Case 1 is judged: a repeat, the copies stay. Copies that come later open a new case."
    assert len(texts(world.general)) == 2


async def test_allowed_content_comes_back_without_a_case(world):
    card = await repeated(world)
    assert "`/case allowed` lists it" in await press(world.moderator, card, "copydesk:allow:1")
    await world.bob.send(world.general, CHATTER)
    assert len(world.from_bot(world.queue)) == 1


# Claims and rests


async def test_a_claim_keeps_other_moderators_out_until_it_is_released_or_lapses(world):
    second = world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["moderators"]])
    card = await repeated(world)
    assert await press(world.moderator, card, "copydesk:claim:1") == "Case 1 is yours for 30 minutes."
    (card,) = world.from_bot(world.queue)
    assert labels(card)[0] == "Release"
    assert f"claimed by {world.moderator.mention}" in card.embeds[0].fields[1].value
    for action in ("dismiss", "remove", "snooze", "release"):
        key = "1.3600" if action == "snooze" else "1"
        forged = plant(world, world.queue, f"copydesk:{action}:{key}")
        text = await press(second, forged, f"copydesk:{action}:{key}")
        assert text == f"Somebody was first: this was claimed by {world.moderator.mention}."
    await press(world.moderator, card, "copydesk:release:1")
    card = world.from_bot(world.queue)[0]
    assert await press(second, card, "copydesk:claim:1") == "Case 1 is yours for 30 minutes."
    await world.env.advance_time(31 * 60)
    card = world.from_bot(world.queue)[0]
    assert labels(card)[0] == "Claim"
    assert "no repeat" in await press(world.moderator, card, "copydesk:dismiss:1")


async def test_a_case_is_put_aside_for_a_chosen_time_and_comes_back_by_itself(world):
    card = await repeated(world)
    menu = (await world.moderator.click(card, label="Snooze")).response
    assert [button["label"] for button in menu.components[0]["components"]] == ["1 hour", "1 day", "1 week"]
    assert "put aside and comes back" in told(await world.moderator.click(menu, label="1 hour"))
    card = world.from_bot(world.queue)[0]
    assert "put aside, back" in card.embeds[0].fields[1].value
    assert "Back to the queue" in labels(card)
    await world.env.advance_time(3660)
    card = world.from_bot(world.queue)[0]
    assert card.embeds[0].fields[1].value == "open"


async def test_a_rest_can_be_ended_early(world):
    card = await repeated(world)
    await world.moderator.click((await world.moderator.click(card, label="Snooze")).response, label="1 week")
    card = world.from_bot(world.queue)[0]
    assert told(await world.moderator.click(card, label="Back to the queue")) == "Case 1 is open."


# Going back


async def test_an_undone_verdict_reopens_the_case_and_the_content_counts_again(world):
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:dismiss:1")
    card = world.from_bot(world.queue)[0]
    assert told(await world.moderator.click(card, label="Undo")) == "Case 1 is reopened."
    await world.bob.send(world.general, CHATTER)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert "Delete 2 repeats" in labels(card)


async def test_undo_of_a_deletion_shows_the_words_that_were_deleted(world):
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:remove:1")
    card = world.from_bot(world.queue)[0]
    assert told(await world.moderator.click(card, label="Undo")) == "Case 1 is reopened."
    card = world.from_bot(world.queue)[0]
    shown = (await world.moderator.click(card, label="Show texts")).response
    assert [embed.title for embed in shown.embeds] == ["First", "Again"]
    assert CHATTER.upper() in shown.embeds[1].description
    assert labels(card)[:2] == ["Claim", "Repeat, but keep"]


async def test_an_undo_while_another_case_about_the_content_waits_names_that_one(world):
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:remove:1")
    await world.bob.send(world.general, CHATTER)
    first, second = world.from_bot(world.queue)
    assert "Case 1: a repeat, the copies deleted" in str(second.embeds[0].to_dict())
    text = told(await world.moderator.click(first, label="Undo"))
    assert text == "Case 2 is about the same content and waits: judge that one."


async def test_words_are_gone_from_the_card_when_their_author_deletes_them(world):
    card = await repeated(world)
    await world.bob.send(world.general, f"{CHATTER} again")
    await world.env.advance_time(7)
    card = world.from_bot(world.queue)[0]
    assert "again" in card.embeds[0].description
    await world.bob.delete(world.general.history()[-1])
    await world.env.advance_time(7)
    card = world.from_bot(world.queue)[0]
    assert "again" not in card.embeds[0].description


async def test_a_case_without_words_says_so(world):
    card = await repeated(world)
    world.database.write_now(lambda db: db.execute("UPDATE case_post SET sealed = NULL"))
    assert told(await world.moderator.click(card, label="Show texts")) == case_words.NO_WORDS


# The note to members


async def test_members_are_told_on_request_and_undo_takes_it_back(world):
    card = await repeated(world)
    verdict = (await world.moderator.click(card, label="Repeat, but keep")).response
    assert "The note stands in" in told(await world.moderator.click(verdict, label="Tell the channel"))
    *_, note = world.general.history()
    first = world.general.history()[0]
    assert note.author.id == world.bot.user.id
    assert first.jump_url in note.content
    assert str(world.bob.id) not in note.content
    card = world.from_bot(world.queue)[0]
    await world.moderator.click(card, label="Undo")
    assert len(texts(world.general)) == 2
    verdict = (await world.moderator.click(world.from_bot(world.queue)[0], label="Repeat, but keep")).response
    await world.moderator.click(verdict, label="Tell the channel")
    assert len(texts(world.general)) == 3


async def test_a_note_that_discord_refuses_is_not_called_posted_and_can_be_tried_again(world):
    card = await repeated(world)
    verdict = (await world.moderator.click(card, label="Repeat, but keep")).response
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=403, code=50013, message="No right")
    text = told(await world.moderator.click(verdict, label="Tell the channel"))
    assert text == "Members could not be told: Discord answered 403: No right."
    assert "The note stands" in told(await world.moderator.click(verdict, label="Tell the channel"))


async def test_a_note_that_was_not_sent_yet_is_never_sent_after_an_undo(world):
    card = await repeated(world)
    verdict = (await world.moderator.click(card, label="Repeat, but keep")).response
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    assert "out of reach" in told(await world.moderator.click(verdict, label="Tell the channel"))
    await world.moderator.click(world.from_bot(world.queue)[0], label="Undo")
    await world.env.advance_time(700)
    assert len(texts(world.general)) == 2
    assert rows(world.database, "SELECT * FROM effect WHERE done < wanted") == []
