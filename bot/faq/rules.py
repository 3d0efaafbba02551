"""What one explainer must keep beyond its form: balance, tone, sources, dates, plain words. A table of rules."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from textwrap import shorten

from bot.faq.ledger import is_primary
from bot.faq.page import SIDE, Page, Part
from bot.faq.parse import NOTE, Problem
from bot.faq.prose import reading_grade, sentences
from bot.model import Explainer
from bot.text import STOP_WORDS

_MOST_UNEQUAL = 1.6
_SOURCES = range(4, 9)
_FEWEST_CLAIMS, _FEWEST_NOT_CLAIMS = 12, 4
_HARD, _TOO_HARD = 11.0, 13.0
_BEGINNING = 50  # characters of a sentence that a problem quotes
_DESCRIPTION, _AROUND_A_SOURCE = 4096, 80  # what Discord's longest text holds; what a card writes around each source

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')
_VERDICT = re.compile(
    r"\b(?:theft|thie(?:f|ves)|steal(?:s|ing)?|stole(?:n)?|robb(?:ed|ery|ing)|loot(?:s|ed|ing)?|plunder\w*|launder\w*|"
    r"scams?|grift\w*|rip-?offs?|slop|parasit\w+|greed(?:y|ily)?|shameless(?:ly)?|blatant(?:ly)?|outrageous(?:ly)?|"
    r"disgrac\w+|absurd(?:ly)?|ridiculous(?:ly)?|nonsense|obvious(?:ly)?|clearly|plainly|undoubtedly|unquestionabl[ey]|"
    r"indisputabl[ey]|self-evident(?:ly)?|rightly|wrongly|unfortunately|fortunately|sadly|debunked|of course|"
    r"no doubt|without (?:a )?doubt|needless to say|everyone knows|case closed|"
    r"(?:is|are|now|long|already|well|been)[ -]settled|settled (?:law|question|matter|issue|point|precedent))\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w-]*|\d+")
_NO_NAMES = frozenset({"AI", "US", "EU", "UK"})  # they say where or what about, and state nothing by themselves


@dataclass(frozen=True, slots=True)
class Subject:
    """One explainer as it is judged: its values, its file, and the day."""

    explainer: Explainer
    path: Path
    page: Page
    today: date

    @property
    def parts(self) -> list[Part]:
        """The parts that have a text."""
        return [part for part in self.page.parts() if part.text]

    def error(self, line: int, message: str) -> Problem:
        return Problem(str(self.path), line, message)

    def warning(self, line: int, message: str) -> Problem:
        return Problem(str(self.path), line, message, is_warning=True)


def broken_rules(subject: Subject) -> Iterator[Problem]:
    """Every problem of one explainer by itself."""
    for rule in _RULES:
        yield from rule(subject)


def _sides_of_equal_weight(subject: Subject) -> Iterator[Problem]:
    sides = sorted((len(_plain(part.text)), part.line) for part in subject.parts if part.level == SIDE)
    (shorter, _), (longer, line) = sides
    if longer > _MOST_UNEQUAL * shorter:
        yield subject.error(
            line,
            f"bring the sides closer: {longer} characters against {shorter}, "
            f"more than {_MOST_UNEQUAL} times (notes not counted)",
        )


def _no_verdicts(subject: Subject) -> Iterator[Problem]:
    places = [(subject.page.line_of_key("title"), subject.explainer.title)]
    for part in subject.page.parts():
        places += [(part.line, part.heading), *part.paragraphs()]
    for first, text in places:
        for word in _VERDICT.finditer(_outside_quotes(text)):
            yield subject.error(
                _line_at(first, text, word.start()),
                f'"{word[0]}" is a verdict: say what happened and who says so, or quote whose word it is',
            )


def _facts_with_notes(subject: Subject) -> Iterator[Problem]:
    """A sentence that holds a name, a number or a date carries a note; so does each paragraph but open questions."""
    paragraphs = [(part, *paragraph) for part in subject.parts for paragraph in part.paragraphs()]
    names = {name for _, _, text in paragraphs for _, sentence in sentences(text) for name in _names(sentence)}
    for part, first, text in paragraphs:
        if part.heading != "Undecided" and not NOTE.search(text):
            yield subject.error(first, f"give this paragraph a source, [^id]: {_begin(text)}")
            continue
        for offset, sentence in sentences(text):
            is_bare = not NOTE.search(sentence) and not sentence.endswith("?")
            if is_bare and (_names(sentence) or _first_word(sentence) in names):
                line = _line_at(first, text, offset)
                yield subject.error(line, f"give this sentence its source, [^id]: {_begin(sentence)}")


def _names(sentence: str) -> set[str]:
    """Names and numbers outside quotations; a capital proves nothing where a sentence begins."""
    text = _outside_quotes(sentence).strip()
    found = {name[0] for name in _NAME.finditer(text) if name.start() or name[0].isdigit()}
    return {name for name in found if name not in _NO_NAMES and name.lower() not in STOP_WORDS}


def _first_word(sentence: str) -> str:
    found = _NAME.match(_outside_quotes(sentence).strip())
    return found[0] if found else ""


def _dates_in_order(subject: Subject) -> Iterator[Problem]:
    explainer, page = subject.explainer, subject.page
    if explainer.as_of > subject.today:
        yield subject.error(
            page.line_of_key("as_of"),
            f"as_of is {explainer.as_of}, but today is {subject.today}: give the day of the last check",
        )
    if explainer.review_by <= explainer.as_of:
        yield subject.error(page.line_of_key("review_by"), f"give a review_by after as_of, which is {explainer.as_of}")
    elif explainer.review_by < subject.today:
        yield subject.warning(
            page.line_of_key("review_by"),
            f"the review was due on {explainer.review_by}: check the facts anew, then move as_of and review_by",
        )
    for source in explainer.sources:
        if source.date > explainer.as_of:
            yield subject.error(
                page.line_of_key("date", page.line_of_source(source.id)),
                f"{source.id} is of {source.date}, later than as_of: check the facts anew and move as_of",
            )


def _enough_of_each(subject: Subject) -> Iterator[Problem]:
    explainer, page = subject.explainer, subject.page
    if len(explainer.sources) not in _SOURCES:
        yield subject.warning(
            page.line_of_source(explainer.sources[0].id),
            f"{len(explainer.sources)} sources: have {_SOURCES[0]} to {_SOURCES[-1]}, the strongest",
        )
    for key, phrases, fewest in (
        ("claims", explainer.claims, _FEWEST_CLAIMS),
        ("not_claims", explainer.not_claims, _FEWEST_NOT_CLAIMS),
    ):
        if len(phrases) < fewest:
            yield subject.warning(
                page.line_of_key(key), f"{len(phrases)} {key}: add some in other words, to {fewest} at least"
            )


def _primary_sources_first(subject: Subject) -> Iterator[Problem]:
    for earlier, source in pairwise(subject.explainer.sources):
        if is_primary(source) and not is_primary(earlier):
            yield subject.warning(
                subject.page.line_of_source(source.id),
                f"put {source.id} before press and institutions: cards list sources in this order",
            )


def _sources_fit_a_card(subject: Subject) -> Iterator[Problem]:
    sources = subject.explainer.sources
    length = sum(len(source.title + source.publisher + source.url) + _AROUND_A_SOURCE for source in sources)
    if length > _DESCRIPTION:
        yield subject.error(
            subject.page.line_of_source(sources[0].id),
            f"shorten titles, publishers or addresses of sources: the list has about {length} characters, "
            f"Discord shows {_DESCRIPTION}",
        )


def _plain_words(subject: Subject) -> Iterator[Problem]:
    for part in subject.parts:
        grade = round(reading_grade([_plain(paragraph) for _, paragraph in part.paragraphs()]), 1)
        if grade > _HARD:
            report = subject.error if grade >= _TOO_HARD else subject.warning
            yield report(
                part.line, f"{part.name}: reading grade {grade}; take shorter sentences and words, down to {_HARD:.0f}"
            )


def _plain(text: str) -> str:
    return NOTE.sub("", text)


def _outside_quotes(text: str) -> str:
    """The text with quotations blanked out, line breaks kept."""
    return _QUOTED.sub(lambda quoted: re.sub(r"\S", " ", quoted[0]), text)


def _line_at(first: int, text: str, offset: int) -> int:
    return first + text.count("\n", 0, offset)


def _begin(text: str) -> str:
    return shorten(text, _BEGINNING, placeholder=" ...")


_RULES: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    _sides_of_equal_weight,
    _no_verdicts,
    _facts_with_notes,
    _dates_in_order,
    _enough_of_each,
    _primary_sources_first,
    _sources_fit_a_card,
    _plain_words,
)
