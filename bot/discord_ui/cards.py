"""Values -> embeds. Explainers' notes become the numbers of their sources; members' words are never shown."""

import re
from collections.abc import Iterable, Mapping, Sequence

import discord

from bot.discord_ui import words
from bot.faq.ledger import Stale
from bot.faq.parse import NOTE
from bot.model import Case, CasePost, CaseState, Effect, Explainer, Match, Reply, ReplyState, Source

CARD_SOURCES = 4
_SHOWN_REPEATS = 6  # a content of 2,000 characters holds them, also when each could not be deleted
_COLOURS = {
    CaseState.OPEN: discord.Colour.orange(),
    CaseState.DISMISSED: discord.Colour.light_grey(),
    CaseState.REMOVED: discord.Colour.green(),
    CaseState.WITHDRAWN: discord.Colour.light_grey(),
}
_CHECKED = {
    "read": "page read",
    "reported": "confirmed by other pages",
    "unchecked": "not re-checked",
}
_NOTES = re.compile(rf"(?:{NOTE.pattern})+")
_PROBLEM = 100
_SHOWN_STALE = 10  # a description of 4,096 characters holds them at these lengths
_TITLE, _REASON = 100, 200
_PLACES = {"INT": "international"}
_DETECTORS = {"exact": "the same text"}


def answer_card(explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """The short answer to a claim: two or three sentences and their sources; and why it is under review, if it is."""
    cited = _cited(explainer, explainer.short_answer)[:CARD_SOURCES]
    description = f"{_numbered(explainer, explainer.short_answer)}\n\n**Sources**\n{_source_lines(explainer, cited)}"
    embed = _explainer_embed(explainer, description)
    if under_review is not None:
        embed.add_field(name=words.UNDER_REVIEW, value=words.sentence(under_review), inline=False)
    return embed


def explainer_card(explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """What ``/explain`` shows: the short answer, both sides, what is undecided, and the sources of the short answer."""
    embed = answer_card(explainer, under_review)
    for side in explainer.sides:
        embed.add_field(name=side.heading, value=_numbered(explainer, side.text), inline=False)
    embed.add_field(name="Undecided", value=_numbered(explainer, explainer.undecided), inline=False)
    return embed


def sources_card(explainer: Explainer) -> discord.Embed:
    """All sources of an explainer, with how each was checked."""
    lines = (f"{_source_line(explainer, source)} · {_provenance(source)}" for source in explainer.sources)
    return _explainer_embed(explainer, "\n".join(lines))


def menu(matches: Sequence[Match], explainers: Mapping[str, Explainer]) -> str:
    """A choice of topics, as text."""
    lines = [f"- {explainers[match.slug].title}" for match in matches if match.slug in explainers]
    return "\n".join([words.MENU_HEADING, *lines, "Read one with `/explain`."])


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
    line = (
        f"**Case {case.number}** · {_count(len(case.repeats), 'repeat')} · {where} · {_ago(case.opened_at.timestamp())}"
    )
    if card is None or card.channel_id is None or card.message_id is None:
        return line
    return f"{line} · [card]({jump_url(case.guild_id, card.channel_id, card.message_id)})"


def queue_card(lines: Sequence[str], total: int) -> discord.Embed:
    """The open cases, oldest first."""
    more = f"\n{total - len(lines)} more" if total > len(lines) else ""
    return discord.Embed(
        title=_count(total, "open case"), description="\n".join(lines) + more, colour=discord.Colour.orange()
    )


def suggestion_text(reply: Reply) -> str:
    """Which post would be answered, and what became of it."""
    link = f"[this post]({jump_url(reply.guild_id, reply.channel_id, reply.message_id)})"
    text = f"Suggested answer to {link} in <#{reply.channel_id}>"
    if reply.state is ReplyState.SUGGESTED:
        return text
    return f"{text}: {reply.state.value} by <@{reply.judged_by}>"


def suggestion_card(reply: Reply, explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """A proposed answer, for a moderator to post or drop."""
    embed = answer_card(explainer, under_review)
    return embed.add_field(name="Why", value=f"{reply.reason}, score {reply.score:.2f}")


def stale_card(stale: Sequence[Stale]) -> discord.Embed:
    """The explainers under review, and why."""
    lines = [_stale_line(one) for one in stale[:_SHOWN_STALE]]
    if len(stale) > len(lines):
        lines.append(f"{len(stale) - len(lines)} more")
    title = f"{_count(len(stale), 'explainer')} under review"
    embed = discord.Embed(title=title, description="\n".join(lines), colour=discord.Colour.orange())
    return embed.set_footer(text=words.STALE_MEANS)


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _explainer_embed(explainer: Explainer, description: str) -> discord.Embed:
    embed = discord.Embed(title=explainer.title, description=description, colour=discord.Colour.blurple())
    places = ", ".join(_PLACES.get(place, place) for place in explainer.jurisdictions)
    return embed.set_footer(text=f"As of {words.day(explainer.as_of)} · {places} · Not legal advice")


def _cited(explainer: Explainer, text: str) -> list[Source]:
    """The sources that a text's notes name."""
    notes = set(NOTE.findall(text))
    return [source for source in explainer.sources if source.id in notes]


def _numbered(explainer: Explainer, text: str) -> str:
    """The text with each run of notes as the numbers of its sources, such as [1, 3]."""
    numbers = {source.id: number for number, source in enumerate(explainer.sources, 1)}

    def bracket(run: re.Match[str]) -> str:
        return f" {sorted({numbers[note] for note in NOTE.findall(run[0])})}"

    return _NOTES.sub(bracket, text)


def _source_lines(explainer: Explainer, sources: Iterable[Source]) -> str:
    return "\n".join(_source_line(explainer, source) for source in sources)


def _source_line(explainer: Explainer, source: Source) -> str:
    title = re.sub(r"[\[\]]", "", source.title)
    number = explainer.sources.index(source) + 1
    return f"[{number}] [{title}]({_link_safe(source.url)}), {source.publisher}, {words.day(source.date)}"


def _provenance(source: Source) -> str:
    text = f"{source.kind.replace('-', ' ')}, {source.jurisdiction} · {_CHECKED[source.checked]}"
    return f"{text} · [kept copy]({_link_safe(source.archive)})" if source.archive else text


def _link_safe(url: str) -> str:
    """An address that does not end a Markdown link."""
    return url.replace("(", "%28").replace(")", "%29")


def _stale_line(stale: Stale) -> str:
    line = f"- **{stale.explainer.title[:_TITLE]}** (`{stale.explainer.slug}`): {stale.reason[:_REASON]}"
    if not stale.sentences:
        return line
    return f"{line} ({_count(len(stale.sentences), 'sentence')} in question)"


def _post_line(guild_id: int, post: CasePost) -> str:
    line = f"{_link(guild_id, post)} by <@{post.author_id}> in <#{post.channel_id}>, {_ago(post.at.timestamp())}"
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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
