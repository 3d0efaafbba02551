"""Small parts that several tests use: a clock that stands, a post, and a simulated server."""

import asyncio
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import discord
import simcord
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.app import Copydesk, build_bot
from bot.case import Case, CaseQuery, Ruling
from bot.claims.semantic import SemanticRanker
from bot.config.changes import Change, ChangeSet
from bot.duplicates.detector import Detector
from bot.duplicates.gist import Gist
from bot.duplicates.plain import KEY_BYTES
from bot.errors import DeliveryDelayedError
from bot.faq.files import explainers_folder, read_explainers
from bot.faq.ranker import load_ranker
from bot.model import Effect, EffectKind, Mode, Post, Repeat, SeenPost
from bot.outbox import Delivered
from bot.sandbox import simcord_internals
from bot.storage.database import Database
from bot.storage.protocols import CaseStore, ChangeAuthor, Verdict

simcord_internals.settle_quickly()

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD, CHANNEL, AUTHOR = 1, 10, 100
CLAIM = "so they hoover up the whole internet, sell it back to us for 20 bucks a month, and somehow thats legal"
CLAIM_TOPIC = "training-illegal"
CHATTER = "The tram to the harbour is late again, bring a book and a warm coat with you"
_ids = count(1000)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def make_post(text: str = CHATTER, **fields) -> Post:
    """A post with a fresh number; any field can be given."""
    place = {"guild_id": GUILD, "channel_id": CHANNEL, "message_id": next(_ids), "author_id": AUTHOR, "at": START}
    return Post(**{**place, "text": text, **fields})


async def choose(policies, guild_id: int, *changes: Change) -> ChangeSet | None:
    """Change settings, as an admin would by command."""
    return await policies.change(guild_id, changes, ChangeAuthor(1, START, "/test"))


async def set_mode(policies, guild_id: int, channel_id: int, mode: Mode) -> None:
    """Choose what is done in a channel."""
    await choose(policies, guild_id, Change("modes", mode, str(channel_id)))


async def set_moderators_channel(policies, guild_id: int, channel_id: int) -> None:
    """Choose where cases and suggestions go."""
    await choose(policies, guild_id, Change("moderators_channel_id", channel_id))


@cache
def shipped_ranker() -> SemanticRanker:
    """The real model on the shipped explainers; loading it takes a second."""
    return load_ranker({explainer.slug: explainer for explainer in read_explainers(explainers_folder())})


@dataclass
class World:
    """A server with #general (off until a test switches it on), #mod-queue, two members, a moderator and an admin."""

    env: simcord.Env
    bot: Copydesk
    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    queue: simcord.ChannelHandle
    alice: simcord.MemberActor
    bob: simcord.MemberActor
    moderator: simcord.MemberActor
    admin: simcord.MemberActor
    database: Database = field(repr=False)
    errors_expected: bool = False  # a test that provokes an error in the bot says so here

    async def switch_on(self, mode: Mode = Mode.ANSWER) -> None:
        """Choose the moderators' channel and the mode of #general, as the admin would by command."""
        policies = self.bot.services.policies
        await set_moderators_channel(policies, self.guild.id, self.queue.id)
        await set_mode(policies, self.guild.id, self.general.id, mode)

    async def restart(self) -> None:
        """Stop the bot and start a new one on the same database."""
        with self.env.time_context():
            self.bot = build_bot(self.database, ranker=shipped_ranker())
        await self.env.restart_bot(self.bot)

    def from_bot(self, channel: simcord.ChannelHandle) -> list[discord.Message]:
        """What the bot has posted in a channel, oldest first."""
        return [message for message in channel.history() if message.author.id == self.bot.user.id]


@asynccontextmanager
async def running_world(database: Database, **wiring: object) -> AsyncIterator[World]:
    """A running bot on a simulated server; an error in its handlers fails the test at the end."""
    bot = build_bot(database, **{"ranker": shipped_ranker(), **wiring})
    env = simcord.Env(bot)  # not simcord.run: fixtures begin and end in different contexts
    await env.start()
    try:
        world = _build_world(env, database)
        yield world
        if not world.errors_expected:
            env.raise_errors()
    finally:
        await env.shutdown()


