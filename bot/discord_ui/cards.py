"""Explainers -> embeds. Notes become the numbers of their sources."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import discord

from bot.discord_ui import words
from bot.faq.ledger import Stale
from bot.faq.parse import NOTE
from bot.faq.prose import sentences
from bot.model import Explainer, Match, Reply, Source

CARD_SOURCES = 4
TOPICS_PER_PAGE = 20
# Discord's limits (description 4,096, field 1,024, heading 256, an embed in all 6,000) shared out among the parts
_DESCRIPTION, _FIELD, _HEADING, _PLACES_SHOWN, _PAGE = 2000, 1000, 256, 150, 4000
_SHORT_ANSWER, _SIDE_SHOWN = 900, 450
_LEAD_ENOUGH, _LEAD_MOST = 180, 350  # characters of a side on a card; the button More shows the rest
_LEAD_ALIKE = 40  # characters, a line and a half of a side
_SHOWN_STALE = 10  # a description of 4,096 characters holds them at these lengths
_TITLE, _REASON = 100, 200
_CHECKED = {
    "read": "page read",
    "reported": "confirmed by other pages",
    "unchecked": "not re-checked",
}
_PLACES = {
    "US": "United States",
    "EU": "European Union",
    "UK": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "JP": "Japan",
    "CN": "China",
    "IN": "India",
    "CA": "Canada",
    "AU": "Australia",
    "SG": "Singapore",
    "KR": "South Korea",
    "DK": "Denmark",
    "INT": "international",
}
_NOTES = re.compile(rf"(?:{NOTE.pattern})+")


def answer_card(explainer: Explainer, match: Match | None = None, under_review: str | None = None) -> discord.Embed:
    """The card of an explainer: the short answer, the beginning of each side's case, up to four sources.

    Args:
        explainer: what is explained.
        match: why the card is shown, if it answers a post or a question.
        under_review: why the explainer is under review, if it is.
    """
    leads = _leads(explainer)
    text = f"{_clip(_numbered(explainer, explainer.short_answer), _SHORT_ANSWER)}\n\n**Sources**\n"
    lines = _card_sources(explainer, leads)
    embed = _embed(explainer, text + _fitting(lines, _DESCRIPTION - len(text)))
    for side, lead in zip(explainer.sides, leads, strict=True):
        embed.add_field(name=_clip(side.heading, _HEADING), value=_clip(_numbered(explainer, lead), _SIDE_SHOWN))
    if under_review is not None:
        embed.add_field(name=words.UNDER_REVIEW, value=_clip(words.sentence(under_review), _FIELD), inline=False)
    if match is not None:
        embed.add_field(name=words.WHY_THIS_CARD, value=_clip(why(match), _FIELD), inline=False)
    return embed


def reply_card(reply: Reply, explainer: Explainer, under_review: str | None = None) -> discord.Embed:
    """The card of an answer to a post."""
    match = Match(reply.slug, reply.score, reply.reason) if reply.proposed is None else None
    embed = answer_card(explainer, match, under_review)
    if match is None:
        embed.add_field(name=words.WHY_THIS_CARD, value=words.CHOSEN, inline=False)
    if reply.corrected_at is not None:
        embed.add_field(name="Corrected", value=f"on {words.day(reply.corrected_at)}", inline=False)
    return embed


def more_pages(explainer: Explainer) -> list[discord.Embed]:
    """The whole text of an explainer."""
    first = [("Settled", explainer.settled), *((side.heading, side.text) for side in explainer.sides)]
    second = [("Undecided", explainer.undecided), ("Commonly got wrong", explainer.commonly_got_wrong)]
    return [_embed(explainer, _clip(_sections(explainer, part), _PAGE)) for part in (first, second)]


def country_card(explainer: Explainer, jurisdiction: str) -> discord.Embed:
    """What an explainer says of one country: the points that rest on its sources or begin with its name."""
    sources = [source for source in explainer.sources if source.jurisdiction == jurisdiction]
    ids = {source.id for source in sources}
    begins = re.compile(rf"(?:- )?(?:{re.escape(jurisdiction)}|{re.escape(place(jurisdiction))})\b")
    parts = [
        ("Settled", explainer.settled),
        ("Undecided", explainer.undecided),
        ("Commonly got wrong", explainer.commonly_got_wrong),
    ]
    found = [(heading, _lines_on(text, ids, begins)) for heading, text in parts]
    kept = [(heading, text) for heading, text in found if text]
    body = _sections(explainer, kept) if kept else words.nothing_on(place(jurisdiction))
    shown = sources or _cited(explainer, " ".join(text for _, text in kept))
    lines = [_source_line(explainer, source) for source in shown]
    text = _clip(f"**{place(jurisdiction)}**\n\n{body}", _DESCRIPTION) + "\n\n**Sources**\n"
    return _embed(explainer, text + _fitting(lines, _PAGE - len(text)))


def sources_card(explainer: Explainer) -> discord.Embed:
    """All sources of an explainer, with how each was checked."""
    lines = [f"{_source_line(explainer, source)} · {_provenance(source)}" for source in explainer.sources]
    return _embed(explainer, _fitting(lines, _PAGE))


def topics_pages(explainers: Iterable[Explainer]) -> list[discord.Embed]:
    """All topics by title."""
    titles = sorted(explainer.title for explainer in explainers)
    pages = [titles[start : start + TOPICS_PER_PAGE] for start in range(0, len(titles), TOPICS_PER_PAGE)] or [[]]
    return [
        discord.Embed(
            title=f"Topics, page {number} of {len(pages)}",
            description="\n".join(f"- {title}" for title in page),
            colour=discord.Colour.blurple(),
        ).set_footer(text=words.READ_ONE)
        for number, page in enumerate(pages, 1)
    ]


def stale_card(stale: Sequence[Stale]) -> discord.Embed:
    """The explainers under review, and why."""
    lines = [_stale_line(one) for one in stale[:_SHOWN_STALE]]
    if len(stale) > len(lines):
        lines.append(f"{len(stale) - len(lines)} more")
    title = f"{words.count(len(stale), 'explainer')} under review"
    embed = discord.Embed(title=title, description="\n".join(lines), colour=discord.Colour.orange())
    return embed.set_footer(text=words.STALE_MEANS)


def menu(matches: Sequence[Match], explainers: Mapping[str, Explainer]) -> str:
    """A choice of topics, as text."""
    lines = [f"- {explainers[match.slug].title}" for match in matches if match.slug in explainers]
    return "\n".join([words.MENU_HEADING, *lines, words.READ_ONE])


def why(match: Match) -> str:
    """What a match rests on."""
    return f"{match.reason}, score {match.score:.2f}"


def place(jurisdiction: str) -> str:
    """The name of a jurisdiction's code."""
    return _PLACES.get(jurisdiction, jurisdiction)


