"""What is decided is on disk before it shows, lasts through crashes, and goes when a server is left."""

import asyncio
from dataclasses import replace

import pytest

from bot.backlog import SAVE_EVERY
from bot.case import Ruling
from bot.decide import Nothing
from bot.errors import StoreError
from bot.model import Mode
from bot.storage.housekeeping import SqliteHousekeeping
from bot.storage.members import SqliteMemberStore
from bot.storage.protocols import Verdict
from cogs.watch import BACKFILL
from tests.pipeline.process import (
    ANSWERED,
    ELSEWHERE,
    MAX_AGE,
    OTHER_CHATTER,
    OTHER_GUILD,
    SUGGESTED,
    Process,
    SlowlyLoading,
    begin,
    cut_off,
)
from tests.support import (
    AUTHOR,
    CHANNEL,
    CHATTER,
    GUILD,
    Hold,
    set_mode,
    turns,
    waiting,
)

# Crashes and restarts


@pytest.mark.parametrize(
    ("text", "kind"),
    [(ANSWERED, "reply"), (SUGGESTED, "suggestion"), (CHATTER, "card")],
    ids=["answer", "suggestion", "case"],
)
@pytest.mark.parametrize("after", [False, True], ids=["before it was sent", "sent but not noted"])
async def test_after_a_crash_between_record_and_note_the_effect_stands_once(process, sender, text, kind, after):
    await process.handle(process.post(CHATTER))
    hold = Hold(after=after)
    sender.script.append(hold)
    post = process.post(text)
    cut = begin(process.handle(post))
    await hold.reached.wait()
    await cut_off(cut)
    process = await process.crash()
    await process.outbox.resume()
    await process.handle(post)  # nothing was saved: it is read again
    assert [len(messages) for key, messages in sender.messages.items() if key.startswith(kind)] == [1]
    assert await process.effects.pending() == []


async def test_after_a_crash_in_the_matcher_the_post_is_read_again_and_answered(process):
    post = process.post(f"{ANSWERED}, wait")
    cut = begin(process.handle(post))
    await turns()
    newer = process.post("fine")
    await process.handle(newer)
    await process.pipeline.save()
    await cut_off(cut)
    process = await process.crash()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    await process.handle(post)
    assert len(process.shown("reply")) == 1


async def test_a_restart_restores_the_window(process):
    original = process.post()
    await process.handle(original)
    process = await process.restart()
    outcome = await process.handle(process.post())
    assert [repeat.of.message_id for repeat in outcome.repeats] == [original.message_id]


async def test_a_restart_does_not_restore_what_is_older_than_the_window(process, clock):
    await process.handle(process.post())
    clock.advance(seconds=MAX_AGE.total_seconds() + 1)
    process = await process.restart()
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_dismissed_content_stays_quiet_after_a_restart(process):
    await process.handle_all(process.post(), process.post())
    case = await process.the_case()
    await process.memory.cases.judge(GUILD, case.id, Ruling.CLEARED, Verdict(1, process.clock()))
    process = await process.restart()
    outcome = await process.handle(process.post())
    assert isinstance(outcome.decision.flag, Nothing)
    assert await process.count("case") == 1


async def test_a_clock_that_goes_back_loses_nothing_of_the_window(process, clock):
    original = process.post()
    await process.handle(original)
    clock.advance(days=-1)
    process = await process.restart()
    outcome = await process.handle(process.post(at=original.at))
    assert [repeat.of.message_id for repeat in outcome.repeats] == [original.message_id]


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after another restart"])
async def test_what_is_edited_deleted_or_forgotten_while_the_window_is_restored_is_not_found_as_it_was(process, again):
    await set_mode(process.memory.policies, GUILD, ELSEWHERE, Mode.ANSWER)
    edited, deleted, gone, forgotten = posts = [
        process.post(CHATTER, message_id=1),
        process.post(OTHER_CHATTER, message_id=2),
        process.post("The ferry to the islands stays in the harbour tonight", message_id=3, channel_id=ELSEWHERE),
        process.post("Somebody left three umbrellas in the reading room", message_id=4, author_id=AUTHOR + 1),
    ]
    await process.handle_all(*posts)
    await process.pipeline.finish(10)
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    await asyncio.to_thread(loading.loaded.wait, 10)
    changes = [
        begin(process.handle(replace(edited, text="never mind"), edited=True)),
        begin(process.pipeline.forget(GUILD, frozenset({deleted.message_id}))),
        begin(process.pipeline.forget_channel(GUILD, gone.channel_id)),
        begin(process.pipeline.forget_member(forgotten.author_id)),
    ]
    for _ in range(3):  # longer than a change would take that did not wait
        await turns()
        await process.database.write(lambda db: None)
    loading.released.set()
    await asyncio.gather(*changes)
    await SqliteMemberStore(process.database).forget(forgotten.author_id)
    process = await process.restart() if again else process
    found = await process.handle_all(*(process.post(post.text, author_id=AUTHOR + 2) for post in posts))
    assert [outcome.repeats for outcome in found] == [()] * 4


