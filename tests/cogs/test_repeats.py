"""Repeats in watched channels, as members dress them up and as moderators see them."""

from bot.case import CaseQuery
from tests.support import CHATTER

DRESSED = CHATTER.replace("a", "а").replace("e", "е").replace("o", "ο")  # noqa: RUF001 - Cyrillic and Greek
EDITED = f"fyi: {CHATTER.replace('warm', 'thick')}!"


def case_titles(world) -> list[str]:
    return [card.embeds[0].title for card in world.from_bot(world.queue)]


async def test_a_repeat_in_look_alike_letters_leads_to_a_case(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, DRESSED)
    assert case_titles(world) == ["Case 1: the same text again"]


async def test_a_link_with_trackers_leads_to_a_case(world):
    await world.switch_on()
    await world.alice.send(world.general, "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    await world.bob.send(world.general, "look https://youtu.be/dQw4w9WgXcQ?si=tracked")
    assert case_titles(world) == ["Case 1: the same link again"]


async def test_one_case_gathers_all_repeats_of_a_content_whichever_detector_finds_them(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, EDITED)
    assert case_titles(world) == ["Case 1: almost the same text again"]
    await world.moderator.send(world.general, CHATTER)
    (row,) = world.database.read_now(lambda db: list(db.query("SELECT count(*) AS posts FROM case_post")))
    assert (len(case_titles(world)), row["posts"]) == (1, 3)


async def test_a_repeat_is_found_after_a_restart(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bot.services.pipeline.save()
    await world.restart()
    await world.bob.send(world.general, EDITED)
    assert case_titles(world) == ["Case 1: almost the same text again"]


async def test_an_author_who_deletes_and_posts_anew_repeats_nothing(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.alice.delete(post)
    await world.alice.send(world.general, CHATTER)
    assert case_titles(world) == []


async def test_an_author_who_posts_anew_and_then_deletes_the_first_has_no_case_left(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.alice.send(world.general, CHATTER)
    await world.alice.delete(post)
    assert await world.bot.services.desk.queue(world.guild.id, CaseQuery(), 0) == ([], 0)
