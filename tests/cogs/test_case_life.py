"""A case through time: raids, restarts, edits, expiry, threads, and the words that it forgets."""

from dataclasses import replace

import pytest

from bot.case import QUIET
from bot.discord_ui import case_words
from tests.discord_ui.pressing import labels, press, press_at_once, repeated
from tests.support import CHATTER, open_case, rows, set_rights, told

MINUTE = 60
DAY = 24 * 60 * MINUTE


def requests_to(world, channel) -> list:
    return [r for r in world.env.http_requests if f"/channels/{channel.id}/" in r.path]


async def test_a_raid_of_a_thousand_posts_is_one_card_and_at_most_twelve_requests_a_minute(world_without_encoder):
    world = world_without_encoder
    await world.switch_on()
    per_minute = []
    for _ in range(5):
        before = len(world.env.http_requests)
        for _ in range(10):
            for _ in range(20):
                world.env.backend.create_message(world.general.id, world.bob.id, CHATTER)
            await world.env.settle()
            await world.env.advance_time(6)
        per_minute.append(len(world.env.http_requests) - before)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert "Delete 999 repeats" in labels(card)
    assert max(per_minute) <= 12
    assert min(per_minute) >= 9  # and the card keeps up


async def test_the_words_of_the_first_post_are_read_once_for_its_card(world):
    await repeated(world)
    await world.bob.send(world.general, CHATTER)
    await world.env.advance_time(7)
    read = [r for r in requests_to(world, world.general) if r.method == "GET"]
    assert len(read) == 1
    assert rows(world.database, "SELECT count(*) AS kept FROM case_post WHERE sealed IS NOT NULL") == [{"kept": 3}]


async def test_a_first_post_that_cannot_be_read_leaves_the_card_without_its_words(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    world.env.inject_error("GET", f"/channels/{world.general.id}/messages/*", status=403, code=50001)
    await world.bob.send(world.general, CHATTER)
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].description == f"```\n{CHATTER}\n```"


async def test_a_first_post_that_is_gone_already_is_said_to_be(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    del world.env.backend.messages[world.general.id][first.id]  # no event tells of it
    await world.bob.send(world.general, CHATTER)
    (card,) = world.from_bot(world.queue)
    assert card.content.splitlines()[0].endswith("~~ deleted")
    assert "Delete repeat" in labels(card)


async def test_images_of_both_posts_are_shown(world):
    await world.switch_on()
    for member in (world.alice, world.bob):
        await member.send(world.general, CHATTER, attachments=[(f"{member.name}.png", b"png")])
    (card,) = world.from_bot(world.queue)
    assert [embed.thumbnail.url.rpartition("/")[2].split("?")[0] for embed in card.embeds] == ["alice.png", "bob.png"]


async def test_an_edited_copy_that_repeats_nothing_leaves_its_case(world):
    await world.switch_on()
    await open_case(world)
    copy = world.general.history()[-1]
    await world.moderator.send(world.general, CHATTER)
    await world.bob.edit(copy, "Let us talk about the new bridge over the river instead of trams")
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert "~~ edited, and no repeat any more" in card.content
    assert "Delete repeat" in labels(card)
    await world.bob.edit(copy, CHATTER)
    await world.env.advance_time(7)
    assert "Delete 2 repeats" in labels(world.from_bot(world.queue)[0])


async def test_a_case_whose_copy_was_edited_away_closes_and_can_be_reopened(world):
    await world.switch_on()
    await open_case(world)
    await world.bob.edit(world.general.history()[-1], "Let us talk about the new bridge over the river instead")
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert "closed, because no copy is left" in card.embeds[0].fields[1].value
    assert told(await world.moderator.click(card, label="Undo")) == "Case 1 is reopened."
    assert "always allowed" in told(
        await world.moderator.click(world.from_bot(world.queue)[0], label="Always allow this")
    )


async def test_an_edited_copy_that_still_repeats_shows_its_new_words(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    copy = await world.bob.send(world.general, CHATTER)
    await world.bob.edit(copy, f"{CHATTER} today")
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.endswith(", edited")
    assert "{+today+}" in card.embeds[0].description


@pytest.mark.parametrize("label", ["Not a repeat", "Always allow this"])
async def test_cleared_content_does_not_come_back_after_a_restart_nor_when_the_window_has_forgotten_it(world, label):
    card = await repeated(world)
    await world.bob.send(world.general, f"fyi: {CHATTER.replace('warm', 'thick')}!")
    await world.moderator.click(card, label=label)
    await world.restart()
    world.database.write_now(lambda db: db.execute("DELETE FROM fingerprint"))
    await world.restart()
    for text in (CHATTER, CHATTER, f"fyi: {CHATTER.replace('warm', 'thick')}!"):
        await world.alice.send(world.general, text)
    assert len(world.from_bot(world.queue)) == 1
    assert {row["ruling"] for row in rows(world.database, 'SELECT ruling FROM "case"')} <= QUIET


async def test_a_shared_link_that_was_cleared_stays_quiet_beside_other_words(world):
    await world.switch_on()
    link = "https://news.example/harbour"
    await world.alice.send(world.general, f"{link} look")
    await world.bob.send(world.general, f"see {link}")
    await world.moderator.click(world.from_bot(world.queue)[0], label="Not a repeat")
    world.database.write_now(lambda db: db.execute("DELETE FROM fingerprint"))
    await world.restart()
    for text in ("now", "again", "there"):
        await world.alice.send(world.general, f"{text} {link}")
    assert len(world.from_bot(world.queue)) == 1


async def test_a_case_that_nobody_judges_expires_and_forgets_its_words_a_week_later(world):
    await repeated(world)
    world.database.write_now(lambda db: db.execute('UPDATE "case" SET changed_at = changed_at - ?', [14 * DAY]))
    await world.env.advance_time(2 * MINUTE)
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].fields[1].value == "expired"
    assert labels(card) == ["Undo", "Show texts"]
    assert "Both say the same" in card.embeds[0].description
    world.database.write_now(lambda db: db.execute('UPDATE "case" SET closed_at = closed_at - ?', [7 * DAY]))
    await world.env.advance_time(2 * MINUTE)
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].description is None
    assert told(await world.moderator.click(card, label="Show texts")) == case_words.NO_WORDS
    assert told(await world.moderator.click(card, label="Undo")) == "Case 1 is reopened."


