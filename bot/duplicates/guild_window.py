"""One server's recent posts in flat arrays: a ring by sequence number, and a table of all detectors' keys."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from struct import Struct
from typing import Literal

import numpy as np

from bot.duplicates.detector import Detector
from bot.duplicates.kernels import kernels
from bot.duplicates.memory import zeros
from bot.duplicates.plain import KEEP_ALL, KEY_BYTES
from bot.duplicates.table import KeyTable
from bot.duplicates.texts import TextRing
from bot.model import SeenPost

_FIRST_ROOM = 256  # posts; doubled whenever they are used up
_ROW = np.dtype([("message", "<u8"), ("channel", "<u8"), ("author", "<u8"), ("at", "<f8"), ("content", "<u8")])
_ROW_FORMAT = Struct("<QQQdQ")  # ten times as fast as numpy, one row at a time
_TIME_FORMAT = Struct("<24xd")
_MAX_CANDIDATES = 24  # posts compared for one detector: a raid must not make each check longer


class GuildWindow:
    """Posts have sequence numbers from 1; the place of a post in the ring is its number modulo the ring's size.

    A forgotten post leaves a hole that closes when the ring comes round. Times have microseconds until the year 2255.
    """

    def __init__(self, detectors: Sequence[Detector], max_posts: int, max_age: timedelta) -> None:
        self._detectors = tuple(detectors)
        self._sieves = np.array([getattr(one, "sieve", KEEP_ALL) for one in self._detectors], np.float64)
        self._lengths = Struct(f"<{len(self._detectors)}H")
        self._found = np.zeros((len(self._detectors), 1 + _MAX_CANDIDATES), np.uint64)
        self._max_posts = max_posts
        self._max_age = max_age
        self._oldest, self._next = 1, 1
        self.newest = 0  # the highest message id so far: they ascend, so that a new post is seen to be new
        self._alive = 0
        self._none_before = -inf  # the time of the oldest post, or earlier
        self._make_room(min(_FIRST_ROOM, max_posts))
        self._texts = TextRing(self._room)

    def __len__(self) -> int:
        return self._alive

    @property
    def max_age(self) -> timedelta:
        return self._max_age

    def bound(self, max_posts: int, max_age: timedelta) -> int:
        """Remember so much from now on; what is too much is forgotten at once: say how many. The room for it stays."""
        self._max_posts, self._max_age = max_posts, max_age
        before = self._alive
        while self._next - self._oldest > max_posts:
            self._drop_oldest()
        return before - self._alive

    @property
    def nbytes(self) -> int:
        """The size of the arrays."""
        return self._rows.nbytes + self._table.nbytes + self._texts.nbytes

    def find(self, message_id: int) -> int | None:
        """A post's sequence number, if it is remembered."""
        if message_id > self.newest or not self._alive:
            return None
        return next(map(self._sequence, self._places_of("message", message_id)), None)

    def gist(self, sequence: int) -> bytes:
        """What is held of a remembered post."""
        return self._texts[sequence % self._room]

    def candidates(self, keys: Sequence[bytes], packed: bytes = b"") -> list[list[int]]:
        """For each detector, the sequence numbers of posts that share its keys: those that share more, then the newest.

        Args:
            keys: each detector's.
            packed: the post; then some are left out that are too unlike it for the detector to score the pair.

        Returns:
            Nothing at all where nothing was found.
        """
        lengths, joined = self._lengths.pack(*map(len, keys)), b"".join(keys)
        found, texts = self._found, self._texts
        if not kernels().find(
            self._table.rows, joined, lengths, self._oldest, *texts.texts, self._sieves, packed, found
        ):
            return []
        numbers = [row[1 : 1 + row[0]] for row in found.tolist()]
        return [[sequence for sequence in row if sequence % self._room in texts] for row in numbers]

    def post(self, sequence: int, guild_id: int) -> SeenPost:
        """A remembered post; its keys, which only storage needs, are left out."""
        place = sequence % self._room
        message, channel, author, at, content = _ROW_FORMAT.unpack_from(self._row_bytes, place * _ROW.itemsize)
        ids = (guild_id, channel, message, author)
        return SeenPost(*ids, datetime.fromtimestamp(at, UTC), b"", self.gist(sequence), content)

    def add(self, post: SeenPost) -> int:
        """Remember a post; say how many were forgotten for it."""
        before = self._alive
        if self._next - self._oldest >= self._room or self._next - self._oldest >= self._max_posts:
            self._grow_or_drop()
        dropped = before - self._alive
        place = self._next % self._room
        columns = (post.message_id, post.channel_id, post.author_id, post.at.timestamp(), post.content)
        _ROW_FORMAT.pack_into(self._row_bytes, place * _ROW.itemsize, *columns)
        self._texts.put(place, post.gist, self._oldest % self._room)
        self._table.add(post.keys, self._next)
        self._next += 1
        self._alive += 1
        self.newest = max(self.newest, post.message_id)
        return dropped

    def restored(self, posts: Sequence[SeenPost]) -> "GuildWindow":
        """A window with the same bounds and many posts, oldest first."""
        other = GuildWindow(self._detectors, self._max_posts, self._max_age)
        other._fill(posts[-self._max_posts :])
        return other

    def forget(self, message_id: int, keys: bytes) -> bool:
        """Forget a post, whose keys these are; say whether it was remembered."""
        sequence = self.find(message_id)
        if sequence is None:
            return False
        self._table.discard(keys, sequence)
        self._drop(sequence)
        return True

    def forget_all_of(self, column: Literal["author", "channel"], number: int) -> int:
        """Forget an author's posts, or a channel's; say how many these were. Their keys find nothing any more."""
        places = self._places_of(column, number)
        for place in places:
            self._drop(place)
        return len(places)

    def drop_oldest(self) -> None:
        """Forget the oldest remembered post."""
        before = self._alive
        while self._oldest < self._next and self._alive == before:
            self._drop_oldest()

    def expire(self, now: float) -> int:
        """Forget what is too old at a time, in seconds since 1970; say how many that were."""
        limit = now - self._max_age.total_seconds()
        if self._none_before >= limit:
            return 0
        before = self._alive
        while self._oldest < self._next and self._time(self._oldest) < limit:
            self._drop_oldest()
        self._none_before = self._time(self._oldest) if self._oldest < self._next else -inf
        return before - self._alive

    def _time(self, sequence: int) -> float:
        at: float
        (at,) = _TIME_FORMAT.unpack_from(self._row_bytes, sequence % self._room * _ROW.itemsize)
        return at

    def _places_of(self, column: str, number: int) -> list[int]:
        """Where the remembered posts are that have this number."""
        places: list[int] = np.flatnonzero(self._rows[column] == np.uint64(number)).tolist()
        return [place for place in places if place in self._texts]

    def _sequence(self, place: int) -> int:
        return self._next - 1 - (self._next - 1 - place) % self._room

    def _drop(self, sequence: int) -> None:
        if self._texts.drop(sequence % self._room):
            self._alive -= 1

    def _drop_oldest(self) -> None:
        self._drop(self._oldest)
        self._oldest += 1
        self._none_before = -inf

    def _grow_or_drop(self) -> None:
        if self._room >= self._max_posts:
            self._drop_oldest()
            return
        rows, table, old_room = self._rows, self._table, self._room
        self._make_room(min(2 * old_room, self._max_posts))
        kept = np.arange(self._oldest, self._next)
        self._rows[kept % self._room] = rows[kept % old_room]
        self._texts.rehouse(kept, self._room)
        table.move_to(self._table, self._oldest)

    def _fill(self, posts: Sequence[SeenPost]) -> None:
        """Put many posts into an empty window at once, oldest first."""
        room = self._room
        while room < len(posts):
            room = min(2 * room, self._max_posts)
        self._make_room(room)
        self._texts = TextRing(room)
        columns = [
            (post.message_id, post.channel_id, post.author_id, post.at.timestamp(), post.content) for post in posts
        ]
        sequences = np.arange(1, len(posts) + 1, dtype=np.uint64)
        places = (sequences % np.uint64(room)).astype(np.intp)
        self._rows[places] = np.array(columns, _ROW)
        self._texts.fill([post.gist for post in posts], places)
        self._next = len(posts) + 1
        self._alive = len(posts)
        self.newest = max((post.message_id for post in posts), default=0)
        counts = [len(post.keys) // KEY_BYTES for post in posts]
        self._table.fill(b"".join([post.keys for post in posts]), np.repeat(sequences, counts))

    def _make_room(self, posts: int) -> None:
        self._room = posts
        self._rows = zeros((posts,), _ROW)
        self._row_bytes = self._rows.view(np.uint8).data
        self._table = KeyTable(posts * sum(one.keys_per_post for one in self._detectors))


def in_order(posts: Iterable[SeenPost]) -> dict[int, list[SeenPost]]:
    """The posts by server."""
    by_guild: defaultdict[int, list[SeenPost]] = defaultdict(list)
    for post in posts:
        by_guild[post.guild_id].append(post)
    return by_guild
