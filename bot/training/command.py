"""``faq train``: from the explainers and the messages beside them to the matcher's coefficients."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from bot.backtest.read import Labelled, read_labelled, read_texts
from bot.claims.features import Floats
from bot.claims.heads import Embedder
from bot.claims.semantic import Model, SemanticRanker
from bot.faq.files import explainers_folder, read_explainers
from bot.faq.model_file import model_path, phrasings_hash, write_model
from bot.minilm import MiniLm
from bot.model import Explainer
from bot.training.calibrate import UNCALIBRATED, Judged, calibrate
from bot.training.corpus import Corpus, gather
from bot.training.fit import embed_all, fit

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--chat", required=True, type=_file, help="Ordinary chat: JSON Lines with a text each, perhaps as .gz.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; by default in place.")
def train(chat: Path, to: Path | None) -> None:
    """Fit the matcher anew to the explainers' phrasings; needs the development requirements."""
    folder = explainers_folder()
    explainers = {explainer.slug: explainer for explainer in read_explainers(folder)}
    negatives = tuple(read_texts(folder.parent / "hard_negatives.jsonl"))
    labelled = list(read_labelled(folder.parent / "evaluation" / "calibration.jsonl"))
    corpus = gather(explainers.values(), negatives, chat)
    embedder = MiniLm()
    with click.progressbar(length=len(corpus.texts), label="Embedding", file=sys.stderr) as bar:
        vectors = embed_all(corpus.texts, embedder, bar.update)
    model = trained(corpus, vectors, explainers, negatives)
    target = to or model_path()
    write_model(target, calibrated(model, embedder, explainers, labelled))
    click.echo(f"{target}: {corpus.own} texts of our own, {len(corpus.texts) - corpus.own} posts of ordinary chat")


def trained(corpus: Corpus, vectors: Floats, explainers: Mapping[str, Explainer], negatives: tuple[str, ...]) -> Model:
    """A model whose scores are not probabilities yet; of the corpus, only the vectors of our own texts stay in it."""
    return Model(
        heads=fit(corpus, vectors),
        calibration=UNCALIBRATED,
        negatives=negatives,
        vectors=dict(zip(corpus.texts[: corpus.own], vectors, strict=False)),
        trained_on=phrasings_hash(explainers.values()),
    )


def calibrated(
    model: Model, embedder: Embedder, explainers: Mapping[str, Explainer], labelled: Iterable[Labelled]
) -> Model:
    """The model with its evidence calibrated and its bands chosen on labelled messages."""
    ranker = SemanticRanker(model, embedder, explainers)
    as_added = ranker.bank_of(explainers)  # what nearness alone would make of the same topics
    judged = [
        Judged(ranker.find(message.text, message.reply_to_text, as_added), message.topics) for message in labelled
    ]
    return replace(model, calibration=calibrate(judged))
