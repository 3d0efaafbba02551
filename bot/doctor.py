"""Checks an installation without connecting: what is there, what is missing, what to do."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from bot.app import open_database
from bot.errors import CopydeskError
from bot.faq.build import load_explainers
from bot.settings import NO_TOKEN, Settings

_PACKAGES = ("discord.py", "aiohttp", "sqlite-utils")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    healthy: bool
    detail: str

    def __str__(self) -> str:
        return f"{'ok     ' if self.healthy else 'PROBLEM'} {self.name}: {self.detail}"


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that can be looked at without Discord."""
    yield Finding(
        "token",
        settings.token is not None,
        "set (whether Discord accepts it shows at `run`)" if settings.token else NO_TOKEN,
    )
    yield _database(settings)
    yield Finding("SQLite", True, sqlite3.sqlite_version)
    for package in _PACKAGES:
        yield Finding(package, True, version(package))


def _database(settings: Settings) -> Finding:
    name = "database and explainers"
    try:
        database = open_database(settings)
    except CopydeskError as error:
        return Finding(name, False, str(error))
    try:
        number = len(database.read_now(load_explainers))
    finally:
        database.close()
    return Finding(name, number > 0, f"{settings.database}, {number} explainers compiled")
