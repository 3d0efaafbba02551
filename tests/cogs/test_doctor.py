"""``/doctor``: what is wrong on a server, and what to do, in plain words."""

import discord
import pytest

from bot.app import COMMANDS_ONLY
from bot.config.changes import Change
from bot.config.table import SETTINGS
from bot.discord_ui import setting_words, words
from bot.model import Mode
from tests.support import choose, open_case, running_world, set_mode, set_rights

SIGNS = {"\u2713": "ok", "!": "note", "\u2717": "problem"}
RIGHTS = ("view_channel", "send_messages", "manage_messages", "embed_links", "read_message_history")
MODE, CARDS, ROLES = (SETTINGS[name].label for name in ("modes", "moderators_channel_id", "editors_roles"))


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


async def allow(world, channel, **but: bool) -> None:
    """The bot has all rights in a channel but these."""
    await set_rights(world, channel, world.bot.user, **{**dict.fromkeys(RIGHTS, True), **but})


async def remove(world, channel) -> None:
    await world.bot.get_channel(channel.id).delete()
    await world.env.settle()


async def test_a_server_that_is_set_up_has_no_problem(world):
    await world.switch_on()
    await set_rights(world, world.queue, world.guild.default_role, view_channel=False)
    await allow(world, world.queue)
    embed = await report(world)
    assert embed.title == "No problems"
    assert {health for health, _ in (await findings(world)).values()} == {"ok"}


async def test_a_new_server_is_told_what_to_choose(world):
    found = await findings(world)
    assert found["cards for moderators"][0] == found["channels"][0] == "note"
    assert "/setup" in found["cards for moderators"][1]
    assert "/watch" in found["channels"][1]


async def test_the_installation_is_examined_as_on_the_command_line(world):
    found = await findings(world)
    installation = await world.bot.services.doctor.examine(world.guild.id)
    assert {one.name for one in installation} <= found.keys()
    assert str(world.database.path) not in str(found)


async def test_a_database_with_cases_in_it_is_whole(world):
    await world.switch_on()
    await open_case(world)
    health, _ = (await findings(world))["database"]
    assert health == "ok"


async def test_a_moderators_channel_that_everybody_reads_is_noted(world):
    await world.switch_on()
    found = await findings(world)
    assert found["cards for moderators"] == ("note", setting_words.seen_by_everybody(world.queue.id))


async def test_what_the_bot_lacks_in_the_moderators_channel_is_a_problem(world):
    await world.switch_on()
    await allow(world, world.queue, embed_links=False, send_messages=False)
    text = setting_words.lacks_in(["Send Messages", "Embed Links"], world.queue.id)
    assert (await findings(world))[CARDS] == ("problem", text)


async def test_a_moderators_channel_that_is_gone_is_a_problem(world):
    await world.switch_on()
    await remove(world, world.queue)
    assert (await findings(world))[CARDS] == ("problem", setting_words.gone("channel", world.queue.id))


@pytest.mark.parametrize(
    ("mode", "missing", "names"),
    [
        (Mode.ANSWER, "send_messages", {MODE: "problem"}),
        (Mode.SUGGEST, "read_message_history", {MODE: "problem"}),
        (Mode.SHADOW, "send_messages", {}),
        (Mode.ANSWER, "manage_messages", {"deleting repeats": "note"}),
        (Mode.SHADOW, "manage_messages", {}),
    ],
)
async def test_each_channel_is_checked_for_what_its_mode_needs(world, mode, missing, names):
    await world.switch_on(mode)
    await set_rights(world, world.queue, world.guild.default_role, view_channel=False)
    await allow(world, world.queue)
    await allow(world, world.general, **{missing: False})
    found = await findings(world)
    assert {name: health for name, (health, _) in found.items() if health != "ok"} == names
    assert all(world.general.mention in found[name][1] for name in names)


async def test_a_forum_needs_the_permission_to_write_in_threads(world):
    forum = world.guild.create_forum_channel("help")
    await set_mode(world.bot.services.policies, world.guild.id, forum.id, Mode.ANSWER)
    await allow(world, forum, send_messages_in_threads=False)
    assert "Send Messages in Threads" in (await findings(world))[MODE][1]


async def test_a_channel_that_is_gone_is_told_and_one_that_is_off_is_not_looked_at(world):
    await world.switch_on()
    await remove(world, world.general)
    assert (await findings(world))[MODE] == ("problem", setting_words.gone("channel", world.general.id))
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.OFF)
    assert MODE not in await findings(world)


async def test_a_role_that_is_gone_is_told(world):
    await choose(world.bot.services.policies, world.guild.id, Change("editors_roles", frozenset({4711})))
    assert (await findings(world))[ROLES] == ("problem", setting_words.gone("role", 4711))


async def test_the_order_of_roles_matters_where_timeouts_are_switched_on(world):
    for number in range(6):
        world.guild.create_role(f"above *{number}*", position=10 + number)
    assert (await findings(world))["order of roles"][0] == "ok"
    await choose(world.bot.services.policies, world.guild.id, Change("timeouts", True))
    health, text = (await findings(world))["order of roles"]
    assert health == "note"
    assert text.startswith("I cannot time out members with above \\*5\\*, above \\*4\\*, ")
    assert "and 1 more. Drag my role, TestBot, above those" in text


async def test_a_role_above_all_others_may_time_out_everybody(world):
    await choose(world.bot.services.policies, world.guild.id, Change("timeouts", True))
    assert (await findings(world))["order of roles"] == ("ok", "mine, TestBot, is above all others.")


async def test_without_the_content_intent_the_report_says_what_that_means(database):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        health, text = (await findings(world))["intents"]
    assert health == "note"
    assert words.COMMANDS_ONLY in text


async def test_problems_come_first_and_a_long_report_is_cut(world):
    await world.switch_on()
    for number in range(60):
        await set_mode(world.bot.services.policies, world.guild.id, 9000 + number, Mode.ANSWER)
    embed = await report(world)
    assert embed.title == "60 problems"
    assert embed.description.startswith(f"\u2717 **{MODE}:**")
    assert len(embed.description) <= 4096
    assert embed.description.endswith("...")
