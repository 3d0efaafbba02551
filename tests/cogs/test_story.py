"""The whole story, by the commands and buttons that people use: from the set-up to the deletion of a member's data."""

import json

from bot.discord_ui import setting_words
from tests.discord_ui.pressing import labels
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, rows, told
from tests.support_settings import pick

CHAPTERS = ["opened", "claimed", "judged: a repeat, the copies deleted", "reopened"]


async def set_up_and_watch(world):
    page = (await world.admin.slash(world.general, "setup start")).response
    page = (await world.admin.click(page, label=setting_words.NEXT)).response
    await pick(world, page, "set:moderators_channel_id", world.queue)
    watching = told(await world.admin.slash(world.general, "watch", channel=world.general, mode="answer"))
    assert "is in answer mode" in watching


async def have_a_claim_answered(world, title: str):
    claim = await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    assert answer.reference.message_id == claim.id
    assert answer.embeds[0].title == title


async def repeat_a_post_twice(world):
    """The first repeat is flagged, and the second joins it; return both."""
    await world.alice.send(world.general, CHATTER)
    first = await world.bob.send(world.general, CHATTER.upper())
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].title == "Case 1: the same text again"
    second = await world.bob.send(world.general, f"{CHATTER}!")
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.count("**Again:**") == 2
    return first, second


async def claim_and_judge(world, copies):
    """Return the card as it is afterwards."""
    (card,) = world.from_bot(world.queue)
    assert told(await world.moderator.click(card, label="Claim")) == "Case 1 is yours for 30 minutes."
    (card,) = world.from_bot(world.queue)
    assert "the copies deleted" in told(await world.moderator.click(card, label="Delete 2 repeats"))
    assert not {copy.id for copy in copies} & {message.id for message in world.general.history()}
    await world.env.advance_time(7)
    (card,) = world.from_bot(world.queue)
    assert card.content.count("~~ deleted") == 2
    return card


async def undo_on_the_same_card(world, card):
    assert told(await world.moderator.click(card, label="Undo")) == "Case 1 is reopened."
    (reopened,) = world.from_bot(world.queue)
    assert (reopened.id, labels(reopened)[0]) == (card.id, "Claim")
    _, *lines = told(await world.moderator.slash(world.queue, "case history", number=1)).splitlines()
    assert [line.split("> ")[1].split(" by")[0] for line in lines] == CHAPTERS
    assert [world.moderator.mention in line for line in lines] == [False, True, True, True]


async def export_and_delete(world, copies):
    (file,) = (await world.bob.slash(world.general, "privacy export")).response.attachments
    kept = json.dumps(json.loads(await file.read())["kept"])
    assert CHATTER.upper() in kept
    assert all(str(copy.id) in kept for copy in copies)
    await world.bob.slash(world.general, "privacy delete", sure="yes, delete it all")
    await world.env.advance_time(60)
    assert str(world.bob.id) not in world.from_bot(world.queue)[0].content
    assert rows(world.database, "SELECT * FROM case_post WHERE author_id = ?", world.bob.id) == []
    (file,) = (await world.bob.slash(world.general, "privacy export")).response.attachments
    assert not any(json.loads(await file.read())["kept"].values())


async def test_a_server_is_set_up_watched_answered_moderated_restarted_and_a_member_forgotten(world, explainers):
    await set_up_and_watch(world)
    await have_a_claim_answered(world, explainers[CLAIM_TOPIC].title)
    copies = await repeat_a_post_twice(world)
    card = await claim_and_judge(world, copies)
    await world.restart()
    await undo_on_the_same_card(world, card)
    await export_and_delete(world, copies)
