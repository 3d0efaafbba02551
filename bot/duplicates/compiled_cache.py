"""numba's ``njit``, with a cache on disk that a change of any module beside the compiled one renews.

numba itself looks at a function's own module alone (https://github.com/numba/numba/issues/1833): after an upgrade it
would go on with what it had compiled of the others, and with their numbers.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from numba import config, njit
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

__all__ = ["njit"]


@cache
def _digest(folder: Path) -> str:
    modules = sorted(folder.glob("*.py"))
    return sha256(b"\0".join(module.read_bytes() for module in modules)).hexdigest()


class _ByFolder:
    _py_file: str

    def get_source_stamp(self) -> str:
        return _digest(Path(self._py_file).parent)


class Chosen(_ByFolder, UserProvidedCacheLocator):
    """Where ``NUMBA_CACHE_DIR`` says."""


class InTree(_ByFolder, InTreeCacheLocator):
    """Beside the module."""


class UserWide(_ByFolder, UserWideCacheLocator):
    """Where the user's programs keep such things."""


_LOCATORS = ",".join(f"{__name__}.{one.__name__}" for one in (Chosen, InTree, UserWide))
config.CACHE_LOCATOR_CLASSES = _LOCATORS  # type: ignore[attr-defined]  # numba reads its settings from the environment
