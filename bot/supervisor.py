"""Keeps the real bot connected: signals, back-off, and the failures that only a person can cure."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord

from bot.app import Copydesk
from bot.errors import ConfigurationError, StoreError
from bot.settings import PORTAL

log = logging.getLogger(__name__)

FIRST_DELAY = 5.0
LAST_DELAY = 900.0  # discord.py reconnects by itself; this is for crashes. 1,000 sessions a day would reset the token
HEALTHY_AFTER = 600.0  # a connection that held this long starts the back-off anew

WRONG_TOKEN = (
    "Discord does not accept DISCORD_TOKEN. Open your application at"
    f" {PORTAL}, press Reset Token under Bot, and put the new one into .env."
)
NO_CONTENT_INTENT = (
    "Discord does not let this bot read messages yet. Open your application at"
    f" {PORTAL}, switch on Message Content Intent under Bot, save, and start again."
    " Commands alone work without it: COPYDESK_MESSAGE_CONTENT=off."
)


class Supervisor:
    """Runs one bot after the other until it is told to stop."""

    def __init__(self, make_bot: Callable[[], Copydesk], token: str) -> None:
        self._make_bot = make_bot
        self._token = token
        self._stopping = asyncio.Event()
        self._delay = FIRST_DELAY
        self.bot: Copydesk | None = None  # the one that runs

    def stop(self) -> None:
        """End cleanly: finish what is in progress, then leave."""
        self._stopping.set()

    async def run(self) -> None:
        """Keep a bot connected until ``stop``.

        Raises:
            ConfigurationError: Discord refuses the token or the intents; trying again is useless.
        """
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            started = loop.time()
            await self._run_one()
            if self._stopping.is_set():
                return
            if loop.time() - started > HEALTHY_AFTER:
                self._delay = FIRST_DELAY
            log.warning("connecting again in %.0f s", self._delay)
            try:
                await asyncio.wait_for(self._stopping.wait(), self._delay)
            except TimeoutError:
                self._delay = min(LAST_DELAY, self._delay * 2)

    async def _run_one(self) -> None:
        self.bot = bot = self._make_bot()
        connection = asyncio.create_task(bot.start(self._token), name="connection")
        stop = asyncio.create_task(self._stopping.wait(), name="stop")
        try:
            await asyncio.wait({connection, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            await _close(bot)
            connection.cancel()  # it may sleep for minutes before it connects again
            await asyncio.gather(connection, return_exceptions=True)
        if connection.cancelled() or (error := connection.exception()) is None:
            return
        problem = _needs_a_person(error)
        if problem is not None:
            raise ConfigurationError([problem]) from error
        log.error("the connection ended with an error", exc_info=error)


async def _close(bot: Copydesk) -> None:
    try:
        await bot.close()
    except StoreError:  # a full disk, for instance: the next connection begins where the disk has it
        log.exception("what was only in memory could not be saved; those posts are read again")


@asynccontextmanager
async def stopped_by_signals(stop: Callable[[], None]) -> AsyncIterator[None]:
    """Call ``stop`` on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _needs_a_person(error: BaseException) -> str | None:
    match error:
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return WRONG_TOKEN
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed(code=4013 | 4014):
            return NO_CONTENT_INTENT
        case _:
            return None
