"""Settings as a file: what is written comes back, and every problem of a file is told at once."""

import json
import tomllib

import pytest
from hypothesis import given

from bot.backtest.policy import read_policy
from bot.config.changes import applied
from bot.config.file import decode, exported, read
from bot.config.table import SETTINGS
from bot.errors import InputError
from bot.model import GuildPolicy, Mode
from tests.support import GUILD
from tests.support_settings import changes, every_change

NOTHING = GuildPolicy(GUILD)


def reread(text: str, name: str = "settings.toml") -> GuildPolicy:
    return read(name, decode(name, text.encode()), NOTHING)


@given(changes)
def test_what_is_exported_comes_back_whole(some):
    policy = applied(NOTHING, some)
    assert reread(exported(policy)) == policy


def test_a_file_explains_each_setting_and_shows_the_defaults_as_comments():
    text = exported(NOTHING)
    assert tomllib.loads(text) == {
        "format": 1,
        "channels": {},
        "strictness": {},
        "repeats": {},
        "topics": {},
        "thresholds": {},
    }
    assert "\n# topic_cooldown_minutes = 360\n" in text
    for setting in SETTINGS.values():
        assert f"# {setting.label}. {setting.what}\n" in text


def test_each_comment_of_a_default_is_that_value_when_the_sign_is_taken_away():
    lines = exported(NOTHING).splitlines()
    values = [line[2:] for line in lines if line.startswith("# ") and " = " in line]
    assert reread("\n".join(values)) == NOTHING


def test_json_is_read_too_with_numbers_as_texts():
    data = {"moderators_channel": "1456074443980800020", "channels": {"12": "answer"}, "exempt_roles": ["7"]}
    policy = reread(json.dumps(data), "settings.json")
    assert policy.moderators_channel_id == 1456074443980800020
    assert policy.modes == {12: Mode.ANSWER}
    assert policy.exempt_roles == {7}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answers_per_hour = ", "not TOML"),
        ("format = 2", "format 2 is not 1"),
        ("colour = 3", "unknown colour; known are moderators_channel, "),
        ("answers_per_hour = true", "answers_per_hour: True is not a whole number from 0 to 60"),
        ("answers_per_hour = -1", "answers_per_hour: -1 is not a whole number from 0 to 60"),
        ("window_posts = 0", "window_posts: 0 is not a whole number from 100 to 100,000"),
        ("window_age_minutes = 0", "window_age_minutes: 0 is not a number of minutes from 60 to 20,160"),
        ("topic_cooldown_minutes = true", "True is not a number of minutes"),
        ('timeouts = "yes"', "timeouts: 'yes' is neither true nor false"),
        ("moderators_channel = 0", "moderators_channel: 0 is not the number of a channel or role"),
        ('exempt_roles = "7"', "exempt_roles: '7' is not a list"),
        (f"exempt_roles = {list(range(1, 28))}", "27 roles are more than 25"),
        ('exempt_domains = ["a b"]', "exempt_domains: 'a b' is not a domain such as example.org"),
        ("exempt_domains = [3]", "3 is not a domain"),
        (f"exempt_domains = {[f'a{n}.example' for n in range(101)]}", "101 domains are more than 100"),
        ('quiet_hours = "late"', "quiet_hours: 'late' is not a part of the day such as 22:00-07:00"),
        ('quiet_hours = "22:00-22:00"', "begins and ends at the same time"),
        ('time_zone = "Mars/Olympus"', "time_zone: 'Mars/Olympus' is not a time zone such as Europe/London"),
        ("time_zone = 3", "3 is not a time zone"),
        ('time_zone = "../etc/passwd"', "is not a time zone"),
        ('channels = "all"', "channels: must be a table with a line for each channel"),
        ('[channels]\ngeneral = "answer"', "channels.general: 'general' is not the number of a channel"),
        ('[channels]\n12 = "loud"', "channels.12: 'loud' is not one of off, shadow, suggest, answer"),
        ('[topics]\n"Fair use" = "off"', "topics.Fair use: no topic has such a name"),
        ("[thresholds]\nfair-use = 0", "thresholds.fair-use: 0 is not a score from 0.01 to 1.00"),
        ("[thresholds]\nfair-use = nan", "thresholds.fair-use: nan is not a score"),
        ("[thresholds]\nfair-use = true", "thresholds.fair-use: True is not a score"),
        ('[thresholds]\nfair-use = "high"', "thresholds.fair-use: 'high' is not a score"),
        ('[topics]\nfair-use = "shadow"', "topics.fair-use: 'shadow' is not one of off, suggest, answer"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_by_its_place(text, told):
    with pytest.raises(InputError) as caught:
        reread(text)
    assert str(caught.value).startswith("settings.toml: ")
    assert told in str(caught.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(InputError) as caught:
        reread('answers_per_hour = 99\ntimeouts = 1\n[channels]\n12 = "loud"')
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("content", [b"\xff", b"[]", b"[" * 100_000])
def test_what_is_no_table_is_told_so(content):
    with pytest.raises(InputError, match=r"^settings\.json: not "):
        decode("settings.json", content)


def test_replay_reads_what_a_server_exported(tmp_path):
    policy = applied(NOTHING, every_change())
    path = tmp_path / "settings.toml"
    path.write_text(exported(policy), encoding="utf-8")
    replayed = read_policy(path, lambda name: 1000 + int(name))
    assert replayed.modes == {1000 + channel: mode for channel, mode in policy.modes.items()}
    assert replayed.exempt_channels == {1000 + channel for channel in policy.exempt_channels}
    assert replayed.answers_per_hour == policy.answers_per_hour
