"""A small Discord on loopback: the REST routes and the gateway that the bot uses, with faults on request.

It keeps what Discord keeps (messages, events of the session, commands) and notes what it is asked. ``until`` waits for
something to happen on it; nothing here sleeps.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import discord
from aiohttp import web

from tests.support import CHATTER
from tests.wire import payloads
from tests.wire.payloads import ADA, BOT, GENERAL, GUILD, Json

TOKEN = "a.fake.token"  # noqa: S105  # of this server
_PATIENCE = 10.0  # seconds
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Request:
    """A REST request that arrived."""

    method: str
    path: str
    body: Json


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next requests of a kind."""

    method: str
    path: str  # a part of it
    status: int | None  # None: the connection breaks
    times: int
    done_first: bool  # Discord has acted, only its answer is lost


@dataclass
class Fakecord:
    """The server. Tests read its fields and call its verbs."""

    requests: list[Request] = field(default_factory=list)
    messages: dict[int, list[Json]] = field(default_factory=lambda: defaultdict(list))
    identified: int = 0
    intents: int = 0  # of the newest IDENTIFY
    resumed: int = 0
    overlap: int = 0  # events that a RESUME repeats although the client had them
    refuse_identify: int | None = None  # a close code
    gateway_down: bool = False
    turned_away: int = 0  # from a gateway that was down
    origin: str = ""
    remembers_nonces: bool = True  # Discord does for some minutes
    held: str | None = None  # a part of a path: such requests take effect, but their answers wait
    _faults: list[Fault] = field(default_factory=list)
    _events: list[Json] = field(default_factory=list)
    _socket: web.WebSocketResponse | None = None
    _line: asyncio.Transport | None = None  # beneath the newest socket
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    # what tests do and ask

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition on this server holds; fail after some seconds."""
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def asked(self, method: str, path: str) -> list[Request]:
        """The requests of a kind so far, refused ones too."""
        return [request for request in self.requests if request.method == method and path in request.path]

    def from_bot(self, channel_id: int) -> list[Json]:
        """What the bot's posts in a channel are, oldest first."""
        return [message for message in self.messages[channel_id] if message["author"]["id"] == str(BOT)]

    async def post(self, text: str = CHATTER, *, channel_id: int = GENERAL, author_id: int = ADA) -> Json:
        """A member posts."""
        return await self._add_message(channel_id, author_id, {"content": text})

    async def dispatch(self, name: str, data: Json) -> None:
        """Send a gateway event; a client that is away gets it when it resumes."""
        event = {"op": 0, "t": name, "s": len(self._events) + 1, "d": data}
        self._events.append(event)
        self._changed.set()
        if self._socket is not None:
            await self._socket.send_json(event)

    async def again(self, name: str) -> None:
        """Send the newest event of a name once more, as Discord does now and then."""
        await self.dispatch(name, next(event["d"] for event in reversed(self._events) if event["t"] == name))

    async def drop(self) -> None:
        """Break the gateway connection, without a word."""
        assert self._line is not None
        self._socket = None
        self._line.abort()

    async def invalidate(self) -> None:
        """End the session: what happens from now until the next IDENTIFY is not told."""
        assert self._socket is not None
        socket, self._socket = self._socket, None
        await socket.send_json({"op": 9, "d": False})

    def fail(
        self, method: str, path: str, status: int | None = None, *, times: int = 1, done_first: bool = False
    ) -> None:
        """Refuse the next requests of a kind, or (without a status) break their connections."""
        self._faults.append(Fault(method, path, status, times, done_first))

    def mend(self) -> None:
        """From now on nothing fails."""
        self._faults.clear()

    # REST

    async def rest(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read() or "{}")
        path = request.match_info["path"]
        self.requests.append(Request(request.method, path, {"list": body} if isinstance(body, list) else body))
        self._changed.set()
        try:
            if request.headers.get("Authorization") != f"Bot {TOKEN}":
                return _answer({"code": 0, "message": "401: Unauthorized"}, 401)
            fault = self._fault(request.method, path)
            if fault is None:
                answer = await self._route(request.method, path.split("/"), body, request)
                await self.until(lambda: self.held is None or self.held not in path)
                return answer
            if fault.done_first:
                await self._route(request.method, path.split("/"), body, request)
            if fault.status is None:
                assert request.transport is not None
                request.transport.abort()
            return _answer({"code": 50001, "message": "Missing Access"}, fault.status or 500)
        finally:
            self._changed.set()

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self._faults:
            if fault.times and fault.method == method and fault.path in path:
                fault.times -= 1
                return fault
        return None

    async def _route(self, method: str, path: list[str], body: Any, request: web.Request) -> web.Response:
        answer: Any = None
        match method, path:
            case "GET", ["users", "@me"]:
                answer = payloads.user(BOT)
            case "GET", ["oauth2", "applications", "@me"]:
                answer = payloads.application()
            case "PUT", ["applications", _, "commands"]:
                answer = []
            case "POST", ["channels", channel_id, "messages"]:
                answer = await self._add_message(int(channel_id), BOT, body)
            case "GET", ["channels", channel_id, "messages"]:
                answer = self._history(int(channel_id), request)
            case "PATCH", ["channels", channel_id, "messages", message_id]:
                answer = next(found for found in self.messages[int(channel_id)] if found["id"] == message_id)
                answer.update(body)
        return _answer({"code": 0, "message": "404: Not Found"}, 404) if answer is None else _answer(answer)

    async def _add_message(self, channel_id: int, author_id: int, body: Json) -> Json:
        for message in self.messages[channel_id]:
            if self.remembers_nonces and body.get("enforce_nonce") and message.get("nonce") == body["nonce"]:
                return message
        message_id = discord.utils.time_snowflake(discord.utils.utcnow()) + next(_numbers)
        message = payloads.message(message_id, channel_id, author_id) | body
        self.messages[channel_id].append(message)
        await self.dispatch("MESSAGE_CREATE", message | {"guild_id": str(GUILD), "member": payloads.member()})
        return message

    def _history(self, channel_id: int, request: web.Request) -> list[Json]:
        after = int(request.query.get("after", 0))
        found = [message for message in self.messages[channel_id] if int(message["id"]) > after]
        return found[: int(request.query["limit"])][::-1]

    # gateway

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        if self.gateway_down:
            self.turned_away += 1
            self._changed.set()
            return _answer({"message": "Service Unavailable"}, 503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._line = request.transport
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for frame in socket:
            match frame.json():
                case {"op": 1}:
                    await socket.send_json({"op": 11})
                case {"op": 2, "d": {"intents": intents}}:
                    self.intents = intents
                    await self._identify(socket)
                case {"op": 6, "d": {"session_id": session_id, "seq": seq}}:
                    await self._resume(socket, session_id, seq)
            self._changed.set()
        if self._socket is socket:
            self._socket = None
        self._changed.set()
        return socket

    async def _identify(self, socket: web.WebSocketResponse) -> None:
        session = self.identified + 1
        if self.refuse_identify is not None:
            self.identified = session
            await socket.close(code=self.refuse_identify)
            return
        self._socket = socket
        self._events.clear()
        newest = {channel_id: posts[-1]["id"] for channel_id, posts in self.messages.items() if posts}
        await self.dispatch("READY", payloads.ready(session, gateway_of(self.origin)))
        await self.dispatch("GUILD_CREATE", payloads.guild(newest))
        self.identified = session

    async def _resume(self, socket: web.WebSocketResponse, session_id: str, seq: int) -> None:
        if session_id != str(self.identified):
            await socket.send_json({"op": 9, "d": False})
            return
        sent = max(0, seq - self.overlap)
        while sent < len(self._events):  # more may happen meanwhile
            await socket.send_json(self._events[sent])
            sent += 1
        self._socket = socket
        await self.dispatch("RESUMED", {})
        self.resumed += 1


def api_of(origin: str) -> str:
    """What ``discord.http.Route.BASE`` must be for a server."""
    return f"{origin}/api/v10"


def gateway_of(origin: str) -> str:
    """What ``discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`` must be."""
    return f"{origin}/gateway".replace("http", "ws", 1)


@asynccontextmanager
async def running_fakecord() -> AsyncIterator[Fakecord]:
    """The server on a free port."""
    fake = Fakecord()
    app = web.Application()
    app.router.add_get("/gateway", fake.gateway)
    app.router.add_route("*", "/api/v10/{path:.*}", fake.rest)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.origin = "http://{}:{}".format(*runner.addresses[0])
        yield fake
    finally:
        await runner.cleanup()


def _answer(data: Any, status: int = 200) -> web.Response:
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, content_type="application/json")  # with a charset it would be text
