"""The installation's settings: what the environment can say, every error at once, and a token that shows nowhere."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.settings import Settings

SWITCHES = {"COPYDESK_MESSAGE_CONTENT": "message_content", "COPYDESK_CHECK_LINKS": "check_links"}
NAMES = [
    *("DISCORD_TOKEN", "COPYDESK_DATABASE", "COPYDESK_EXPLAINERS", "COPYDESK_LOG_LEVEL", "COPYDESK_HEALTH_PORT"),
    *SWITCHES,
]
TOKEN = "canary-7f3a9"  # noqa: S105  # no token of anything


def problems_of(**environment):
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(environment)
    return caught.value.problems


def test_an_empty_environment_gives_the_defaults():
    assert Settings.from_environment({}) == Settings()
    assert Settings() == Settings(
        token=None,
        database=Path("data/copydesk.db"),
        explainers=None,
        message_content=True,
        log_level="INFO",
        health_port=None,
        check_links=False,
    )


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_an_empty_value_is_an_unset_one(value):
    assert Settings.from_environment(dict.fromkeys(NAMES, value)) == Settings()


def test_every_setting_is_read_without_the_space_around_it(tmp_path):
    values = [TOKEN, "elsewhere/my.db", str(tmp_path), "warning", "8080", "off", "on"]
    environment = {name: f" {value}\n" for name, value in zip(NAMES, values, strict=True)}
    expected = Settings(
        token=TOKEN,
        database=Path("elsewhere/my.db"),
        explainers=tmp_path,
        message_content=False,
        log_level="WARNING",
        health_port=8080,
        check_links=True,
    )
    assert Settings.from_environment(environment) == expected


def test_other_variables_are_none_of_its_business():
    assert Settings.from_environment({"PATH": "/bin", "COPYDESK_COLOUR": "blue"}) == Settings()


@pytest.mark.parametrize("level", ["DEBUG", "info", "Warning", "error"])
def test_a_log_level_is_known_in_any_case(level):
    assert Settings.from_environment({"COPYDESK_LOG_LEVEL": level}).log_level == level.upper()


@pytest.mark.parametrize("level", ["TRACE", "10", "critical", "INFO,DEBUG"])
def test_an_unknown_log_level_is_told_with_the_known_ones(level):
    (problem,) = problems_of(COPYDESK_LOG_LEVEL=level)
    assert level.upper() in problem
    assert "DEBUG, INFO, WARNING, ERROR" in problem


@pytest.mark.parametrize("port", ["1", "8080", "65535"])
def test_a_port_is_a_number_from_1_to_65535(port):
    assert Settings.from_environment({"COPYDESK_HEALTH_PORT": port}).health_port == int(port)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.0", "http", "0x50", "٨٠", "²", "1_000", "9" * 100])
def test_another_port_is_told_with_what_a_port_is(port):
    (problem,) = problems_of(COPYDESK_HEALTH_PORT=port)
    assert problem.startswith("COPYDESK_HEALTH_PORT is")
    assert "1 to 65535" in problem


@pytest.mark.parametrize(("name", "field"), SWITCHES.items())
@pytest.mark.parametrize(("value", "is_on"), [("on", True), ("ON", True), ("off", False), ("Off", False)])
def test_a_switch_is_on_or_off_in_any_case(name, field, value, is_on):
    assert getattr(Settings.from_environment({name: value}), field) is is_on


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["yes", "1", "true", "on off", "\uff4f\uff4e"])
def test_another_switch_is_told_with_what_it_may_be(name, value):
    (problem,) = problems_of(**{name: value})
    assert problem.startswith(f"{name} is")
    assert problem.endswith("use on or off.")


def test_a_folder_of_explainers_must_be_there(tmp_path):
    file = tmp_path / "file"
    file.touch()
    for path in (tmp_path / "missing", file):
        (problem,) = problems_of(COPYDESK_EXPLAINERS=str(path))
        assert str(path) in problem
        assert "no such folder" in problem


def test_all_errors_are_told_at_once():
    problems = problems_of(**dict.fromkeys(NAMES[2:], "/nowhere"))
    assert {problem.split(" is ")[0] for problem in problems} == set(NAMES[2:])
    assert len(problems) == len(NAMES[2:])


def test_the_message_of_the_error_holds_every_problem():
    with pytest.raises(ConfigurationError, match=r"(?s)LOG_LEVEL.*\n.*HEALTH_PORT"):
        Settings.from_environment({"COPYDESK_LOG_LEVEL": "loud", "COPYDESK_HEALTH_PORT": "http"})


ENVIRONMENTS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES[1:], st.text(max_size=12)))


def all_that_shows(environment):
    """The settings as they would be printed, or the error that stands for them."""
    try:
        read = Settings.from_environment(environment)
    except ConfigurationError as error:
        return f"{error} {error!r} {error.problems}"
    return f"{read} {read!r}"


@settings(deadline=None)
@given(ENVIRONMENTS)
def test_the_token_is_in_no_repr_and_in_no_error_whatever_else_is_set(environment):
    assert TOKEN not in all_that_shows({**environment, "DISCORD_TOKEN": TOKEN})
