"""Cases and suggestions -> what the moderators' channel shows of them. Members' words are never shown."""

from collections.abc import Sequence

import discord

from bot.discord_ui import words
from bot.discord_ui.cards import reply_card
from bot.model import Case, CasePost, CaseState, Effect, Explainer, Reply, ReplyState

_SHOWN_REPEATS = 6  # a content of 2,000 characters holds them, also when each could not be deleted
_PROBLEM = 75  # same
_COLOURS = {
    CaseState.OPEN: discord.Colour.orange(),
    CaseState.DISMISSED: discord.Colour.light_grey(),
    CaseState.REMOVED: discord.Colour.green(),
    CaseState.WITHDRAWN: discord.Colour.light_grey(),
}
_DETECTORS = {"exact": "the same text", "near": "almost the same text", "link": "the same link"}


def case_text(case: Case) -> str:
    """What repeats what. It stands outside the embed, where clients show members by name; it pings nobody."""
    shown = case.repeats[-_SHOWN_REPEATS:]
    lines = [f"**First:** {_post_line(case.guild_id, case.original)}"]
    if len(case.repeats) > len(shown):
        lines.append(f"... {len(case.repeats) - len(shown)} more ...")
    lines += [f"**Again:** {_post_line(case.guild_id, post)}" for post in shown]
    return "\n".join(lines)


def case_card(case: Case) -> discord.Embed:
    """One case: how surely it repeats, and what was decided."""
    title = f"Case {case.number}: {_DETECTORS.get(case.detector, case.detector)} again"
    embed = discord.Embed(title=title, colour=_COLOURS[case.state])
    embed.add_field(name="What matched", value=f"{case.detector}, score {case.score:.2f}, {case.label}")
    embed.add_field(name="State", value=_state(case))
    return embed


def case_line(case: Case, card: Effect | None) -> str:
    """One case in the queue, with the address of its card if that was sent."""
    where = _link(case.guild_id, case.repeats[-1])
    repeats = words.count(len(case.repeats), "repeat")
    line = f"**Case {case.number}** · {repeats} · {where} · {_ago(case.opened_at.timestamp())}"
    if card is None or card.channel_id is None or card.message_id is None:
        return line
    return f"{line} · [card]({jump_url(case.guild_id, card.channel_id, card.message_id)})"


def queue_card(lines: Sequence[str], total: int) -> discord.Embed:
    """The open cases, oldest first."""
    more = f"\n{total - len(lines)} more" if total > len(lines) else ""
    return discord.Embed(
        title=words.count(total, "open case"), description="\n".join(lines) + more, colour=discord.Colour.orange()
    )


def suggestion_text(reply: Reply) -> str:
    """Which post would be answered, and what became of it."""
    link = f"[this post]({jump_url(reply.guild_id, reply.channel_id, reply.message_id)})"
    link = link if reply.message_id > 0 else "a post whose author had their data deleted"
    text = f"Suggested answer to {link} in <#{reply.channel_id}>"
    if reply.state is ReplyState.SUGGESTED:
        return text
    who = f" by {words.member(reply.judged_by)}" if reply.judged_by is not None else ""
    return f"{text}: {reply.state.value}{who}"


def suggestion_card(reply: Reply, explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """A proposed answer, for a moderator to post or drop."""
    return reply_card(reply, explainer, under_review)


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _post_line(guild_id: int, post: CasePost) -> str:
    who, when = words.member(post.author_id), _ago(post.at.timestamp())
    line = f"{_link(guild_id, post)} by {who} in <#{post.channel_id}>, {when}"
    if post.gone:
        return f"~~{line}~~ deleted"
    return f"{line}: could not be deleted ({post.problem[:_PROBLEM]})" if post.problem else line


def _link(guild_id: int, post: CasePost) -> str:
    return f"[post]({jump_url(guild_id, post.channel_id, post.message_id)})"


def _state(case: Case) -> str:
    if case.state is CaseState.OPEN:
        return "open"
    when = f" {_ago(case.judged_at.timestamp())}" if case.judged_at else ""
    who = f" by <@{case.judged_by}>" if case.judged_by else ""
    return f"{words.verdict(case.state)}{who}{when}"


def _ago(seconds: float) -> str:
    return f"<t:{int(seconds)}:R>"
