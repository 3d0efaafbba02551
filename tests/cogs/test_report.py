"""*Report as repeat*: one report a member and case, with a reason or without, from channels that are watched or not."""

import gc

import pytest

from bot.discord_ui import case_words, words
from tests.discord_ui.pressing import labels
from tests.support import CHATTER, rows, set_moderators_channel, set_rights, told


async def report(world, member, message, reason="", channel=None):
    form = await member.context_menu(channel or world.general, "Report as repeat", message)
    if form.modal is None:
        return told(form)
    (row,) = form.modal["components"]
    return told(await member.submit_modal(form, {row["components"][0]["custom_id"]: reason}))


def open_forms() -> int:
    """The forms that wait in memory to be sent."""
    gc.collect()
    return sum(type(one).__name__ == "ReportForm" for one in gc.get_objects())


@pytest.fixture
async def quiet(world):
    """A server with a moderators' channel that watches no channel."""
    await set_moderators_channel(world.bot.services.policies, world.guild.id, world.queue.id)
    return world


async def test_a_report_opens_a_case_in_a_channel_that_nobody_watches(quiet):
    post = await quiet.alice.send(quiet.general, CHATTER)
    assert await report(quiet, quiet.bob, post, "seen it on another server") == case_words.REPORTED
    (card,) = quiet.from_bot(quiet.queue)
    assert card.embeds[0].title == "Case 1: reported as a repeat"
    assert card.content.startswith(f"**Reported:** [post]({post.jump_url})")
    assert CHATTER in card.embeds[0].description
    assert card.embeds[0].fields[2].value == "`seen it on another server`"
    assert str(quiet.bob.id) not in str(card.embeds[0].to_dict()) + card.content
    await quiet.moderator.click(card, label="Delete repeat")
    assert quiet.general.history() == []


async def test_a_report_joins_the_case_and_counts_once_for_each_member(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    again = await world.bob.send(world.general, CHATTER)
    assert await report(world, world.alice, again) == case_words.REPORTED
    assert await report(world, world.alice, first) == "You have reported this already; the moderators have it."
    assert await report(world, world.bob, first) == case_words.REPORTED
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].fields[2].name == "Reported by 2 members"
    assert card.content.count("**First:**") == card.content.count("**Again:**") == 1


async def test_copies_of_a_reported_post_join_its_case(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await report(world, world.bob, post)
    await world.bob.send(world.general, CHATTER)
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert "Delete 2 repeats" in labels(card)


async def test_cleared_content_is_not_brought_back_by_a_report(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    again = await world.bob.send(world.general, CHATTER)
    await world.moderator.click(world.from_bot(world.queue)[0], label="Not a repeat")
    assert await report(world, world.alice, again) == "The moderators know this content: in case 1 they cleared it."
    assert len(world.from_bot(world.queue)) == 1


async def test_images_without_words_have_a_case_each(quiet):
    for _ in range(2):
        picture = await quiet.alice.send(quiet.general, attachments=[("a.png", b"png")])
        await report(quiet, quiet.bob, picture)
    assert [card.embeds[0].title.split(":")[0] for card in quiet.from_bot(quiet.queue)] == ["Case 1", "Case 2"]


async def test_what_no_member_wrote_cannot_be_reported(world):
    await world.switch_on()
    world.env.backend.create_message(world.general.id, world.bot.user.id, "an answer")
    assert await report(world, world.bob, world.general.history()[0]) == case_words.ONLY_POSTS


async def test_a_server_without_a_moderators_channel_takes_no_reports(world):
    post = await world.alice.send(world.general, CHATTER)
    assert await report(world, world.bob, post) == case_words.NOT_SET_UP
    assert rows(world.database, 'SELECT * FROM "case"') == []


async def test_a_post_that_is_deleted_while_its_report_is_written_is_not_kept(quiet):
    post = await quiet.alice.send(quiet.general, CHATTER)
    form = await quiet.bob.context_menu(quiet.general, "Report as repeat", post)
    await quiet.alice.delete(post)
    (row,) = form.modal["components"]
    text = told(await quiet.bob.submit_modal(form, {row["components"][0]["custom_id"]: ""}))
    assert text == case_words.REPORTED_GONE
    assert rows(quiet.database, "SELECT * FROM case_post") == []


async def test_a_post_that_the_bot_cannot_see_is_reported_as_discord_handed_it_over(quiet):
    post = await quiet.alice.send(quiet.general, CHATTER)
    await set_rights(quiet, quiet.general, quiet.bot.user, view_channel=False)
    assert await report(quiet, quiet.bob, post) == case_words.REPORTED


async def test_a_report_that_is_never_sent_is_kept_for_an_hour_at_most(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.bob.context_menu(world.general, "Report as repeat", post)
    assert open_forms() == 1
    await world.env.advance_time(3601)
    assert open_forms() == 0


async def test_a_report_that_fails_is_told_politely(quiet, caplog):
    post = await quiet.alice.send(quiet.general, CHATTER)
    quiet.database.write_now(lambda db: db.execute("ALTER TABLE case_report RENAME TO mislaid"))
    assert await report(quiet, quiet.bob, post) == words.FAILED
    assert "report failed" in caplog.text
