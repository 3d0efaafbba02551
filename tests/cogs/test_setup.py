"""``/setup``: the guided steps, what stands in the way in plain words, and what it shows."""

import gc
from datetime import time

import discord
import pytest

from bot.config.changes import Change
from bot.config.presets import PRESETS
from bot.discord_ui import setting_words, words
from bot.model import Mode, QuietHours
from tests.support import CHATTER, CLAIM, choose, open_case, rows, set_mode, set_rights, told
from tests.support_settings import SEES_ALL, channel_without, pick, policy

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


async def start(world, actor=None):
    return (await (actor or world.admin).slash(world.general, "setup start")).response


async def at_step(world, number: int):
    page = await start(world)
    for _ in range(number):
        page = (await world.admin.click(page, label=setting_words.NEXT)).response
    return page


async def choose_channel(world, channel):
    return await pick(world, await at_step(world, 1), "set:moderators_channel_id", channel)


# The steps


async def test_the_guided_set_up_leads_from_nothing_to_a_server_that_answers_and_flags(world):
    role = world.guild.create_role("judges")
    page = await start(world)
    page = await pick(world, page, "preset:0", "art")
    assert "Saved." in page.content
    page = (await world.admin.click(page, label="Next")).response
    page = await pick(world, page, "set:moderators_channel_id", world.queue)
    page = await pick(world, page, "set:moderators_roles", role)
    page = (await world.admin.click(page, label="Next")).response
    page = await pick(world, page, "watch:answer", world.general)
    page = (await world.admin.click(page, label="Next")).response
    assert f"Answers claims by itself in: {world.general.mention}." in page.content
    assert f"Cases and suggestions go to {world.queue.mention}." in page.content
    assert page.content.endswith(setting_words.missing([setting_words.seen_by_everybody(world.queue.id)]))
    await set_rights(world, world.queue, world.guild.default_role, view_channel=False)
    assert (await at_step(world, 3)).content.endswith(setting_words.missing([]))
    assert policy(world).moderators_roles == {role.id}
    assert policy(world).slow_repost == PRESETS["art"].values["slow_repost"]
    await world.alice.send(world.general, CLAIM)
    assert len(world.from_bot(world.general)) == 1
    assert (await open_case(world)).embeds[0].title.startswith("Case 1")


async def test_the_steps_go_back_and_show_what_was_chosen(world):
    await choose_channel(world, world.queue)
    page = await at_step(world, 2)
    page = (await world.admin.click(page, label=setting_words.BACK)).response
    assert page.content.startswith(setting_words.STEPS[1])
    assert f"**Moderators' channel**: {world.queue.mention}" in page.content
    assert [one["id"] for one in page.components[0]["components"][0]["default_values"]] == [world.queue.id]


async def test_the_menus_of_the_steps_outlive_a_restart(world):
    page = await at_step(world, 1)
    await world.restart()
    await pick(world, page, "set:moderators_channel_id", world.queue)
    assert policy(world).moderators_channel_id == world.queue.id


async def test_menus_that_were_shown_leave_nothing_in_memory(world):
    for _ in range(3):
        await at_step(world, 3)
        page = (await world.admin.slash(world.general, "repeats")).response
        await pick(world, page, "pick:repeats", "sensitivity")
    await world.env.advance_time(901)  # Discord lets such an answer be edited for 15 minutes
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, discord.ui.View)]


@pytest.mark.parametrize("name", PRESETS)
async def test_a_preset_chooses_what_it_says_and_leaves_the_rest(world, name):
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.SHADOW)
    await pick(world, await start(world), "preset:0", name)
    assert {key: getattr(policy(world), key) for key in PRESETS[name].values} == PRESETS[name].values
    assert policy(world).modes == {world.general.id: Mode.SHADOW}


async def test_a_channel_that_is_taken_out_of_a_menu_is_off_again(world):
    second = channel_without(world)
    page = await pick(world, await at_step(world, 2), "watch:shadow", world.general, second)
    page = await pick(world, page, "watch:shadow", second)
    assert policy(world).modes == {second.id: Mode.SHADOW}
    await pick(world, page, "watch:answer", second)
    assert policy(world).modes == {second.id: Mode.ANSWER}


