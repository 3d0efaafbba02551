"""What a post says once its disguise is off: own lines, words and sentences."""

import re
import unicodedata

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED_REST = re.compile(r"^[^\S\n]*>>> .*\Z", re.DOTALL | re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[^\S\n]*> ?.*$", re.MULTILINE)
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w{1,32}:|/[^:<>]{1,100}:|t:)-?\d{1,20}(?::\w)?>|@(?:everyone|here)\b")
_LINK = re.compile(r"\bhttps?://[^\s<>]+", re.IGNORECASE)
_MARKS = "".join(chr(code) for code in range(0x300, 0x3100) if unicodedata.category(chr(code))[0] == "M")
_LETTERS = rf"(?:[^\W_][{_MARKS}]*)+"
_WORD = re.compile(rf"{_LETTERS}(?:['\u2019]{_LETTERS})*")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+|\s[-\u2013\u2014]\s")


def own_text(text: str) -> str:
    """What the author says: without code, quoted lines (``>``, ``>>>``), mentions and custom emoji."""
    if "`" in text:
        text = _CODE.sub(" ", text)
    return without_quotes(text)


def without_quotes(text: str) -> str:
    """The text without blocks of code, quoted lines, mentions and custom emoji; each costs only where it may occur."""
    if "```" in text:
        text = _CODE_BLOCK.sub(" ", text)
    if ">" in text:
        text = _QUOTED_REST.sub(" ", text)
        text = _QUOTED_LINE.sub(" ", text)
    return without_mentions(text).strip()


def without_mentions(text: str) -> str:
    """The text without mentions of members, roles and channels, and without custom emoji."""
    return _MENTION.sub(" ", text) if "<" in text or "@" in text else text


def without_links(text: str) -> str:
    """The text with every web address taken out."""
    return _LINK.sub(" ", text) if "://" in text else text


def words(text: str) -> list[str]:
    """The words, in lower case; an apostrophe inside a word stays part of it, written straight."""
    return [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]


def has_words(text: str, at_least: int) -> bool:
    """Whether a text has so many words; reads no further than that."""
    end = 0
    for _ in range(at_least):
        found = _WORD.search(text, end)
        if found is None:
            return False
        end = found.end()
    return True


STOP_WORDS = frozenset(
    words(
        """
        a about after again all also am an and any are as at be because been before being but by can could did
        do does doing don't for from get gets getting go goes going gonna got had has have having he her here
        him his how i i'm if im in into is isn't it it's its itself just know like lol lot make makes me more
        most much my no nor not now of off oh ok on one only or other our out over own people really right
        same say says see she should since so some still such sure than that that's the their them then there
        these they they're thing things think this those through to too u um up us use very want wants was way
        we well were what what's when where which while who why will with would yeah yes you you're your
        """
    )
)


def content_words(text: str) -> list[str]:
    """The words that carry meaning."""
    return [word for word in words(text) if word not in STOP_WORDS]


def sentences(text: str) -> list[str]:
    """The sentences, each with at least one word."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]
