"""Write bot/duplicates/confusables.py: `make confusables`.

The source is Unicode's confusables.txt (technical report 39), as the package confusable-homoglyphs carries it in JSON:
for each character those that look like it. Letters of alphabets that are used to imitate Latin are mapped to the Latin
letter; compatibility forms are left out, because NFKD resolves them.
"""

import json
import re
import unicodedata
from collections import defaultdict
from importlib import metadata, resources
from pathlib import Path

OUT = Path(__file__).parent.parent / "bot" / "duplicates" / "confusables.py"
PACKAGE = "confusable-homoglyphs"
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "DESERET", "NEGATIVE", "SQUARED")
BY_NAME = re.compile(
    r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z])(?: WITH .*)?|LATIN LETTER SMALL CAPITAL ([A-Z])"
    r"|(?:NEGATIVE CIRCLED|NEGATIVE SQUARED|SQUARED) LATIN CAPITAL LETTER ([A-Z])"
)
HEADER = '''"""Letters that look like Latin ones, by Unicode's technical report 39. Generated: `make confusables`.

Source: confusables.txt, copyright Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt),
as carried by {package} {version} (MIT).
"""

LOOK_ALIKES = {{
{lines}
}}
'''
WIDTH = 110


def main() -> None:
    """Read the installed package's data and write the module."""
    data = json.loads((resources.files("confusable_homoglyphs") / "confusables.json").read_text(encoding="utf-8"))
    alike = {char: [entry["c"] for entry in entries] for char, entries in data.items()}
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for char in map(chr, range(0x80, 0x20000)):
        latin = _latin(char, alike)
        if latin is not None:
            sources[latin].append(char)
    lines = "\n".join(_lines(latin, "".join(sources[latin])) for latin in sorted(sources))
    OUT.write_text(HEADER.format(package=PACKAGE, version=metadata.version(PACKAGE), lines=lines), encoding="utf-8")


def _latin(char: str, alike: dict[str, list[str]]) -> str | None:
    """The small Latin letter that this one looks like; where its two cases differ in that, the small one decides."""
    if not unicodedata.name(char, "").startswith(ALPHABETS) or char.casefold() != char:
        return None  # case is folded first
    if unicodedata.normalize("NFKD", char)[0].isascii():
        return None
    small, large = alike.get(char, []), alike.get(char.upper(), [])
    return _plain(small) or _plain(large) or _named([char, *small, *large])


def _plain(candidates: list[str]) -> str | None:
    return next((c.lower() for c in candidates if len(c) == 1 and c.isascii() and c.isalpha()), None)


def _named(candidates: list[str]) -> str | None:
    matches = (BY_NAME.fullmatch(unicodedata.name(c, "")) for c in candidates if len(c) == 1)
    return next((match[match.lastindex or 0].lower() for match in matches if match), None)


def _lines(latin: str, chars: str) -> str:
    escaped = [char.encode("unicode_escape").decode("ascii") for char in chars]
    rows, row = [], ""
    for item in escaped:
        if len(row) + len(item) > WIDTH:
            rows.append(row)
            row = ""
        row += item
    rows.append(row)
    if len(rows) == 1 and len(rows[0]) <= WIDTH - 10:
        return f'    "{latin}": "{rows[0]}",'
    return "\n".join([f'    "{latin}": (', *(f'        "{row}"' for row in rows), "    ),"])


if __name__ == "__main__":
    main()
