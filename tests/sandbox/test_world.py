"""The simulated server of the sandbox: who sees what, and what the bot makes of its discussion."""

import asyncio
import json
import tempfile
import threading
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.sandbox.discussion import DISCUSSION, REPEATS, Line
from bot.sandbox.world import HOUR, MEMBERS, MODERATOR, MODES, QUEUE, Page, page_table, running_world
from tests.sandbox.tabs import Tab, eventually
from tests.support import CHATTER, CLAIM, shipped_ranker

OTHER_CLAIM = "you can't own a style, cope"
THIRD_CLAIM = "Nobody owns cel shading. Nobody owns watercolour. Get over it."


@asynccontextmanager
async def simulated():
    """A world, and a function that counts the posts with a text that a member sees in a channel."""
    async with running_world() as (world, pages), aiohttp.ClientSession() as client:
        tabs = {(page.channel, page.member): Tab(client, page.address) for page in pages}

        async def seen(text: str, channel: str = "general", member: str = MODERATOR) -> int:
            return await tabs[channel, member].count(text)

        yield world, seen, tabs


@pytest.fixture
async def sandbox():
    async with simulated() as sandbox:
        yield sandbox


async def test_each_member_has_a_page_for_each_channel_that_they_see_and_nothing_is_left_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with running_world() as (world, pages):
        await world.say(Line("Ada", "general", CHATTER))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert len({page.address for page in pages}) == len(pages)
    members = {(channel, member) for channel in MODES for member in (*MEMBERS, MODERATOR)}
    assert {(page.channel, page.member) for page in pages} == members | {(QUEUE, MODERATOR)}


async def test_the_discussion_brings_an_answer_a_suggestion_and_a_case_and_no_error(sandbox, caplog):
    world, seen, _ = sandbox
    assert [number async for number in world.play()] == list(range(1, len(DISCUSSION) + 1))
    assert await seen("Not what I meant")
    assert await seen("Post answer", QUEUE)
    assert await seen("Delete repeat", QUEUE)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_the_discussion_is_held_by_members_in_channels_of_the_world():
    assert {line.member for line in DISCUSSION} == set(MEMBERS)
    assert {line.channel for line in DISCUSSION} == set(MODES)


async def test_each_repeat_that_is_asked_for_becomes_a_case_of_its_own(sandbox):
    world, seen, tabs = sandbox
    before = await seen("Delete repeat", QUEUE)
    for number in range(1, len(REPEATS) + 1):
        await world.post_a_repeat()
        assert await seen("Delete repeat", QUEUE) == before + number
    for kind in ("the same text", "the same link", "the same image"):
        assert await seen(f"{kind} again", QUEUE) == 1
    *_, card = map(json.loads, await tabs[QUEUE, MODERATOR].posts())
    assert [embed["thumbnail"]["available"] for embed in card["embeds"]] == [True, True]


async def test_all_pages_of_a_channel_show_a_post_at_once_and_those_of_others_do_not(sandbox):
    world, seen, _ = sandbox
    assert [await seen(CHATTER, "general", member) for member in (*MEMBERS, MODERATOR)] == [0] * 4
    await world.say(Line("Ada", "general", CHATTER))
    assert [await seen(CHATTER, "general", member) for member in (*MEMBERS, MODERATOR)] == [1] * 4
    assert await seen(CHATTER, "art-talk") == 0


async def test_an_answer_bears_the_bots_name_and_todays_date_and_an_hour_ends_the_channels_pause(sandbox):
    world, seen, _ = sandbox
    now = discord.utils.utcnow()
    await world.say(Line("Ada", "general", CLAIM))
    await world.say(Line("Ben", "general", OTHER_CLAIM))
    assert await seen("Not what I meant") == await seen('"name": "Copydesk"') == 1
    assert await seen(f"{now:%Y-%m-%dT%H}") or await seen(f"{now - timedelta(minutes=1):%Y-%m-%dT%H}")
    await world.pass_time(HOUR)
    await world.say(Line("Ben", "general", THIRD_CLAIM))
    assert await seen("Not what I meant") == 2


async def test_a_member_may_act_on_a_page_that_does_not_show_the_newest_post_yet(sandbox):
    world, seen, tabs = sandbox
    general = tabs["general", "Ada"]
    await general.posts()
    await world.say(Line("Ben", "general", CHATTER))
    assert await general.say("the kettle is mended")
    assert await general.say("and the lighthouse is painted")
    assert [await seen(text) for text in (CHATTER, "kettle", "lighthouse")] == [1, 1, 1]


async def test_what_happens_at_the_same_moment_takes_turns(sandbox):
    world, seen, _ = sandbox
    words = ("kettle", "lighthouse", "marmalade")
    lines = [Line(member, "general", f"{word}!") for member, word in zip(MEMBERS, words, strict=True)]
    await asyncio.gather(*(world.say(line) for line in lines), world.pass_time(1), world.post_a_repeat())
    assert [await seen(f"{word}!") for word in words] == [1, 1, 1]


class HeldRanker:
    """The real one, which reads nothing until it is let go."""

    def __init__(self):
        self.released = threading.Event()
        self.calibration = shipped_ranker().calibration

    def rank(self, *asked):
        self.released.wait(10)
        return shipped_ranker().rank(*asked)


async def test_a_bot_that_takes_long_to_read_a_post_answers_it_all_the_same(monkeypatch):
    held = HeldRanker()
    monkeypatch.setattr("bot.sandbox.world.ranker_or_reason", lambda _: held)
    monkeypatch.setattr("bot.sandbox.world._SETTLES_WITHIN", 0.5)
    async with simulated() as (world, seen, _):

        async def answered() -> bool:
            await world.pass_time(1)
            return await seen("Not what I meant") > 0

        await world.say(Line("Ada", "general", CLAIM))
        assert not await answered()
        held.released.set()
        await eventually(answered)


def test_the_table_keeps_the_order_of_the_channels_and_each_ones_pages():
    pages = [Page(channel, "Ada", f"http://{channel}") for channel in (QUEUE, *MODES)]
    assert list(page_table(pages)) == [*MODES, QUEUE]
    assert page_table(pages)[QUEUE] == [pages[0]]