async def test_what_a_reported_post_repeats_is_looked_up_once_the_window_is_restored(process):
    original = process.post()
    await process.handle(original)
    await process.pipeline.finish(10)
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    await asyncio.to_thread(loading.loaded.wait, 10)
    asked = begin(process.pipeline.repeats_of(process.post()))
    await turns()
    loading.released.set()
    assert [repeat.of.message_id for repeat in await asked] == [original.message_id]


# Saving


async def test_how_far_a_channel_was_read_is_saved_for_each_channel(process):
    await set_mode(process.memory.policies, GUILD, ELSEWHERE, Mode.SHADOW)
    earlier, here, there = process.post(), process.post(), process.post("ok", channel_id=ELSEWHERE)
    await process.handle_all(earlier, here, there)
    await process.pipeline.save()
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: here.message_id, ELSEWHERE: there.message_id}


async def test_saving_never_marks_a_post_in_progress_as_read(process, matcher):
    first, second = process.post("please wait for this"), process.post("please wait for that")
    newer = process.post("ok")
    slow = [begin(process.handle(post)) for post in (first, second)]
    await turns()
    await process.handle(newer)
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < first.message_id
    matcher.hold.set()
    await asyncio.gather(*slow)
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] == newer.message_id


async def test_an_event_that_overtakes_the_first_of_its_post_does_not_mark_it_as_read(process, matcher):
    post = process.post("please wait for this")
    slow = begin(process.handle(post))
    await turns()
    await process.handle(replace(post, text="ok"), edited=True)
    await process.handle(process.post("ok"))
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    matcher.hold.set()
    await slow


async def test_what_could_not_be_saved_is_saved_the_next_time(process, database):
    await process.handle_all(process.post(), process.post(OTHER_CHATTER))
    last = process.post("ok")
    await process.handle(last)
    await database.write(_refuse_fingerprints)
    with pytest.raises(StoreError):
        await process.pipeline.save()
    await database.write(lambda db: db.execute("DROP TRIGGER refuse"))
    process = await process.restart()
    assert len(process.window) == 2
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: last.message_id}


def _refuse_fingerprints(db):
    db.execute("CREATE TRIGGER refuse BEFORE INSERT ON fingerprint BEGIN SELECT RAISE(ABORT, 'no room'); END")


async def test_many_posts_are_saved_without_waiting_for_the_timer(process):
    for number in range(SAVE_EVERY + 1):
        await process.handle(process.post(f"post number {number} of a long and busy day"))
    assert await process.count("fingerprint") == SAVE_EVERY + 1


async def test_the_first_post_of_a_channel_is_saved_at_once_so_that_the_channel_can_be_read_back(process):
    await set_mode(process.memory.policies, GUILD, ELSEWHERE, Mode.SHADOW)
    here, there = process.post(), process.post("ok", channel_id=ELSEWHERE)
    await process.handle_all(here, there, process.post("ok"))
    read_to = await process.memory.fingerprints.read_to(GUILD)
    assert read_to == {CHANNEL: here.message_id, ELSEWHERE: there.message_id - 1}  # the latter was in progress still
    await leave(process)
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.SHADOW)
    await process.handle(process.post())
    assert [*await process.memory.fingerprints.read_to(GUILD)] == [CHANNEL]


