"""``python -m bot run`` as an operator runs it: a process of its own, with its exit codes, signals and log."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bot
from bot.settings import NO_TOKEN
from bot.storage.database import Database
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.supervisor import NO_CONTENT_INTENT, WRONG_TOKEN
from tests.support import CHATTER, CLAIM, START
from tests.wire.fakecord import TOKEN
from tests.wire.payloads import ART, BEN, GENERAL, GUILD, QUEUE
from tests.wire.running import OTHER_CLAIM

ROOT = Path(bot.__file__).parents[1]
LONGEST = 20.0  # seconds, on a busy machine
MARK = "marmalade"  # in each post: the log must not show it


@asynccontextmanager
async def process(fake, database_path, **environment):
    """The bot's process, in an empty folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "COPYDESK_"))}
    clean |= {"PYTHONPATH": str(ROOT), "COPYDESK_DATABASE": str(database_path), **environment}
    folder = database_path.parent
    arguments = (sys.executable, "-m", "tests.wire.run_against", fake.origin, "run")
    running = await asyncio.create_subprocess_exec(
        *arguments, cwd=folder, env=clean, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


async def ending(running) -> tuple[int, str]:
    """Its exit code and what it wrote."""
    out, err = await asyncio.wait_for(running.communicate(), LONGEST)
    return running.returncode, (out + err).decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_with_everything_saved(fake, watched, number):
    watched.close()
    async with process(fake, watched.path, DISCORD_TOKEN=TOKEN) as running:
        await fake.until(lambda: fake.identified == 1)
        texts = ((GENERAL, CHATTER), (ART, OTHER_CLAIM), (GENERAL, CLAIM))
        posts = [await fake.post(f"{text}, {MARK}", channel_id=channel_id) for channel_id, text in texts]
        await fake.until(lambda: fake.from_bot(GENERAL) and fake.from_bot(ART))
        running.send_signal(number)
        code, log = await ending(running)
    assert code == 0, log
    assert "Traceback" not in log
    assert TOKEN not in log
    assert MARK not in log
    reopened = Database(watched.path)
    try:
        store = SqliteFingerprintStore(reopened)
        assert {seen.message_id for seen in store.load(START)} == {int(post["id"]) for post in posts}
        assert await store.read_to(GUILD) == {GENERAL: int(posts[2]["id"]), ART: int(posts[1]["id"])}
    finally:
        reopened.close()


@pytest.mark.parametrize(
    ("environment", "refuse_identify", "message"),
    [
        ({}, None, NO_TOKEN),
        ({"DISCORD_TOKEN": "wrong"}, None, WRONG_TOKEN),
        ({"DISCORD_TOKEN": TOKEN}, 4014, NO_CONTENT_INTENT),
    ],
)
async def test_what_a_person_must_cure_ends_with_code_78_and_one_line(
    fake, database, environment, refuse_identify, message
):
    database.close()
    fake.refuse_identify = refuse_identify
    async with process(fake, database.path, COPYDESK_LOG_LEVEL="WARNING", **environment) as running:
        code, log = await ending(running)
    assert (code, log.strip()) == (78, message)


async def test_a_kill_loses_nothing_that_was_acknowledged(fake, watched):
    watched.close()
    async with process(fake, watched.path, DISCORD_TOKEN=TOKEN) as running:
        await fake.until(lambda: fake.identified == 1)
        fake.fail("POST", f"channels/{GENERAL}/messages", 503, times=100)
        await fake.post(CLAIM)
        await fake.until(lambda: fake.asked("POST", f"channels/{GENERAL}/messages"))
        running.kill()
        await ending(running)
    fake.mend()
    async with process(fake, watched.path, DISCORD_TOKEN=TOKEN):
        await fake.until(lambda: fake.from_bot(GENERAL))
    assert len(fake.from_bot(GENERAL)) == 1


async def test_a_kill_takes_no_post_from_those_that_later_ones_are_compared_with(fake, watched):
    watched.close()
    async with process(fake, watched.path, DISCORD_TOKEN=TOKEN) as running:
        await fake.until(lambda: fake.identified == 1)
        await fake.post(CLAIM)
        await fake.post(CHATTER)
        await fake.post(OTHER_CLAIM, channel_id=ART)
        await fake.until(
            lambda: fake.from_bot(ART)
        )  # by now the others are in memory, and the timer has not saved them
        running.kill()
        await ending(running)
    async with process(fake, watched.path, DISCORD_TOKEN=TOKEN):
        await fake.until(lambda: fake.identified == 2)
        await fake.post(CHATTER, author_id=BEN)
        await fake.until(lambda: fake.from_bot(QUEUE))
    assert len(fake.from_bot(GENERAL)) == len(fake.from_bot(ART)) == 1
