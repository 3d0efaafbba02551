"""One server's recent posts in flat arrays: a ring by sequence number, and a key table for each detector."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

import numpy as np

from bot.duplicates.detector import Detector, Keys
from bot.duplicates.table import KeyTable, Sequences
from bot.model import SeenPost

_FIRST_ROOM = 256  # posts; doubled whenever they are used up
_ROW = np.dtype([("message", "u8"), ("channel", "u8"), ("author", "u8"), ("at", "f8"), ("content", "u8")])


class Held(NamedTuple):
    """A remembered post as a detector's candidate."""

    sequence: int
    gist: bytes


class GuildWindow:
    """Posts have sequence numbers from 1; the place of a post in the ring is its number modulo the ring's size.

    A forgotten post leaves a hole that closes when the ring comes round. Times have microseconds until the year 2255.
    """

    def __init__(self, detectors: Sequence[Detector], max_posts: int, max_age: timedelta) -> None:
        self._detectors = tuple(detectors)
        self._max_posts = max_posts
        self._max_age = max_age.total_seconds()
        self._oldest, self._next = 1, 1
        self._newest_message = 0
        self._alive = 0
        self._make_room(min(_FIRST_ROOM, max_posts))

    def __len__(self) -> int:
        return self._alive

    @property
    def nbytes(self) -> int:
        """The size of the arrays, without the gists."""
        return self._rows.nbytes + sum(table.nbytes for table in self._tables.values())

    def gist(self, message_id: int) -> bytes | None:
        """What is held of a post, if it is remembered."""
        sequence = self._find(message_id)
        return None if sequence is None else self._gists[sequence % self._room]

    def posts_of(self, author_id: int) -> list[int]:
        """The messages of an author that are remembered."""
        places = np.flatnonzero(self._rows["author"] == np.uint64(author_id)).tolist()
        return [int(self._rows["message"][place]) for place in places if self._gists[place] is not None]

    def candidates(self, detector: str, keys: Keys, most: int) -> list[Held]:
        """The newest posts that share a key, at most so many; those that share more keys first."""
        if not len(keys):
            return []
        votes = Counter(self._tables[detector].find(keys).tolist())
        best = sorted(votes, key=lambda sequence: (votes[sequence], sequence), reverse=True)
        held = (self._held(sequence) for sequence in best)
        return list(islice((one for one in held if one is not None), most))

    def post(self, sequence: int, guild_id: int) -> SeenPost:
        """A remembered post; its keys, which only storage needs, are left out."""
        row, gist = self._rows[sequence % self._room], self._gists[sequence % self._room]
        at = datetime.fromtimestamp(float(row["at"]), UTC)
        ids = (guild_id, int(row["channel"]), int(row["message"]), int(row["author"]))
        return SeenPost(*ids, at, {}, gist or b"", int(row["content"]))

    def add(self, post: SeenPost) -> None:
        if self._next - self._oldest == self._room:
            self._grow_or_drop()
        sequence = self._next
        self._put(sequence, post)
        for name, keys in _arrays(post.keys).items():
            if name in self._tables and len(keys):
                self._tables[name].add(keys, sequence)
        self._next += 1

    def restore(self, posts: Sequence[SeenPost]) -> None:
        """Add many posts to an empty window at once, oldest first."""
        posts = posts[-self._max_posts :]
        while self._room < len(posts):
            self._grow_or_drop()
        for sequence, post in enumerate(posts, 1):
            self._put(sequence, post)
        self._next = len(posts) + 1
        for name, table in self._tables.items():
            packed = [post.keys.get(name, b"") for post in posts]
            counts = [len(keys) // 4 for keys in packed]
            sequences: Sequences = np.repeat(np.arange(1, len(posts) + 1, dtype=np.uint64), counts)
            table.fill(np.frombuffer(b"".join(packed), "<u4"), sequences)

    def forget(self, message_id: int, keys: Mapping[str, Keys]) -> bool:
        """Forget a post, whose keys these are; say whether it was remembered."""
        sequence = self._find(message_id)
        if sequence is None:
            return False
        for name, values in keys.items():
            self._tables[name].discard(values, sequence)
        self._drop(sequence)
        return True

    def drop_oldest(self) -> None:
        """Forget the oldest remembered post."""
        while self._oldest < self._next:
            self._oldest += 1
            if self._drop(self._oldest - 1):
                return

    def expire(self, now: datetime) -> None:
        limit = now.timestamp() - self._max_age
        while self._oldest < self._next and self._rows["at"][self._oldest % self._room] < limit:
            self._drop(self._oldest)
            self._oldest += 1

    def _put(self, sequence: int, post: SeenPost) -> None:
        place = sequence % self._room
        self._rows[place] = (post.message_id, post.channel_id, post.author_id, post.at.timestamp(), post.content)
        self._gists[place] = post.gist
        self._newest_message = max(self._newest_message, post.message_id)
        self._alive += 1

    def _held(self, sequence: int) -> Held | None:
        if not self._oldest <= sequence < self._next:
            return None
        gist = self._gists[sequence % self._room]
        return None if gist is None else Held(sequence, gist)

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
        if self._room == self._max_posts:
            self._drop(self._oldest)
            self._oldest += 1
            return
        rows, gists, tables, old_room = self._rows, self._gists, self._tables, self._room
        self._make_room(min(2 * old_room, self._max_posts))
        kept = np.arange(self._oldest, self._next)
        self._rows[kept % self._room] = rows[kept % old_room]
        for sequence in kept.tolist():
            self._gists[sequence % self._room] = gists[sequence % old_room]
        for name, table in tables.items():
            table.moved_to(self._tables[name], self._oldest)

    def _make_room(self, posts: int) -> None:
        self._room = posts
        self._rows = np.zeros(posts, _ROW)
        self._gists: list[bytes | None] = [None] * posts
        self._tables = {one.name: KeyTable(posts * one.keys_per_post) for one in self._detectors}


def _arrays(packed: Mapping[str, bytes]) -> dict[str, Keys]:
    return {name: np.frombuffer(keys, "<u4") for name, keys in packed.items()}


def packed(keys: Mapping[str, Keys]) -> dict[str, bytes]:
    """Keys as ``SeenPost`` carries them: four bytes each, little-endian; detectors without keys are left out."""
    return {name: values.astype("<u4").tobytes() for name, values in keys.items() if len(values)}


def in_order(posts: Iterable[SeenPost]) -> dict[int, list[SeenPost]]:
    """The posts by server."""
    by_guild: dict[int, list[SeenPost]] = {}
    for post in posts:
        by_guild.setdefault(post.guild_id, []).append(post)
    return by_guild
