"""The sandbox as its visitors meet it: its address, its channels' pages, and what stands on them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from bot.sandbox.server import serve
from tests.support import free_port

LONGEST = 20.0  # seconds, on a busy machine
_ROW = re.compile(r"<tr><th>#([^<]+)</th><td>(.*?)</td>")
_LINK = re.compile(r'href="([^"]+)"[^>]*>([^<]+)<')


@asynccontextmanager
async def running_sandbox() -> AsyncIterator[str]:
    """``python -m bot sandbox`` in this process; yields its address."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(free_port(), address.set_result))
    try:
        yield await asyncio.wait_for(address, LONGEST)
    finally:
        serving.cancel()
        await asyncio.wait({serving}, timeout=LONGEST)


def links(html: str) -> dict[tuple[str, str], str]:
    """The channels' pages that the sandbox's own page names: (channel, member) -> address."""
    found = {channel: _LINK.findall(cell) for channel, cell in _ROW.findall(html)}
    return {(channel, member): address for channel, pages in found.items() for address, member in pages}


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again, as a browser does, until it holds."""
    async with asyncio.timeout(LONGEST):
        while not await check():  # noqa: ASYNC110  # what is asked is across a socket: nothing tells when it changes
            await asyncio.sleep(0.05)


class Tab:
    """One member's view of one channel."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self._client = client
        self._base, _, capability = address.partition("/#")
        self._headers = {"X-Simcord-Capability": capability}
        self._sent = 0
        self._shown: dict = {}  # what it was given last

    async def posts(self) -> list[str]:
        """The posts that it shows, oldest first, each with all that belongs to it as JSON."""
        self._shown = await (self._ask("GET", "state") if self._shown else self._ask("POST", "pages", {}))
        self._headers["X-Simcord-Context"] = self._shown["context"]["id"]
        return [json.dumps(post) for _, post in sorted(self._shown["messages"].items())]

    async def count(self, text: str) -> int:
        """How many of its posts show a text."""
        return sum(text in post for post in await self.posts())

    async def say(self, text: str) -> bool:
        """Post as its member, knowing what it was given last; whether that was accepted."""
        self._sent += 1
        body = {
            "protocol_version": self._shown["protocolVersion"],
            "sequence": self._sent,
            "request_id": str(self._sent),
            "generation": self._shown["context"]["generation"],
            "bot_generation": self._shown["botGeneration"],
            "published_revision": self._shown["publishedRevision"],
        }
        receipt = await self._ask("POST", "action", {**body, "kind": "send_message", "content": text})
        return not receipt["rejected"]

    async def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        async with self._client.request(method, f"{self._base}/api/{path}", headers=self._headers, json=body) as answer:
            return await answer.json()
