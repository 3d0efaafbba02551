"""Lets only posts through that could state a claim. Only certain cases stop here: a word list would halve recall."""

from bot.model import Post
from bot.text import has_words, own_text, without_links, words

MIN_WORDS = 3
_COMMAND_PREFIXES = ("/", "!", "?", ".", "$", "%", "-", "+", ";;")


def stopped_by_gate(post: Post) -> str | None:
    """Why this post cannot state a claim, in words; None lets it through."""
    if post.is_bot:
        return "the author is a bot"
    text = post.text.lstrip()
    if text.startswith(_COMMAND_PREFIXES) and _is_command(text):
        return "it is a command"
    if not has_words(without_links(own_text(text)), MIN_WORDS):
        return f"fewer than {MIN_WORDS} words of its own"
    return None


def own_words(text: str) -> int:
    """How many words an author wrote, without quotations, code and links."""
    return len(words(without_links(own_text(text))))


def _is_command(text: str) -> bool:
    return any(text.startswith(prefix) and text[len(prefix) :][:1].isalpha() for prefix in _COMMAND_PREFIXES)
