"""A small hostile internet on loopback: one admitted site, and a trap behind everything that must not be reached."""

import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import ThreadedResolver, web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.faq.addresses import AddressPolicy
from bot.faq.links import Limits, LinkChecker
from bot.model import SourceCheck
from tests.support import Clock

LOOPBACK = "127.0.0.1"
BOMB = gzip.compress(bytes(100 << 20))
ESCAPES = "http://\u2100h\x1b31m/"  # an address that the parser refuses with its text, and a terminal's escape in it
QUICK = Limits(seconds=0.5, pace=0.0)


class Names(AbstractResolver):
    """Name service from a table; numeric forms and localhost go to the system's, which reads them as C does."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        self._table = table
        self._system = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        if host not in self._table:
            if any(char.isalpha() for char in host.removeprefix("0x")) and "localhost" not in host.lower():
                raise OSError("no such name")
            return await self._system.resolve(host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._table[host]
        ]

    async def close(self) -> None:
        await self._system.close()


@dataclass(frozen=True, slots=True)
class WatchedPolicy(AddressPolicy):
    """The rules under test, with a list of the sockets that they let through."""

    granted: list[tuple[str, int]] = field(default_factory=list)

    def refusal(self, address: str, port: int) -> str | None:
        refused = AddressPolicy.refusal(self, address, port)
        if refused is None:
            self.granted.append((address, port))
        return refused


@dataclass
class Site:
    """The admitted server. ``/status/N`` answers N; ``/to/N?url=`` redirects; the rest misbehaves."""

    port: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)  # method, path
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)  # bytes of endless answers

    def url(self, path: str, host: str = LOOPBACK) -> str:
        return f"http://{host}:{self.port}{path}"

    def redirect(self, target: str, status: int) -> str:
        """The address of a page that redirects there."""
        return str(URL(self.url(f"/to/{status}")).with_query(url=target))

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._note])
        app.router.add_route("*", "/status/{status}", self._status)
        app.router.add_route("*", "/to/{status}", self._redirect)
        app.router.add_route("*", "/no-location", self._no_location)
        app.router.add_route("*", "/loop", self._loop)
        app.router.add_route("*", "/escapes", self._escapes)
        for path, answer in {
            "/bomb": self._bomb,
            "/endless": self._endless,
            "/drip": self._drip,
            "/only-get": self._page,
            "/cut": self._cut,
        }.items():
            app.router.add_get(path, answer, allow_head=False)
        app.router.add_get("/slow-head", self._page, allow_head=False)
        app.router.add_head("/slow-head", self._never)
        return app

    @web.middleware
    async def _note(self, request, handler):
        self.requests.append((request.method, request.path))
        self.headers.append(dict(request.headers))
        return await handler(request)

    async def _status(self, request):
        return web.Response(status=int(request.match_info["status"]), headers={"Set-Cookie": "a=b"})

    async def _redirect(self, request):
        return web.Response(status=int(request.match_info["status"]), headers={"Location": request.query["url"]})

    async def _no_location(self, request):
        return web.Response(status=302)

    async def _loop(self, request):
        return web.Response(status=302, headers={"Location": "/loop"})

    async def _escapes(self, request):
        request.transport.write(
            b"HTTP/1.1 302 Found\r\nLocation: " + ESCAPES.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        )
        request.transport.close()
        return web.Response()

    async def _page(self, request):
        return web.Response(text="a page")

    async def _never(self, request):
        await asyncio.Event().wait()

    async def _bomb(self, request):
        return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})

    async def _cut(self, request):
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        request.transport.close()
        return response

    async def _endless(self, request):
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(bytes(1 << 16))
                self.sent[request.path] += 1 << 16
        return response

    async def _drip(self, request):
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b".")
                await asyncio.sleep(0.02)  # what makes it a drip; no test waits for it
        return response


@dataclass
class Web:
    """The site, the trap, and a checker that may reach the site alone."""

    site: Site
    trap_port: int
    policy: WatchedPolicy
    names: Names
    clock: Clock
    trapped: list[str] = field(default_factory=list)

    def checker(self, limits: Limits = QUICK) -> LinkChecker:
        return LinkChecker(self.clock, self.policy, limits, self.names)

    def running(self) -> list[str]:
        """The checker's tasks that have not ended."""
        return [name for task in asyncio.all_tasks() if "LinkChecker" in (name := repr(task.get_coro()))]

    async def look(self, *addresses: str, limits: Limits = QUICK) -> list[SourceCheck]:
        found = [check async for check in self.checker(limits).check(addresses)]
        return sorted(found, key=lambda check: addresses.index(check.address))


@asynccontextmanager
async def hostile_web(table: dict[str, list[str]]) -> AsyncIterator[Web]:
    """Run the site, and the trap on every local address, IPv6 included where the machine has it."""
    site = Site()
    runner = web.AppRunner(site.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    trapped: list[str] = []

    def spring(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trapped.append(writer.get_extra_info("sockname")[0])
        writer.close()

    trap = await asyncio.start_server(spring, "0.0.0.0", 0)  # noqa: S104  # every loopback address must meet it
    trap_port = trap.sockets[0].getsockname()[1]
    traps = [trap]
    with suppress(OSError):
        traps.append(await asyncio.start_server(spring, "::", trap_port, family=socket.AF_INET6))
    try:
        tcp = web.TCPSite(runner, LOOPBACK, 0)
        await tcp.start()
        site.port = runner.addresses[0][1]
        policy = WatchedPolicy(ports={80, 443, trap_port, site.port}, also={(LOOPBACK, site.port)})
        yield Web(site, trap_port, policy, Names(table), Clock(), trapped)
    finally:
        for server in traps:
            server.close()
            await server.wait_closed()
        await runner.cleanup()
