"""Fetches attachments from Discord's CDN: no other host, no redirect, no more bytes than allowed."""

from collections.abc import Collection
from http import HTTPStatus

import aiohttp
from aiohttp.typedefs import LooseHeaders
from yarl import URL

from bot.errors import ImageError

ORIGINS = frozenset({URL("https://cdn.discordapp.com"), URL("https://media.discordapp.net")})
IMAGE_TYPES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
_HEADERS: LooseHeaders = {"User-Agent": "Copydesk (compares images)", "Accept-Encoding": "identity"}
_CHUNK = 64 * 1024


class DiscordCdn:
    """An ``ImageSource``; its connections open with the first image and end with ``close``."""

    def __init__(self, origins: Collection[URL] = ORIGINS) -> None:
        self._origins = frozenset(origins)
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, address: str, limit: int) -> bytes:
        try:
            url = URL(address, encoded=True)  # signed as it stands
            if url.origin() not in self._origins or url.user is not None:
                raise ImageError("its address is not of Discord's CDN")
            return await self._get(url, limit)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # their messages may hold the address
            raise ImageError(f"cannot be fetched ({type(error).__name__})") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _get(self, url: URL, limit: int) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=_HEADERS, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise ImageError(f"the CDN answered {response.status}")
            if response.content_type not in IMAGE_TYPES:
                raise ImageError("the CDN sent something else than an image")
            data = bytearray()
            while len(data) <= limit and (chunk := await response.content.read(_CHUNK)):
                data += chunk
        if len(data) > limit:
            raise ImageError(f"more than {limit:,} bytes")
        return bytes(data)
