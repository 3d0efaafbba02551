"""Examines an installation: what is there, what is missing, what to do. What only Discord knows is looked at elsewhere.

The command line and the slash command share this; ``bot/discord_ui/checkup.py`` adds a server's side.
"""

import platform
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version

from bot import __version__
from bot.claims.semantic import SemanticRanker
from bot.errors import ModelError, StoreError
from bot.faq.build import HASH_KEY, MISTAKES_KEY
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.storage.checkup import SQLITE, look_at
from bot.storage.database import Database
from bot.storage.meta import SqliteMeta

_PACKAGES = ("discord.py", "aiohttp", "sqlite-utils")
_LITTLE_ROOM = 200_000_000  # bytes
_NAMED = 3  # explainers that a line names
_MEGABYTE = 1_000_000


class Health(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"  # works, but somebody should know
    PROBLEM = "PROBLEM"  # something does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; a remedy is there where something is to be done."""

    name: str
    health: Health
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.health.value:<7} {self.name}: {self.detail}{f' {self.remedy}' if self.remedy else ''}"


class Doctor:
    """Looks at everything that can be looked at without Discord."""

    def __init__(
        self, database: Database, shelf: Shelf, ledger: Ledger, ranker: SemanticRanker | ModelError | None
    ) -> None:
        self._ranker = ranker
        self._database = database
        self._meta = SqliteMeta(database)
        self._shelf = shelf
        self._ledger = ledger

    async def examine(self, guild_id: int = 0) -> list[Finding]:
        """All findings; with a server's number, its own explainers count, too."""
        return [
            await self._look_at_database(),
            await self._look_at_explainers(guild_id),
            await self._look_at_stale(guild_id),
            semantic_model(self._ranker),
            versions(),
        ]

    async def rules(self) -> str:
        """The versions by which posts are judged."""
        return f"Copydesk {__version__}, explainers {await self._build()}"

    async def _build(self) -> str:
        return (await self._meta.get(HASH_KEY) or "none")[:8]

    async def _look_at_database(self) -> Finding:
        name = "database"
        try:
            await self._meta.set("health", "ok")  # does it take writes?
            state = await look_at(self._database)
        except StoreError as error:
            return Finding(name, Health.PROBLEM, f"{error}.", "Look whether the disk is full and the file writable.")
        detail = f"{state.size / _MEGABYTE:.1f} MB; {state.free / _MEGABYTE:,.0f} MB are free."
        if state.damage is not None:
            remedy = "Stop the bot, keep a copy of the file, and restore a backup."
            return Finding(name, Health.PROBLEM, f"{detail} It is damaged: {state.damage}.", remedy)
        if state.free < _LITTLE_ROOM:
            return Finding(name, Health.PROBLEM, detail, "Make room on the disk before it is full.")
        return Finding(name, Health.OK, detail)

    async def _look_at_explainers(self, guild_id: int) -> Finding:
        name = "explainers"
        number = len(self._shelf.on(guild_id))
        detail = f"{number} compiled, build {await self._build()}."
        mistakes = await self._meta.get(MISTAKES_KEY)
        if mistakes is not None:
            remedy = "`python -m bot faq check` tells each; correct them and start again."
            return Finding(name, Health.PROBLEM, f"{detail} Newer files are not in it: mistakes: {mistakes}.", remedy)
        if not number:
            return Finding(name, Health.PROBLEM, detail, "Nothing can be answered: look at COPYDESK_EXPLAINERS.")
        return Finding(name, Health.OK, detail)

    async def _look_at_stale(self, guild_id: int) -> Finding:
        stale = await self._ledger.stale(guild_id)
        if not stale:
            return Finding("explainers under review", Health.OK, "none.")
        named = ", ".join(one.explainer.slug for one in stale[:_NAMED])
        more = f" and {len(stale) - _NAMED} more" if len(stale) > _NAMED else ""
        remedy = "They are suggested, never posted automatically; `/faq stale` says why."
        return Finding("explainers under review", Health.NOTE, f"{len(stale)}: {named}{more}.", remedy)


def semantic_model(loaded: SemanticRanker | ModelError | None) -> Finding:
    """Whether claims are recognised by their meaning: only then is anything answered automatically."""
    if isinstance(loaded, SemanticRanker):
        return Finding("semantic model", Health.OK, "loaded.")
    reason = f"{loaded}." if loaded is not None else "not loaded."
    return Finding(
        "semantic model",
        Health.PROBLEM,
        f"{reason} No automatic answers; commands and suggestions go on by words alone.",
    )


def versions() -> Finding:
    """What runs here."""
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return Finding(
        "versions",
        Health.OK,
        f"Copydesk {__version__}, Python {platform.python_version()}, SQLite {SQLITE}, {packages}.",
    )
