"""What the matcher reads of a post: the author's own words, in passages short enough for the encoder."""

from bot.text import own_text, sentences, without_links

_PASSAGE = 80  # words; the encoder reads 128 tokens
_CONTEXT = 40  # words of the post that is replied to
_MAX_PASSAGES = 5  # of a long post; bounds the cost


def prepared(text: str) -> str:
    """The author's own words, line by line, without quotes, links and code."""
    lines = (" ".join(line.split()) for line in without_links(own_text(text)).splitlines())
    return "\n".join(line for line in lines if line)


def passages(own: str) -> list[str]:
    """A prepared text in one piece, or in runs of whole sentences; the first few where it is very long."""
    if len(own.split()) <= _PASSAGE:
        return [own]
    runs: list[list[str]] = [[]]
    for sentence in sentences(own):
        said = sentence.split()[:_PASSAGE]
        if runs[-1] and len(runs[-1]) + len(said) > _PASSAGE:
            runs.append([])
        runs[-1] += said
    return [" ".join(run) for run in runs[:_MAX_PASSAGES]]


def in_context(own: str, replied_to: str) -> str:
    """A reply behind the end of what it replies to."""
    return " ".join([*replied_to.split()[-_CONTEXT:], *own.split()[:_PASSAGE]])
