"""A post that comes again, is edited or deleted: nothing happens twice, and what is gone stays gone."""

import asyncio
from dataclasses import replace

import pytest

from bot.case import Ruling
from bot.config.changes import Change
from bot.errors import StoreError
from bot.model import Mode
from bot.storage.protocols import card_key, reply_key
from tests.pipeline.process import (
    ANSWERED,
    ELSEWHERE,
    MAX_AGE,
    OTHER_CHATTER,
    OTHER_GUILD,
    SUGGESTED,
    begin,
)
from tests.support import (
    AUTHOR,
    CHATTER,
    GUILD,
    busy_readers,
    busy_writer,
    choose,
    set_mode,
    turns,
    waiting,
)

# The same event again


@pytest.mark.parametrize(
    "text", [ANSWERED, SUGGESTED, "surely alpha stinks"], ids=["answer", "suggestion", "three words"]
)
async def test_a_repeated_event_has_no_second_effect(process, text):
    post = process.post(text)
    await process.handle_all(post, post)
    await asyncio.gather(*(process.handle(post) for _ in range(3)))
    assert len(process.sender.shown) == await process.count("reply") == 1
    assert await process.count("case") == 0


async def test_a_repeated_event_while_the_first_is_in_progress_has_no_second_effect(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = [begin(process.handle(post)) for _ in range(3)]
    await turns()
    matcher.hold.set()
    await asyncio.gather(*handling)
    assert len(process.sender.shown) == await process.count("reply") == 1


async def test_a_repeated_event_of_a_repeat_is_not_answered_later(process, clock):
    await process.handle(process.post(ANSWERED))
    clock.advance(hours=7)
    repeat = process.post(ANSWERED)
    await process.handle_all(repeat, repeat)
    assert len(process.shown("reply")) == 1
    assert len((await process.the_case()).repeats) == 1


async def test_a_repeated_event_does_not_make_the_original_a_repeat_of_its_copy(process):
    original, copy = process.post(), process.post()
    await process.handle_all(original, copy, original, copy, original)
    case = await process.the_case()
    assert [post.message_id for post in case.posts] == [original.message_id, copy.message_id]
    assert process.shown("card") == [card_key(case.id)]


async def test_a_repeated_event_after_an_edit_does_not_bring_the_old_text_back(process):
    post = process.post()
    await process.handle(post)
    await process.handle(replace(post, text=OTHER_CHATTER), edited=True)
    await process.handle(post)
    await process.handle(process.post(OTHER_CHATTER))
    assert (await process.the_case()).original.message_id == post.message_id


async def test_a_post_whose_handling_failed_is_handled_in_full_when_its_event_comes_again(process, database):
    original, repeat = process.post(), process.post()
    await process.handle(original)
    await database.write(_refuse_cases)
    with pytest.raises(StoreError):
        await process.handle(repeat)
    await database.write(_allow_cases)
    await process.handle(repeat)
    assert (await process.the_case()).repeats[0].message_id == repeat.message_id


def _refuse_cases(db):
    db.execute("""CREATE TRIGGER refuse BEFORE INSERT ON "case" BEGIN SELECT RAISE(ABORT, 'no room'); END""")


def _allow_cases(db):
    db.execute("DROP TRIGGER refuse")


async def test_a_fault_in_one_post_leaves_the_next_ones_alone(process):
    with pytest.raises(ZeroDivisionError):
        await process.handle(process.post("please fail at this one"))
    await process.handle(process.post(ANSWERED))
    assert len(process.shown("reply")) == 1
    await process.pipeline.finish(0.1)


# Edits


async def test_an_edit_into_a_claim_is_answered(process):
    post = process.post()
    await process.handle(post)
    await process.handle(replace(post, text=ANSWERED), edited=True)
    assert process.shown("reply") == [reply_key(GUILD, post.message_id)]


async def test_an_edited_claim_is_not_answered_again(process, clock):
    post = process.post(ANSWERED)
    await process.handle(post)
    clock.advance(minutes=3)
    await process.handle(replace(post, text="surely all of beta is wrong"), edited=True)
    assert len(process.shown("reply")) == 1


async def test_an_edit_into_an_earlier_posts_text_is_a_repeat(process):
    original, post = process.post(), process.post(OTHER_CHATTER)
    await process.handle_all(original, post)
    await process.handle(replace(post, text=CHATTER), edited=True)
    await process.handle(replace(post, text=CHATTER), edited=True)
    assert [found.message_id for found in (await process.the_case()).posts] == [original.message_id, post.message_id]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_text_that_was_edited_away_is_repeated_by_nobody(process, restarted):
    post = process.post()
    await process.handle(post)
    await process.pipeline.save()
    await process.handle(replace(post, text="never mind"), edited=True)
    process = await process.restart() if restarted else process
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_an_edit_that_overtakes_its_post_is_what_a_restart_remembers(process, matcher):
    matcher_is_slow = process.post(f"{CHATTER} and wait")
    slow = begin(process.handle(matcher_is_slow))
    await turns()
    await process.handle(replace(matcher_is_slow, text="never mind"), edited=True)
    matcher.hold.set()
    await slow
    process = await process.restart()
    assert not process.window.contains(GUILD, matcher_is_slow.message_id)


async def test_an_edit_outlives_a_crash(process):
    post = process.post()
    await process.handle(post)
    await process.pipeline.save()
    await process.handle(replace(post, text=OTHER_CHATTER), edited=True)
    process = await process.crash()
    await process.handle(process.post())
    assert await process.count("case") == 0
    await process.handle(process.post(OTHER_CHATTER))
    assert (await process.the_case()).original.message_id == post.message_id


async def test_an_edited_post_older_than_the_window_is_not_compared(process, clock):
    old = process.post()
    clock.advance(days=MAX_AGE.days, seconds=1)
    await process.handle(process.post())
    outcome = await process.handle(old, edited=True)
    assert outcome.repeats == ()
    assert await process.count("case") == 0


# Deletions


async def test_a_deleted_post_is_repeated_by_nobody_also_after_a_restart(process):
    deleted = process.post()
    await process.handle(deleted)
    await process.pipeline.save()
    await process.pipeline.forget(GUILD, frozenset({deleted.message_id}))
    process = await process.restart()
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_a_deleted_post_leaves_the_disk_though_the_window_had_no_more_room_for_it(process):
    await choose(process.memory.policies, GUILD, Change("window_posts", 100))
    deleted = process.post()
    await process.handle(deleted)
    await process.pipeline.save()
    await process.handle_all(*(process.post(f"post number {number} of a long and busy day") for number in range(100)))
    assert not process.window.contains(GUILD, deleted.message_id)
    before = await process.count("fingerprint")
    await process.pipeline.forget(GUILD, frozenset({deleted.message_id}))
    assert await process.count("fingerprint") == before - 1


@pytest.mark.parametrize("text", [CHATTER, ANSWERED], ids=["repeated", "a claim"])
async def test_a_post_that_is_read_back_after_its_deletion_leaves_nothing(process, text):
    deleted = process.post(text)
    await process.pipeline.forget(GUILD, frozenset({deleted.message_id}))
    await process.handle(deleted)
    await process.handle(process.post(CHATTER))
    assert process.sender.tries == []
    assert await process.count("case") == await process.count("reply") == 0


async def test_the_posts_of_a_deleted_channel_are_repeated_by_nobody_also_after_a_restart(process, matcher):
    await set_mode(process.memory.policies, GUILD, ELSEWHERE, Mode.ANSWER)
    saved, unsaved = process.post(channel_id=ELSEWHERE), process.post(OTHER_CHATTER, channel_id=ELSEWHERE)
    waiting_post = process.post(f"{CHATTER} and wait", channel_id=ELSEWHERE)
    await process.handle(saved)
    await process.pipeline.save()
    await process.handle(unsaved)
    handling = begin(process.handle(waiting_post))
    await turns()
    await process.pipeline.forget_channel(GUILD, ELSEWHERE)
    matcher.hold.set()
    await handling
    assert len(process.window) == 0
    process = await process.restart()
    assert len(process.window) == await process.count("fingerprint") == 0


async def test_a_deleted_post_leaves_its_case_and_the_card_says_so(process, clock):
    posts = [process.post() for _ in range(3)]
    await process.handle_all(*posts)
    clock.advance(seconds=10)
    case = await process.the_case()
    cards = len(process.shown("card"))
    await process.pipeline.forget(GUILD, frozenset(post.message_id for post in posts[1:]))
    assert (await process.memory.cases.get(GUILD, case.id)).ruling is Ruling.WITHDRAWN
    assert len(process.shown("card")) == cards + 1


async def test_the_deletion_of_unknown_posts_is_nothing(process):
    await process.pipeline.forget(GUILD, frozenset({1, 2}))
    await process.pipeline.forget(OTHER_GUILD, frozenset())
    assert process.sender.tries == []


async def test_a_claim_that_is_deleted_while_it_is_judged_is_not_answered(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.pipeline.forget(GUILD, frozenset({post.message_id}))
    matcher.hold.set()
    await handling
    assert process.sender.tries == []
    assert await process.count("reply") == 0


async def test_a_claim_whose_author_is_forgotten_while_it_is_judged_is_not_answered(process, matcher):
    handling = begin(process.handle(process.post(f"{ANSWERED}, wait")))
    await turns()
    await process.pipeline.forget_member(AUTHOR)
    matcher.hold.set()
    await handling
    assert process.sender.tries == []
    assert await process.count("reply") == 0
    await process.pipeline.save()
    assert await process.count("fingerprint") == 0


async def test_a_repeat_that_is_deleted_while_it_is_judged_opens_no_case_and_is_not_remembered(process, database):
    original, repeat = process.post(), process.post()
    await process.handle(original)
    async with busy_readers(database):
        handling = begin(process.handle(repeat))
        await turns()
        deleting = begin(process.pipeline.forget(GUILD, frozenset({repeat.message_id})))
        await turns()
    await asyncio.gather(handling, deleting)
    assert await process.count("case") == 0
    process = await process.restart()
    assert process.window.contains(GUILD, original.message_id)
    assert not process.window.contains(GUILD, repeat.message_id)


async def test_a_repeat_that_is_deleted_while_its_case_is_recorded_leaves_no_open_case(process, database):
    original, repeat = process.post(), process.post()
    await process.handle(original)
    async with busy_writer(database):
        handling = begin(process.handle(repeat))
        await process.settle()
        deleting = begin(process.pipeline.forget(GUILD, frozenset({repeat.message_id})))
        await turns()
    await asyncio.gather(handling, deleting)
    assert await waiting(process.memory.cases) == []
