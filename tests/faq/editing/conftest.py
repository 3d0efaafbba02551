"""A newsroom on a database and a Discord of its own for each test."""

import pytest

from bot.faq.build import replace_tables
from bot.storage.database import Database
from tests.faq.editing.newsroom import BUILT_IN, Newsroom
from tests.support import (
    LoopClock,
    ScriptedSender,
)


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "copydesk.db")
    database.write_now(lambda db: replace_tables(db, [BUILT_IN], "test"))
    yield database
    database.close()


@pytest.fixture
async def clock():
    return LoopClock()


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def room(database, clock, sender):
    room = Newsroom(database, clock, sender)
    yield room
    await room.close()
