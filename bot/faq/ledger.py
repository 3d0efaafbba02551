"""The source ledger: what rests on a source, whether its address stands, and which explainers are under review."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.faq.library import Shelf
from bot.faq.parse import NOTE
from bot.faq.prose import sentences
from bot.model import Explainer, Source, SourceCheck, SourceState
from bot.storage.protocols import SourceCheckStore

# The law itself, the parties' own words, and original research. Press and institutions report on these.
PRIMARY_KINDS = frozenset({"statute", "judgment", "filing", "agency-report", "paper"})
CHECK_EVERY = timedelta(days=7)

_NAMED = 2  # dead sources that a reason names


@dataclass(frozen=True, slots=True)
class Stale:
    """An explainer under review: why, and its sentences that rest on primary sources whose addresses are dead."""

    explainer: Explainer
    reason: str
    sentences: tuple[str, ...]


class Checker(Protocol):
    """Looks at addresses and yields what it finds."""

    def check(self, addresses: Collection[str]) -> AsyncGenerator[SourceCheck, None]: ...


class Ledger:
    """The explainers' sources, with what is known of their addresses."""

    def __init__(self, shelf: Shelf, checks: SourceCheckStore, clock: Callable[[], datetime]) -> None:
        self._shelf = shelf
        self._checks = checks
        self._clock = clock

    @property
    def addresses(self) -> tuple[str, ...]:
        """Each source's address, once."""
        sources = (source for explainer in self._shelf.everywhere() for source in explainer.sources)
        return tuple(dict.fromkeys(source.url for source in sources))

    async def staleness(self, guild_id: int, slug: str) -> str | None:
        """Why a server's explainer is under review; None where it is not, or is not served."""
        explainer = self._shelf.get(guild_id, slug)
        return staleness(explainer, await self._dead(), self._today()) if explainer is not None else None

    async def stale(self, guild_id: int) -> Sequence[Stale]:
        """A server's explainers under review, those whose review is longest due first."""
        dead, today = await self._dead(), self._today()
        found = [
            Stale(explainer, reason, _sentences_on_dead(explainer, dead))
            for explainer in self._shelf.on(guild_id).values()
            if (reason := staleness(explainer, dead, today)) is not None
        ]
        return sorted(found, key=lambda stale: (stale.explainer.review_by, stale.explainer.slug))

    def resting_on(self, address: str) -> Mapping[str, Sequence[str]]:
        """By built-in explainer, the sentences that rest on an address."""
        return {
            slug: [sentence for source_id in ids for sentence in sentences_on(explainer, source_id)]
            for slug, explainer in self._shelf.built_in.items()
            if (ids := [source.id for source in explainer.sources if source.url == address])
        }

    async def due(self) -> Sequence[str]:
        """The addresses that nobody has looked at for ``CHECK_EVERY``."""
        checks, latest = await self._checks.all(), self._clock() - CHECK_EVERY
        return [address for address in self.addresses if address not in checks or checks[address].at <= latest]

    async def check(self, checker: Checker, addresses: Collection[str]) -> AsyncGenerator[SourceCheck, None]:
        """Look at addresses and record what is found; yield each once it is on disk."""
        async with aclosing(checker.check(addresses)) as checks:
            async for check in checks:
                await self._checks.record(check)
                yield check

    def report(self, checks: Iterable[SourceCheck]) -> Iterator[str]:
        """Checks as lines for a person: each that asks for an editor's work, and the numbers of all."""
        numbers: Counter[SourceState] = Counter()
        for check in sorted(checks, key=lambda check: (check.state, check.address)):
            numbers[check.state] += 1
            match check.state:
                case SourceState.DEAD:
                    resting = self._resting(check.address)
                    yield f"dead       {check.address} ({check.status}); sentences on it: {resting}"
                case SourceState.MOVED:
                    yield f"moved      {check.address} -> {check.moved_to}"
                case SourceState.UNCHECKED:
                    yield f"unchecked  {check.address}: {check.problem}"
                case SourceState.OK | SourceState.BLOCKED:
                    continue
        yield f"{numbers.total()} sources: " + ", ".join(f"{numbers[state]} {state.value}" for state in SourceState)

    def _resting(self, address: str) -> str:
        resting = self.resting_on(address)
        number = sum(len(sentences) for sentences in resting.values())
        return f"{number}, in {', '.join(resting)}"

    async def _dead(self) -> Collection[str]:
        checks = await self._checks.all()
        return {address for address, check in checks.items() if check.state is SourceState.DEAD}

    def _today(self) -> date:
        return self._clock().date()


def is_primary(source: Source) -> bool:
    """Whether it is the matter itself and not a report of it."""
    return source.kind in PRIMARY_KINDS


def staleness(explainer: Explainer, dead_addresses: Collection[str], today: date) -> str | None:
    """Why an explainer may not be answered automatically, in words; None where it may.

    Args:
        explainer: the explainer.
        dead_addresses: the addresses whose server says that they are gone.
        today: the day of the question; on ``review_by`` itself an explainer still holds.
    """
    reasons = []
    if today > explainer.review_by:
        reasons.append(f"its review was due on {explainer.review_by.isoformat()}")
    dead = _dead_primary(explainer, dead_addresses)
    if dead:
        more = f" and {len(dead) - _NAMED} more" if len(dead) > _NAMED else ""
        reasons.append(f"gone from the web: {'; '.join(source.title for source in dead[:_NAMED])}{more}")
    return "; ".join(reasons) or None


def sentences_on(explainer: Explainer, source_id: str) -> tuple[str, ...]:
    """The sentences whose notes name a source, without their notes, in the explainer's order."""
    parts = (
        explainer.short_answer,
        explainer.settled,
        *(side.text for side in explainer.sides),
        explainer.undecided,
        explainer.commonly_got_wrong,
    )
    return tuple(
        NOTE.sub("", sentence).strip()
        for part in parts
        for line in part.splitlines()
        for _, sentence in sentences(line.removeprefix("- "))
        if source_id in NOTE.findall(sentence)
    )


def _dead_primary(explainer: Explainer, dead_addresses: Collection[str]) -> list[Source]:
    return [source for source in explainer.sources if is_primary(source) and source.url in dead_addresses]


def _sentences_on_dead(explainer: Explainer, dead_addresses: Collection[str]) -> tuple[str, ...]:
    found = (
        sentence
        for source in _dead_primary(explainer, dead_addresses)
        for sentence in sentences_on(explainer, source.id)
    )
    return tuple(dict.fromkeys(found))
