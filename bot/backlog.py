"""What the window has learnt and disk does not know yet, and how far each channel was read."""

from collections.abc import Callable, Iterable

from bot.errors import StoreError
from bot.model import Post, SeenPost
from bot.storage.protocols import FingerprintStore

SAVE_EVERY = 100  # posts; in between, a timer saves. Fewer than a channel is read back by, or a crash would lose some
_Place = tuple[int, int]  # server and channel


class Backlog:
    """After a crash, a channel is read back from where it was read to: so far all must be on disk."""

    def __init__(self, store: FingerprintStore, is_current: Callable[[SeenPost], bool]) -> None:
        self._store = store
        self._is_current = is_current
        self._seen: list[SeenPost] = []
        self._read_to: dict[_Place, int] = {}
        self._begun: set[_Place] = set()  # channels of which disk knows how far they were read

    def remember(self, seen: SeenPost) -> None:
        self._seen.append(seen)

    def note_read(self, post: Post) -> None:
        """All effects of a post are on disk: from now on a restart may skip it."""
        self._note(_place(post), post.message_id)

    def is_due(self, post: Post) -> bool:
        """Whether it is time to save: also at the first post of a channel, which could not be read back else."""
        return len(self._seen) >= SAVE_EVERY or _place(post) not in self._begun

    async def save(self, in_progress: Iterable[tuple[_Place, int]]) -> None:
        """Put all on disk.

        Args:
            in_progress: the posts whose effects are not on disk: after a crash now, these must be read again.
        """
        seen = [one for one in self._seen if self._is_current(one)]  # not deleted, not edited meanwhile
        self._seen = []
        read_to, self._read_to = self._read_to, {}
        for place, message_id in in_progress:
            if read_to.get(place, 0) >= message_id:
                self._note(place, read_to[place])
                read_to[place] = message_id - 1
        if not seen and not read_to:
            return
        try:
            await self._store.save(seen, read_to)
        except StoreError:
            self._seen = seen + self._seen
            for place, newest in read_to.items():
                self._note(place, newest)
            raise
        self._begun.update(read_to)

    def forget_guild(self, guild_id: int) -> None:
        self._read_to = {place: newest for place, newest in self._read_to.items() if place[0] != guild_id}
        self._begun = {place for place in self._begun if place[0] != guild_id}

    def _note(self, place: _Place, message_id: int) -> None:
        self._read_to[place] = max(message_id, self._read_to.get(place, 0))


def _place(post: Post) -> _Place:
    return post.guild_id, post.channel_id
