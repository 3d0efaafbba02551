"""The explainer files: where they are, what they say together, and the hash that tells when they changed."""

import re
from hashlib import sha256
from pathlib import Path

from bot.errors import ExplainerError
from bot.faq.page import Page
from bot.faq.parse import Problem, examine
from bot.model import Explainer

_WORD = re.compile(r"\w+")
_FORMAT = b"2"  # raise it when the compiled tables change their meaning: installed databases are compiled anew


def explainers_folder() -> Path:
    """The explainers that came with this installation: inside the wheel, or in the checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_data" / "explainers"
    return packaged if packaged.is_dir() else package.parent / "data" / "explainers"


def content_hash(folder: Path) -> str:
    """A hash over all explainer files, their names included."""
    digest = sha256(_FORMAT)
    for path in _files(folder):
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_explainers(folder: Path) -> tuple[Explainer, ...]:
    """All explainers of a folder, in the order of their names.

    Raises:
        ExplainerError: with every problem of every file.
    """
    explainers, problems = examine_folder(folder)
    if problems:
        raise ExplainerError(problems)
    return explainers


def examine_folder(folder: Path) -> tuple[tuple[Explainer, ...], list[Problem]]:
    """The explainers of a folder that can be read, and every problem that keeps the folder from being compiled.

    Raises:
        ExplainerError: there is no explainer at all.
    """
    files = _files(folder)
    if not files:
        raise ExplainerError([f"{folder}: no explainer (*.md) found: check the path, or reinstall"])
    explainers: list[Explainer] = []
    problems: list[Problem] = []
    for path in files:
        explainer, found = _examine_file(path)
        problems += found
        if explainer is not None:
            explainers.append(explainer)
    problems += _shared_claims(folder, explainers) + _unknown_relations(folder, explainers, {p.stem for p in files})
    return tuple(explainers), problems


def path_of(folder: Path, slug: str) -> Path:
    """The file of an explainer."""
    return folder / f"{slug}.md"


def _examine_file(path: Path) -> tuple[Explainer | None, list[Problem]]:
    try:
        return examine(path, _text(path))
    except UnicodeDecodeError:
        return None, [Problem(str(path), 1, "save the file as UTF-8")]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.md") if path.is_file())  # an editor's lock is a link to nowhere


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte-order mark


def _shared_claims(folder: Path, explainers: list[Explainer]) -> list[Problem]:
    """The same claim is the same words, whatever their case and the signs between them."""
    owners: dict[str, str] = {}
    problems: list[Problem] = []
    for explainer in explainers:
        for claim in explainer.claims:
            owner = owners.setdefault(" ".join(_WORD.findall(claim.casefold())) or claim, explainer.slug)
            if owner != explainer.slug:
                message = f"{owner}.md has the same claim: keep it in one of them"
                problems.append(_at_text(path_of(folder, explainer.slug), claim, message))
    return problems


def _unknown_relations(folder: Path, explainers: list[Explainer], known: set[str]) -> list[Problem]:
    return [
        _at_text(path_of(folder, explainer.slug), f'"{slug}"', f"related names {slug}, but there is no {slug}.md")
        for explainer in explainers
        for slug in explainer.related
        if slug not in known
    ]


def _at_text(path: Path, text: str, message: str) -> Problem:
    """A problem at the first line that holds this text, whatever its case."""
    return Problem(str(path), Page(_text(path)).line_of_text(text), message)
