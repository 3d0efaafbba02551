"""Fixtures that all tests share: the shipped explainers, a fresh database, and a world with the real bot in it."""

import shutil
from pathlib import Path

import pytest

from bot.app import open_database
from bot.faq.build import load_explainers
from bot.faq.files import explainers_folder, read_explainers
from bot.settings import Settings
from bot.storage.database import Database
from tests.support import Clock, World, running_world


@pytest.fixture(scope="session")
def explainers():
    return {explainer.slug: explainer for explainer in read_explainers(explainers_folder())}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> Path:
    """A database file with the explainers compiled, to be copied."""
    path = tmp_path_factory.mktemp("compiled") / "copydesk.db"
    database = open_database(Settings(database=path))
    assert database.read_now(load_explainers)
    database.close()
    return path


@pytest.fixture
def database(compiled, tmp_path):
    """A database of its own for each test, in a real file."""
    path = tmp_path / "copydesk.db"
    shutil.copy(compiled, path)
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(database) -> World:
    """The real bot on a simulated server; see ``tests.support.World``."""
    async with running_world(database) as world:
        yield world


@pytest.fixture
async def world_without_encoder(database) -> World:
    """A world in which many posts cost little: its bot finds claims by words alone."""
    async with running_world(database, ranker=None) as world:
        yield world
