"""The same text, whatever its dress: posts whose skeletons are equal."""

import numpy as np
from xxhash import xxh3_64_intdigest

from bot.duplicates.detector import NO_KEYS, Keys
from bot.duplicates.gist import Gist


class Exact:
    """Keys a post by the hash of its skeleton."""

    name = "exact"
    certain = 1.0
    near = 1.0
    keys_per_post = 1.0

    def keys(self, gist: Gist) -> Keys:
        if not gist.skeleton:
            return NO_KEYS
        digest = xxh3_64_intdigest(gist.skeleton.encode("utf-8", "replace"), seed=gist.salt)
        return np.frombuffer((digest >> 32).to_bytes(4, "little"), "<u4")

    def score(self, gist: Gist, earlier: Gist) -> float:
        return float(gist.skeleton == earlier.skeleton and gist.quotes == earlier.quotes)
