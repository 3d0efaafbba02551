"""One explainer file -> one ``Explainer``, or every problem in it as file:line with a remedy.

A file is TOML front matter between two ``+++`` lines, then Markdown: the short answer, and what ``SECTIONS`` lists.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, cast

from bot.errors import ExplainerError
from bot.faq.page import SECTION, SIDE, Page, Part
from bot.model import Explainer, Side, Source

SOURCE_KINDS = ("statute", "judgment", "filing", "agency-report", "paper", "institution", "press")
CHECKS = ("read", "reported", "unchecked")
SECTIONS = ("Settled", "Disputed", "Undecided", "Commonly got wrong")
NOTE = re.compile(r"\[\^([^\]\s]+)\]")

# Longest lengths in characters without notes: what fits on a card and is read in 20 seconds.
_LIMITS = {
    "title": 200,
    "heading": 100,
    "short answer": 350,
    "Settled": 1000,
    "side": 800,
    "Undecided": 800,
    "Commonly got wrong": 1000,
}
_FIELD = 1024  # what a field of Discord's holds, notes included
_SHOWN_NOTE = " [10]"  # what a note becomes there, at its longest
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in an explainer file, and what to do about it; a warning is for a person to judge."""

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.is_warning else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class _Field:
    """What a front-matter value must be."""

    check: Callable[[Any], bool]
    expected: str
    optional: bool = False


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(_text(item) for item in value)


def _some_texts(value: object) -> bool:
    return _texts(value) and bool(value)


def _some_lines(value: object) -> bool:
    """Texts that can be edited one a line."""
    return _some_texts(value) and all("\n" not in text for text in cast("list[str]", value))


def _address(value: object) -> bool:
    return isinstance(value, str) and bool(re.match(r"https?://[^\s/]+\.\S+\Z", value))


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _one_of(allowed: tuple[str, ...]) -> _Field:
    return _Field(lambda value: value in allowed, "one of " + ", ".join(allowed))


_TEXT = _Field(_text, 'a text in quotes, such as "Is it legal?"')
_DATE = _Field(lambda value: type(value) is date, "a date such as 2026-07-05, without quotes")
_FIELDS: Mapping[str, _Field] = {
    "title": _TEXT,
    "aliases": _Field(_some_texts, 'a list of texts with at least one, such as ["Google Books"]'),
    "jurisdictions": _Field(_some_texts, 'a list of country codes with at least one, such as ["US", "EU"]'),
    "as_of": _DATE,
    "review_by": _DATE,
    "related": _Field(_texts, "a list of other explainers' file names without .md, or []"),
    "claims": _Field(_some_lines, "a list of posts that this explainer answers, a line each, with at least one"),
    "not_claims": _Field(_some_lines, "a list of near misses that deserve silence, a line each, with at least one"),
    "sources": _Field(lambda value: bool(value) and _tables(value) == value, "at least one [[sources]] table"),
}
_SOURCE_FIELDS: Mapping[str, _Field] = {
    "id": _Field(
        lambda value: isinstance(value, str) and bool(SLUG.match(value)),
        'lower-case words with hyphens, such as "bartz-order"',
    ),
    "title": _TEXT,
    "publisher": _TEXT,
    "url": _Field(_address, "an http(s) address"),
    "date": _DATE,
    "kind": _one_of(SOURCE_KINDS),
    "jurisdiction": _TEXT,
    "checked": _one_of(CHECKS),
    "archive": _Field(_address, "the http(s) address of a kept copy", optional=True),
}


def parse_explainer(path: PurePath, content: str) -> Explainer:
    """Read one explainer; the file name is its slug.

    Raises:
        ExplainerError: with every problem found.
    """
    explainer, problems = examine(path, content)
    if explainer is None:
        raise ExplainerError(problems)
    return explainer


def examine(path: PurePath, content: str) -> tuple[Explainer | None, list[Problem]]:
    """Read one explainer, if it can be read, and tell every problem in it."""
    parser = _Parser(path, content)
    return parser.explainer(), sorted(parser.problems)


