"""``/doctor``: what is wrong on a server, and what to do, in plain words."""

import discord
import pytest

from bot.app import COMMANDS_ONLY
from bot.discord_ui import words
from bot.model import Mode
from tests.support import running_world, set_rights

SIGNS = {"\u2713": "ok", "!": "note", "\u2717": "problem"}


async def report(world) -> discord.Embed:
    result = await world.admin.slash(world.guild.create_text_channel("lobby"), "doctor")
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    return embed


async def findings(world) -> dict[str, tuple[str, str]]:
    """Health and text by name."""
    parts = (await report(world)).description.replace("\n\u2192 ", " ").splitlines()
    names = (part[2:].partition(":** ") for part in parts)
    return {name[2:]: (SIGNS[part[0]], text) for part, (name, _, text) in zip(parts, names, strict=True)}


async def hide_queue(world) -> None:
    await set_rights(world, world.queue, world.guild.default_role, view_channel=False)
    await set_rights(
        world, world.queue, world.bot.user, view_channel=True, send_messages=True, embed_links=True,
        read_message_history=True,
    )  # fmt: skip


async def test_a_server_that_is_set_up_has_no_problem(world):
    await world.switch_on()
    await hide_queue(world)
    embed = await report(world)
    assert embed.title == "No problems"
    assert {health for health, _ in (await findings(world)).values()} == {"ok"}


async def test_a_new_server_is_told_what_to_choose(world):
    found = await findings(world)
    assert found["moderators' channel"][0] == found["channels"][0] == "note"
    assert "/setup" in found["moderators' channel"][1]
    assert "/watch" in found["channels"][1]


async def test_the_installation_is_examined_as_on_the_command_line(world):
    found = await findings(world)
    installation = await world.bot.services.doctor.examine(world.guild.id)
    assert {one.name for one in installation} <= found.keys()
    assert str(world.database.path) not in str(found)


async def test_a_moderators_channel_that_everybody_reads_is_noted(world):
    await world.switch_on()
    health, text = (await findings(world))["moderators' channel"]
    assert (health, "everybody can read" in text) == ("note", True)


async def test_what_the_bot_lacks_in_the_moderators_channel_is_a_problem(world):
    await world.switch_on()
    await set_rights(world, world.queue, world.bot.user, embed_links=False, send_messages=False)
    health, text = (await findings(world))["moderators' channel"]
    assert health == "problem"
    assert f"I lack Send Messages and Embed Links in {world.queue.mention}" in text
    assert "Grant it" in text


async def test_a_moderators_channel_that_is_gone_is_a_problem(world):
    await world.switch_on()
    await world.bot.get_channel(world.queue.id).delete()
    await world.env.settle()
    assert (await findings(world))["moderators' channel"][0] == "problem"


@pytest.mark.parametrize(
    ("mode", "missing", "health"),
    [
        (Mode.ANSWER, "send_messages", "problem"),
        (Mode.SUGGEST, "embed_links", "problem"),
        (Mode.SHADOW, "send_messages", "ok"),
        (Mode.SHADOW, "read_message_history", "problem"),
        (Mode.ANSWER, "manage_messages", "note"),
        (Mode.SHADOW, "manage_messages", "ok"),
    ],
)
async def test_each_channel_is_checked_for_what_its_mode_needs(world, mode, missing, health):
    await world.switch_on(mode)
    rights = dict.fromkeys(
        ("view_channel", "send_messages", "manage_messages", "embed_links", "read_message_history"), True
    )
    await set_rights(world, world.general, world.bot.user, **{**rights, missing: False})
    found = (await findings(world))["channel general"]
    assert found[0] == health
    assert world.general.mention in found[1]


async def test_a_forum_needs_the_permission_to_write_in_threads(world):
    forum = world.guild.create_forum_channel("help")
    await world.bot.services.policies.set_mode(world.guild.id, forum.id, Mode.ANSWER)
    await set_rights(world, forum, world.bot.user, view_channel=True, send_messages_in_threads=False)
    assert "Send Messages in Threads" in (await findings(world))["channel help"][1]


async def test_a_channel_that_is_gone_is_noted_and_one_that_is_off_is_not_looked_at(world):
    await world.switch_on()
    await world.bot.get_channel(world.general.id).delete()
    await world.env.settle()
    assert "gone or hidden" in (await findings(world))["channel"][1]
    await world.bot.services.policies.set_mode(world.guild.id, world.general.id, Mode.OFF)
    assert "channel" not in await findings(world)


async def test_a_role_that_is_gone_is_noted(world):
    await world.bot.services.policies.set_editors_role(world.guild.id, 4711)
    assert (await findings(world))["roles"][0] == "note"


async def test_the_bots_place_among_the_roles_is_told(world):
    world.guild.create_role("above everybody")
    assert "roles above it" in (await findings(world))["roles"][1]


async def test_without_the_content_intent_the_report_says_what_that_means(database):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        health, text = (await findings(world))["intents"]
    assert health == "note"
    assert words.COMMANDS_ONLY in text


async def test_problems_come_first_and_a_long_report_is_cut(world):
    await world.switch_on()
    policies = world.bot.services.policies
    for number in range(200):
        await policies.set_mode(world.guild.id, 9000 + number, Mode.ANSWER)
    await set_rights(world, world.general, world.bot.user, send_messages=False)
    embed = await report(world)
    assert embed.title == "1 problem"
    assert embed.description.startswith("\u2717 **channel general:**")
    assert len(embed.description) <= 4096
    assert embed.description.endswith("...")
