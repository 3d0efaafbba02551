"""The real bot under its supervisor, on whatever server discord.py points at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app import Copydesk, build_bot
from bot.storage.database import Database
from bot.supervisor import Supervisor
from tests.support import shipped_ranker
from tests.wire.fakecord import TOKEN, Fakecord
from tests.wire.payloads import ART

OTHER_CLAIM = "a style belongs to nobody, you cannot own a style"
LONGEST = 8.0  # seconds; a bot that has not ended by then hangs


def quickly_ready(bot: Copydesk, ready_after: float = 0.05) -> Copydesk:
    """The bot waits this many seconds for more servers after the last, then it is ready."""
    bot._connection.guild_ready_timeout = ready_after  # noqa: SLF001  # an option that the bot's constructor leaves out
    return bot


def with_the_model(database: Database) -> Copydesk:
    """The bot as an installation runs it."""
    return build_bot(database, ranker=shipped_ranker())


@asynccontextmanager
async def running_bot(
    database: Database, make: Callable[[Database], Copydesk] = with_the_model, *, ready_after: float = 0.05
) -> AsyncIterator[Supervisor]:
    """A supervised bot; stopped at the end as a signal would stop it."""
    supervisor = Supervisor(lambda: quickly_ready(make(database), ready_after), TOKEN)
    running = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        supervisor.stop()
        async with asyncio.timeout(LONGEST):
            await running


async def until_all_is_handled(fake: Fakecord) -> None:
    """Post a claim in #art-talk, where nobody has spoken; its answer comes after all that was sent before."""
    await fake.post(OTHER_CLAIM, channel_id=ART)
    await fake.until(lambda: fake.from_bot(ART))
