"""Attachments in, hashes out: within limits of number, size and time, and never on the event loop."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from bot.errors import ImageError
from bot.images.cdn import IMAGE_TYPES
from bot.images.hashes import image_hash
from bot.model import Attachment, ImageHash

log = logging.getLogger(__name__)

_REMEMBERED = 1_000  # images whose hashes are at hand


class ImageSource(Protocol):
    """Where attachments come from."""

    async def fetch(self, address: str, limit: int) -> bytes:
        """The bytes of an attachment.

        Raises:
            ImageError: it cannot be had, or has more than ``limit`` bytes.
        """
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """How much the images of posts may cost."""

    per_post: int = 4
    size: int = 10 * 1024 * 1024  # bytes: what Discord lets everybody upload
    seconds: float = 5.0  # from the post's arrival until its images are read: its judgement waits so long at most
    at_once: int = 4  # images in memory
    waiting: int = 32  # beyond, images are shed before posts wait


class ImageReader:
    """Reads each image once: an attachment never changes, and edits and repeated events bring it again."""

    def __init__(self, source: ImageSource, limits: ImageLimits | None = None) -> None:
        self._source = source
        self._limits = limits or ImageLimits()
        self._slots = asyncio.Semaphore(self._limits.at_once)
        self._decoding = ThreadPoolExecutor(1, thread_name_prefix="images")
        self._in_progress = 0
        self._known: OrderedDict[int, ImageHash | None] = OrderedDict()

    async def read(self, attachments: Sequence[Attachment]) -> tuple[ImageHash, ...]:
        """The hashes of a post's first images, in their order; what cannot be read in time is left out."""
        images = [one for one in attachments if one.content_type in IMAGE_TYPES][: self._limits.per_post]
        found = await asyncio.gather(*(self._read_in_time(image) for image in images))
        return tuple(one for one in found if one is not None)

    async def close(self) -> None:
        await self._source.close()
        self._decoding.shutdown(wait=False, cancel_futures=True)

    async def _read_in_time(self, image: Attachment) -> ImageHash | None:
        if image.id in self._known:
            return self._known[image.id]
        self._in_progress += 1
        try:
            async with asyncio.timeout(self._limits.seconds):
                found = await self._read(image)
        except TimeoutError:
            log.warning("image %d is left out: not read within %g s", image.id, self._limits.seconds)
            return None
        except ImageError as problem:
            log.warning("image %d is left out: %s", image.id, problem)
            return None
        finally:
            self._in_progress -= 1
        self._known[image.id] = found
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def _read(self, image: Attachment) -> ImageHash | None:
        if image.size > self._limits.size:
            raise ImageError(f"more than {self._limits.size:,} bytes")
        if self._in_progress > self._limits.waiting:
            raise ImageError("too many images at once")
        async with self._slots:
            data = await self._source.fetch(image.address, self._limits.size)
            return await asyncio.get_running_loop().run_in_executor(self._decoding, image_hash, data)
