"""The sandbox's own page, on loopback: links to the channels, and buttons that make something happen."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from importlib.resources import files
from string import Template

from aiohttp import web

from bot.errors import ConfigurationError
from bot.sandbox.discussion import DISCUSSION, Line
from bot.sandbox.world import HOUR, MEMBERS, MODES, Page, World, page_table, running_world
from bot.supervisor import stopped_by_signals

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_PACE = 1.0  # seconds between two posts of the discussion
_TICK = 1.0
_MAX_PICTURE = 10 * 1024 * 1024  # bytes


class Sandbox:
    """Answers the page's requests."""

    def __init__(self, world: World, pages: list[Page], port: int) -> None:
        self._world = world
        self._pages = pages
        self._hosts = (f"{HOST}:{port}", f"localhost:{port}")
        self._key = secrets.token_urlsafe(16)  # only this page may press the buttons
        self._played = 0
        self._playing: asyncio.Task[None] | None = None

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=_MAX_PICTURE)
        app.router.add_get("/", self._page)
        app.router.add_get("/state", self._state)
        app.router.add_post("/play", self._play)
        app.router.add_post("/repeat", self._does(self._world.post_a_repeat))
        app.router.add_post("/picture", self._picture)
        app.router.add_post("/hour", self._does(lambda: self._world.pass_time(HOUR)))
        return app

    async def tick(self) -> None:
        """Let simulated time follow real time."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                await self._world.pass_time(_TICK)
            except Exception:  # the boundary of a background task: it must go on
                log.exception("the clock of the sandbox stumbled")

    async def close(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Serve this page only: another site in the same browser must not drive the sandbox."""
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="Open the address that the sandbox printed.")
        if request.method == "POST" and request.headers.get("X-Sandbox-Key") != self._key:
            raise web.HTTPForbidden(text="Reload the page.")
        response = await handler(request)
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
        )
        return response

    async def _page(self, _: web.Request) -> web.Response:
        template = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
        channels = "".join(_channel_row(channel, pages) for channel, pages in page_table(self._pages).items())
        html = template.substitute(
            channels=channels,
            key=json.dumps(self._key),
            posts=len(DISCUSSION),
            members=_options(MEMBERS, ""),
            watched=_options(MODES, "#"),
        )
        return web.Response(text=html, content_type="text/html")

    async def _state(self, _: web.Request) -> web.Response:
        playing = self._playing is not None and not self._playing.done()
        return web.json_response({"playing": playing, "played": self._played, "posts": len(DISCUSSION)})

    async def _play(self, _: web.Request) -> web.Response:
        if self._playing is None or self._playing.done():
            self._playing = asyncio.create_task(self._play_discussion(), name="discussion")
        return web.Response(status=204)

    async def _picture(self, request: web.Request) -> web.Response:
        """Post the picture in the request's body as a member in a channel."""
        member, channel = request.query.get("member", ""), request.query.get("channel", "")
        picture = await request.read()
        if member not in MEMBERS or channel not in MODES or not picture:
            raise web.HTTPBadRequest(text="Choose a picture, a member and a channel.")
        await self._world.say(Line(member, channel, "", picture))
        return web.Response(status=204)

    async def _play_discussion(self) -> None:
        async for played in self._world.play():
            self._played = played
            await asyncio.sleep(_PACE)

    @staticmethod
    def _does(act: Callable[[], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(_: web.Request) -> web.Response:
            await act()
            return web.Response(status=204)

        return handler


async def serve(port: int, announce: Callable[[str], None]) -> None:
    """Run the sandbox until SIGINT or SIGTERM; ``announce`` gets its address once it can be opened.

    Raises:
        ConfigurationError: the port is taken.
    """
    stopping = asyncio.Event()
    async with stopped_by_signals(stopping.set), running_world() as (world, pages):
        sandbox = Sandbox(world, pages, port)
        runner = web.AppRunner(sandbox.app(), access_log=None)
        await runner.setup()
        clock = asyncio.create_task(sandbox.tick(), name="clock")
        try:
            await _listen(runner, port)
            announce(f"http://{HOST}:{port}/")
            await stopping.wait()
        finally:
            clock.cancel()
            await asyncio.gather(clock, return_exceptions=True)
            await sandbox.close()
            await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        other = port + 1
        remedy = f"Choose another, such as --port {other} (with make: make sandbox PORT={other})."
        raise ConfigurationError([f"Port {port} is taken. {remedy}"]) from error


def _options(names: Iterable[str], sign: str) -> str:
    return "".join(f'<option value="{name}">{sign}{name}</option>' for name in names)


def _channel_row(channel: str, pages: list[Page]) -> str:
    links = " ".join(f'<a href="{page.address}" target="_blank" rel="noopener">{page.member}</a>' for page in pages)
    return f"<tr><th>#{channel}</th><td>{links}</td></tr>"