async def test_a_closed_case_whose_card_was_deleted_is_not_shown_again_when_it_forgets(world):
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:keep:1")
    await world.moderator.delete(card)
    world.database.write_now(lambda db: db.execute('UPDATE "case" SET closed_at = closed_at - ?', [7 * DAY]))
    await world.env.advance_time(2 * MINUTE)
    assert world.from_bot(world.queue) == []
    assert rows(world.database, "SELECT * FROM case_post WHERE sealed IS NOT NULL") == []


async def test_a_claim_outlives_a_restart(world):
    second = world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["moderators"]])
    card = await repeated(world)
    await press(world.moderator, card, "copydesk:claim:1")
    await world.restart()
    (card,) = world.from_bot(world.queue)
    text = told(await second.click(card, label="Not a repeat"))
    assert text == f"Somebody was first: this was claimed by {world.moderator.mention}."


@pytest.fixture
async def talking(world, monkeypatch):
    """A server that discusses each case in a thread."""
    policies = world.bot.services.policies
    chosen = policies.get
    monkeypatch.setattr(policies, "get", lambda guild_id: replace(chosen(guild_id), case_threads=True))
    return world


async def test_each_case_has_a_thread_where_the_server_wishes_it(talking):
    await set_rights(talking, talking.queue, talking.bot.user, create_public_threads=True, send_messages=True)
    await repeated(talking)
    await talking.bob.send(talking.general, CHATTER)
    await talking.env.advance_time(7)
    assert [thread.name for thread in talking.queue.threads] == ["Case 1"]


async def test_a_case_without_its_thread_is_as_usable(talking, caplog):
    talking.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    await repeated(talking)
    (card,) = talking.from_bot(talking.queue)
    assert "no repeat" in told(await talking.moderator.click(card, label="Not a repeat"))
    assert "case 1 of server" in caplog.text


async def test_a_case_whose_moderators_channel_is_gone_is_judged_by_command(world):
    await repeated(world)
    world.env.backend.delete_channel(world.queue.id)
    await world.env.settle()
    text = told(await world.moderator.slash(world.general, "case judge", number=1, verdict="not a repeat"))
    assert text.startswith("Case 1 is judged: no repeat.")


async def test_a_case_of_a_deleted_thread_says_so(world):
    await world.switch_on()
    stored = world.env.backend.create_thread(world.general.id, "side talk", world.alice.id)
    await world.env.settle()
    (thread,) = world.general.threads
    await world.alice.send(world.general, CHATTER)
    for _ in range(2):
        await world.bob.send(thread, CHATTER)
    world.env.backend.delete_channel(stored.id)
    await world.env.settle()
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.count("gone with its channel") == 2


async def test_the_threads_of_a_deleted_channel_are_gone_with_it(world):
    await world.switch_on()
    world.env.backend.create_thread(world.general.id, "side talk", world.alice.id)
    await world.env.settle()
    (thread,) = world.general.threads
    for _ in range(2):
        await world.bob.send(thread, CHATTER)
    guild, channel = str(world.guild.id), str(world.general.id)
    world.env.backend.emit("CHANNEL_DELETE", {"id": channel, "guild_id": guild, "type": 0, "name": "general"})
    await world.env.settle()
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.count("gone with its channel") == 2


async def test_only_one_of_two_moderators_who_claim_at_once_has_the_case(world):
    second = world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["moderators"]])
    card = await repeated(world)
    told_to = await press_at_once(world, card, (world.moderator, "copydesk:claim:1"), (second, "copydesk:dismiss:1"))
    assert sum("Somebody was first: this was" in text for text in told_to) == 1
