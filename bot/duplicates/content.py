"""Numbers that name what a post says: content that moderators have judged is known again by them."""

from hashlib import blake2b

from bot.duplicates.gist import Gist
from bot.model import Post, Repeat

_BY_LINK = "link"  # the detector whose repeats share nothing but their links


def content_number(gist: Gist, message_id: int) -> int:
    """Names what a post says, in the 63 bits that every store holds; the repeats of a post inherit it.

    A post that says nothing, such as a bare image, is known by itself alone.
    """
    said = gist.skeleton or gist.link_text
    return _number(said, gist.salt) if said else message_id


def marks(post: Post, repeat: Repeat | None) -> tuple[int, ...]:
    """The numbers by which a post's content is known again: its own, and those of what it repeats."""
    gist = Gist.of(post.text, post.guild_id)
    own = content_number(gist, post.message_id)
    if repeat is None:
        return (own,)
    earlier = Gist.unpack(repeat.of.gist, post.guild_id)
    found = [repeat.key, own, content_number(earlier, repeat.of.message_id)]
    if repeat.detector == _BY_LINK:
        found += [_number(link, gist.salt) for link in gist.links if link in earlier.links]
    return tuple(dict.fromkeys(found))


def _number(said: str, salt: int) -> int:
    digest = blake2b(said.encode("utf-8", "replace"), digest_size=8, salt=salt.to_bytes(16, "big")).digest()
    return int.from_bytes(digest, "big") >> 1
