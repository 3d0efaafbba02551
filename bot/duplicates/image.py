"""The same image again, whatever was done to it on its way: two hashes of different kinds have to agree."""

import numpy as np
from numpy.typing import NDArray

from bot.duplicates.detector import key
from bot.duplicates.gist import Gist
from bot.model import ImageHash

_BITS = 256
_BANDS, _BAND_BITS = 24, 14
_STRIDES = (101, 37)  # odd: each walks through all bits, and neighbours are far apart
_LEAST_GRADIENTS = 24  # bits: what has fewer, such as a line on a blank page, is known by its bytes only
_WALK = np.arange(_BANDS * _BAND_BITS)
_PLACES = ((_WALK % _BITS) * np.array(_STRIDES)[_WALK // _BITS] % _BITS).reshape(_BANDS, _BAND_BITS)
_POWERS = 1 << np.arange(_BAND_BITS)
_Bits = NDArray[np.uint8]


class Image:
    """Keys a post by its images' bytes and by bands of their gradients; scores by the worse of two hashes.

    A band's key is the smaller of the image's and of its mirror image's, so that both have the same keys.
    """

    name = "image"
    certain = 0.86
    near = 0.72
    keys_per_post = 2.0

    def keys(self, gist: Gist) -> bytes:
        if not gist.image_text:
            return b""
        named = dict.fromkeys([name for image in gist.images for name in _names(image)])
        return b"".join([key(name, gist.salt) for name in named])

    def score(self, gist: Gist, earlier: Gist) -> float:
        """How alike the two most similar images of the posts are."""
        return max((likeness(one, other) for one in gist.images for other in earlier.images), default=0.0)


def likeness(image: ImageHash, earlier: ImageHash) -> float:
    """How alike two images are, 0 to 1: the less of what both hashes say, straight or mirrored."""
    if image.digest == earlier.digest:
        return 1.0
    if min(_count(image.gradients), _count(earlier.gradients)) < _LEAST_GRADIENTS:
        return 0.0
    straight = min(_share(image.gradients, earlier.gradients), _agreement(image.waves, earlier.waves))
    mirrored = min(_share(image.mirrored_gradients, earlier.gradients), _agreement(image.mirrored_waves, earlier.waves))
    return max(straight, mirrored)


def _names(image: ImageHash) -> list[bytes]:
    """What an image is indexed by."""
    if _count(image.gradients) < _LEAST_GRADIENTS:
        return [image.digest]
    bands = np.minimum(_bands(image.gradients), _bands(image.mirrored_gradients))
    return [image.digest, *(b"%d:%d" % band for band in enumerate(bands.tolist()))]


def _bands(gradients: bytes) -> NDArray[np.int64]:
    bands: NDArray[np.int64] = _bits(gradients)[_PLACES] @ _POWERS
    return bands


def _share(one: bytes, other: bytes) -> float:
    """The gradients that both have, of those that either has: a screenshot's empty parts prove nothing (Dice)."""
    common = int.from_bytes(one, "big") & int.from_bytes(other, "big")
    return 2 * common.bit_count() / (_count(one) + _count(other))


def _agreement(one: bytes, other: bytes) -> float:
    differing = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return 1 - differing.bit_count() / (8 * len(one))


def _count(bits: bytes) -> int:
    return int.from_bytes(bits, "big").bit_count()


def _bits(data: bytes) -> _Bits:
    return np.unpackbits(np.frombuffer(data, np.uint8))
