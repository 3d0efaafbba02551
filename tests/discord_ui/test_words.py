"""What Copydesk says of itself is so: its commands exist, and its times are those of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from discord import app_commands

import bot.discord_ui
from bot.case import CLAIM_LASTS, KEEP_EXCERPTS, Act
from bot.config.table import SETTINGS
from bot.discord_ui import case_words, privacy_words, words
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.faq.editions import CORRECTED_FOR
from bot.model import Edition
from bot.storage.housekeeping import KEEP_REPLIES
from tests.discord_ui.pressing import press, repeated
from tests.support import GUILD, START

SOURCES = sorted(Path(bot.discord_ui.__path__[0]).glob("*.py"))
MINUTES = f"{CLAIM_LASTS // timedelta(minutes=1)} minutes"


def test_every_command_that_is_named_in_an_answer_exists(world):
    commands = {one.qualified_name for one in world.bot.tree.walk_commands()}
    groups = {one.qualified_name for one in world.bot.tree.walk_commands() if isinstance(one, app_commands.Group)}
    named = {found for path in SOURCES for found in re.findall(r"`/([a-z]+(?: [a-z]+)*)", path.read_text("utf-8"))}
    assert len(named) > 10
    for name in named:
        parts = name.split()
        assert parts[0] in commands
        assert parts[0] not in groups or len(parts) == 1 or " ".join(parts[:2]) in commands


def test_timeouts_are_switched_on_where_the_refusal_says():
    assert f"`{SETTINGS['timeouts'].group.command} team`" in case_words.NO_TIMEOUTS


@pytest.mark.parametrize(
    ("said", "time"),
    [
        (case_words.NO_WORDS, f"{KEEP_EXCERPTS.days} days after"),
        (case_words._HAPPENED[Act.LAPSED], MINUTES),  # noqa: SLF001  # the words of the history
        (words.published(Edition(GUILD, "topic", 1, "", 1, START, 0)), f"the last {CORRECTED_FOR.days} days"),
        (str(privacy_words.statement().to_dict()), f"at most {Window(DETECTORS).max_age.days} days"),
        (str(privacy_words.statement().to_dict()), f"For {KEEP_REPLIES.days} days"),
        (str(privacy_words.statement().to_dict()), f"until {KEEP_EXCERPTS.days} days after"),
    ],
)
def test_the_times_that_are_told_are_those_of_the_code(said, time):
    assert time in said


async def test_a_claim_lasts_as_long_as_is_said(world):
    card = await repeated(world)
    assert MINUTES in await press(world.moderator, card, "copydesk:claim:1")
    assert MINUTES in world.from_bot(world.queue)[0].embeds[0].fields[1].value
