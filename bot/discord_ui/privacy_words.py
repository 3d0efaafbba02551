"""What Copydesk says about members' own data; ``docs/privacy.md`` says it at length."""

from collections.abc import Mapping, Sequence

import discord

from bot.discord_ui import words
from bot.model import QuietWish

FILE_NAME = "copydesk-about-you.json"
EXPORTED = "This is all that Copydesk keeps of you, on all servers. Only you see this message."
NOTHING_KEPT = "Nothing was kept of you, so there was nothing to delete."
NO_WISHES = "You have asked for no quiet: in watched channels your posts may be answered. `/quiet on` changes that."
NOT_QUIET = "You had not asked for quiet there. `/quiet show` lists where you have."
BEFORE_DELETION = (
    "This deletes what Copydesk keeps of you, on **all** servers, at once and for good: what it remembers of your"
    " posts, your votes, and your number in answers, cases and everything else. Cases and answers themselves stay,"
    " without you. Your `/quiet` wishes stay, too, so that you are left alone; they do not hold your number, and"
    " `/quiet off` deletes them. What you write from now on in watched channels is remembered anew. Messages in Discord"
    " are not touched: delete yours there, and Copydesk forgets them at once.\n\n"
    "To go ahead, use `/privacy delete` again and choose *yes, delete it all*."
)
_KEPT = {
    "Your posts in watched channels": "For at most 14 days: numbers of message, channel and author, hashes of the"
    " words and, encrypted, the folded words and links, to find repeats. A post that you delete is forgotten at once.",
    "Answers to your posts": "For 30 days: the numbers and the topic, never your words.",
    "Cases of repeated or reported posts": "As long as the server uses Copydesk: the numbers of message, channel and"
    " author, for its moderators. Encrypted, the words, until 7 days after the case is closed, unless you delete the"
    " post: then they go at once.",
    "Votes on answers": "For 30 days, without your name or number.",
    "Wishes for quiet": "Until they end or you lift them, without your name or number.",
    "What you report, or do as a moderator or editor": "Reports, decisions and versions of texts, with your number.",
}
_RIGHTS = (
    "`/privacy export` gives you all of it as a file, `/privacy delete` deletes it, `/quiet on` stops automatic"
    " replies to you. Copydesk writes no direct messages, shares nothing, and trains nothing on what you write."
)


def statement() -> discord.Embed:
    """What is kept, and for how long."""
    embed = discord.Embed(title="What Copydesk keeps", description=_RIGHTS, colour=discord.Colour.blurple())
    for what, how in _KEPT.items():
        embed.add_field(name=what, value=how, inline=False)
    return embed.set_footer(text="Channels are watched only where the server's admins switched that on.")


def quiet_from_now(wish: QuietWish) -> str:
    """A wish was noted."""
    return f"Noted: no automatic replies to you {_wish(wish)}. `/quiet off` lifts it."


def loud_again(wish: QuietWish) -> str:
    """A wish was lifted."""
    return f"Lifted: your posts may be answered {_place(wish)} again, where nothing else speaks against it."


def wishes(held: Sequence[QuietWish]) -> str:
    """A member's wishes."""
    lines = [f"- {_wish(wish)}" for wish in sorted(held, key=lambda wish: (wish.guild_id, wish.channel_id))]
    return words.cut("\n".join(["You asked for no automatic replies:", *lines])) if lines else NO_WISHES


def forgotten(counts: Mapping[str, int]) -> str:
    """What was deleted."""
    if not counts:
        return NOTHING_KEPT
    lines = [f"- {kind}: {count}" for kind, count in counts.items()]
    return "\n".join(["Deleted:", *lines])


def _wish(wish: QuietWish) -> str:
    until = f"until <t:{int(wish.until.timestamp())}:f>" if wish.until is not None else "for good"
    return f"{_place(wish)}, {until}"


def _place(wish: QuietWish) -> str:
    if wish.channel_id:
        return f"in <#{wish.channel_id}>"
    return f"on the server {wish.guild_id}" if wish.guild_id else "everywhere"
