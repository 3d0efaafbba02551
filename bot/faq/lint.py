"""The lint of explainers: what keeps them from being compiled, then what each, and all together, must keep."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.claims.matcher import Matcher
from bot.claims.semantic import SemanticRanker
from bot.faq.build import replace_tables
from bot.faq.files import examine_folder, path_of
from bot.faq.library import Shelf
from bot.faq.model_file import model_path, phrasings_hash, read_model
from bot.faq.page import Page
from bot.faq.parse import Problem
from bot.faq.ranker import load_ranker
from bot.faq.rules import Subject, broken_rules
from bot.faq.search import FaqSearch
from bot.model import Explainer, Source
from bot.storage.database import Database

Loader = Callable[[Mapping[str, Explainer]], SemanticRanker | None]


def lint(folder: Path, today: date, load: Loader = load_ranker) -> tuple[int, list[Problem]]:
    """Judge all explainers of a folder: how many could be read, and every problem, in the order of files and lines.

    Args:
        folder: where they are.
        today: the day on which they must hold.
        load: gives the ranker that their claims are tried on; with None, words alone are tried.

    Raises:
        ExplainerError: there is no explainer at all.
    """
    explainers, problems = examine_folder(folder)
    subjects = [_subject(folder, explainer, today) for explainer in explainers]
    for subject in subjects:
        problems += broken_rules(subject)
    problems += [*_same_source_differs(subjects), *_same_source_twice(subjects), *_claims_given_away(subjects, load)]
    problems += _stale_coefficients(folder, explainers)
    return len(explainers), sorted(problems)


def _stale_coefficients(folder: Path, explainers: Sequence[Explainer]) -> Iterator[Problem]:
    """The matcher's coefficients stand beside the explainers that they were fitted to; another folder has none."""
    path, negatives = folder.parent / model_path().name, folder.parent / "hard_negatives.jsonl"
    if not path.is_file():
        return
    model, remedy = read_model(path), "run `python -m bot faq train --chat FILE`"
    if model.trained_on != phrasings_hash(explainers):
        yield Problem(str(path), 1, f"titles or claims have changed since: {remedy}")
    if negatives.is_file() and model.negatives != tuple(_texts(negatives)):
        yield Problem(str(path), 1, f"hard negatives have changed since: {remedy}")


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in lines)


def _subject(folder: Path, explainer: Explainer, today: date) -> Subject:
    path = path_of(folder, explainer.slug)
    return Subject(explainer, path, Page(path.read_text(encoding="utf-8")), today)


def _sources(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Source]]:
    return ((subject, source) for subject in subjects for source in subject.explainer.sources)


def _same_source_differs(subjects: Sequence[Subject]) -> Iterator[Problem]:
    first: dict[str, tuple[Subject, Source]] = {}
    for subject, source in _sources(subjects):
        other, known = first.setdefault(source.id, (subject, source))
        fields = [name for name, value in asdict(source).items() if value != getattr(known, name)]
        if fields:
            yield subject.error(
                subject.page.line_of_source(source.id),
                f"{source.id} has another {', '.join(fields)} in {other.path.name}: make them equal, or rename this id",
            )


def _same_source_twice(subjects: Sequence[Subject]) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[Subject, Source]] = {}
    for subject, source in _sources(subjects):
        other, known = first.setdefault((source.url, source.title), (subject, source))
        if source.id != known.id:
            yield subject.warning(
                subject.page.line_of_source(source.id), f"{other.path.name} calls this source {known.id}: use one id"
            )


def _claims_given_away(subjects: Sequence[Subject], load: Loader) -> Iterator[Problem]:
    with _matcher([subject.explainer for subject in subjects], load) as matcher:
        for subject in subjects:
            for claim in subject.explainer.claims:
                topic = matcher.judge(claim).topic
                line = subject.page.line_of_text(claim)
                if topic is None:
                    yield subject.warning(
                        line, "the matcher takes this claim for another language: say it in plain English"
                    )
                elif topic != subject.explainer.slug:
                    yield subject.warning(
                        line, f"the matcher gives this claim to {topic}: say it in other words, or move it there"
                    )


@contextmanager
def _matcher(explainers: Sequence[Explainer], load: Loader) -> Iterator[Matcher]:
    """The matcher on a database of its own with these explainers."""
    with tempfile.TemporaryDirectory(prefix="copydesk-") as scratch:
        database = Database(Path(scratch) / "lint.db")
        try:
            database.write_now(lambda db: replace_tables(db, explainers, "lint"))
            shelf = Shelf({explainer.slug: explainer for explainer in explainers})
            yield Matcher(FaqSearch(database), shelf, load(shelf.built_in))
        finally:
            database.close()
