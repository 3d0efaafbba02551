"""The posts that a new one is compared with: per server bounded by count and age, over all servers by count."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from bot.duplicates.detector import Detector
from bot.model import Post, Repeat, SeenPost

_Place = tuple[str, int]  # detector name, key
_MAX_HOLDERS = 16  # posts found by one key: a raid of equal posts must not make each lookup longer


class GuildWindow:
    """One server's recent posts, oldest first, found by key."""

    def __init__(self, max_posts: int, max_age: timedelta) -> None:
        self._max_posts = max_posts
        self._max_age = max_age
        self._since = datetime.min.replace(tzinfo=UTC)  # what is older has expired
        self._posts: OrderedDict[int, SeenPost] = OrderedDict()
        self._holders: defaultdict[_Place, dict[int, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._posts)

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._posts

    def get(self, message_id: int) -> SeenPost | None:
        return self._posts.get(message_id)

    def holding(self, detector: str, keys: Iterable[int]) -> list[SeenPost]:
        """The posts that share one of these keys, oldest first."""
        holders = (self._holders.get((detector, key), ()) for key in keys)
        found = {message_id for some in holders for message_id in islice(some, _MAX_HOLDERS)}
        posts = (self._posts[message_id] for message_id in sorted(found))
        return [post for post in posts if post.at >= self._since]  # an edit may have put an old one behind newer ones

    def add(self, post: SeenPost) -> None:
        self._posts[post.message_id] = post
        for place in _places(post):
            self._holders[place][post.message_id] = None
        while len(self._posts) > self._max_posts:
            self.drop_oldest()

    def forget(self, message_id: int) -> SeenPost | None:
        post = self._posts.pop(message_id, None)
        for place in _places(post) if post else ():
            self._holders[place].pop(message_id, None)
            if not self._holders[place]:
                del self._holders[place]
        return post

    def drop_oldest(self) -> None:
        self.forget(next(iter(self._posts)))

    def expire(self, now: datetime) -> None:
        self._since = max(self._since, now - self._max_age)
        while self._posts and next(iter(self._posts.values())).at < self._since:
            self.drop_oldest()


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
        return guild_id in self._guilds and message_id in self._guilds[guild_id]

    def is_current(self, seen: SeenPost) -> bool:
        """Whether the post is still remembered in this version; one without keys, whether none is remembered."""
        guild = self._guilds.get(seen.guild_id)
        held = guild.get(seen.message_id) if guild else None
        return held is (seen if any(seen.keys.values()) else None)

    def see(self, post: Post) -> tuple[SeenPost, tuple[Repeat, ...]]:
        """Remember the post; return what is remembered of it and the earlier posts that it repeats, best first.

        A post that is seen again (a repeated gateway event, an edit) replaces its earlier version.
        """
        self.forget(post.guild_id, post.message_id)
        guild = self._guild(post.guild_id)
        before = len(guild)
        guild.expire(post.at)
        self._total += len(guild) - before
        keys = {detector.name: detector.keys(post) for detector in self._detectors}
        seen = SeenPost(post.guild_id, post.channel_id, post.message_id, post.author_id, post.at, keys)
        repeats = tuple(self._repeats(post, keys, guild))
        self.remember(seen)
        return seen, repeats

    def remember(self, seen: SeenPost) -> None:
        """Add a post without comparing it: from storage, at a restart."""
        if not any(seen.keys.values()):
            return
        guild = self._guild(seen.guild_id)
        before = len(guild)
        guild.add(seen)
        self._total += len(guild) - before
        while self._total > self._posts_in_all:
            max(self._guilds.values(), key=len).drop_oldest()
            self._total -= 1

    def forget(self, guild_id: int, message_id: int) -> bool:
        """Forget a deleted post; say whether it was there."""
        known = guild_id in self._guilds and self._guilds[guild_id].forget(message_id) is not None
        self._total -= known
        return known

    def forget_guild(self, guild_id: int) -> None:
        self._total -= len(self._guilds.pop(guild_id, ()))

    def _guild(self, guild_id: int) -> GuildWindow:
        if guild_id not in self._guilds:
            self._guilds[guild_id] = GuildWindow(self._posts_per_guild, self.max_age)
        return self._guilds[guild_id]

    def _repeats(self, post: Post, keys: dict[str, frozenset[int]], guild: GuildWindow) -> Iterable[Repeat]:
        for detector in self._detectors:
            own = keys[detector.name]
            for earlier in guild.holding(detector.name, own):
                score = detector.score(post, own, earlier)
                if score >= detector.near:
                    label = "certain" if score >= detector.certain else "near"
                    shared = min(own & earlier.keys[detector.name])
                    yield Repeat(earlier, detector.name, shared, score, label)


def _places(post: SeenPost) -> Iterable[_Place]:
    return ((detector, key) for detector, keys in post.keys.items() for key in keys)
