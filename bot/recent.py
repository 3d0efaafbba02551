"""What happened lately, as far back as memory may reach."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)


class Recent(Generic[Thing]):
    """The last so many things that were noted, each once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: dict[Thing, None] = {}

    def __contains__(self, thing: Thing) -> bool:
        return thing in self._things

    def note(self, things: Iterable[Thing]) -> None:
        self._things.update(dict.fromkeys(things))
        while len(self._things) > self._most:
            del self._things[next(iter(self._things))]