class _Parser:
    def __init__(self, path: PurePath, content: str) -> None:
        self._path = path
        self._page = Page(content)
        self.problems: list[Problem] = []

    def explainer(self) -> Explainer | None:
        if not SLUG.match(self._path.stem):
            self._problem(1, f"rename the file: {self._path.stem!r} is not lower-case words with hyphens")
        if not self._page.is_fenced:
            self._problem(1, "begin the file with a line +++, then the front matter")
            return None
        end = self._page.end
        if end is None:
            self._problem(1, "close the front matter with a second line +++")
            return None
        data = self._front_matter(end)
        parts = list(self._page.parts())
        sections = self._sections(parts)
        if data is None:
            return None
        self._check_fields(data, _FIELDS, 1, end)
        sources = self._sources(data, end)
        ids = (table.get("id") for table in _tables(data.get("sources")))  # also of a source that has a problem
        self._check_notes({source_id for source_id in ids if isinstance(source_id, str)})
        if self.problems:
            return None
        return Explainer(
            slug=self._path.stem,
            short_answer=parts[0].text,
            settled=sections["Settled"],
            sides=self._sides(parts),
            undecided=sections["Undecided"],
            commonly_got_wrong=sections["Commonly got wrong"],
            sources=sources,
            **{name: _frozen(data[name]) for name in _FIELDS if name != "sources"},
        )

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(str(self._path), line, message))

    def _front_matter(self, end: int) -> dict[str, Any] | None:
        try:
            return tomllib.loads(self._page.front_matter())
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"at line (\d+)", str(error))
            self._problem(int(where[1]) if where else end, f"the front matter is not valid TOML: {error}")
            return None
        except RecursionError:
            self._problem(end, "the front matter is not valid TOML: its lists are nested too deeply")
            return None

    def _check_fields(self, table: Mapping[str, Any], fields: Mapping[str, _Field], first: int, last: int) -> bool:
        """Check one table that stands on the lines ``first`` to ``last``; say whether it is fine."""
        before = len(self.problems)
        for name, field in fields.items():
            if name not in table:
                if not field.optional:
                    self._problem(first, f"add {name}: {field.expected}")
            elif not field.check(table[name]):
                self._problem(self._page.line_of_key(name, first, last), f"{name} must be {field.expected}")
        for name in table.keys() - fields.keys():
            self._problem(
                self._page.line_of_key(name, first, last), f"remove {name}: no such key; known are {', '.join(fields)}"
            )
        title = table.get("title")
        if isinstance(title, str) and len(title) > _LIMITS["title"]:
            line = self._page.line_of_key("title", first, last)
            self._problem(line, f"shorten the title to {_LIMITS['title']} characters")
        return len(self.problems) == before

    def _sources(self, data: Mapping[str, Any], end: int) -> tuple[Source, ...]:
        starts = [n for n, line in enumerate(self._page.lines[:end], 1) if line.strip() == "[[sources]]"]
        sources: list[Source] = []
        for index, table in enumerate(_tables(data.get("sources"))):
            first = starts[index] if index < len(starts) else 1
            last = starts[index + 1] - 1 if index + 1 < len(starts) else end
            if self._check_fields(table, _SOURCE_FIELDS, first, last):
                if table["id"] in {source.id for source in sources}:
                    self._problem(first, f"the source id {table['id']} stands twice: give each source its own")
                sources.append(Source(**table))
        return tuple(sources)

    def _sections(self, parts: list[Part]) -> dict[str, str]:
        sections = [part for part in parts if part.level not in (0, SIDE)]
        if tuple((part.level, part.heading) for part in sections) != tuple((SECTION, name) for name in SECTIONS):
            wanted = ", ".join(f"## {name}" for name in SECTIONS)
            self._problem(parts[0].line, f"the sections must be exactly these, in this order: {wanted}")
        disputed = any(part.heading == "Disputed" for part in sections)
        if disputed and list(_sections_of_sides(parts)) != ["Disputed", "Disputed"]:
            self._problem(parts[0].line, "## Disputed needs exactly two ### headings, one for each side")
        for part in parts:
            if part.heading != "Disputed" or part.level == SIDE:
                self._check_length(part)
            elif part.text:
                self._problem(part.line, "move the text below ## Disputed under one of the two ### headings")
        return {part.heading: part.text for part in sections}

    def _check_length(self, part: Part) -> None:
        name, length = part.name, len(NOTE.sub("", part.text))
        if not length:
            self._problem(part.line, f"write the {name}: it is empty")
        elif length > _LIMITS.get(name, length):
            self._problem(
                part.line, f"shorten the {name} from {length} to {_LIMITS[name]} characters (notes not counted)"
            )
        elif len(NOTE.sub(_SHOWN_NOTE, part.text)) > _FIELD:
            self._problem(part.line, f"shorten the {name}, or cut notes: Discord shows {_FIELD} characters with them")
        if part.level == SIDE and not part.heading:
            self._problem(part.line, "give the side a heading after ###")
        elif len(part.heading) > _LIMITS["heading"]:
            self._problem(part.line, f"shorten the heading to {_LIMITS['heading']} characters")

    @staticmethod
    def _sides(parts: list[Part]) -> tuple[Side, Side]:
        first, second = (Side(part.heading, part.text) for part in parts if part.level == SIDE)
        return first, second

    def _check_notes(self, known: set[str]) -> None:
        used = set()
        for number, line in self._page.body():
            for note in NOTE.findall(line):
                used.add(note)
                if note not in known:
                    self._problem(number, f"no source has the id {note}: add it to [[sources]] or correct the note")
        for unused in known - used:
            self._problem(
                self._page.line_of_source(unused),
                f"no sentence rests on the source {unused}: note it with [^{unused}] or remove it",
            )


def _sections_of_sides(parts: Iterable[Part]) -> Iterator[str]:
    """For each side, the heading of the section that it stands in."""
    section = ""
    for part in parts:
        if part.level == SIDE:
            yield section
        else:
            section = part.heading


def _frozen(value: object) -> Any:  # noqa: ANN401  # front matter holds texts, dates and lists; the fields' checks have run
    return tuple(value) if isinstance(value, list) else value
