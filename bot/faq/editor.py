"""Editing explainers on a server: drafts are versions that nobody loses; publishing serves one of them."""

import difflib
import json
import logging
import zipfile
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import PurePosixPath

from bot.errors import EditingError, ExplainerError, InputError
from bot.faq.draft import Draft
from bot.faq.library import Shelf
from bot.faq.parse import SLUG, parse_explainer
from bot.model import Edition, EditionState, Explainer
from bot.outbox import Outbox
from bot.storage.protocols import EditionStore

log = logging.getLogger(__name__)

MAX_IMPORT = 1_000_000  # bytes, packed and unpacked
REVIEW_AFTER = timedelta(days=180)
MAX_TOPICS = 200  # topics of its own that a server may have
MAX_SLUG = 60  # characters: what the commands take
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # read in pieces: a size that the zip states falsely is harmless


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft that was kept; ``unseen`` is a version that came in between, which its editor has not seen."""

    edition: Edition
    problems: tuple[str, ...]
    unseen: Edition | None = None


class Editor:
    """What the doors call to change explainers; every question names its server."""

    def __init__(self, editions: EditionStore, library: Shelf, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._editions = editions
        self._library = library
        self._outbox = outbox
        self._clock = clock

    def restore(self) -> None:
        """Serve what was published before the restart; blocking."""
        for choice, edition in self._editions.published():
            explainer = _still_right(edition) if edition else None
            self._library.set_own(choice.guild_id, choice.slug, explainer)

    async def open(self, guild_id: int, slug: str) -> tuple[Draft, int]:
        """The text to edit, and its version: the server's latest, or the built-in one (version 0).

        Raises:
            EditingError: there is no such topic.
        """
        history = await self._editions.history(guild_id, slug)
        if history:
            return Draft.from_json(history[-1].content), history[-1].version
        if slug in self._library.built_in:
            return Draft.of(self._library.built_in[slug]), 0
        raise EditingError(f"there is no topic {slug}: /faq add begins one")

    async def begin(self, guild_id: int, slug: str, title: str, editor_id: int) -> Saved:
        """Begin a topic of the server's own, empty but for its title.

        Raises:
            EditingError: the topic exists, or is no name for a file.
        """
        if not SLUG.match(slug):
            raise EditingError("a topic's name is lower-case words with hyphens, such as harbour-tram")
        if slug in self._library.built_in or await self._editions.history(guild_id, slug):
            raise EditingError(f"the topic {slug} exists: /faq edit changes it")
        today = self._clock().date()
        return await self.save(guild_id, slug, Draft.blank(title, today, today + REVIEW_AFTER), editor_id, 0)

    async def save(self, guild_id: int, slug: str, draft: Draft, editor_id: int, based_on: int) -> Saved:
        """Keep a draft as the next version, right or wrong; nothing is served yet."""
        await self._check_room(guild_id, [slug])
        written = Edition(guild_id, slug, 0, draft.to_json(), editor_id, self._clock(), based_on)
        edition, unseen = await self._editions.add(written)
        return Saved(edition, _problems(draft, slug), unseen)

    async def publish(self, guild_id: int, slug: str, version: int | None = None) -> Edition:
        """Serve a version (the latest, if none is named), and correct answers that show an older text.

        Raises:
            EditingError: there is no such version, or it has problems, which the message lists.
        """
        edition = await self.version(guild_id, slug, version)
        try:
            explainer = Draft.from_json(edition.content).to_explainer(slug)
        except ExplainerError as error:
            raise EditingError("\n- ".join(["it cannot be published yet:", *_without_places(error)])) from error
        corrected = await self._editions.publish(edition, explainer, self._clock())
        self._library.set_own(guild_id, slug, explainer)
        self._outbox.deliver_by_and_by(corrected)
        return edition

    async def withdraw(self, guild_id: int, slug: str, state: EditionState) -> None:
        """Pause or retire a topic, built-in or own.

        Raises:
            EditingError: there is no such topic.
        """
        await self.open(guild_id, slug)
        await self._editions.withdraw(guild_id, slug, state)
        self._library.set_own(guild_id, slug, None)

    async def serve_built_in(self, guild_id: int, slug: str) -> None:
        """Go back to the built-in text.

        Raises:
            EditingError: there is no built-in text.
        """
        if slug not in self._library.built_in:
            raise EditingError(f"{slug} is a topic of this server alone: there is no built-in text")
        corrected = await self._editions.serve_built_in(guild_id, slug, self._clock())
        self._library.unset_own(guild_id, slug)
        self._outbox.deliver_by_and_by(corrected)

    async def history(self, guild_id: int, slug: str) -> Sequence[Edition]:
        return await self._editions.history(guild_id, slug)

    async def served_version(self, guild_id: int, slug: str) -> int | None:
        """The version that members see; None where they see the built-in text or nothing."""
        choice = await self._editions.choice(guild_id, slug)
        return choice.published if choice else None

    async def topics(self, guild_id: int) -> list[str]:
        """All topics that can be edited here, by slug."""
        return sorted({*self._library.built_in, *await self._editions.topics(guild_id)})

    async def version(self, guild_id: int, slug: str, version: int | None = None) -> Edition:
        """One version, or the latest.

        Raises:
            EditingError: there is none.
        """
        history = await self._editions.history(guild_id, slug)
        found = [edition for edition in history if version in (None, edition.version)]
        if not found:
            raise EditingError(f"{slug} has no version {version}" if version else f"{slug} has not been edited here")
        return found[-1]

    async def diff(self, guild_id: int, slug: str, version: int | None = None) -> str:
        """What a version changed: against the one that its editor saw."""
        edition = await self.version(guild_id, slug, version)
        before = await self._markdown(guild_id, slug, edition.based_on)
        after = Draft.from_json(edition.content).to_markdown()
        names = (f"version {edition.based_on or 'built-in'}", f"version {edition.version}")
        return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), *names, n=1, lineterm=""))

    async def export(self, guild_id: int) -> bytes:
        """The server's latest versions as a zip of Markdown files, and of the same as JSON.

        Raises:
            EditingError: there are none.
        """
        drafts = {slug: (await self.open(guild_id, slug))[0] for slug in await self._editions.topics(guild_id)}
        if not drafts:
            raise EditingError("no topic has been edited here: there is nothing to export")
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for slug, draft in drafts.items():
                archive.writestr(f"{slug}.md", draft.to_markdown())
            parts = {slug: asdict(draft) for slug, draft in drafts.items()}
            archive.writestr("explainers.json", json.dumps(parts, ensure_ascii=False, indent=1))
        return packed.getvalue()

    async def import_file(self, guild_id: int, name: str, content: bytes, editor_id: int) -> list[Saved]:
        """Keep every explainer of a Markdown, JSON or zip file as a draft; nothing is kept if any of them is wrong.

        Raises:
            InputError: with every problem.
            EditingError: the server would have too many topics.
        """
        drafts = read_import(name, content)
        await self._check_room(guild_id, drafts)
        saved = []
        for slug, draft in drafts.items():
            history = await self._editions.history(guild_id, slug)
            saved.append(await self.save(guild_id, slug, draft, editor_id, len(history)))
        return saved

    async def _check_room(self, guild_id: int, slugs: Iterable[str]) -> None:
        topics = set(await self._editions.topics(guild_id))
        if len(topics.union(slugs)) > max(MAX_TOPICS, len(topics)):
            raise EditingError(f"a server has at most {MAX_TOPICS} topics of its own; this one has {len(topics)}")

    async def _markdown(self, guild_id: int, slug: str, version: int) -> str:
        if version:
            return Draft.from_json((await self.version(guild_id, slug, version)).content).to_markdown()
        built_in = self._library.built_in.get(slug)
        return Draft.of(built_in).to_markdown() if built_in else ""


def read_import(name: str, content: bytes) -> Mapping[str, Draft]:
    """The drafts in an uploaded file, by slug.

    Raises:
        InputError: with every problem.
    """
    if len(content) > MAX_IMPORT:
        raise InputError(f"{name} is larger than {MAX_IMPORT:,} bytes")
    drafts: dict[str, Draft] = {}
    problems: list[str] = []
    for file, data in _unpacked(name, content):
        try:
            for slug, draft in _read_one(file, data).items():
                problems += _problems_of_name(file, slug, drafts)
                drafts[slug] = draft
        except UnicodeDecodeError:
            problems.append(f"{file}: save it as UTF-8")
        except (ExplainerError, InputError) as error:
            problems.append(str(error))
    if not drafts and not problems:
        problems.append(f"{name}: no explainer (*.md or *.json) in it")
    if problems:
        raise InputError("\n".join(problems))
    return drafts


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zip, or the file itself. Where a zip holds Markdown, its JSON is the same once more."""
    if not name.endswith(".zip"):
        yield name, content
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > MAX_IMPORT:
                raise InputError(f"{name} unpacks to more than {MAX_IMPORT:,} bytes")
            if any(member.compress_type not in _PACKINGS for member in members):
                raise InputError(f"{name} is packed in a way that is not read here: make an ordinary zip")
            kind = ".md" if any(member.filename.endswith(".md") for member in members) else ".json"
            for member in members:
                if member.filename.endswith(kind):
                    yield PurePosixPath(member.filename).name, archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{name} is not a zip that can be read: {error}") from error


