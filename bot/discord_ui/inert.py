"""Members' words as plain text: nothing in them pings, links, formats, hides or runs over its neighbours."""

import unicodedata

_MOST_MARKS = 2  # combining marks on one letter; more is a tower that covers the lines around it
_MARKS = {"Mn", "Me", "Mc"}
_HIDDEN = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
}  # controls, also those that turn the direction of writing, and what has no form
_SPACES = {"Zs", "Zl", "Zp"}
_TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"  # what ends a code block is three of the other kind


def plain(text: str) -> str:
    """A text on one line in visible characters, without what a code block would take for its end."""
    shown: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if char.isspace() or kind in _SPACES:
            char, kind = " ", "Zs"  # the same character as far as can be seen
        if kind in _HIDDEN:
            continue
        marks = marks + 1 if kind in _MARKS else 0
        if marks <= _MOST_MARKS:
            shown.append(char)
    return " ".join("".join(shown).replace("`", _TICK).split())


def cut(text: str, longest: int) -> str:
    """At most so many characters, and no mark without its letter."""
    if len(text) <= longest:
        return text
    end = longest - 1
    while end and unicodedata.category(text[end]) in _MARKS:
        end -= 1
    return f"{text[:end]}…"


def quoted(text: str, longest: int) -> str:
    """A member's words inside a line of ours."""
    return f"`{cut(plain(text), longest - 2) or ' '}`"


def block(text: str, longest: int) -> str:
    """A code block around text that is plain already, marks of our own included."""
    return f"```\n{cut(text, longest - 8) or ' '}\n```"
