"""Which explainers does a text call for, and is the bot sure enough to answer? Three bands: answer, suggest, silent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.claims.language import is_foreign
from bot.claims.lexical import LexicalRanker, PhraseIndex
from bot.claims.passages import prepared
from bot.claims.ranked import Ranked
from bot.claims.semantic import SemanticRanker
from bot.model import Band, Explainer, Judgement, Match

MENU_SIZE = 3
_TIE = 0.05  # a runner-up this close leaves the choice to a person
_LEXICAL_SUGGEST = 0.48  # by words alone: right in 117 of 132 such cases of 1,220 labelled messages


class Served(Protocol):
    """Which explainers a server serves."""

    def on(self, guild_id: int) -> Mapping[str, Explainer]:
        """All of them, by slug."""
        ...

    def own(self, guild_id: int) -> Mapping[str, Explainer]:
        """Those that the server has written itself."""
        ...


class Matcher:
    """Text in, judgement out. Without the semantic ranker it never answers: words alone are not sure enough."""

    def __init__(self, index: PhraseIndex, served: Served, semantic: SemanticRanker | None) -> None:
        self._lexical = LexicalRanker(index)
        self._served = served
        self._semantic = semantic

    def judge(self, text: str, reply_text: str | None = None, guild_id: int = 0) -> Judgement:
        """Rank explainers for a post, or for a question asked by command.

        Args:
            text: the post.
            reply_text: the post that it replies to, which a short post may need to be understood.
            guild_id: the server, whose own explainers join the built-in ones; 0 for none.
        """
        if is_foreign(prepared(text)):
            return Judgement(Band.SILENT, (), ("it is not in English",), foreign=True)
        if self._semantic is None:
            ranked = self._lexical.rank(text, reply_text, guild_id)[:MENU_SIZE]
            return _judgement(ranked, *_lexical_band(ranked))
        served = self._served.on(guild_id)
        known = self._semantic.rank(text, reply_text, guild_id, self._served.own(guild_id))
        ranked = [topic for topic in known if topic.slug in served][:MENU_SIZE]
        calibration = self._semantic.calibration
        band, why = _band(ranked, calibration.answer, calibration.suggest)
        return replace(_judgement(ranked, band, why), answer_from=calibration.answer, tied=_tied(ranked))

    def forget_guild(self, guild_id: int) -> None:
        """The bot has left: nothing of the server's own explainers is kept."""
        if self._semantic is not None:
            self._semantic.forget_guild(guild_id)


def _judgement(ranked: Sequence[Ranked], band: Band, why: str) -> Judgement:
    matches = tuple(Match(topic.slug, round(topic.score, 3), f"nearest to “{topic.phrase}”") for topic in ranked)
    reasons = (matches[0].reason, why) if matches else (why,)
    return Judgement(band, matches, reasons)


def _band(ranked: Sequence[Ranked], answer: float, suggest: float) -> tuple[Band, str]:
    if not ranked:
        return Band.SILENT, "this server serves no explainer"
    best = ranked[0].score
    if best < suggest:
        return Band.SILENT, f"score {best:.2f} is below {suggest:.2f}"
    if best < answer:
        return Band.SUGGEST, f"score {best:.2f} is below {answer:.2f}"
    if _tied(ranked):
        return Band.SUGGEST, f"{ranked[1].slug} fits as well"
    return Band.ANSWER, f"score {best:.2f} reaches {answer:.2f}"


def _tied(ranked: Sequence[Ranked]) -> bool:
    return len(ranked) > 1 and ranked[0].score - ranked[1].score < _TIE


def _lexical_band(ranked: Sequence[Ranked]) -> tuple[Band, str]:
    if not ranked:
        return Band.SILENT, "no phrasing of any explainer comes near"
    best = ranked[0].score
    if best < _LEXICAL_SUGGEST:
        return Band.SILENT, f"score {best:.2f} is below {_LEXICAL_SUGGEST:.2f}"
    return Band.SUGGEST, f"score {best:.2f}, by words alone: the semantic model is not loaded"
