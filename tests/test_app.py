"""The composition root: what Discord is asked for, what is kept, and how the bot comes and goes."""

import discord
import pytest

from bot.app import INTENTS, build_bot
from bot.discord_ui import words
from tests.support import CHATTER, CLAIM, rows, told


def syncs(world) -> int:
    return sum(request.method == "PUT" and request.path.endswith("/commands") for request in world.env.http_requests)


def break_cases(world) -> None:
    world.errors_expected = True
    world.database.write_now(lambda db: db.execute('ALTER TABLE "case" RENAME TO mislaid'))


# What Discord is asked for


def test_only_the_intents_that_are_needed_are_asked_for(world):
    assert INTENTS.value == 33281
    assert world.bot.intents == INTENTS
    assert {name for name, on in world.bot.intents if on} == {"guilds", "guild_messages", "message_content"}


async def test_commands_are_sent_to_discord_once_however_often_the_bot_starts(world):
    for _ in range(3):
        await world.restart()
    assert syncs(world) == 1


async def test_commands_that_changed_are_sent_again(world):
    world.database.write_now(lambda db: db.execute("UPDATE meta SET value = 'older' WHERE key = 'commands'"))
    await world.restart()
    await world.restart()
    assert syncs(world) == 2


async def test_commands_that_could_not_be_sent_are_not_noted_as_sent(world):
    world.database.write_now(lambda db: db.execute("DELETE FROM meta WHERE key = 'commands'"))
    world.env.inject_error("PUT", "/applications/*/commands", status=503)
    with pytest.raises(discord.HTTPException):
        await world.restart()
    assert rows(world.database, "SELECT * FROM meta WHERE key = 'commands'") == []


# What is kept


async def test_discords_caches_hold_neither_messages_nor_members(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    assert len(world.bot.cached_messages) == 0
    assert [member.id for member in world.bot.get_guild(world.guild.id).members] == [world.bot.user.id]


async def test_closing_saves_what_the_window_holds(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.bot.close()
    assert [row["message_id"] for row in rows(world.database, "SELECT * FROM fingerprint")] == [post.id]
    await world.restart()
    await world.bob.send(world.general, CHATTER)
    assert len(world.from_bot(world.queue)) == 1


async def test_closing_twice_is_harmless(world):
    await world.bot.close()
    await world.bot.close()
    assert world.bot.is_closed()


async def test_a_bot_that_never_connected_can_be_closed(database):
    bot = build_bot(database)
    await bot.close()
    assert bot.is_closed()


async def test_nothing_waits_after_closing_and_the_next_start_goes_on(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=503)
    await world.alice.send(world.general, CLAIM)
    await world.bot.close()
    await world.env.advance_time(60)
    assert world.from_bot(world.general) == []
    await world.restart()
    assert len(world.from_bot(world.general)) == 1


# Errors


async def test_a_command_that_fails_is_told_politely_and_logged(world, caplog):
    break_cases(world)
    text = told(await world.moderator.slash(world.queue, "queue"))
    assert text == words.FAILED
    assert "command queue failed" in caplog.text


async def test_an_error_after_the_command_was_acknowledged_is_told_too(world, caplog):
    await world.switch_on()
    world.errors_expected = True
    world.database.write_now(lambda db: db.execute("ALTER TABLE setting RENAME TO mislaid"))
    text = told(await world.admin.slash(world.general, "watch", channel=world.general, mode="suggest"))
    assert text == words.FAILED
    assert "command watch failed" in caplog.text


async def test_one_post_that_fails_does_not_stop_the_next(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    break_cases(world)
    await world.bob.send(world.general, CHATTER)
    world.database.write_now(lambda db: db.execute('ALTER TABLE mislaid RENAME TO "case"'))
    await world.alice.send(world.general, CLAIM)
    assert len(world.from_bot(world.general)) == 1
    assert len(world.env.errors) == 1