def _build_world(env: simcord.Env, database: Database) -> World:
    bot = env.bot
    guild = env.create_guild("Test server")
    rights = discord.PermissionOverwrite(
        view_channel=True, send_messages=True, manage_messages=True, embed_links=True, read_message_history=True
    )
    moderators = guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
    admins = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return World(
        env=env,
        bot=bot,
        guild=guild,
        general=guild.create_text_channel("general", overwrites={bot.user: rights}),
        queue=guild.create_text_channel("mod-queue", overwrites={bot.user: rights}),
        alice=guild.add_member(env.create_user("alice")),
        bob=guild.add_member(env.create_user("bob")),
        moderator=guild.add_member(env.create_user("moderator"), roles=[moderators]),
        admin=guild.add_member(env.create_user("admin"), roles=[admins]),
        database=database,
    )


def rows(database: Database, query: str, *values: object) -> list[dict]:
    """What the database holds, as the bot's readers see it."""
    return database.read_now(lambda db: list(db.query(query, values)))


def told(result: simcord.InteractionResult) -> str:
    """What the member who acted was told, and nobody else."""
    assert result.response.ephemeral
    return result.response.content


async def set_rights(world: World, channel: simcord.ChannelHandle, target: object, **rights: bool) -> None:
    """Choose what a member, the bot or a role may do in a channel; what is not named is as everywhere."""
    kind = OverwriteType.ROLE if isinstance(target, simcord.RoleHandle) else OverwriteType.MEMBER
    allow, deny = discord.PermissionOverwrite(**rights).pair()
    world.env.backend.set_overwrite(channel.id, Overwrite(target.id, kind, allow.value, deny.value))
    await world.env.settle()


async def open_case(world: World, text: str = CHATTER) -> discord.Message:
    """One member posts, another repeats it; return the newest card in the moderators' channel."""
    await world.alice.send(world.general, text)
    await world.bob.send(world.general, text.upper())
    return world.from_bot(world.queue)[-1]


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LoopClock(Clock):
    """A clock whose advance also lets the running event loop's timers come due, however long they are."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0
        loop = asyncio.get_running_loop()
        real = loop.time
        loop.time = lambda: real() + self._ahead

    def advance(self, **duration: float) -> None:
        super().advance(**duration)
        self._ahead += timedelta(**duration).total_seconds()


class Hold:
    """A point at which a ``ScriptedSender`` stops until it is let go: before Discord has the message, or after."""

    def __init__(self, *, after: bool = False) -> None:
        self.after = after
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def stop(self) -> None:
        self.reached.set()
        await self.released.wait()


class LostReceiptError(DeliveryDelayedError):
    """Discord did what was asked, and the connection broke before it could say so."""


class ScriptedSender:
    """A ``Sender`` and the Discord behind it, which outlives the bot's processes.

    Each send takes the next step of ``script``: an error (a ``LostReceiptError`` comes after the message did) or a
    ``Hold``; without one it succeeds. ``messages`` are those that stand on Discord, by the effect that they show;
    ``shown`` is each version that arrived, in order.
    """

    def __init__(self, *script: Exception | Hold) -> None:
        self.script = deque(script)
        self.search_script: deque[Exception | Hold] = deque()
        self.tries: list[str] = []
        self.shown: list[tuple[str, int]] = []
        self.messages: defaultdict[str, list[int]] = defaultdict(list)
        self.arrivals: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, effect: Effect) -> Delivered:
        self.tries.append(effect.key)
        step = await self._step(self.script)
        delivered = self._show(effect)
        if isinstance(step, LostReceiptError):
            raise step
        if step is not None and step.after:
            await step.stop()
        return delivered

    async def find(self, effect: Effect) -> Delivered | None:
        await self._step(self.search_script)
        found = self.messages[effect.key]
        return Delivered(CHANNEL, found[0]) if found else None

    async def arrival(self) -> str:
        """The key of the next send that arrives, in the order in which they do."""
        return await asyncio.wait_for(self.arrivals.get(), 5)

    async def _step(self, script: deque[Exception | Hold]) -> Hold | LostReceiptError | None:
        step = script.popleft() if script else None
        if isinstance(step, Exception) and not isinstance(step, LostReceiptError):
            raise step
        if isinstance(step, Hold) and not step.after:
            await step.stop()
        return step

    def _show(self, effect: Effect) -> Delivered:
        self.shown.append((effect.key, effect.wanted))
        self.arrivals.put_nowait(effect.key)
        if effect.kind is EffectKind.DELETE:
            return Delivered()
        if effect.message_id is None:
            self.messages[effect.key].append(next(_ids))
        return Delivered(CHANNEL, effect.message_id or self.messages[effect.key][-1])


def keys_of(detector: Detector, gist: Gist) -> list[int]:
    """A detector's keys as numbers."""
    keys = detector.keys(gist)
    return list(struct.unpack(f"<{len(keys) // KEY_BYTES}I", keys))


