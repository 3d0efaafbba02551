"""What differs between two texts, word by word."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

_MOST_WORDS = 400  # of each text; a card holds fewer


class Change(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring words that fared alike; kept ones as the later text has them."""

    change: Change
    words: tuple[str, ...]


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The later text in pieces, with what it left out of the earlier one; capital letters make no difference."""
    old, new = before.split()[:_MOST_WORDS], after.split()[:_MOST_WORDS]
    pieces: list[Piece] = []
    gone: list[str] = []
    came: list[str] = []
    for step in Indel.opcodes(_folded(old), _folded(new)):
        if step.tag != "equal":
            gone += old[step.src_start : step.src_end]
            came += new[step.dest_start : step.dest_end]
            continue
        kept = new[step.dest_start : step.dest_end]
        pieces += [Piece(Change.GONE, tuple(gone)), Piece(Change.NEW, tuple(came)), Piece(Change.KEPT, tuple(kept))]
        gone, came = [], []
    pieces += [Piece(Change.GONE, tuple(gone)), Piece(Change.NEW, tuple(came))]
    return tuple(piece for piece in pieces if piece.words)


def _folded(words: Sequence[str]) -> list[str]:
    return [word.casefold() for word in words]
