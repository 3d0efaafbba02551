"""An explainer file as it lies on the page: front matter, then parts below headings, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SECTION, SIDE = 2, 3  # heading levels
_FENCE = "+++"
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"\A\s*(?:[-*+]|\d{1,2}[.)])\s+")  # a line that goes on with "2025. The" is none


@dataclass(frozen=True, slots=True)
class Part:
    """A heading (empty for the short answer), its line, and the text below it with the line where that begins."""

    level: int
    heading: str
    line: int
    text: str
    text_line: int

    @property
    def name(self) -> str:
        """What people call it."""
        return "short answer" if not self.level else "side" if self.level == SIDE else self.heading

    def paragraphs(self) -> Iterator[tuple[int, str]]:
        """The paragraphs and list items, each with its first line; an item's marker is taken off."""
        start, lines = self.text_line, list[str]()
        for number, line in enumerate(self.text.splitlines(), self.text_line):
            if lines and (not line.strip() or _ITEM.match(line)):
                yield start, "\n".join(lines)
                lines = []
            if line.strip():
                start = start if lines else number
                lines.append(line.strip() if lines else _ITEM.sub("", line, count=1).strip())
        if lines:
            yield start, "\n".join(lines)


class Page:
    """The lines of one file; ``end`` is the index of the closing ``+++``, None where it is missing."""

    def __init__(self, content: str) -> None:
        self.lines = content.split("\n")  # splitlines would also break at U+2028 and the like
        self.is_fenced = bool(self.lines) and self.lines[0].strip() == _FENCE
        self.end = next((n for n, line in enumerate(self.lines) if n and line.strip() == _FENCE), None)

    def front_matter(self) -> str:
        """The TOML, with an empty line for the opening ``+++``, so that its line numbers are the file's."""
        return "\n".join(["", *self.lines[1 : self.end]])

    def body(self) -> Iterator[tuple[int, str]]:
        """The lines below the front matter, numbered."""
        start = (self.end or 0) + 1
        return enumerate(self.lines[start:], start + 1)

    def parts(self) -> Iterator[Part]:
        """Cut the Markdown at its headings; the first part has none."""
        level, heading, line, text = 0, "", (self.end or 0) + 2, list[tuple[int, str]]()
        for number, content in self.body():
            found = _HEADING.match(content)
            if found:
                yield _part(level, heading, line, text)
                level, heading, line, text = len(found[1]), found[2].strip(), number, []
            else:
                text.append((number, content))
        yield _part(level, heading, line, text)

    def line_of_key(self, key: str, first: int = 1, last: int | None = None) -> int:
        """The line where a front-matter key stands, looked for between two lines; the first of them if it does not."""
        found = re.compile(rf"^\s*{re.escape(key)}\s*=")
        last = self.end or len(self.lines) if last is None else last
        return next((n for n in range(first, last + 1) if found.match(self.lines[n - 1])), first)

    def line_of_source(self, source_id: str) -> int:
        """The line that gives a source its id."""
        found = re.compile(rf"""^\s*id\s*=\s*["']{re.escape(source_id)}["']""")
        return next((n for n, line in enumerate(self.lines[: self.end], 1) if found.match(line)), 1)

    def line_of_text(self, text: str) -> int:
        """The first line that holds a text, whatever its case; quotation marks may be escaped, as in TOML."""
        lines = enumerate((line.replace('\\"', '"').casefold() for line in self.lines), 1)
        return next((number for number, line in lines if text.casefold() in line), 1)


def _part(level: int, heading: str, line: int, text: list[tuple[int, str]]) -> Part:
    begin = next((number for number, content in text if content.strip()), line)
    return Part(level, heading, line, "\n".join(content for _, content in text).strip(), begin)
