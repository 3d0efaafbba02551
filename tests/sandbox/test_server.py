"""The sandbox's own page over real HTTP: what it shows, what its buttons do, and whom it refuses."""

import asyncio
import json
import re
import signal
import socket
from datetime import datetime, timedelta
from io import BytesIO

import aiohttp
import discord
import pytest

from bot.errors import ConfigurationError
from bot.sandbox.discussion import DISCUSSION
from bot.sandbox.server import HOST, serve
from bot.sandbox.world import MODERATOR
from tests.pictures import photo, recoded, saved
from tests.sandbox.tabs import LONGEST, Tab, eventually, links, running_sandbox
from tests.support import free_port


class Visitor:
    """A browser on the sandbox's page."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self.client = client
        self.address = address
        self.html = ""
        self.key = ""

    async def load(self) -> None:
        async with self.client.get(self.address) as answer:
            assert answer.status == 200
            self.html = await answer.text()
        self.key = re.search(r'const key = "([^"]+)"', self.html)[1]

    async def press(self, action: str, **headers: str) -> int:
        async with self.client.post(self.address + action, headers={"X-Sandbox-Key": self.key, **headers}) as answer:
            return answer.status

    async def post_picture(self, picture: bytes | BytesIO, **place: str) -> int:
        headers = {"X-Sandbox-Key": self.key}
        async with self.client.post(f"{self.address}picture", params=place, data=picture, headers=headers) as answer:
            return answer.status

    async def state(self) -> dict:
        async with self.client.get(f"{self.address}state") as answer:
            return await answer.json()

    async def has_played_some(self) -> bool:
        return (await self.state())["played"] >= 3

    def tab(self, channel: str, member: str) -> Tab:
        return Tab(self.client, links(self.html)[channel, member])


@pytest.fixture
async def visitor(monkeypatch):
    monkeypatch.setattr("bot.sandbox.server._PACE", 0.01)
    async with running_sandbox() as address, aiohttp.ClientSession() as client:
        visitor = Visitor(client, address)
        await visitor.load()
        yield visitor


async def test_the_page_links_each_channel_and_loads_nothing_from_elsewhere(visitor):
    assert {channel for channel, _ in links(visitor.html)} == {"general", "art-talk", "mod-queue"}
    assert all(address.startswith(f"http://{HOST}:") for address in links(visitor.html).values())
    assert f"Play a discussion of {len(DISCUSSION)} posts" in visitor.html
    assert "$" not in re.sub(r"`[^`]*`", "", visitor.html)  # no placeholder is left, outside of JavaScript's own
    async with visitor.client.get(visitor.address) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")


async def test_only_the_pages_own_address_is_served(visitor):
    port = visitor.address.rstrip("/").rpartition(":")[2]
    own, others = (f"{HOST}:{port}", f"localhost:{port}"), ("evil.example", f"evil.example:{port}", HOST, "localhost")
    for host in (*own, *others):
        for path in ("", "state"):
            async with visitor.client.get(visitor.address + path, headers={"Host": host}) as answer:
                assert answer.status == (200 if host in own else 403), host
                assert host in own or visitor.key not in await answer.text()


async def test_a_button_needs_the_key_of_the_page(visitor):
    for action in ("play", "repeat", "hour", "picture"):
        async with visitor.client.post(visitor.address + action) as answer:
            assert answer.status == 403
        assert await visitor.press(action, **{"X-Sandbox-Key": "guessed"}) == 403
    assert await visitor.state() == {"playing": False, "played": 0, "posts": len(DISCUSSION)}
    assert await visitor.tab("general", "Ada").posts() == []


async def test_play_posts_the_discussion_once_however_often_it_is_pressed(visitor):
    assert [await visitor.press("play") for _ in range(3)] == [204] * 3
    await eventually(visitor.has_played_some)
    assert (await visitor.state())["playing"]
    posts = await visitor.tab("general", "Ada").posts()
    assert [json.loads(post)["content"] for post in posts[:2]] == [line.text for line in DISCUSSION[:2]]
    assert sum(DISCUSSION[0].text in post for post in posts) == 1


async def test_repeat_makes_a_case_and_an_hour_can_pass(visitor):
    general, queue = visitor.tab("general", "Ada"), visitor.tab("mod-queue", MODERATOR)
    assert await visitor.press("hour") == 204
    assert await visitor.press("repeat") == 204
    assert await queue.count("Delete repeat") == 1
    first = json.loads((await general.posts())[0])
    assert datetime.fromisoformat(first["timestamp"]) > discord.utils.utcnow() + timedelta(minutes=58)


async def test_a_picture_that_two_members_post_makes_a_case(visitor):
    general, queue = visitor.tab("general", "Ada"), visitor.tab("mod-queue", MODERATOR)
    picture = saved(photo(1))
    for member, data in (("Ada", picture), ("Ben", saved(recoded(photo(1)), "JPEG")), ("Cleo", saved(photo(2)))):
        assert await visitor.post_picture(data, member=member, channel="general") == 204
    assert await general.count("picture.") == 3
    assert await queue.count("the same image again") == 1


@pytest.mark.parametrize(
    ("member", "channel", "picture"),
    [("Nobody", "general", b"x"), ("Ada", "mod-queue", b"x"), ("Ada", "", b"x"), ("Ada", "general", b"")],
)
async def test_a_picture_needs_a_member_a_watched_channel_and_a_file(visitor, member, channel, picture):
    assert await visitor.post_picture(picture, member=member, channel=channel) == 400


async def test_a_picture_may_have_ten_megabytes(visitor):
    assert await visitor.post_picture(BytesIO(bytes((10 << 20) + 1)), member="Ada", channel="general") == 413


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_sandbox_also_in_the_middle_of_the_discussion(number, caplog):
    address = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(free_port(), address.set_result))
    async with aiohttp.ClientSession() as client:
        visitor = Visitor(client, await asyncio.wait_for(address, LONGEST))
        await visitor.load()
        assert await visitor.press("play") == 204
        assert (await visitor.state())["playing"]
    signal.raise_signal(number)
    await asyncio.wait_for(serving, LONGEST)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_port_that_is_taken_is_told_with_the_option_to_choose_another():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"Port {port} is taken.*--port {port + 1}"):
            await serve(port, pytest.fail)
