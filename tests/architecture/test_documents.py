"""What the documents promise is what the code has: settings, slash commands, commands and the policy file."""

import ast
import re
import shlex
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.__main__ import cli
from bot.backtest.policy import EVERYWHERE, read_policy
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "DISCORD_TOKEN",
    "COPYDESK_DATABASE",
    "COPYDESK_EXPLAINERS",
    "COPYDESK_MESSAGE_CONTENT",
    "COPYDESK_LOG_LEVEL",
    "COPYDESK_HEALTH_PORT",
    "COPYDESK_CHECK_LINKS",
    "COPYDESK_KEY",
}
ASSIGNMENT = re.compile(r"^#?([A-Z_]+)=(.*)$", re.MULTILINE)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read():
    """The names that ``bot/settings.py`` looks up: the first arguments of its ``.get`` calls."""
    calls = (node for node in ast.walk(ast.parse(text_of("bot/settings.py"))) if isinstance(node, ast.Call))
    gets = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "get")
    return {call.args[0].value for call in gets if isinstance(call.args[0], ast.Constant)}


def commands_in_the_readme():
    """The slash commands of its table. A row may list several of a group, which only the first of them names."""
    for row in re.findall(r"^\| (`/[^|]+) \|", text_of("README.md"), re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        yield first
        yield from (f"{first.split()[0]} {other}" for other in others)


def test_every_setting_that_is_read_is_documented_in_the_example_and_no_other():
    assert settings_read() == SETTINGS
    assert {name for name, _ in ASSIGNMENT.findall(text_of(".env.example"))} == SETTINGS


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_each_setting_of_the_example_is_explained_above_it(name):
    lines = text_of(".env.example").splitlines()
    (number,) = [number for number, line in enumerate(lines) if re.match(rf"#?{name}=", line)]
    assert re.match(r"# \w", lines[number - 1])


def test_the_values_of_the_example_are_the_defaults():
    assert Settings.from_environment(dict(ASSIGNMENT.findall(text_of(".env.example")))) == Settings()


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_each_setting_is_named_in_the_readme(name):
    assert f"`{name}`" in text_of("README.md")


def test_every_slash_command_is_in_the_readme_with_its_parameters_and_no_other(world):
    commands = {
        f"/{' '.join([command.qualified_name, *(parameter.name for parameter in command.parameters)])}"
        for command in world.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    assert commands
    assert sorted(commands_in_the_readme()) == sorted(commands)


def test_every_command_of_a_messages_menu_is_in_the_readme_and_no_other(world):
    menu = {command.name for command in world.bot.tree.get_commands(type=discord.AppCommandType.message)}
    assert menu
    assert set(re.findall(r"^\| \*([^*`]+)\* \|", text_of("README.md"), re.MULTILINE)) == menu


def test_every_command_line_of_the_readme_is_one():
    lines = re.findall(r"^(?:\S*/)?python3? -m bot (.+?)(?:\s+#.*)?$", text_of("README.md"), re.MULTILINE)
    assert lines
    for line in lines:
        assert shlex.split(line)[0] in cli.commands


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_named_in_the_readme(name):
    assert re.search(rf"-m bot {name}\b|make {name}\b", text_of("README.md"))


def test_the_policy_file_in_the_readme_shows_the_defaults(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", text_of("README.md"), re.DOTALL)
    path = tmp_path / "policy.toml"
    path.write_text(example)
    policy = read_policy(path, len)
    assert policy.modes
    assert policy.topic_cooldown == EVERYWHERE.topic_cooldown
    assert policy.channel_cooldown == EVERYWHERE.channel_cooldown
    assert policy.answers_per_hour == EVERYWHERE.answers_per_hour
