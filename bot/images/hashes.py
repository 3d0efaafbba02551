"""An image's bytes -> the hashes that know it again: recompressed, resized, framed, in grey or mirrored.

Two hashes of different kinds: which way the brightness goes between neighbouring places (difference hash, Krawetz
2013), and the lowest frequencies of the whole (DCT hash, Zauner 2010). Borders of one colour are cut off first.
"""

import math
import re
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from xxhash import xxh3_64_digest

from bot.errors import ImageError
from bot.model import ImageHash

MAX_PIXELS = 25_000_000  # 100 MB while it is decoded; larger than what phones and screens make
_MOST_SCANS = 64  # of a JPEG, a few bytes each, that go over all pixels once more; programs write ten
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")  # before a length; the others stand alone or in between
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_FORMATS = ("GIF", "JPEG", "PNG", "WEBP")
_SIDE = 768  # pixels to which an image is reduced before it is measured
_BACKGROUND = "white"  # behind transparent parts: most programs flatten to it
_CONTRAST = 32  # of 255, from which a pixel is not the border's colour any more
_HIGH_BYTE, _WHITE = 8, 255
_SPECKS = 0.01  # share of a line's pixels that may differ in a border
_LEAST_CONTENT = 0.2  # share of the area that must be left when borders are cut off
_FRAMES = 3  # one in another: a white margin in a black frame
_PLACES = 16
_FLAT = 1.0  # of 255: a smaller step is none, so that noise in a plain area is no gradient
_SAMPLES = 32
_WAVES = 8
_FREQUENCIES = np.arange(1, _WAVES + 1)[:, None]
_COSINES = np.cos(math.pi * _FREQUENCIES * (2 * np.arange(_SAMPLES)[None, :] + 1) / (2 * _SAMPLES))
_Grey = NDArray[np.float32]
_Box = tuple[int, int, int, int]  # left, upper, right, lower


def image_hash(data: bytes) -> ImageHash | None:
    """The hashes of an image, of its first frame if it is animated; None for one that shows nothing, as a blank page.

    Args:
        data: a PNG, JPEG, GIF or WebP file. It may be hostile: decoding is bounded by ``MAX_PIXELS``.

    Raises:
        ImageError: it is no such file, too large or damaged.
    """
    if _scans(data) > _MOST_SCANS:
        raise ImageError(f"more than {_MOST_SCANS} scans")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            grey = _grey(image)
    except ImageError:
        raise
    except Exception as error:  # the boundary to decoders that read hostile bytes: they raise whatever they like
        raise ImageError(f"cannot be decoded ({type(error).__name__})") from error
    box = _content(np.asarray(grey).astype(np.int16))
    if box is None:
        return None
    fine = grey.convert("F")
    places = np.asarray(fine.resize((_PLACES + 1, _PLACES), Image.Resampling.BOX, box), np.float32)
    samples = np.asarray(fine.resize((_SAMPLES, _SAMPLES), Image.Resampling.BOX, box), np.float32)
    return ImageHash(
        digest=xxh3_64_digest(data),
        gradients=_gradients(places),
        waves=_waves(samples),
        mirrored_gradients=_gradients(places[:, ::-1]),
        mirrored_waves=_waves(samples[:, ::-1]),
    )


def _scans(data: bytes) -> int:
    """How many scans a JPEG has; none in any other file."""
    scans, place = 0, 0 if data.startswith(b"\xff\xd8") else len(data)
    while (marker := _MARKER.search(data, place)) and marker[0] != _END:
        scans += marker[0] == _SCAN
        place = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return scans


def _grey(image: Image.Image) -> Image.Image:
    """The image in shades of grey, upright, reduced, on the background."""
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(f"more than {MAX_PIXELS:,} pixels")
    image.draft("L", (_SIDE, _SIDE))  # a JPEG is decoded at a fraction of its size
    factor = max(1, max(image.size) // _SIDE)
    if image.has_transparency_data:
        reduced = (image if image.mode == "RGBA" else image.convert("RGBA")).reduce(factor)
        reduced = Image.alpha_composite(Image.new("RGBA", reduced.size, _BACKGROUND), reduced)
    else:
        reduced = _in_bytes(image).convert("L").reduce(factor)
    return _upright(reduced, image.info.get("exif")).convert("L")


def _in_bytes(image: Image.Image) -> Image.Image:
    """The image with at most a byte a colour: of 16 bits, Pillow's conversion would cut off all but the darkest."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image) >> _HIGH_BYTE).clip(0, _WHITE).astype(np.uint8))


def _upright(image: Image.Image, exif: bytes | None) -> Image.Image:
    """The image as its camera was held; as it lies, where that cannot be read."""
    image.info = {} if exif is None else {"exif": exif}
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001  # a boundary, as above: a broken note must not hide the image
        image.info = {}
        return image


def _content(grey: NDArray[np.int16]) -> _Box | None:
    """What is left without borders of one colour; None where nothing is."""
    height, width = grey.shape
    box: _Box | None = None
    left, upper, right, lower = 0, 0, width, height
    for _ in range(_FRAMES):
        inner = grey[upper:lower, left:right]
        border = np.median(np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]]))
        differs = np.abs(inner - border) > _CONTRAST
        rows, columns = (np.flatnonzero(differs.mean(axis) > _SPECKS) for axis in (1, 0))
        if not len(rows) or not len(columns):
            return box
        upper, lower = upper + int(rows[0]), upper + int(rows[-1]) + 1
        left, right = left + int(columns[0]), left + int(columns[-1]) + 1
        if (right - left) * (lower - upper) < _LEAST_CONTENT * width * height:
            return box or (0, 0, width, height)
        box = (left, upper, right, lower)
    return box


def _gradients(places: _Grey) -> bytes:
    return np.packbits(places[:, 1:] - places[:, :-1] > _FLAT).tobytes()


def _waves(samples: _Grey) -> bytes:
    waves = _COSINES @ samples @ _COSINES.T
    return np.packbits(waves > np.median(waves)).tobytes()
