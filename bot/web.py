"""A page for monitoring, on loopback: is the bot connected, and does the database take writes?"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.app import Copydesk
from bot.errors import ConfigurationError, StoreError

HOST = "127.0.0.1"


@asynccontextmanager
async def health_page(port: int | None, current_bot: Callable[[], Copydesk | None]) -> AsyncIterator[None]:
    """Serve ``/health`` while the context lasts; without a port, serve nothing.

    Raises:
        ConfigurationError: the port is taken.
    """
    if port is None:
        yield
        return

    async def health(_: web.Request) -> web.Response:
        report = await _report(current_bot())
        return web.json_response(report, status=200 if report["healthy"] else 503)

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigurationError(
            [f"port {port} is taken: choose another COPYDESK_HEALTH_PORT ({error.strerror})"]
        ) from error
    try:
        yield
    finally:
        await runner.cleanup()


async def _report(bot: Copydesk | None) -> dict[str, bool | int]:
    connected = bot is not None and bot.is_ready() and bot.ws.open  # ready it stays, also while the connection is gone
    writable = bot is not None and await _takes_writes(bot)
    posts = len(bot.services.window) if bot is not None else 0
    return {
        "healthy": connected and writable,
        "connected": connected,
        "database_writable": writable,
        "posts_in_window": posts,
    }


async def _takes_writes(bot: Copydesk) -> bool:
    try:
        await bot.services.meta.set("health", "ok")
    except StoreError:
        return False
    return True
