"""The policy file of replay: what it can say, what stands where it is silent, and what is told of a wrong one."""

from datetime import timedelta

import pytest

from bot.backtest.policy import EVERYWHERE, read_policy
from bot.errors import InputError
from bot.model import Mode
from tests.support import make_post

NUMBERS = {"general": 5, "memes": 6}


@pytest.fixture
def read(tmp_path):
    """Reads a policy of this content."""

    def read(content):
        path = tmp_path / "policy.toml"
        path.write_text(content, encoding="utf-8")
        return read_policy(path, NUMBERS.__getitem__)

    return read


def mode_in(policy, channel):
    return policy.mode(make_post(channel_id=channel))


def test_an_empty_file_is_the_policy_of_no_file(read):
    assert read("") == EVERYWHERE


def test_without_a_file_every_channel_is_in_answer_mode_and_suggestions_have_a_place():
    assert mode_in(EVERYWHERE, 999) is Mode.ANSWER
    assert EVERYWHERE.moderators_channel_id is not None


def test_a_file_sets_the_mode_of_all_channels_and_of_single_ones(read):
    policy = read('mode = "shadow"\n[channels]\ngeneral = "suggest"\nmemes = "off"')
    assert [mode_in(policy, channel) for channel in (5, 6, 7)] == [Mode.SUGGEST, Mode.OFF, Mode.SHADOW]


def test_a_file_sets_cooldowns_and_budget(read):
    policy = read("topic_cooldown_minutes = 90\nchannel_cooldown_minutes = 0.5\nanswers_per_hour = 0")
    assert policy.topic_cooldown == timedelta(hours=1.5)
    assert policy.channel_cooldown == timedelta(seconds=30)
    assert policy.answers_per_hour == 0
    assert mode_in(policy, 5) is Mode.ANSWER


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("mode = ", "not TOML"),
        ('mode = "loud"', "loud"),
        ("mode = 3", "mode: 3 is not one of off, shadow, suggest, answer"),
        ('[channels]\ngeneral = "loud"', "loud"),
        ('channels = "all"', "must be a table with a line for each channel"),
        ('topic_cooldown_minutes = "long"', "topic_cooldown_minutes: 'long' is not a number of minutes"),
        ("topic_cooldown_minutes = inf", "from 0 to 1,440"),
        ("channel_cooldown_minutes = nan", "from 0 to 1,440"),
        ("channel_cooldown_minutes = 1e99", "from 0 to 1,440"),
        ('answers_per_hour = "many"', "not a whole number from 0 to 60"),
        ("answers_per_hour = inf", "not a whole number from 0 to 60"),
        ("answers_per_hour = [1]", "not a whole number from 0 to 60"),
        ("topic_cooldown = 5\ncolour = 1", "unknown colour, topic_cooldown; known are moderators_channel"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(read, tmp_path, content, told):
    with pytest.raises(InputError, match=told) as caught:
        read(content)
    assert str(caught.value).startswith(f"{tmp_path}/policy.toml: ")


def test_a_file_that_is_not_utf_8_or_not_there_is_told_so(tmp_path):
    path = tmp_path / "policy.toml"
    for content in (b"mode = '\xff'", None):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read" if content is None else "not TOML"):
            read_policy(path, NUMBERS.__getitem__)
