"""The health page, over a real socket."""

import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.app import build_bot
from bot.errors import ConfigurationError
from bot.web import HOST, health_page
from tests.support import CHATTER, free_port


@asynccontextmanager
async def asking(bot):
    """The page of a bot; yields a function that asks it for its status and report."""
    port = free_port()
    async with health_page(port, lambda: bot), aiohttp.ClientSession() as client:

        async def ask():
            async with client.get(f"http://{HOST}:{port}/health") as answer:
                return answer.status, await answer.json()

        yield ask


async def test_a_connected_bot_is_healthy_and_tells_how_many_posts_it_remembers(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    async with asking(world.bot) as ask:
        status, report = await ask()
    assert status == 200
    assert report == {"healthy": True, "connected": True, "database_writable": True, "posts_in_window": 1}


async def test_before_the_first_bot_nothing_is_healthy():
    async with asking(None) as ask:
        status, report = await ask()
    assert status == 503
    assert report == {"healthy": False, "connected": False, "database_writable": False, "posts_in_window": 0}


async def test_a_bot_that_is_not_connected_yet_is_not_healthy(database):
    bot = build_bot(database)
    async with asking(bot) as ask:
        status, report = await ask()
    await bot.close()
    assert (status, report["connected"], report["database_writable"]) == (503, False, True)


async def test_a_bot_whose_database_refuses_writes_is_not_healthy(world):
    await world.database.write(lambda db: db.execute("PRAGMA query_only = ON"))  # as on a disk that went read-only
    async with asking(world.bot) as ask:
        status, report = await ask()
    assert (status, report["connected"], report["database_writable"]) == (503, True, False)


async def test_the_page_answers_at_one_address_only_and_is_gone_afterwards(world):
    port = free_port()
    async with aiohttp.ClientSession() as client:
        async with health_page(port, lambda: world.bot), client.get(f"http://{HOST}:{port}/") as answer:
            assert answer.status == 404
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get(f"http://{HOST}:{port}/health")


async def test_a_port_that_is_taken_is_told_with_the_setting_to_change():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} is taken.*COPYDESK_HEALTH_PORT"):
            await health_page(port, lambda: None).__aenter__()


async def test_without_a_port_nothing_listens(world):
    async with health_page(None, lambda: world.bot):
        pass
