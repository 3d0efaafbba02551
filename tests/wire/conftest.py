"""The fake Discord, discord.py pointed at it, and the real bot connected to it."""

from datetime import timedelta

import discord
import pytest
import yarl

from bot.model import Mode
from bot.storage.database import Database
from bot.storage.policies import SqlitePolicyStore
from bot.supervisor import Supervisor
from tests.support import set_mode, set_moderators_channel
from tests.wire.fakecord import Fakecord, api_of, gateway_of, running_fakecord
from tests.wire.payloads import ART, GENERAL, GUILD, QUEUE
from tests.wire.running import running_bot


@pytest.fixture
async def fake(monkeypatch) -> Fakecord:
    async with running_fakecord() as fake:
        monkeypatch.setattr(discord.http.Route, "BASE", api_of(fake.origin))
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(gateway_of(fake.origin)))
        yield fake


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch) -> None:
    """What takes seconds in earnest: connecting again, another try, the next edit, a new session after a lost one."""

    async def at_once(bot, shard_id, *, initial=False):
        pass

    monkeypatch.setattr("bot.supervisor.FIRST_DELAY", 0.02)
    monkeypatch.setattr("bot.outbox._FIRST_RETRY", timedelta(seconds=0.02))
    monkeypatch.setattr("bot.outbox.EDIT_PACE", timedelta(seconds=0.02))
    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)


@pytest.fixture
async def watched(database) -> Database:
    """A database in which the server's channels are switched on."""
    policies = SqlitePolicyStore(database)
    await set_moderators_channel(policies, GUILD, QUEUE)
    for channel_id in (GENERAL, ART):
        await set_mode(policies, GUILD, channel_id, Mode.ANSWER)
    return database


@pytest.fixture
async def bot(fake, watched) -> Supervisor:
    """The real bot, connected, under its supervisor."""
    async with running_bot(watched) as supervisor:
        await fake.until(lambda: fake.identified == 1)
        yield supervisor