def _read_one(file: str, data: bytes) -> Mapping[str, Draft]:
    text = data.decode("utf-8")
    if file.endswith(".json"):
        return _read_json(file, text)
    explainer = parse_explainer(PurePosixPath(file), text)
    return {explainer.slug: Draft.of(explainer)}


def _problems_of_name(file: str, slug: str, known: Container[str]) -> Iterator[str]:
    if slug in known:
        yield f"{file}: {slug} stands twice: keep one of them"
    if len(slug) > MAX_SLUG:
        yield f"{file}: shorten the name {slug} to {MAX_SLUG} characters"


def _read_json(file: str, text: str) -> Mapping[str, Draft]:
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: not JSON: {error}") from error
    if not isinstance(parts, dict):
        raise InputError(f"{file}: the file must be an object with a topic's parts under each slug")
    drafts: dict[str, Draft] = {}
    problems: list[str] = []
    for slug, data in parts.items():
        try:
            drafts[slug] = Draft.from_parts(data)
            drafts[slug].to_explainer(slug)
        except InputError as error:
            problems.append(f"{file}: {slug}: {error}")
        except ExplainerError as error:
            problems += error.problems
    if problems:
        raise InputError("\n".join(problems))
    return drafts


def _problems(draft: Draft, slug: str) -> tuple[str, ...]:
    try:
        draft.to_explainer(slug)
    except ExplainerError as error:
        return _without_places(error)
    return ()


def _still_right(edition: Edition) -> Explainer | None:
    """What a published edition says; None where a newer release of Copydesk asks more of an explainer than it gives."""
    try:
        return Draft.from_json(edition.content).to_explainer(edition.slug)
    except (ExplainerError, InputError) as error:
        log.error("server %d: %s is not served until it is edited: %s", edition.guild_id, edition.slug, error)  # noqa: TRY400  # the trace adds nothing
        return None


def _without_places(error: ExplainerError) -> tuple[str, ...]:
    """The problems as somebody needs them who sees forms and no lines."""
    return tuple(problem.split(": ", 1)[-1] for problem in error.problems)
