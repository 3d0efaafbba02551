"""``judge``: what the matcher makes of single messages, without any state between them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.backtest.read import Message
from bot.claims.gate import stopped_by_gate
from bot.model import Band, Judgement, Post
from bot.pipeline import Matcher


def judge(messages: Iterable[Message], matcher: Matcher) -> Iterator[dict[str, Any]]:
    """One decision a message, in order. Silent messages have a score and a menu too: thresholds are chosen by them."""
    for message in messages:
        stopped = stopped_by_gate(Post(0, 0, 0, 0, message.text, datetime.fromtimestamp(0, UTC)))
        judgement = matcher.judge(message.text, message.reply_to_text)
        if stopped is not None:
            judgement = Judgement(Band.SILENT, judgement.matches, (stopped,))
        yield {"id": message.id, **as_json(judgement)}


def as_json(judgement: Judgement, band: Band | None = None, reasons: Iterable[str] | None = None) -> dict[str, Any]:
    """A judgement as ``judge`` and ``replay`` write it, with the band and the reasons of what was done about it."""
    return {
        "band": (band or judgement.band).value,
        "topic": judgement.topic,
        "score": judgement.score,
        "menu": list(judgement.menu),
        "reasons": list(judgement.reasons if reasons is None else reasons),
    }
