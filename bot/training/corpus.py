"""Gathers what the matcher learns from: the explainers' phrasings, hard negatives, and ordinary chat."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.backtest.read import read_texts
from bot.claims.gate import MIN_WORDS
from bot.claims.passages import prepared
from bot.errors import InputError
from bot.model import Explainer
from bot.text import words

BACKGROUND = 5_000  # posts of ordinary chat; with none of them, ordinary chat is answered (docs/matcher.md)
_SEED = 20_260_705  # which posts are drawn


@dataclass(frozen=True, slots=True)
class Corpus:
    """Prepared texts with their topics, None for "none of them". The first ``own`` are ours, the rest is chat."""

    texts: tuple[str, ...] = field(repr=False)
    topics: tuple[str | None, ...] = field(repr=False)
    own: int


def gather(explainers: Iterable[Explainer], negatives: Iterable[str], chat: Path) -> Corpus:
    """Everything that the heads are fitted to.

    Raises:
        InputError: the file of ordinary chat is wrong, or too short.
    """
    own = [*_phrasings(explainers), *((text, None) for text in negatives)]
    own = [(prepared(text), topic) for text, topic in own if prepared(text)]
    examples = own + [(text, None) for text in _background(chat)]
    return Corpus(tuple(text for text, _ in examples), tuple(topic for _, topic in examples), len(own))


def _phrasings(explainers: Iterable[Explainer]) -> Iterator[tuple[str, str | None]]:
    for explainer in explainers:
        yield explainer.title, explainer.slug
        yield from ((claim, explainer.slug) for claim in explainer.claims)
        yield from ((miss, None) for miss in explainer.not_claims)


def _background(chat: Path) -> Sequence[str]:
    """Posts that the gate lets through, drawn the same way each time."""
    posts = [text for text in map(prepared, read_texts(chat)) if len(words(text)) >= MIN_WORDS]
    if len(posts) < BACKGROUND:
        raise InputError(f"{chat}: {len(posts)} posts of {MIN_WORDS} words or more; at least {BACKGROUND} are needed")
    return Random(_SEED).sample(posts, BACKGROUND)  # noqa: S311  # a sample, not a secret
