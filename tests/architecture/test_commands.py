"""What holds for every command, cog and file, also for those that are written later."""

import pkgutil
from pathlib import Path

import discord
import pytest
from discord import app_commands
from discord.ext import commands

import bot
import cogs

FOR_EVERYBODY = {
    "explain",
    "ask",
    "sources",
    "topics",
    "quiet",
    "privacy",
}  # a command that everybody may use, also in direct messages, is listed here on purpose
LONGEST_FILE, LONGEST_COG = 400, 200
FILES = sorted(path for package in (bot, cogs) for path in Path(package.__path__[0]).rglob("*.py"))
COGS = [module.name for module in pkgutil.iter_modules(cogs.__path__)]


@pytest.fixture
def all_commands(world) -> list[app_commands.Command]:
    found = [command for command in world.bot.tree.walk_commands() if isinstance(command, app_commands.Command)]
    assert found
    return found


def permissions(command: app_commands.Command) -> discord.Permissions | None:
    """What Discord asks of a member before it offers the command, or the group it belongs to."""
    return (command.root_parent or command).default_permissions


def checks_itself(command: app_commands.Command) -> bool:
    """Whether the command, or its cog for all its commands, checks who may use it."""
    return bool(command.checks) or type(command.binding).interaction_check is not commands.Cog.interaction_check


def is_guild_only(command: app_commands.Command) -> bool:
    return (command.root_parent or command).guild_only


def test_every_cog_is_loaded(world):
    assert set(world.bot.extensions) == {f"cogs.{name}" for name in COGS}
    assert len(world.bot.cogs) == len(COGS)


def test_every_command_and_option_is_described(all_commands):
    described = [(command.qualified_name, command.description) for command in all_commands]
    described += [
        (f"{c.qualified_name} {option.name}", option.description) for c in all_commands for option in c.parameters
    ]
    assert [name for name, text in described if len(text.strip("\u2026. ")) < 3 or len(text) > 100] == []


def test_no_two_commands_share_a_name(all_commands):
    names = [command.qualified_name for command in all_commands]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


def test_a_command_is_for_everybody_or_asks_for_a_permission(all_commands):
    unguarded = {command.root_parent.name if command.root_parent else command.name for command in all_commands}
    unguarded -= {(c.root_parent or c).name for c in all_commands if permissions(c) is not None}
    assert unguarded <= FOR_EVERYBODY


def test_a_command_that_asks_for_a_permission_checks_it_itself_and_works_in_servers_only(all_commands):
    guarded = [command for command in all_commands if permissions(command) is not None]
    assert guarded
    assert [command.qualified_name for command in guarded if not checks_itself(command)] == []
    assert [command.qualified_name for command in guarded if not is_guild_only(command)] == []


def test_nothing_asks_for_more_than_a_moderators_or_an_admins_permission(all_commands):
    asked = {name for c in all_commands if permissions(c) for name, on in permissions(c) if on}
    assert asked <= {"manage_messages", "manage_guild"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_stays_short_enough_to_read(path):
    longest = LONGEST_COG if path.parent.name == "cogs" else LONGEST_FILE
    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest
