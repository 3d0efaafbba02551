"""A desk on a database and a Discord of its own for each test."""

import pytest

from tests.outbox.desk import Desk
from tests.support import LoopClock, ScriptedSender


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def clock():
    return LoopClock()


@pytest.fixture
async def desk(database, clock, sender):
    desk = Desk(database, clock, sender)
    yield desk
    await desk.outbox.close()
