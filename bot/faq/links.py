"""Looks at sources' addresses. All that it meets may be hostile: it reaches public servers only, and reads little.

The final socket is judged, in the connector's socket factory: there is no way around it by a name, a redirect, another
way to write an address, or a name server that changes its mind.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.typedefs import LooseHeaders
from yarl import URL

from bot.faq.addresses import AddressPolicy
from bot.model import SourceCheck, SourceState

_STATES: Mapping[int, SourceState] = {
    HTTPStatus.NOT_FOUND: SourceState.DEAD,
    HTTPStatus.GONE: SourceState.DEAD,
    HTTPStatus.UNAUTHORIZED: SourceState.BLOCKED,
    HTTPStatus.FORBIDDEN: SourceState.BLOCKED,
    HTTPStatus.TOO_MANY_REQUESTS: SourceState.BLOCKED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: SourceState.BLOCKED,
}
_FOR_GOOD: frozenset[int] = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_REDIRECTS = _FOR_GOOD | {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT}
_HEADERS: LooseHeaders = {
    "User-Agent": "Copydesk (looks whether cited pages still stand)",
    "Accept-Encoding": "identity",
}
_CHUNK = 64 * 1024
_MAX_PROBLEM = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much time and traffic a check may cost."""

    seconds: float = 10.0  # for one request, from the look-up of the name to the last byte
    body: int = 512 * 1024  # bytes that are read of an answer
    redirects: int = 5
    at_once: int = 4  # addresses; their names are looked up in threads that the whole bot shares
    pace: float = 1.0  # seconds between two requests to one host


class LinkChecker:
    """Checks addresses: HEAD, then GET where HEAD finds no page, since many servers answer HEAD wrongly."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        policy: AddressPolicy | None = None,
        limits: Limits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._clock = clock
        self._policy = policy or AddressPolicy()
        self._limits = limits or Limits()
        self._resolver = resolver

    async def check(self, addresses: Collection[str]) -> AsyncGenerator[SourceCheck, None]:
        """Look at the addresses, several at once; yield what was found as it comes."""
        async with self._session() as session:
            visit = _Visit(session, self._limits)
            slots = asyncio.Semaphore(self._limits.at_once)
            tasks = [asyncio.create_task(self._check(visit, slots, address)) for address in addresses]
            try:
                for finished in asyncio.as_completed(tasks):
                    yield await finished
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _check(self, visit: "_Visit", slots: asyncio.Semaphore, address: str) -> SourceCheck:
        async with slots:
            answer = await visit.follow("HEAD", address)
            if not answer.is_page:
                answer = await visit.follow("GET", address)
        if answer.is_page:
            state = SourceState.MOVED if answer.moved_to else SourceState.OK
            return SourceCheck(address, state, self._clock(), answer.status, answer.moved_to)
        known = _STATES.get(answer.status or 0)
        if known is not None:
            return SourceCheck(address, known, self._clock(), answer.status)
        problem = answer.problem or f"answered {answer.status}"
        return SourceCheck(address, SourceState.UNCHECKED, self._clock(), answer.status, problem=_plain(problem))

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._socket, resolver=self._resolver),
            timeout=aiohttp.ClientTimeout(total=self._limits.seconds),
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # bytes are counted and dropped as they come, so that nothing swells
        )

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The socket that aiohttp connects next, to exactly this address; or no socket."""
        family, kind, protocol, _, target = info
        refused = self._policy.refusal(str(target[0]), int(target[1]))
        if refused is not None:
            raise OSError(refused)  # of this kind, so that aiohttp closes what belongs to the request
        return socket.socket(family, kind, protocol)


@dataclass(frozen=True, slots=True)
class _Answer:
    """How a chain of redirects ended: with a status, or with a problem."""

    status: int | None = None
    moved_to: str | None = None
    problem: str | None = None

    @property
    def is_page(self) -> bool:
        return (
            self.problem is None
            and self.status is not None
            and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES
        )


@dataclass(frozen=True, slots=True)
class _Visit:
    """One round of requests, which share a session and keep the hosts' pace."""

    session: aiohttp.ClientSession
    limits: Limits
    free_at: dict[str, float] = field(default_factory=dict)  # host -> the loop's time when it may be asked again

    async def follow(self, method: str, address: str) -> _Answer:
        """Request an address and what it redirects to; ``moved_to`` is where redirects for good lead."""
        moved_to, for_good = None, True
        try:
            url = _web_url(URL(address))
            for _ in range(self.limits.redirects + 1):
                status, location = await self._request(method, url)
                if location is None:
                    return _Answer(status, moved_to)
                url = _web_url(url.join(URL(location)))
                for_good = for_good and status in _FOR_GOOD
                moved_to = str(url) if for_good else moved_to
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _Answer(problem=self._problem(error))
        return _Answer(problem=f"more than {self.limits.redirects} redirects")

    async def _request(self, method: str, url: URL) -> tuple[int, str | None]:
        """The status, and where it redirects to if it does. Of a page, all up to the limit must come."""
        await self._wait_for_turn(url.host or "")
        async with self.session.request(method, url, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                return response.status, response.headers.get("Location")
            left = self.limits.body
            while left > 0 and (chunk := await response.content.read(min(left, _CHUNK))):
                left -= len(chunk)
            return response.status, None

    async def _wait_for_turn(self, host: str) -> None:
        now = asyncio.get_running_loop().time()
        turn = max(now, self.free_at.get(host, now))
        self.free_at[host] = turn + self.limits.pace
        await asyncio.sleep(turn - now)

    def _problem(self, error: Exception) -> str:
        match error:
            case TimeoutError():
                return f"no whole answer within {self.limits.seconds:g} s"
            case aiohttp.ClientConnectorDNSError():
                return "the name does not resolve"
            case aiohttp.ClientSSLError():
                return "no secure connection"
            case aiohttp.ClientConnectorError(os_error=reason):
                return f"no connection: {reason}"
            case ValueError():  # InvalidURL among them
                return f"not a web address: {error}"
            case _:
                return f"the answer broke off or made no sense ({type(error).__name__})"


def _plain(problem: str) -> str:
    """A problem as one short line: an error may quote what a server sent."""
    return "".join(char for char in problem if char.isprintable())[:_MAX_PROBLEM]


def _web_url(url: URL) -> URL:
    """The address itself, if it is one that a source or a redirect may have.

    Raises:
        ValueError: it is not.
    """
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("only http and https")
    if url.user is not None or url.password is not None:
        raise ValueError("it holds a user name")
    if not str(url).isprintable():
        raise ValueError("it holds control characters")
    return url
