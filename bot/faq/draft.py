"""An explainer while people work on it: every part as the text they typed, right or wrong, so that nothing is lost.

A draft becomes an explainer by being written in the file format and parsed; so there is one set of rules for files and
for editing in Discord.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path

from bot.errors import ExplainerError, InputError
from bot.faq.parse import parse_explainer
from bot.model import Explainer, Source

_LISTS = ("aliases", "jurisdictions", "related", "claims", "not_claims")  # one entry a line


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of an explainer as texts; of the lists, one entry a line; ``sources`` is TOML."""

    title: str
    aliases: str
    jurisdictions: str
    as_of: str
    review_by: str
    related: str
    claims: str
    not_claims: str
    sources: str
    short_answer: str
    settled: str
    first_heading: str
    first_side: str
    second_heading: str
    second_side: str
    undecided: str
    commonly_got_wrong: str

    @classmethod
    def of(cls, explainer: Explainer) -> "Draft":
        """The draft that becomes this explainer again."""
        first, second = explainer.sides
        return cls(
            title=explainer.title,
            as_of=explainer.as_of.isoformat(),
            review_by=explainer.review_by.isoformat(),
            sources=_sources_toml(explainer.sources),
            short_answer=explainer.short_answer,
            settled=explainer.settled,
            first_heading=first.heading,
            first_side=first.text,
            second_heading=second.heading,
            second_side=second.text,
            undecided=explainer.undecided,
            commonly_got_wrong=explainer.commonly_got_wrong,
            **{name: "\n".join(getattr(explainer, name)) for name in _LISTS},
        )

    @classmethod
    def blank(cls, title: str, as_of: date, review_by: date) -> "Draft":
        """The beginning of a new topic."""
        empty = dict.fromkeys((field.name for field in fields(cls)), "")
        dates = {"as_of": as_of.isoformat(), "review_by": review_by.isoformat()}
        return cls(**{**empty, **dates, "title": title, "aliases": title, "jurisdictions": "US"})

    @classmethod
    def from_json(cls, text: str) -> "Draft":
        """Read what ``to_json`` wrote.

        Raises:
            InputError: it is not JSON, or a part is missing, unknown or no text.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise InputError(f"not JSON: {error}") from error
        return cls.from_parts(data)

    @classmethod
    def from_parts(cls, data: object) -> "Draft":
        """Check that these are the parts of a draft.

        Raises:
            InputError: a part is missing, unknown or no text.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(data, dict) or data.keys() != names:
            given = set(data) if isinstance(data, dict) else set()
            wrong = ", ".join(sorted(str(name) for name in given ^ names))
            raise InputError(f"missing or unknown parts: {wrong or 'all'}")
        for name, value in data.items():
            if not isinstance(value, str):
                raise InputError(f"{name} must be a text")
            if any("\ud800" <= character <= "\udfff" for character in value):  # JSON can write them, UTF-8 cannot
                raise InputError(f"{name} holds half a character")
        return cls(**data)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def with_parts(self, **parts: str) -> "Draft":
        """The draft with some parts typed anew."""
        return replace(self, **{name: text.strip() for name, text in parts.items()})

    def to_markdown(self) -> str:
        """The draft in the file format."""
        lists = [f"{name} = [\n{_toml_lines(getattr(self, name))}]" for name in _LISTS]
        front = [
            f"title = {_toml_text(self.title)}",
            *lists[:2],
            f"as_of = {self.as_of}",
            f"review_by = {self.review_by}",
            *lists[2:],
            "",
            self.sources,
        ]
        body = [
            self.short_answer,
            f"## Settled\n{self.settled}",
            "## Disputed",
            f"### {self.first_heading}\n{self.first_side}",
            f"### {self.second_heading}\n{self.second_side}",
            f"## Undecided\n{self.undecided}",
            f"## Commonly got wrong\n{self.commonly_got_wrong}",
        ]
        return "+++\n" + "\n".join(front).strip() + "\n+++\n" + "\n\n".join(body) + "\n"

    def to_explainer(self, slug: str) -> Explainer:
        """What the draft says, once it is right.

        Raises:
            ExplainerError: with every problem, as line numbers of ``to_markdown``.
        """
        explainer = parse_explainer(Path(f"{slug}.md"), self.to_markdown())
        if explainer.slug != slug:  # a slash in it looked like a folder
            raise ExplainerError([f"{slug!r} is not lower-case words with hyphens"])
        return explainer


def _sources_toml(sources: Sequence[Source]) -> str:
    return "\n\n".join(_source_toml(source) for source in sources)


def _source_toml(source: Source) -> str:
    parts = asdict(source)
    written = parts.pop("date").isoformat()
    lines = [f"{name} = {_toml_text(value)}" for name, value in parts.items() if value is not None]
    lines.insert(4, f"date = {written}")
    return "\n".join(["[[sources]]", *lines])


def _toml_lines(text: str) -> str:
    return "".join(f"  {_toml_text(line)},\n" for line in _lines(text))


def _lines(text: str) -> Iterable[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def _toml_text(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
