"""The posts that a new one is compared with: per server bounded by count and age, over all servers by count."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.duplicates.comparison import Comparison, compare
from bot.duplicates.content import content_number
from bot.duplicates.detector import Detector
from bot.duplicates.gist import Gist
from bot.duplicates.guild_window import GuildWindow, in_order
from bot.model import Post, Repeat, SeenPost


class Window:
    """All servers' windows. When the whole is full, the server with the most posts gives up its oldest."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        *,
        posts_per_guild: int = 20_000,
        posts_in_all: int = 1_000_000,
        max_age: timedelta = timedelta(days=14),
    ) -> None:
        self._detectors = tuple(detectors)
        self._posts_per_guild = posts_per_guild
        self._posts_in_all = posts_in_all
        self.max_age = max_age
        self._guilds: dict[int, GuildWindow] = {}
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def contains(self, guild_id: int, message_id: int) -> bool:
        guild = self._guilds.get(guild_id)
        return guild is not None and guild.find(message_id) is not None

    def is_current(self, seen: SeenPost) -> bool:
        """Whether the post is still remembered in this version; one without keys, whether none is remembered."""
        return self._held(seen.guild_id, seen.message_id) == (seen.gist if seen.keys else None)

    def see(self, post: Post) -> tuple[SeenPost, tuple[Repeat, ...]]:
        """Remember the post; return what is remembered of it and the earlier posts that it repeats, surest first.

        A post that is seen again (a repeated gateway event, an edit) replaces its earlier version.
        """
        guild = self._guild(post.guild_id)
        if post.message_id <= guild.newest:
            self.forget(post.guild_id, post.message_id)
        self._total -= guild.expire(post.at.timestamp())
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        keys = self._keys(gist)
        repeats = self._repeats(post, gist, keys, guild)
        seen = SeenPost(
            post.guild_id,
            post.channel_id,
            post.message_id,
            post.author_id,
            post.at,
            b"".join(keys),
            gist.packed,
            repeats[0].key if repeats else 0,
        )
        self._add(guild, seen)
        return seen, repeats

    def look(self, post: Post) -> tuple[Repeat, ...]:
        """The earlier posts that a post repeats, surest first; the post itself may be remembered or not."""
        guild = self._guilds.get(post.guild_id)
        if guild is None:
            return ()
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        repeats = self._repeats(post, gist, self._keys(gist), guild)
        return tuple(repeat for repeat in repeats if repeat.of.message_id < post.message_id)

    def compare(self, post: Post) -> tuple[Comparison, ...]:
        """What each detector makes of a post, which may be remembered or not; nothing is remembered."""
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        keys = self._keys(gist)
        earlier = self._earlier(post, keys)
        parts = zip(self._detectors, keys, earlier, strict=True)
        return tuple(compare(detector, gist, own, seen) for detector, own, seen in parts)

    def remember(self, seen: SeenPost) -> None:
        """Add a post without comparing it."""
        self._add(self._guild(seen.guild_id), seen)

    def restore(self, posts: Iterable[SeenPost]) -> None:
        """Add the posts that storage kept, in the order in which they were seen.

        That takes tenths of a second for 100,000 posts. Another thread may do it while nothing else changes the window:
        each server's posts are there all at once.
        """
        for guild_id, seen in in_order(posts).items():
            guild = self._guild(guild_id)
            if len(guild):
                for post in seen:
                    self.remember(post)
            else:
                self._guilds[guild_id] = guild.restored(seen)
                self._total += len(self._guilds[guild_id])
        self._bound()

    def forget(self, guild_id: int, message_id: int) -> bool:
        """Forget a deleted post; say whether it was there."""
        held = self._held(guild_id, message_id)
        if held is None:
            return False
        gist = Gist.unpack(held, guild_id)
        self._guilds[guild_id].forget(message_id, b"".join(self._keys(gist)))
        self._total -= 1
        return True

    def bound(self, guild_id: int, posts: int, age: timedelta) -> None:
        """Choose how many posts of a server are remembered, and for how long."""
        self._total -= self._guild(guild_id).bound(posts, age)

    def forget_author(self, author_id: int) -> None:
        """Forget a member's posts, on all servers."""
        self._total -= sum(guild.forget_all_of("author", author_id) for guild in self._guilds.values())

    def forget_channel(self, guild_id: int, channel_id: int) -> None:
        """Forget the posts of a deleted channel."""
        guild = self._guilds.get(guild_id)
        self._total -= guild.forget_all_of("channel", channel_id) if guild is not None else 0

    def forget_guild(self, guild_id: int) -> None:
        self._total -= len(self._guilds.pop(guild_id, ()))

    def _held(self, guild_id: int, message_id: int) -> bytes | None:
        guild = self._guilds.get(guild_id)
        sequence = guild.find(message_id) if guild is not None else None
        return guild.gist(sequence) if guild is not None and sequence is not None else None

    def _guild(self, guild_id: int) -> GuildWindow:
        guild = self._guilds.get(guild_id)
        if guild is None:
            guild = self._guilds[guild_id] = GuildWindow(self._detectors, self._posts_per_guild, self.max_age)
        return guild

    def _add(self, guild: GuildWindow, seen: SeenPost) -> None:
        if seen.keys:
            self._total += 1 - guild.add(seen)
            if self._total > self._posts_in_all:
                self._bound()

    def _bound(self) -> None:
        while self._total > self._posts_in_all:
            max(self._guilds.values(), key=len).drop_oldest()
            self._total -= 1

    def _keys(self, gist: Gist) -> list[bytes]:
        return [detector.keys(gist) for detector in self._detectors]

    def _earlier(self, post: Post, keys: list[bytes]) -> list[list[SeenPost]]:
        """The earlier posts that each detector compares a post with."""
        guild = self._guilds.get(post.guild_id)
        candidates = guild.candidates(keys) if guild is not None else []
        if guild is None or not candidates:
            return [[] for _ in keys]
        found = ([guild.post(sequence, post.guild_id) for sequence in sequences] for sequences in candidates)
        return [
            [one for one in posts if one.message_id < post.message_id and post.at - one.at <= guild.max_age]
            for posts in found
        ]

    def _repeats(self, post: Post, gist: Gist, keys: list[bytes], guild: GuildWindow) -> tuple[Repeat, ...]:
        """One repeat for each earlier post, by the first detector that finds it."""
        candidates = guild.candidates(keys, gist.packed)
        found: dict[int, Repeat] = {}
        for detector, sequences in zip(self._detectors, candidates, strict=False):  # there may be none
            scored: dict[bytes, tuple[float, Gist]] = {}  # many copies of one text are compared once
            for sequence in sequences:
                if sequence in found:
                    continue
                packed = guild.gist(sequence)
                if packed not in scored:
                    earlier = Gist.unpack(packed, post.guild_id)
                    scored[packed] = detector.score(gist, earlier), earlier
                score, earlier = scored[packed]
                if score >= detector.near:
                    of = guild.post(sequence, post.guild_id)
                    label = "certain" if score >= detector.certain else "near"
                    key = of.content or content_number(earlier, of.message_id)
                    found[sequence] = Repeat(of, detector.name, key, score, label)
        if not found:
            return ()
        fresh = (repeat for repeat in found.values() if post.at - repeat.of.at <= guild.max_age)  # edits come late
        return tuple(sorted(fresh, key=lambda repeat: (-repeat.score, repeat.of.message_id)))