def jurisdiction(typed: str) -> str:
    """The code of a jurisdiction that somebody typed by its code or its name; of what is neither, the letters."""
    wanted = typed.strip().casefold()
    letters = "".join(char for char in typed if char.isalpha() or char == " ").strip()
    return next((code for code, name in _PLACES.items() if wanted in (code.casefold(), name.casefold())), letters)


def _embed(explainer: Explainer, description: str) -> discord.Embed:
    embed = discord.Embed(title=explainer.title, description=description, colour=discord.Colour.blurple())
    codes = ", ".join(_PLACES["INT"] if code == "INT" else code for code in explainer.jurisdictions)
    places = _clip(codes, _PLACES_SHOWN)
    return embed.set_footer(text=f"As of {words.day(explainer.as_of)} · {places} · Not legal advice")


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


def _sections(explainer: Explainer, parts: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join(f"**{heading}**\n{_numbered(explainer, text)}" for heading, text in parts)


def _leads(explainer: Explainer) -> tuple[str, ...]:
    """The beginning of each side's case with its notes, cut so that the sides of a card are nearest in length."""
    return min(product(*(_beginnings(side.text) for side in explainer.sides)), key=_unevenness)


def _beginnings(text: str) -> list[str]:
    """The first sentences of a side, in all numbers that a card has room for; at least the first."""
    whole = [text[: start + len(sentence)] for start, sentence in sentences(text)]
    short = [kept for kept in whole if _length(kept) <= _LEAD_MOST] or whole[:1]
    return [kept for kept in short if _length(kept) >= _LEAD_ENOUGH] or short[-1:]


def _unevenness(leads: Sequence[str]) -> tuple[int, int]:
    """How much longer than the others a side visibly is; among leads that look alike in length, short ones win."""
    lengths = [_length(lead) for lead in leads]
    return max(max(lengths) - min(lengths) - _LEAD_ALIKE, 0), sum(lengths)


def _length(text: str) -> int:
    return len(NOTE.sub("", text))


def _lines_on(text: str, sources: set[str], begins: re.Pattern[str]) -> str:
    """The bullets or paragraphs that have a note of one of these sources, or begin so."""
    return "\n".join(line for line in text.splitlines() if sources & set(NOTE.findall(line)) or begins.match(line))


def _cited(explainer: Explainer, text: str) -> list[Source]:
    """The sources that a text's notes name."""
    notes = set(NOTE.findall(text))
    return [source for source in explainer.sources if source.id in notes]


def _card_sources(explainer: Explainer, leads: Sequence[str]) -> list[str]:
    """Those that the short answer names, then those of the sides; of what finds no room, the numbers."""
    first = _cited(explainer, explainer.short_answer)
    named = [*first, *(source for source in _cited(explainer, " ".join(leads)) if source not in first)]
    listed = sorted(named[:CARD_SOURCES], key=explainer.sources.index)
    rest = sorted(explainer.sources.index(source) + 1 for source in named[CARD_SOURCES:])
    lines = [_source_line(explainer, source) for source in listed]
    return [*lines, words.more_sources(rest)] if rest else lines


def _numbered(explainer: Explainer, text: str) -> str:
    """The text with each run of notes as the numbers of its sources, such as [1, 3]."""
    numbers = {source.id: number for number, source in enumerate(explainer.sources, 1)}

    def bracket(run: re.Match[str]) -> str:
        return f" {sorted({numbers[note] for note in NOTE.findall(run[0])})}"

    return _NOTES.sub(bracket, text)


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
    return f"{line} ({words.count(len(stale.sentences), 'sentence')} in question)"
