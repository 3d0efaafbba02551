"""The supervisor's patience: back-off, signals, and which errors end it. How it meets a server is in tests/wire."""

import asyncio
import os
import signal

import discord
import pytest

from bot import supervisor as supervisor_module
from bot.errors import ConfigurationError, StoreError
from bot.supervisor import NO_CONTENT_INTENT, WRONG_TOKEN, Supervisor, stopped_by_signals

LONGEST = 5.0


class Bot:
    """Stands in for the Discord client: connects, then ends as it was told to, or lasts until it is closed."""

    def __init__(
        self, error: BaseException | None = None, *, lasts: bool = False, at_close: BaseException | None = None
    ) -> None:
        self.error = error
        self.at_close = at_close
        self.lasts = lasts
        self.token: str | None = None
        self.closed = 0
        self.started, self.ended = asyncio.Event(), asyncio.Event()

    async def start(self, token: str) -> None:
        self.token = token
        self.started.set()
        if self.lasts:
            await self.ended.wait()
        if self.error is not None:
            raise self.error

    async def close(self) -> None:
        self.closed += 1
        self.ended.set()
        if self.at_close is not None:
            raise self.at_close


@pytest.fixture(autouse=True)
def short_delays(monkeypatch) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_DELAY", 0.001)
    monkeypatch.setattr(supervisor_module, "LAST_DELAY", 0.005)


def delays(caplog) -> list[float]:
    """How long the supervisor said that it waits, each time."""
    return [record.args[0] for record in caplog.records if "connecting again" in record.msg]


def supervised(*bots: Bot) -> Supervisor:
    remaining = iter(bots)
    return Supervisor(lambda: next(remaining), "a token")


async def run_until(event: asyncio.Event, supervisor: Supervisor) -> None:
    running = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(event.wait(), LONGEST)
    supervisor.stop()
    await asyncio.wait_for(running, LONGEST)


async def test_the_delay_doubles_from_the_first_to_the_last(caplog):
    bots = [Bot(RuntimeError("broken")) for _ in range(5)]
    supervisor = supervised(*bots, Bot(discord.LoginFailure()))
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert delays(caplog) == [0.001, 0.002, 0.004, 0.005, 0.005]
    assert [bot.closed for bot in bots] == [1] * 5


async def test_a_connection_that_held_long_starts_the_delays_anew(caplog, monkeypatch):
    monkeypatch.setattr(supervisor_module, "HEALTHY_AFTER", -1.0)
    supervisor = supervised(*[Bot(RuntimeError("broken")) for _ in range(3)], Bot(discord.LoginFailure()))
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert delays(caplog) == [0.001] * 3


async def test_a_connection_that_ends_without_an_error_is_made_again(caplog):
    supervisor = supervised(Bot(), Bot(discord.LoginFailure()))
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert len(delays(caplog)) == 1


async def test_each_bot_gets_the_token_and_the_newest_is_known():
    first, second = Bot(RuntimeError("broken")), Bot(discord.LoginFailure())
    supervisor = supervised(first, second)
    assert supervisor.bot is None
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert supervisor.bot is second
    assert {first.token, second.token} == {"a token"}


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (discord.LoginFailure(), WRONG_TOKEN),
        (discord.PrivilegedIntentsRequired(None), NO_CONTENT_INTENT),
    ],
)
async def test_an_error_that_a_person_must_cure_is_raised_with_its_cause(error, remedy):
    bot = Bot(error)
    with pytest.raises(ConfigurationError) as caught:
        await asyncio.wait_for(supervised(bot).run(), LONGEST)
    assert caught.value.problems == (remedy,)
    assert caught.value.__cause__ is error
    assert bot.closed == 1


async def test_a_database_that_cannot_be_used_ends_it():
    def broken():
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        await asyncio.wait_for(Supervisor(broken, "a token").run(), LONGEST)


async def test_a_full_disk_at_the_end_of_a_connection_does_not_end_the_program(caplog):
    second = Bot(discord.LoginFailure())
    supervisor = supervised(Bot(RuntimeError("broken"), at_close=StoreError("the disk is full")), second)
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert supervisor.bot is second
    assert "could not be saved" in caplog.text


async def test_stop_closes_the_bot_and_waits_for_it():
    bot = Bot(lasts=True)
    supervisor = supervised(bot)
    await run_until(bot.started, supervisor)
    assert bot.closed == 1


async def test_stop_ends_the_wait_between_two_connections(monkeypatch):
    monkeypatch.setattr(supervisor_module, "FIRST_DELAY", 100 * LONGEST)
    supervisor = supervised(Bot(RuntimeError("broken")))
    asyncio.get_running_loop().call_later(0.05, supervisor.stop)
    await asyncio.wait_for(supervisor.run(), LONGEST)


async def test_a_supervisor_that_was_stopped_connects_no_more():
    supervisor = supervised()
    supervisor.stop()
    await asyncio.wait_for(supervisor.run(), LONGEST)
    assert supervisor.bot is None


async def test_an_error_while_stopping_is_nobodys_business(caplog):
    bot = Bot(RuntimeError("the connection was closed"), lasts=True)
    await run_until(bot.started, supervised(bot))
    assert not caplog.records


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_call_stop_only_while_the_context_lasts(number):
    stopped = asyncio.Event()
    async with stopped_by_signals(stopped.set):
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stopped.wait(), LONGEST)
    assert signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL)
