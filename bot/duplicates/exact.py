"""The same text, whatever its dress: posts whose skeletons are equal."""

from bot.duplicates.detector import key
from bot.duplicates.gist import Gist


class Exact:
    """Keys a post by the hash of its skeleton."""

    name = "exact"
    certain = 1.0
    near = 1.0
    keys_per_post = 1.0

    def keys(self, gist: Gist) -> bytes:
        skeleton = gist.skeleton
        return key(skeleton.encode("utf-8", "replace"), gist.salt) if skeleton else b""

    def score(self, gist: Gist, earlier: Gist) -> float:
        return float(gist.skeleton == earlier.skeleton and gist.quotes == earlier.quotes)
