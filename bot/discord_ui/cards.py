"""Values -> embeds. Explainers' notes become the numbers of their sources; members' words are never shown."""

import re
from collections.abc import Mapping, Sequence

import discord

from bot.discord_ui import words
from bot.faq.parse import NOTE
from bot.model import Case, CasePost, CaseState, Effect, Explainer, Match, Reply, ReplyState, Source

CARD_SOURCES = 4
_SHOWN_REPEATS = 6  # a content of 2,000 characters holds them, also when each could not be deleted
_PROBLEM = 75  # same
# Discord's limits (description 4,096, field 1,024, heading 256, an embed in all 6,000) shared out among the parts
_DESCRIPTION, _FIELD, _HEADING, _PLACES_SHOWN = 2000, 1000, 256, 150
_SHORT_ANSWER, _ALL_SOURCES = 900, 4000
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
_PLACES = {"INT": "international"}
_DETECTORS = {"exact": "the same text"}


def answer_card(explainer: Explainer) -> discord.Embed:
    """The short answer to a claim: two or three sentences and their sources."""
    cited = _cited(explainer, explainer.short_answer)[:CARD_SOURCES]
    text = f"{_clip(_numbered(explainer, explainer.short_answer), _SHORT_ANSWER)}\n\n**Sources**\n"
    lines = [_source_line(explainer, source) for source in cited]
    return _explainer_embed(explainer, text + _fitting(lines, _DESCRIPTION - len(text)))


def explainer_card(explainer: Explainer) -> discord.Embed:
    """What ``/explain`` shows: the short answer, both sides, what is undecided, and the sources of the short answer."""
    embed = answer_card(explainer)
    for side in explainer.sides:
        _add_text(embed, side.heading, _numbered(explainer, side.text))
    _add_text(embed, "Undecided", _numbered(explainer, explainer.undecided))
    return embed


def sources_card(explainer: Explainer) -> discord.Embed:
    """All sources of an explainer, with how each was checked."""
    lines = [f"{_source_line(explainer, source)} · {_provenance(source)}" for source in explainer.sources]
    return _explainer_embed(explainer, _fitting(lines, _ALL_SOURCES))


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


def suggestion_card(reply: Reply, explainer: Explainer) -> discord.Embed:
    """A proposed answer, for a moderator to post or drop."""
    why = f"{_clip(reply.reason, _FIELD)}, score {reply.score:.2f}"
    return answer_card(explainer).add_field(name="Why", value=why)


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _explainer_embed(explainer: Explainer, description: str) -> discord.Embed:
    embed = discord.Embed(title=explainer.title, description=description, colour=discord.Colour.blurple())
    places = _clip(", ".join(_PLACES.get(place, place) for place in explainer.jurisdictions), _PLACES_SHOWN)
    return embed.set_footer(text=f"As of {words.day(explainer.as_of)} · {places} · Not legal advice")


def _add_text(embed: discord.Embed, heading: str, text: str) -> None:
    embed.add_field(name=_clip(heading, _HEADING), value=_clip(text, _FIELD), inline=False)


def _clip(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 4]} ..."


def _fitting(lines: Sequence[str], longest: int) -> str:
    """The first lines that fit, each whole because half a link is none, and how many more there are."""
    text = "\n".join(lines)
    shown = len(lines)
    while len(text) > longest:
        shown -= 1
        text = "\n".join([*lines[:shown], f"... {len(lines) - shown} more"])
    return text


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


def _source_line(explainer: Explainer, source: Source) -> str:
    title = re.sub(r"[\[\]]", "", source.title)
    url = source.url.replace("(", "%28").replace(")", "%29")
    number = explainer.sources.index(source) + 1
    return f"[{number}] [{title}]({url}), {source.publisher}, {words.day(source.date)}"


def _provenance(source: Source) -> str:
    return f"{source.kind.replace('-', ' ')}, {source.jurisdiction} · {_CHECKED[source.checked]}"


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
