"""What happens while the bot is away, and what it remembers."""

from dataclasses import replace

from bot.errors import StoreError
from bot.model import Mode
from tests.cogs.watch.posts import (
    GUILD_TABLES,
    cases,
    post_unseen,
    save_memory,
    start_thread,
)
from tests.support import CHATTER, CLAIM, open_case, rows, set_mode, set_moderators_channel

# While the bot was away


async def test_posts_missed_while_away_are_read_at_the_next_start(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    post_unseen(world, world.alice, CLAIM)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]
    assert len(world.from_bot(world.general)) == 1


async def test_missed_posts_are_read_once(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    await world.restart()
    await world.restart()
    assert cases(world) == [(1, "open", 1)]
    assert len(world.from_bot(world.queue)) == 1


async def test_a_missed_claim_is_not_answered_when_the_talk_has_moved_on(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER)
    post_unseen(world, world.bob, CLAIM)
    await world.env.advance_time(600)
    await world.restart()
    assert world.from_bot(world.general) == []
    assert cases(world) == [(1, "open", 1)]


async def test_posts_missed_in_a_thread_are_read_too(world):
    await world.switch_on()
    thread = await start_thread(world)
    await world.alice.send(thread, CHATTER)
    await save_memory(world)
    post_unseen(world, world.bob, CHATTER, thread)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]


async def test_a_channel_switched_off_is_not_read_back(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await save_memory(world)
    await world.switch_on(Mode.OFF)
    post_unseen(world, world.bob, CHATTER)
    await world.restart()
    assert cases(world) == []
    assert [r.path for r in world.env.http_requests if r.method == "GET" and "/messages" in r.path] == []


async def test_a_channel_that_cannot_be_read_back_does_not_hold_up_the_others(world):
    await world.switch_on()
    second = world.guild.create_text_channel("second")
    await set_mode(world.bot.services.policies, world.guild.id, second.id, Mode.ANSWER)
    for channel in (world.general, second):
        await world.alice.send(channel, CHATTER if channel is second else "good morning to you all")
    await save_memory(world)
    post_unseen(world, world.bob, "good morning to you all")
    post_unseen(world, world.bob, CHATTER, second)
    world.env.inject_error("GET", f"/channels/{world.general.id}/messages", status=403, code=50001)
    await world.restart()
    assert cases(world) == [(1, "open", 1)]


# Memory


async def test_memory_is_put_on_disk_every_ten_seconds(world):
    await world.switch_on()
    await world.bob.send(world.general, "one moment")  # the first of a channel is saved at once
    post = await world.alice.send(world.general, CHATTER)
    assert rows(world.database, "SELECT * FROM fingerprint") == []
    await world.env.advance_time(10)
    assert [row["message_id"] for row in rows(world.database, "SELECT * FROM fingerprint")] == [post.id]
    assert [row["message_id"] for row in rows(world.database, "SELECT * FROM channel_cursor")] == [post.id]


class FailsOnce:
    """A pipeline whose first save fails."""

    def __init__(self, pipeline) -> None:
        self._pipeline = pipeline
        self.saves = 0

    async def save(self) -> None:
        self.saves += 1
        if self.saves == 1:
            raise StoreError("the disk is full")
        await self._pipeline.save()


async def test_a_save_that_fails_is_logged_and_tried_again(world, caplog):
    await world.switch_on()
    await world.bob.send(world.general, "one moment")  # as above
    await world.alice.send(world.general, CHATTER)
    services = world.bot.services
    world.bot.get_cog("Watch").services = replace(services, pipeline=FailsOnce(services.pipeline))
    await world.env.advance_time(10)
    assert "saving failed" in caplog.text
    assert rows(world.database, "SELECT * FROM fingerprint") == []
    await world.env.advance_time(10)
    assert len(rows(world.database, "SELECT * FROM fingerprint")) == 1


async def test_fingerprints_older_than_the_window_are_forgotten_hourly(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.env.advance_time(10)
    world.database.write_now(lambda db: db.execute("UPDATE fingerprint SET at = at - 15 * 86400"))
    await world.env.advance_time(3600)
    assert rows(world.database, "SELECT * FROM fingerprint") == []


async def test_leaving_a_server_deletes_its_rows_and_no_others(world):
    await world.switch_on()
    elsewhere = world.env.create_guild("Another server")
    await set_moderators_channel(world.bot.services.policies, elsewhere.id, 5)
    await world.alice.send(world.general, CLAIM)
    await open_case(world)
    await save_memory(world)
    world.env.backend.remove_guild(world.guild.id)
    await world.env.advance_time(11)
    left = [row["guild_id"] for table in GUILD_TABLES for row in rows(world.database, f'SELECT * FROM "{table}"')]  # noqa: S608
    assert set(left) == {elsewhere.id}
    assert rows(world.database, "SELECT * FROM case_post") == rows(world.database, "SELECT * FROM case_event") == []
    assert len(world.bot.services.window) == 0


async def test_a_post_in_progress_when_the_bot_leaves_a_server_leaves_no_rows(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    world.env.backend.create_message(world.general.id, world.bob.id, CHATTER)
    world.env.backend.remove_guild(world.guild.id)
    await save_memory(world)
    assert [table for table in GUILD_TABLES if rows(world.database, f'SELECT 1 FROM "{table}"')] == []  # noqa: S608


async def test_a_server_that_is_only_out_of_reach_keeps_its_rows(world):
    await world.switch_on()
    world.env.backend.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    await world.env.settle()
    assert len(rows(world.database, "SELECT * FROM setting")) == 2
