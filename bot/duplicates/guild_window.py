"""One server's recent posts in flat arrays: a ring by sequence number, and a table of all detectors' keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from struct import Struct

import numpy as np

from bot.duplicates.detector import Detector, Keys
from bot.duplicates.table import KeyTable
from bot.model import SeenPost

_KEY_BYTES = 4
_FIRST_ROOM = 256  # posts; doubled whenever they are used up
_ROW = np.dtype([("message", "<u8"), ("channel", "<u8"), ("author", "<u8"), ("at", "<f8"), ("content", "<u8")])
_pack_row = Struct("<QQQdQ").pack_into  # ten times as fast as numpy's assignment


class GuildWindow:
    """Posts have sequence numbers from 1; the place of a post in the ring is its number modulo the ring's size.

    A forgotten post leaves a hole that closes when the ring comes round. Times have microseconds until the year 2255.
    """

    def __init__(self, detectors: Sequence[Detector], max_posts: int, max_age: timedelta) -> None:
        self._detectors = tuple(detectors)
        self._max_posts = max_posts
        self._max_age = max_age
        self._oldest, self._next = 1, 1
        self._newest_message = 0
        self._alive = 0
        self._none_before = -inf  # the time of the oldest post, or earlier
        self._make_room(min(_FIRST_ROOM, max_posts))

    def __len__(self) -> int:
        return self._alive

    @property
    def max_age(self) -> timedelta:
        return self._max_age

    def bound(self, max_posts: int, max_age: timedelta) -> None:
        """Remember so much from now on; what is too much is forgotten at once, the room for it stays."""
        self._max_posts, self._max_age = max_posts, max_age
        while self._next - self._oldest > max_posts:
            self._drop(self._oldest)
            self._oldest += 1

    @property
    def nbytes(self) -> int:
        """The size of the arrays, without the gists."""
        return self._rows.nbytes + self._table.nbytes

    def gist(self, message_id: int) -> bytes | None:
        """What is held of a post, if it is remembered."""
        sequence = self._find(message_id)
        return None if sequence is None else self._gists[sequence % self._room]

    def posts_of(self, author_id: int) -> list[int]:
        """The messages of an author that are remembered."""
        places = np.flatnonzero(self._rows["author"] == np.uint64(author_id)).tolist()
        return [int(self._rows["message"][place]) for place in places if self._gists[place] is not None]

    def candidates(self, keys: Keys, most: int) -> list[tuple[int, bytes]]:
        """Sequence numbers and gists of posts that share a key: those that share more first, then the newest."""
        if not len(keys):
            return []
        found = self._table.find(keys, self._oldest, most)
        gists, room = self._gists, self._room
        return [(sequence, gist) for sequence in found if (gist := gists[sequence % room]) is not None]

    def post(self, sequence: int, guild_id: int) -> SeenPost:
        """A remembered post; its keys, which only storage needs, are left out."""
        row, gist = self._rows[sequence % self._room], self._gists[sequence % self._room]
        at = datetime.fromtimestamp(float(row["at"]), UTC)
        ids = (guild_id, int(row["channel"]), int(row["message"]), int(row["author"]))
        return SeenPost(*ids, at, {}, gist or b"", int(row["content"]))

    def add(self, post: SeenPost) -> None:
        if self._next - self._oldest >= min(self._room, self._max_posts):
            self._grow_or_drop()
        self._put(self._next, post)
        self._table.add(_all_keys([post]), self._next)
        self._next += 1

    def restore(self, posts: Sequence[SeenPost]) -> None:
        """Add many posts to an empty window at once, oldest first."""
        posts = posts[-self._max_posts :]
        room = self._room
        while room < len(posts):
            room = min(2 * room, self._max_posts)
        self._make_room(room)
        columns = [
            (post.message_id, post.channel_id, post.author_id, post.at.timestamp(), post.content) for post in posts
        ]
        sequences = np.arange(1, len(posts) + 1, dtype=np.uint64)
        places = (sequences % np.uint64(room)).astype(np.intp)
        self._rows[places] = np.array(columns, _ROW)
        for place, post in zip(places.tolist(), posts, strict=True):
            self._gists[place] = post.gist
        self._next = len(posts) + 1
        self._alive = len(posts)
        self._newest_message = max((post.message_id for post in posts), default=0)
        counts = [sum(map(len, post.keys.values())) // _KEY_BYTES for post in posts]
        self._table.fill(_all_keys(posts), np.repeat(sequences, counts))

    def forget(self, message_id: int, keys: Mapping[str, Keys]) -> bool:
        """Forget a post, whose keys these are; say whether it was remembered."""
        sequence = self._find(message_id)
        if sequence is None:
            return False
        for values in keys.values():
            self._table.discard(values, sequence)
        self._drop(sequence)
        return True

    def drop_oldest(self) -> None:
        """Forget the oldest remembered post."""
        self._none_before = -inf
        while self._oldest < self._next:
            self._oldest += 1
            if self._drop(self._oldest - 1):
                return

    def expire(self, now: datetime) -> None:
        limit = (now - self._max_age).timestamp()
        if self._none_before >= limit:
            return
        ages = self._rows["at"]
        while self._oldest < self._next and ages[self._oldest % self._room] < limit:
            self._drop(self._oldest)
            self._oldest += 1
        self._none_before = float(ages[self._oldest % self._room]) if self._oldest < self._next else -inf

    def _put(self, sequence: int, post: SeenPost) -> None:
        place = sequence % self._room
        ids = (post.message_id, post.channel_id, post.author_id)
        _pack_row(self._row_bytes, place * _ROW.itemsize, *ids, post.at.timestamp(), post.content)
        self._gists[place] = post.gist
        self._newest_message = max(self._newest_message, post.message_id)
        self._alive += 1

    def _find(self, message_id: int) -> int | None:
        """A post's sequence number. Message ids ascend, so that a new post's is seen to be new without a search."""
        if message_id > self._newest_message or not self._alive:
            return None
        for place in np.flatnonzero(self._rows["message"] == np.uint64(message_id)).tolist():
            if self._gists[place] is not None:
                return self._next - 1 - (self._next - 1 - place) % self._room
        return None

    def _drop(self, sequence: int) -> bool:
        place = sequence % self._room
        if self._gists[place] is None:
            return False
        self._gists[place] = None
        self._alive -= 1
        return True

    def _grow_or_drop(self) -> None:
        if self._room >= self._max_posts:
            self._drop(self._oldest)
            self._oldest += 1
            self._none_before = -inf
            return
        rows, gists, table, old_room = self._rows, self._gists, self._table, self._room
        self._make_room(min(2 * old_room, self._max_posts))
        kept = np.arange(self._oldest, self._next)
        self._rows[kept % self._room] = rows[kept % old_room]
        for sequence in kept.tolist():
            self._gists[sequence % self._room] = gists[sequence % old_room]
        table.moved_to(self._table, self._oldest)

    def _make_room(self, posts: int) -> None:
        self._room = posts
        self._rows = np.zeros(posts, _ROW)
        self._row_bytes = self._rows.view(np.uint8).data
        self._gists: list[bytes | None] = [None] * posts
        self._table = KeyTable(posts * sum(one.keys_per_post for one in self._detectors))


def _all_keys(posts: Iterable[SeenPost]) -> Keys:
    return np.frombuffer(b"".join([keys for post in posts for keys in post.keys.values()]), "<u4")


def packed(keys: Mapping[str, Keys]) -> dict[str, bytes]:
    """Keys as ``SeenPost`` carries them: four bytes each, little-endian; detectors without keys are left out."""
    return {name: values.astype("<u4", copy=False).tobytes() for name, values in keys.items() if len(values)}


def in_order(posts: Iterable[SeenPost]) -> dict[int, list[SeenPost]]:
    """The posts by server."""
    by_guild: defaultdict[int, list[SeenPost]] = defaultdict(list)
    for post in posts:
        by_guild[post.guild_id].append(post)
    return by_guild
