"""Puts the semantic ranker together from the coefficients, the encoder and the explainers."""

import logging
from collections.abc import Mapping
from functools import cache

from bot.claims.language import identifier
from bot.claims.semantic import Model, SemanticRanker
from bot.errors import ModelError
from bot.faq.model_file import model_path, phrasings_hash, read_model
from bot.minilm import MiniLm
from bot.model import Explainer

log = logging.getLogger(__name__)


def load_ranker(explainers: Mapping[str, Explainer]) -> SemanticRanker:
    """The ranker for these explainers; blocking, about a second.

    Raises:
        ModelError: the coefficients or the encoder cannot be used.
    """
    model, encoder = _parts()
    identifier()  # now, and not at the first post in another language
    if model.trained_on != phrasings_hash(explainers.values()):
        log.warning("the explainers' claims have changed since the matcher was trained: see CONTRIBUTING.md")
    return SemanticRanker(model, encoder, explainers)


def ranker_or_reason(explainers: Mapping[str, Explainer]) -> SemanticRanker | ModelError:
    """``load_ranker``; where it cannot run, the reason, which is in the log too."""
    try:
        return load_ranker(explainers)
    except ModelError as error:
        log.error("no automatic answers, commands go on by words alone: %s", error)  # noqa: TRY400  # no trace needed
        return error


@cache
def _parts() -> tuple[Model, MiniLm]:
    """They are the same for the whole life of a process; a failure is tried again."""
    return read_model(model_path()), MiniLm()
