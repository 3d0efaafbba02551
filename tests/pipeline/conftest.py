"""A process of the bot's core on a database, a matcher and a sender of its own for each test."""

import pytest

from bot.model import Mode
from tests.pipeline.process import MODERATORS, Process, WordMatcher
from tests.support import (
    CHANNEL,
    GUILD,
    ScriptedSender,
    set_mode,
    set_moderators_channel,
)


@pytest.fixture
def matcher():
    matcher = WordMatcher()
    yield matcher
    matcher.hold.set()


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def process(database, clock, sender, matcher):
    process = Process(database, clock, sender, matcher)
    await process.pipeline.when_restored()
    await set_moderators_channel(process.memory.policies, GUILD, MODERATORS)
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.ANSWER)
    yield process
    await process.outbox.close()
    process.matching.shutdown(wait=False)
