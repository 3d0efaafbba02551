"""The whole story, by the commands and buttons that people use: from the set-up to the deletion of a member's data."""

import json

from bot.discord_ui import privacy_words, setting_words
from tests.discord_ui.pressing import labels
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, rows, told
from tests.support_settings import pick


async def test_a_server_is_set_up_watched_answered_moderated_restarted_and_a_member_forgotten(world, explainers):
    general, queue, moderator = world.general, world.queue, world.moderator

    # Set-up, and watch
    page = (await world.admin.slash(general, "setup start")).response
    page = (await world.admin.click(page, label=setting_words.NEXT)).response
    await pick(world, page, "set:moderators_channel_id", queue)
    assert "is in answer mode" in told(await world.admin.slash(general, "watch", channel=general, mode="answer"))

    # A claim is answered
    claim = await world.alice.send(general, CLAIM)
    (answer,) = world.from_bot(general)
    assert answer.reference.message_id == claim.id
    assert answer.embeds[0].title == explainers[CLAIM_TOPIC].title

    # A repeat is flagged, and a second copy joins
    first = await world.alice.send(general, CHATTER)
    copies = [await world.bob.send(general, CHATTER.upper())]
    (card,) = world.from_bot(queue)
    assert card.embeds[0].title == "Case 1: the same text again"
    copies.append(await world.bob.send(general, f"{CHATTER}!"))
    await world.env.advance_time(7)
    (card,) = world.from_bot(queue)
    assert card.content.count("**Again:**") == 2

    # Claim, and judge
    assert told(await moderator.click(card, label="Claim")) == "Case 1 is yours for 30 minutes."
    (card,) = world.from_bot(queue)
    assert "the copies deleted" in told(await moderator.click(card, label="Delete 2 repeats"))
    assert {claim.id, first.id, answer.id} == {message.id for message in general.history()}
    await world.env.advance_time(7)
    (card,) = world.from_bot(queue)
    assert card.content.count("~~ deleted") == 2

    # The bot restarts while the card is open, and the verdict is undone on it
    await world.restart()
    assert told(await moderator.click(card, label="Undo")) == "Case 1 is reopened."
    (reopened,) = world.from_bot(queue)
    assert (reopened.id, labels(reopened)[0]) == (card.id, "Claim")
    history = told(await moderator.slash(queue, "case history", number=1))
    told_in_order = ["opened", "claimed", "judged: a repeat, the copies deleted", "reopened"]
    assert [line.split("> ")[1].split(" by")[0] for line in history.splitlines()[1:]] == told_in_order
    assert history.count(moderator.mention) == 3

    # Export
    exported = await world.bob.slash(general, "privacy export")
    (file,) = exported.response.attachments
    kept = json.loads(await file.read())["kept"]
    assert str(copies[0].id) in json.dumps(kept)
    assert CHATTER.upper() in json.dumps(kept)

    # Delete
    sure = await world.bob.slash(general, "privacy delete", sure="yes, delete it all")
    assert "deleted" in told(sure).casefold()
    await world.env.advance_time(60)
    (card,) = world.from_bot(queue)
    assert str(world.bob.id) not in card.content
    assert rows(world.database, "SELECT * FROM case_post WHERE author_id = ?", world.bob.id) == []
    (file,) = (await world.bob.slash(general, "privacy export")).response.attachments
    again = await file.read()
    assert str(copies[0].id).encode() not in again
    assert CHATTER.upper().encode() not in again
    assert file.filename == privacy_words.FILE_NAME
