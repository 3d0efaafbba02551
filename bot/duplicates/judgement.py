"""Which repeats are worth a moderator's time? Rules on who posted, where and when; detectors know likeness alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from operator import eq

from rapidfuzz import fuzz

from bot.duplicates.gist import Gist
from bot.duplicates.image import Image
from bot.duplicates.link import Link
from bot.duplicates.links import domain
from bot.duplicates.near import Near
from bot.model import GuildPolicy, Post, Repeat, Sensitivity

_SHORT = 8  # words: a phrase
_FEW = 12  # words: a remark
_MEME = 16  # words: the longest text that becomes common property
_MANY = 5  # other members who said the same
_FORM = 3  # other members who said the same of something else each
_SLOT = 3  # words that say of what
_MISSPELT = 70.0  # ratio, in percent, from which two of them are the same
_COMMON = {Image.name: "an image that many members have posted"}
_MEME_SPAN = timedelta(hours=1)  # a raid is over sooner
_LONG_AGO = timedelta(days=1)
_LEAST: Mapping[Sensitivity, float] = {  # score of a repeat that is only near
    Sensitivity.NORMAL: 0.0,
    Sensitivity.CAREFUL: 0.85,
    Sensitivity.CERTAIN: 1.0,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The repeats to show, surest first, and what should be said about them or about their absence."""

    repeats: tuple[Repeat, ...]
    note: str = ""


def judge(post: Post, repeats: tuple[Repeat, ...], policy: GuildPolicy) -> Judged:
    """Leave out what the server's policy or courtesy excuses.

    Args:
        post: the later post.
        repeats: all that the window found, surest first.
        policy: the server's choices.
    """
    counted = tuple(repeat for repeat in repeats if _counts(post, repeat, policy))
    if not counted:
        return Judged((), "only repeats that the server does not count" if repeats else "")
    if _is_phrase(post, counted):
        return Judged((), _COMMON.get(counted[0].detector, "a phrase that many members use"))
    if _is_form(post, counted):
        return Judged((), "a form that members fill in, each in another way")
    if _is_moved(post, counted, policy):
        return Judged((), "its author moved it to another channel")
    return Judged(counted, _own_repost(post, counted[0], policy))


def _counts(post: Post, repeat: Repeat, policy: GuildPolicy) -> bool:
    earlier = repeat.of
    return (
        (policy.repeats_across_authors or earlier.author_id == post.author_id)
        and (policy.repeats_across_channels or earlier.channel_id == post.channel_id)
        and earlier.channel_id not in policy.exempt_channels
        and _is_alike_enough(repeat, policy.sensitivity)
        and not _is_chance(post, repeat)
        and not (repeat.detector == Link.name and _is_exempt(post, repeat, policy.exempt_domains))
    )


def _is_chance(post: Post, repeat: Repeat) -> bool:
    """Whether another member said nearly the same in a few words days ago: in so long, somebody will have."""
    earlier = repeat.of
    if repeat.label == "certain" or repeat.detector != Near.name or earlier.author_id == post.author_id:
        return False
    return post.at - earlier.at >= _LONG_AGO and Gist.unpack(earlier.gist, post.guild_id).word_count < _FEW


def _is_alike_enough(repeat: Repeat, sensitivity: Sensitivity) -> bool:
    return repeat.label == "certain" or repeat.score >= _LEAST[sensitivity]


def _is_exempt(post: Post, repeat: Repeat, domains: frozenset[str]) -> bool:
    """Whether all links that two posts share lead to exempt sites."""
    if not domains:
        return False
    gist = Gist.of(post.text, post.guild_id, post.embed_links)
    shared = {*gist.links} & {*Gist.unpack(repeat.of.gist, post.guild_id).links}
    return all(_is_below(domain(link), domains) for link in shared)


def _is_below(site: str, domains: frozenset[str]) -> bool:
    """Whether the site, or one that it is part of, is among these."""
    labels = site.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))


def _is_phrase(post: Post, repeats: tuple[Repeat, ...]) -> bool:
    """Whether several members have posted the same, so that nobody repeats anybody: never a link or a long text."""
    gist = Gist.unpack(repeats[0].of.gist, post.guild_id)
    others = {repeat.of.author_id for repeat in repeats} - {post.author_id}
    first = min(repeat.of.at for repeat in repeats)
    many_for_long = len(others) >= _MANY and post.at - first >= _MEME_SPAN
    if repeats[0].detector == Image.name:
        return many_for_long
    if gist.links or gist.word_count >= _MEME:
        return False
    if gist.word_count < _SHORT:
        return len(others) >= _MANY
    return many_for_long


def _is_form(post: Post, repeats: tuple[Repeat, ...]) -> bool:
    """Whether several members have said the same of something else each, for longer than a raid takes."""
    if repeats[0].detector != Near.name:
        return False
    words = Gist.of(post.text, post.guild_id).words.split()
    slots = [_slot(words, Gist.unpack(repeat.of.gist, post.guild_id).words.split()) for repeat in repeats]
    slot, _ = slots[0]
    same = [
        (filling, repeat.of) for (at, filling), repeat in zip(slots, repeats, strict=True) if at == slot and filling
    ]
    fillings = {filling for filling, _ in same}
    members = {earlier.author_id for _, earlier in same} - {post.author_id}
    if min(len(fillings), len(members)) < _FORM or any(fuzz.ratio(slot[1], one) >= _MISSPELT for one in fillings):
        return False
    return post.at - min(earlier.at for _, earlier in same) >= _MEME_SPAN


def _slot(words: list[str], earlier: list[str]) -> tuple[tuple[int, str], str]:
    """Where two posts differ and what the later one has there; what the earlier has, or nothing if it is much."""
    start = _shared(words, earlier)
    end = _shared(words[start:][::-1], earlier[start:][::-1])
    own, filling = words[start : len(words) - end], earlier[start : len(earlier) - end]
    is_slot = 0 < len(own) <= _SLOT and len(filling) <= _SLOT
    return (start, " ".join(own)), " ".join(filling) if is_slot else ""


def _shared(words: list[str], earlier: list[str]) -> int:
    """How many words are the same from the beginning on."""
    return sum(takewhile(bool, map(eq, words, earlier)))


def _is_moved(post: Post, repeats: tuple[Repeat, ...], policy: GuildPolicy) -> bool:
    """Whether an author posts once more elsewhere, right after: a second copy is no move but a cross-post."""
    if len(repeats) > 1:
        return False
    earlier = repeats[0].of
    elsewhere = earlier.author_id == post.author_id and earlier.channel_id != post.channel_id
    return elsewhere and abs(post.at - earlier.at) <= policy.move_grace


def _own_repost(post: Post, repeat: Repeat, policy: GuildPolicy) -> str:
    age = post.at - repeat.of.at
    if repeat.of.author_id != post.author_id or age < policy.slow_repost:
        return ""
    return f"posted again by its author after {age.days or 1} {'days' if age.days > 1 else 'day'}"