# The moderators' channel


@pytest.mark.parametrize("permission", NAMES)
async def test_set_up_names_the_permission_that_the_bot_lacks_and_where_to_click_and_changes_nothing(world, permission):
    channel = channel_without(world, permission)
    page = await choose_channel(world, channel)
    assert page.content.startswith("Nothing was changed.")
    assert NAMES[permission] in page.content
    assert f" in {channel.mention}. Open that channel's settings" in page.content
    assert policy(world).moderators_channel_id is None


async def test_set_up_names_all_missing_permissions_at_once(world):
    page = await choose_channel(world, channel_without(world, "send_messages", "embed_links"))
    assert "I lack Send Messages and Embed Links in" in page.content


async def test_what_could_not_be_shown_is_sent_once_the_channel_is_chosen(world):
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.ANSWER)
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    assert world.from_bot(world.queue) == []
    await choose_channel(world, world.queue)
    await choose_channel(world, world.queue)
    (card,) = world.from_bot(world.queue)
    assert card.embeds[0].title.startswith("Case 1")


async def test_cards_of_a_channel_that_was_deleted_move_to_the_new_one(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    world.env.backend.delete_channel(world.queue.id)
    await world.alice.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    second = channel_without(world)
    await choose_channel(world, second)
    (card,) = world.from_bot(second)
    assert card.content.count("**Again:**") == 2


async def test_cards_that_nothing_has_changed_since_their_channel_was_deleted_move_to_the_new_one(world):
    await world.switch_on(Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    judged = await open_case(world)
    await world.moderator.click(judged, label="Repeat, but keep")
    await world.bob.send(world.general, CHATTER)
    world.env.backend.delete_channel(world.queue.id)
    second = channel_without(world)
    await choose_channel(world, second)
    suggestion, case = sorted(world.from_bot(second), key=lambda card: card.content.startswith("**First"))
    assert suggestion.content.startswith("Suggested answer")
    assert case.embeds[0].title.startswith("Case 2")
    await choose_channel(world, second)
    assert len(world.from_bot(second)) == 2


async def test_cards_of_a_channel_that_was_closed_to_the_bot_move_to_the_new_one(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    await set_rights(world, world.queue, world.bot.user, view_channel=False)
    await world.alice.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    second = channel_without(world)
    await choose_channel(world, second)
    (card,) = world.from_bot(second)
    assert card.content.count("**Again:**") == 2
    await world.moderator.click(card, label="Not a repeat")
    assert "no repeat" in str(world.from_bot(second)[0].embeds[0].to_dict())


async def test_the_moderators_channel_may_be_changed(world):
    second = channel_without(world)
    await choose_channel(world, world.queue)
    await choose_channel(world, second)
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.SUGGEST)
    await world.alice.send(world.general, CLAIM)
    assert len(world.from_bot(second)) == 1
    assert world.from_bot(world.queue) == []


async def test_the_role_of_everybody_is_refused(world):
    everybody = world.guild.default_role
    page = await pick(world, await at_step(world, 1), "set:moderators_roles", everybody)
    assert setting_words.everybodys_role() in page.content
    assert policy(world).moderators_roles == frozenset()


# What it shows


async def test_the_summary_names_permissions_that_were_taken_away_later(world):
    await world.switch_on()
    await set_rights(world, world.general, world.bot.user, **{**SEES_ALL, "embed_links": False})
    page = await at_step(world, 3)
    assert f"I lack Embed Links in {world.general.mention}" in page.content
    shown = (await world.admin.slash(world.general, "setup show")).response
    assert f"I lack Embed Links in {world.general.mention}" in shown.content


async def test_a_listing_shows_every_setting_with_its_value(world):
    await world.switch_on()
    shown = (await world.admin.slash(world.general, "setup show")).response
    text = "\n".join(field.value for field in shown.embeds[0].fields)
    assert f"**Moderators' channel**: {world.queue.mention}" in text
    assert "**Rest of a topic**: 6 hours (default)" in text
    assert f"Mode in {world.general.mention}: answer" in text
    assert len(shown.embeds[0]) <= 6000


async def test_the_summary_tells_of_quiet_hours_and_shortens_what_is_long(world):
    hours = Change("quiet_hours", QuietHours(time(22), time(7)))
    channels = [Change("modes", Mode.SHADOW, str(number)) for number in range(1, 30)]
    exempt = Change("exempt_domains", frozenset(f"site{number}.example" for number in range(100)))
    await choose(world.bot.services.policies, world.guild.id, hours, exempt, *channels)
    shown = (await world.admin.slash(world.general, "setup show")).response
    assert "From 22:00 to 07:00 (UTC) nothing is answered or suggested." in shown.content
    assert "and 19 more." in shown.content
    assert len(shown.content) <= 2000
    (embed,) = shown.embeds
    assert "90 more" in "".join(field.value for field in embed.fields)
    assert len(embed) <= 6000


# Menus that outlived their time


@pytest.mark.parametrize(
    "control",
    ["nonsense:x:", "default:no_such_setting:", "default:modes:general", "panel:nothing:", "panel:watch:", "step:x:"],
)
async def test_a_control_that_this_version_does_not_know_says_so_and_changes_nothing(world, control):
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Old", custom_id=f"copydesk-set:{control}"))
    with world.env.time_context():
        message = await world.bot.get_channel(world.general.id).send("an old menu", view=view)
    assert told(await world.admin.click(message, label="Old")) == setting_words.OUTDATED
    assert told(await world.moderator.click(message, label="Old")) == words.ADMINS_ONLY
    assert await world.bot.services.policies.history(world.guild.id) == []


async def test_a_choice_that_fails_is_told_politely_and_logged(world, caplog):
    page = await at_step(world, 1)
    world.database.write_now(lambda db: db.execute("ALTER TABLE setting RENAME TO mislaid"))
    result = await world.admin.select(page, [world.queue], custom_id="copydesk-set:set:moderators_channel_id:")
    assert result.followups[-1].content == words.FAILED
    assert "choice of set failed" in caplog.text


# Who may


async def test_no_command_of_settings_is_offered_to_members_moderators_or_in_direct_messages(world):
    commands = {"setup start", "setup history", "watch", "repeats", "exempt", "automation"}
    for offered in (
        world.alice.available_commands(world.general),
        world.moderator.available_commands(world.general),
        world.admin.user.available_commands(),
    ):
        assert not commands & set(offered)
    assert commands <= set(world.admin.available_commands(world.general))


@pytest.mark.parametrize("name", ["setup start", "setup export", "watch", "repeats", "exempt", "automation"])
async def test_a_member_who_was_given_the_command_in_discords_settings_is_still_refused(world, name):
    world.errors_expected = True
    command = world.env.backend.find_command(name.split()[0], None)
    world.guild.set_command_permissions(int(command["id"]), {world.moderator: True})
    options = {"channel": world.general, "mode": "answer"} if name == "watch" else {}
    assert told(await world.moderator.slash(world.general, name, **options)) == words.ADMINS_ONLY
    assert rows(world.database, "SELECT * FROM setting") == []


async def test_an_admin_by_role_may_change_settings_but_not_who_is_an_admin(world):
    role = world.guild.create_role("stewards")
    steward = world.guild.add_member(world.env.create_user("steward"), roles=[role])
    page = await pick(world, await at_step(world, 1), "set:admins_roles", role)
    command = world.env.backend.find_command("setup", None)
    world.guild.set_command_permissions(int(command["id"]), {steward: True})
    page = await start(world, steward)
    page = (await steward.click(page, label="Next")).response
    page = (await steward.select(page, [world.queue], custom_id="copydesk-set:set:moderators_channel_id:")).response
    assert policy(world).moderators_channel_id == world.queue.id
    page = (await steward.select(page, [], custom_id="copydesk-set:set:admins_roles:")).response
    assert setting_words.OWNERS_ONLY in page.content
    assert policy(world).admins_roles == {role.id}
    await choose(world.bot.services.policies, world.guild.id, Change("admins_roles", None))
    result = await steward.select(page, [role], custom_id="copydesk-set:set:moderators_roles:")
    assert told(result) == words.ADMINS_ONLY
    assert policy(world).moderators_roles == frozenset()
