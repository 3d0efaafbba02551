"""Every touch of SimCord's private parts, checked at import, so that a new version fails here and nowhere else.

SimCord 3.2.1 offers one preview an environment, a clock that stands at 1 January 2026, and attachments that only the
post shows which they came with; the sandbox needs a page for each member and channel, today's date, and thumbnails.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from simcord import ChannelHandle, Env, MemberActor, Preview
from simcord.backend import Backend
from simcord.backend.cdn import CDN_BASE, CdnStore
from simcord.preview._pages import _Page

from bot.errors import ImageError

SUPPORTED = "3.2.1"
_DISCORDS_CDN = "https://cdn.discordapp.com"


class SimcordChangedError(ImportError):
    """SimCord is not the version whose internals this module knows."""


def _check() -> None:
    backend = Backend()
    settle, mark = getattr(Env, "_settle_internal", None), getattr(Env, "_mark_mutation", None)
    action = getattr(Preview, "_action", None)
    known = {
        "version": version("simcord") == SUPPORTED,
        "Env._settle_internal(idle=...)": settle is not None and "idle" in (settle.__kwdefaults__ or {}),
        "Env._mark_mutation reads Env._preview": mark is not None and "_preview" in inspect.getsource(mark),
        "Preview._action(context_id, body)": action is not None
        and list(inspect.signature(action).parameters)[1:] == ["context_id", "body"],
        "Preview._action compares published_revision with its page's": action is not None
        and "published_revision != page.revision" in inspect.getsource(action),
        "Preview._mark_action_dispatched()": callable(getattr(Preview, "_mark_action_dispatched", None)),
        "Preview._advance_presentation_time()": callable(getattr(Preview, "_advance_presentation_time", None)),
        "Backend.clock._epoch": isinstance(getattr(getattr(backend, "clock", None), "_epoch", None), datetime),
        "Backend.transcript": isinstance(getattr(backend, "transcript", None), list),
        "Backend.cdn is a CdnStore": isinstance(getattr(backend, "cdn", None), CdnStore),
        "CdnStore._blobs": isinstance(getattr(CdnStore(), "_blobs", None), dict),
        "_Page._resolve_blob asks Preview._explicit_assets": "_explicit_assets.get(url)"
        in inspect.getsource(getattr(_Page, "_resolve_blob", _check)),
        "Backend.bot_user.name": getattr(getattr(backend, "bot_user", None), "name", None) == "TestBot",
    }
    broken = [name for name, holds in known.items() if not holds]
    if broken:
        raise SimcordChangedError(f"simcord {version('simcord')} has changed: {', '.join(broken)}; install {SUPPORTED}")


_check()


def settle_quickly() -> None:
    """Cure a dead wait of 50 ms after every action: nothing is pending then."""
    settle: Any = Env._settle_internal
    settle.__kwdefaults__["idle"] = 0.001


def set_identity(env: Env, name: str, now: datetime) -> None:
    """Name the bot and set the clock; before the environment starts."""
    env.backend.bot_user.name = name
    env.backend.clock._epoch = now


def activity(env: Env) -> int:
    """A number that grows with everything that happens on the simulated server."""
    return len(env.backend.transcript)


class SimulatedCdn(CdnStore):
    """The attachments of a simulated server, at addresses like Discord's; an ``ImageSource`` for the bot.

    SimCord shows what stands at its own addresses only in the post that it came with, not in a card's thumbnail.
    """

    def serve(self, env: Env) -> None:
        """Keep the environment's attachments from now on."""
        env.backend.cdn = self

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        stored = super().store_attachment(attachment_id, channel_id, filename, data, description)
        address = stored["url"].replace(CDN_BASE, _DISCORDS_CDN)
        self._blobs[address] = self._blobs.pop(stored["url"])
        return {**stored, "url": address, "proxy_url": address}

    async def fetch(self, address: str, limit: int) -> bytes:
        data = self.get(address)
        if data is None or len(data) > limit:
            raise ImageError("gone, or too large")
        return data

    async def close(self) -> None:
        """Nothing is open."""


class _Thumbnails:
    """Stands where a preview keeps pictures that it was given by hand, and gives it all attachments."""

    def __init__(self, cdn: CdnStore) -> None:
        self._cdn = cdn

    def get(self, address: str) -> tuple[str, bytes] | None:
        data = self._cdn.get(address)
        return (address.rpartition("/")[2], data) if data is not None else None


class Pages:
    """Several previews on one environment, one for each member in each channel, whose actions take turns."""

    def __init__(self, env: Env, turn: asyncio.Lock) -> None:
        self._env = env
        self._turn = turn
        self._previews: list[Preview] = []
        self._shown = 0

    async def open(self, channel: ChannelHandle, member: MemberActor) -> str:
        """Open a page and return its address; it closes with the environment."""
        env: Any = self._env
        env._preview = None  # it allows one at a time, and sees them all through ``_Dispatch``
        preview: Any = env.preview(channel, viewers=[member], layout="channel")
        await preview.__aenter__()
        self._previews.append(preview)
        preview._explicit_assets = _Thumbnails(self._env.backend.cdn)
        preview._action = self._in_turn(preview, preview._action)
        env._preview = _Dispatch(self._previews)
        return str(preview.url)

    async def refresh_changed(self) -> None:
        """Show what has happened since the last time; the caller holds the turn."""
        now = activity(self._env)
        if now == self._shown:
            return
        self._shown = now
        for preview in self._previews:
            if len(preview._pages) > 1:  # one is SimCord's own: a preview that no browser shows needs no new picture
                await preview.refresh()
            else:
                preview._advance_presentation_time()

    def _in_turn(
        self, preview: Preview, act: Callable[[str | None, Mapping[str, Any]], Awaitable[dict[str, Any]]]
    ) -> Callable[[str | None, Mapping[str, Any]], Awaitable[dict[str, Any]]]:
        async def take_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._turn:
                page = preview._pages.get(context_id or "")
                if page is not None:  # else each press would be refused where something has happened in the last second
                    body = {**body, "published_revision": page.revision}
                return await act(context_id, body)

        return take_turn


class _Dispatch:
    """Stands where the environment keeps its one preview, and tells all of them what it tells that one."""

    _closed = False

    def __init__(self, previews: Sequence[Preview]) -> None:
        self._previews = previews

    def _mark_action_dispatched(self) -> None:
        for preview in self._previews:
            preview._mark_action_dispatched()