def make_seen(post: Post, key: int = 7) -> SeenPost:
    """What the window remembers of a post, with one key of the exact detector."""
    ids = (post.guild_id, post.channel_id, post.message_id, post.author_id)
    return SeenPost(*ids, post.at, key.to_bytes(4, "little"), f"gist {key}\n\n\n\n\n".encode(), key)


def make_repeat(of: Post, key: int = 7) -> Repeat:
    """A certain repeat of a post."""
    return Repeat(make_seen(of, key), "exact", key, 1.0, "certain")


async def recorded(cases: CaseStore, post: Post, repeat: Repeat, now: datetime = START) -> Case:
    """The case that a repeat opens or joins."""
    ref = await cases.record(post, repeat, now)
    return await cases.get(post.guild_id, ref.id)


async def judged(cases: CaseStore, case: Case, ruling: Ruling, verdict: Verdict) -> Case:
    """The case as it is once judged."""
    await cases.judge(case.guild_id, case.id, ruling, verdict)
    return await cases.get(case.guild_id, case.id)


async def waiting(cases: CaseStore, guild: int = GUILD, now: datetime = START) -> list[Case]:
    """The cases that wait for a moderator, oldest first."""
    found, _ = await cases.page(guild, CaseQuery(size=100), 0, now)
    return list(found)


@asynccontextmanager
async def busy_writer(database: Database) -> AsyncIterator[None]:
    """The database's writer is busy until the end of the block: what is written meanwhile waits, in order."""
    async with _busy(database.write):
        yield


@asynccontextmanager
async def busy_readers(database: Database) -> AsyncIterator[None]:
    """Both of the database's readers are busy until the end of the block."""
    async with _busy(database.read), _busy(database.read):
        yield


@asynccontextmanager
async def _busy(run: Callable[[Callable[[object], None]], Awaitable[None]]) -> AsyncIterator[None]:
    started, finished = threading.Event(), threading.Event()

    def work(_: object) -> None:
        started.set()
        finished.wait(10)

    working = asyncio.ensure_future(run(work))
    await asyncio.to_thread(started.wait, 10)
    try:
        yield
    finally:
        finished.set()
        await working


async def turns(number: int = 20) -> None:
    """Let the tasks that are ready run, a few times over."""
    for _ in range(number):
        await asyncio.sleep(0)


EXPLAINER_FILE = """\
+++
title = "Is it legal?"
aliases = ["case one"]
jurisdictions = ["US"]
as_of = 2026-07-05
review_by = 2027-02-15
related = []
claims = ["the harbour tram is legal"]
not_claims = ["is lunch ready"]

[[sources]]
id = "ruling"
title = "A ruling"
publisher = "A court"
url = "https://court.example/ruling"
date = 2026-01-02
kind = "judgment"
jurisdiction = "US"
checked = "read"
+++
It depends.[^ruling]

## Settled
One thing.[^ruling]

## Disputed
### It is
One case.
### It is not
The other case.

## Undecided
Another thing.

## Commonly got wrong
A mistake.
"""


def write_explainer(folder: Path, slug: str, old: str = "", new: str = "") -> Path:
    """Write ``EXPLAINER_FILE`` with one text changed. Explainers of one folder must differ in their claims."""
    assert old in EXPLAINER_FILE
    path = folder / f"{slug}.md"
    path.write_text(EXPLAINER_FILE.replace(old, new, 1) if old else EXPLAINER_FILE, encoding="utf-8")
    return path
