"""A desk on a real file, and a Discord that does as it is told."""

import pytest

from tests.cases.office import Office
from tests.support import Clock, ScriptedSender


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def office(database, sender):
    office = Office(database, Clock(), sender)
    yield office
    await office.outbox.close()


@pytest.fixture
def desk(office):
    return office.desk
