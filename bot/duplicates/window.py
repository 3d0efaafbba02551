"""The posts that a new one is compared with: per server bounded by count and age, over all servers by count."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import compress

from bot.duplicates.comparison import Comparison, compare
from bot.duplicates.content import content_number
from bot.duplicates.detector import Detector, Keys
from bot.duplicates.gist import Gist
from bot.duplicates.guild_window import GuildWindow, in_order, packed
from bot.model import Post, Repeat, SeenPost

_MAX_CANDIDATES = 24  # posts compared for one detector: a raid must not make each check longer


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
        self._sifts = {detector.name: getattr(detector, "sift", None) for detector in self._detectors}

    def __len__(self) -> int:
        return self._total

    def contains(self, guild_id: int, message_id: int) -> bool:
        return self._held(guild_id, message_id) is not None

    def is_current(self, seen: SeenPost) -> bool:
        """Whether the post is still remembered in this version; one without keys, whether none is remembered."""
        return self._held(seen.guild_id, seen.message_id) is (seen.gist if seen.keys else None)

    def see(self, post: Post) -> tuple[SeenPost, tuple[Repeat, ...]]:
        """Remember the post; return what is remembered of it and the earlier posts that it repeats, surest first.

        A post that is seen again (a repeated gateway event, an edit) replaces its earlier version.
        """
        self.forget(post.guild_id, post.message_id)
        guild = self._guild(post.guild_id)
        self._expire(guild, post.at)
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        keys = {detector.name: detector.keys(gist) for detector in self._detectors}
        repeats = self._repeats(post, gist, keys, guild)
        content = repeats[0].key if repeats else content_number(gist, post.message_id)
        ids = (post.guild_id, post.channel_id, post.message_id, post.author_id)
        seen = SeenPost(*ids, post.at, packed(keys), gist.pack(), content)
        self.remember(seen)
        return seen, repeats

    def look(self, post: Post) -> tuple[Repeat, ...]:
        """The earlier posts that a post repeats, surest first; the post itself may be remembered or not."""
        guild = self._guilds.get(post.guild_id)
        if guild is None:
            return ()
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        repeats = self._repeats(post, gist, {one.name: one.keys(gist) for one in self._detectors}, guild)
        return tuple(repeat for repeat in repeats if repeat.of.message_id < post.message_id)

    def compare(self, post: Post) -> tuple[Comparison, ...]:
        """What each detector makes of a post, which may be remembered or not; nothing is remembered."""
        gist = Gist.of(post.text, post.guild_id, post.embed_links, post.images)
        all_keys = [(one, one.keys(gist)) for one in self._detectors]
        return tuple(compare(one, gist, keys, self._earlier(post, keys)) for one, keys in all_keys)

    def remember(self, seen: SeenPost) -> None:
        """Add a post without comparing it."""
        if not seen.keys:
            return
        guild = self._guild(seen.guild_id)
        before = len(guild)
        guild.add(seen)
        self._total += len(guild) - before
        self._bound()

    def restore(self, posts: Iterable[SeenPost]) -> None:
        """Add the posts that storage kept, in the order in which they were seen."""
        for guild_id, seen in in_order(posts).items():
            guild = self._guild(guild_id)
            if len(guild):
                for post in seen:
                    self.remember(post)
            else:
                guild.restore(seen)
                self._total += len(guild)
        self._bound()

    def forget(self, guild_id: int, message_id: int) -> bool:
        """Forget a deleted post; say whether it was there."""
        held = self._held(guild_id, message_id)
        if held is None:
            return False
        gist = Gist.unpack(held, guild_id)
        self._guilds[guild_id].forget(message_id, {one.name: one.keys(gist) for one in self._detectors})
        self._total -= 1
        return True

    def bound(self, guild_id: int, posts: int, age: timedelta) -> None:
        """Choose how many posts of a server are remembered, and for how long."""
        guild = self._guild(guild_id)
        before = len(guild)
        guild.bound(posts, age)
        self._total += len(guild) - before

    def forget_author(self, author_id: int) -> None:
        """Forget a member's posts, on all servers."""
        for guild_id, guild in self._guilds.items():
            for message_id in guild.posts_of(author_id):
                self.forget(guild_id, message_id)

    def forget_guild(self, guild_id: int) -> None:
        self._total -= len(self._guilds.pop(guild_id, ()))

    def _held(self, guild_id: int, message_id: int) -> bytes | None:
        guild = self._guilds.get(guild_id)
        return guild.gist(message_id) if guild is not None else None

    def _guild(self, guild_id: int) -> GuildWindow:
        if guild_id not in self._guilds:
            self._guilds[guild_id] = GuildWindow(self._detectors, self._posts_per_guild, self.max_age)
        return self._guilds[guild_id]

    def _expire(self, guild: GuildWindow, now: datetime) -> None:
        before = len(guild)
        guild.expire(now)
        self._total += len(guild) - before

    def _bound(self) -> None:
        while self._total > self._posts_in_all:
            max(self._guilds.values(), key=len).drop_oldest()
            self._total -= 1

    def _earlier(self, post: Post, keys: Keys) -> Iterable[SeenPost]:
        """The earlier posts that a detector with these keys compares a post with."""
        guild = self._guilds.get(post.guild_id)
        held = guild.candidates(keys, _MAX_CANDIDATES) if guild is not None else ()
        found = (guild.post(sequence, post.guild_id) for sequence, _ in held) if guild is not None else ()
        return (one for one in found if one.message_id < post.message_id and post.at - one.at <= self.max_age)

    def _repeats(self, post: Post, gist: Gist, keys: dict[str, Keys], guild: GuildWindow) -> tuple[Repeat, ...]:
        """One repeat for each earlier post, by the first detector that finds it."""
        found: dict[int, Repeat] = {}
        for detector in self._detectors:
            held = guild.candidates(keys[detector.name], _MAX_CANDIDATES)
            if not held:
                continue
            sift = self._sifts[detector.name]
            if sift is not None:
                held = list(compress(held, sift(gist, [gist for _, gist in held])))
            for sequence, packed_gist in held:
                if sequence in found:
                    continue
                score = detector.score(gist, Gist.unpack(packed_gist, post.guild_id))
                if score >= detector.near:
                    earlier = guild.post(sequence, post.guild_id)
                    label = "certain" if score >= detector.certain else "near"
                    found[sequence] = Repeat(earlier, detector.name, earlier.content, score, label)
        if not found:
            return ()
        fresh = (repeat for repeat in found.values() if post.at - repeat.of.at <= guild.max_age)  # edits come late
        return tuple(sorted(fresh, key=lambda repeat: (-repeat.score, repeat.of.message_id)))