def test_a_channel_is_read_back_further_than_a_crash_can_take():
    assert 2 * SAVE_EVERY <= BACKFILL  # as many may be waiting for an image, or have come meanwhile


async def test_saving_nothing_writes_nothing(process, database):
    def version(db):
        """Changes with every commit of another connection."""
        return db.execute("PRAGMA data_version").fetchone()

    await process.handle(process.post())
    await process.pipeline.save()
    before = database.read_now(version)
    await process.pipeline.save()
    assert database.read_now(version) == before
    await process.handle(process.post())
    await process.pipeline.save()
    assert database.read_now(version) != before


async def test_finishing_waits_for_posts_in_progress_and_saves(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    finishing = begin(process.pipeline.finish(10))
    for _ in range(3):  # longer than saving would take
        await process.database.write(lambda db: None)
    assert not finishing.done()
    matcher.hold.set()
    await finishing
    await handling
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: post.message_id}
    assert len(process.shown("reply")) == 1


async def test_finishing_waits_for_the_first_event_of_a_post_though_a_later_one_has_ended(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.handle(replace(post, text="ok"), edited=True)
    finishing = begin(process.pipeline.finish(10))
    for _ in range(3):  # longer than saving would take
        await process.database.write(lambda db: None)
    assert not finishing.done()
    matcher.hold.set()
    await asyncio.gather(finishing, handling)


async def test_finishing_does_not_wait_for_ever(process):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.handle(process.post("ok"))
    await process.pipeline.finish(0.01)
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    await cut_off(handling)


# Leaving a server


async def leave(process):
    """The bot was removed from the server."""
    await process.pipeline.forget_guild(GUILD)
    await SqliteHousekeeping(process.database).forget_guild(GUILD)


async def rows_of_the_server(process):
    tables = ("setting", "setting_change", "channel_cursor", "fingerprint", "reply", "case", "effect")
    return [table for table in tables if await process.count(table)]


async def test_a_server_that_was_left_is_forgotten_in_memory_and_on_disk(process):
    await process.handle_all(process.post(ANSWERED), process.post(), process.post())
    await leave(process)
    await process.pipeline.save()
    assert await rows_of_the_server(process) == []
    assert len(process.window) == 0
    outcome = await process.handle(process.post(ANSWERED))
    assert isinstance(outcome.decision.speech, Nothing)
    assert list(process.memory.replies.recent(GUILD)) == []


@pytest.mark.parametrize("text", [f"{ANSWERED}, wait", f"{CHATTER} and wait"], ids=["claims", "repeats"])
async def test_posts_in_progress_leave_nothing_of_a_server_that_was_left(process, matcher, text):
    handling = [begin(process.handle(process.post(text))) for _ in range(3)]
    await turns()
    await leave(process)
    matcher.hold.set()
    await asyncio.gather(*handling)
    await process.pipeline.finish(1)
    assert await rows_of_the_server(process) == []


async def test_a_server_that_is_left_while_the_window_is_restored_is_forgotten_with_the_posts_that_wait(process):
    await process.handle(process.post(OTHER_CHATTER))
    await process.pipeline.finish(10)
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    await asyncio.to_thread(loading.loaded.wait, 10)
    waiting = begin(process.handle(process.post()))
    await turns()
    leaving = begin(leave(process))
    await turns()
    late = begin(process.handle(process.post()))
    loading.released.set()
    await asyncio.gather(waiting, leaving, late)
    await process.pipeline.finish(10)
    assert await rows_of_the_server(process) == []
    assert len(process.window) == 0


async def test_a_channel_that_is_switched_off_while_a_post_waits_is_not_remembered(process):
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    handling = begin(process.handle(process.post()))
    await turns()
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.OFF)
    loading.released.set()
    await handling
    await process.pipeline.finish(10)
    assert len(process.window) == await process.count("fingerprint") == 0


async def test_another_servers_memory_outlives_the_leaving(process):
    await set_mode(process.memory.policies, OTHER_GUILD, CHANNEL, Mode.ANSWER)
    await process.handle_all(process.post(), process.post(guild_id=OTHER_GUILD))
    await leave(process)
    process = await process.restart()
    await process.handle(process.post(guild_id=OTHER_GUILD))
    assert len(await waiting(process.memory.cases, OTHER_GUILD)) == 1
