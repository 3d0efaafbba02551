"""Ranks topics by all evidence at once: trained heads, and nearness to known phrasings in meaning and in wording."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.claims.bank import Bank, Nearness, Phrasing
from bot.claims.features import Floats, count_pieces, count_words, weigh
from bot.claims.heads import Calibration, Embedder, Heads, log_odds
from bot.claims.passages import in_context, passages, prepared
from bot.claims.ranked import Ranked
from bot.model import Explainer

NONE = ""  # the class of texts that call for no explainer
# What nearness adds to the logarithm of a class's share: of 0 to 16 and 8 to 28, what told right from wrong best on the
# calibration set (docs/matcher.md).
_MEANING_WEIGHT = 8.0
_WORDING_WEIGHT = 16.0
_EVERYWHERE = 0  # no server has this number
_NO_TOPICS: Mapping[str, Explainer] = {}
_FAR = Nearness(0, 0, "")  # of a topic that was trained and whose explainer is gone


@dataclass(frozen=True, slots=True)
class Model:
    """All that training leaves behind.

    Attributes:
        heads: the linear heads.
        calibration: what evidence means.
        negatives: texts that call for no explainer.
        vectors: embeddings of all phrasings and negatives, by prepared text.
        trained_on: hash of the phrasings, to tell when the explainers have moved on.
    """

    heads: Heads
    calibration: Calibration
    negatives: tuple[str, ...] = field(repr=False)
    vectors: Mapping[str, Floats] = field(repr=False)
    trained_on: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one topic, to be calibrated, and the phrasing of it that is nearest."""

    value: float
    phrase: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Evidence by topic: log-odds for those that the heads know, nearness for those that a server added."""

    trained: Mapping[str, Evidence]
    untrained: Mapping[str, Evidence]


class SemanticRanker:
    """Text in, ranked topics out. Takes turns only: it remembers the phrasings that servers added."""

    def __init__(self, model: Model, embedder: Embedder, built_in: Mapping[str, Explainer]) -> None:
        self.calibration = model.calibration
        self._heads = model.heads
        self._known = model.vectors
        self._embedder = embedder
        misses = [miss for explainer in built_in.values() for miss in explainer.not_claims]
        trained = {slug: built_in[slug] for slug in model.heads.topics if slug in built_in}
        self._untrained = {slug: explainer for slug, explainer in built_in.items() if slug not in trained}
        topics = {slug: self._phrasings(_phrases(explainer)) for slug, explainer in trained.items()}
        self._bank = Bank(topics | {NONE: self._phrasings((*model.negatives, *misses))})
        self._own_banks: dict[int, tuple[Mapping[str, Explainer], Bank]] = {}

    def rank(
        self, text: str, reply_text: str | None = None, guild_id: int = 0, own: Mapping[str, Explainer] = _NO_TOPICS
    ) -> list[Ranked]:
        """All topics, best first.

        Args:
            text: the post.
            reply_text: the post that it replies to. What a reply says by itself and what it says in that context
                count by halves.
            guild_id: the server.
            own: the explainers that the server has written itself; they match by nearness, without training.
        """
        found = self.find(text, reply_text, self._own_bank(guild_id, own))
        calibration = self.calibration
        best: dict[str, Ranked] = {}
        for line, topics in ((calibration.trained, found.trained), (calibration.untrained, found.untrained)):
            for slug, evidence in topics.items():
                topic = Ranked(slug, line.probability(evidence.value), evidence.phrase)
                best[slug] = max(topic, best.get(slug, topic), key=lambda topic: topic.score)
        return sorted(best.values(), key=lambda topic: (-topic.score, topic.slug))

    def find(self, text: str, reply_text: str | None, untrained: Bank | None) -> Findings:
        """The evidence for each topic; what calibration is fitted to."""
        alone = self._strongest(passages(prepared(text)), untrained)
        replied_to = prepared(reply_text) if reply_text is not None else ""
        if not replied_to:  # a reply to a picture, say, stands by itself
            return alone
        context = self._strongest([in_context(prepared(text), replied_to)], untrained)
        return Findings(_mean(alone.trained, context.trained), _mean(alone.untrained, context.untrained))

    def forget_guild(self, guild_id: int) -> None:
        """Drop what is remembered of a server's own explainers."""
        self._own_banks.pop(guild_id, None)

    def bank_of(self, explainers: Mapping[str, Explainer]) -> Bank:
        """The phrasings of explainers as those of topics that a server added."""
        return Bank({slug: self._phrasings(_phrases(explainer)) for slug, explainer in explainers.items()})

    def _strongest(self, texts: Sequence[str], untrained: Bank | None) -> Findings:
        """The strongest evidence of several passages."""
        found = [self._find(text, untrained) for text in texts]
        return Findings(
            _strongest(findings.trained for findings in found), _strongest(findings.untrained for findings in found)
        )

    def _find(self, text: str, untrained: Bank | None) -> Findings:
        words, pieces = weigh(count_words(text), self._heads.idf), weigh(count_pieces(text), self._heads.idf)
        vector = self._vector(text)
        near = self._bank.nearness(words, vector)
        added = untrained.nearness(words, vector) if untrained is not None else {}
        return Findings(
            self._fused(self._heads.log_shares(words, pieces, vector), near),
            {slug: Evidence(_sum(topic) - _sum(near[NONE]), topic.phrase) for slug, topic in added.items()},
        )

    def _fused(self, log_shares: Floats, near: Mapping[str, Nearness]) -> dict[str, Evidence]:
        topics = self._heads.topics
        nearness = [near.get(slug, _FAR) for slug in (*topics, NONE)]
        added = [_MEANING_WEIGHT * topic.meaning + _WORDING_WEIGHT * topic.wording for topic in nearness]
        odds = log_odds(log_shares + np.array(added, np.float32)).tolist()
        return {slug: Evidence(value, topic.phrase) for slug, value, topic in zip(topics, odds, nearness, strict=False)}

    def _own_bank(self, guild_id: int, own: Mapping[str, Explainer]) -> Bank | None:
        """The phrasings of topics that the heads were not trained on; laid out anew when they change."""
        if not own and guild_id != _EVERYWHERE:
            self.forget_guild(guild_id)
        place = guild_id if own else _EVERYWHERE  # servers without texts of their own share one bank
        untrained = {**self._untrained, **own}
        if not untrained:
            return None
        known = self._own_banks.get(place)
        if known is None or known[0] != untrained:
            known = self._own_banks[place] = (untrained, self.bank_of(untrained))
        return known[1]

    def _phrasings(self, texts: Iterable[str]) -> list[Phrasing]:
        return [self._phrasing(text, read) for text in texts if (read := prepared(text))]

    def _phrasing(self, text: str, read: str) -> Phrasing:
        return Phrasing(text, weigh(count_words(read), self._heads.idf), self._vector(read))

    def _vector(self, text: str) -> Floats:
        known = self._known.get(text)
        return self._embedder.embed(text) if known is None else known


def _phrases(explainer: Explainer) -> tuple[str, ...]:
    return (explainer.title, *explainer.claims)


def _sum(nearness: Nearness) -> float:
    return nearness.meaning + nearness.wording


def _strongest(several: Iterable[Mapping[str, Evidence]]) -> dict[str, Evidence]:
    best: dict[str, Evidence] = {}
    for slug, evidence in _pairs(several):
        if slug not in best or evidence.value > best[slug].value:
            best[slug] = evidence
    return best


def _pairs(several: Iterable[Mapping[str, Evidence]]) -> Iterator[tuple[str, Evidence]]:
    for topics in several:
        yield from topics.items()


def _mean(alone: Mapping[str, Evidence], context: Mapping[str, Evidence]) -> dict[str, Evidence]:
    return {
        slug: Evidence((evidence.value + context[slug].value) / 2, context[slug].phrase)
        for slug, evidence in alone.items()
    }
