"""``/watch``, ``/repeats``, ``/exempt`` and ``/automation``: the menus that follow from the table of settings."""

from datetime import time, timedelta

import discord
import pytest

from bot.app import COMMANDS_ONLY
from bot.config.table import SETTINGS, Group, Scope
from bot.discord_ui import setting_words, words
from bot.model import Mode, QuietHours, Sensitivity, Strictness
from tests.support import CLAIM_TOPIC, running_world, set_moderators_channel, set_rights, told
from tests.support_settings import SEES_ALL, channel_without, pick, policy

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


async def watch(world, channel, mode: str, **options) -> str:
    return told(await world.admin.slash(world.general, "watch", channel=channel, mode=mode, **options))


async def with_queue(world) -> None:
    await set_moderators_channel(world.bot.services.policies, world.guild.id, world.queue.id)


async def opened(world, command: str, **options):
    return (await world.admin.slash(world.general, command, **options)).response


# The modes of channels


@pytest.mark.parametrize("mode", list(Mode))
async def test_watch_says_what_the_mode_means_and_keeps_it(world, mode):
    await with_queue(world)
    text = await watch(world, world.general, mode.value)
    assert text.startswith(f"{world.general.mention} is ")
    assert mode.value in text
    await world.restart()
    assert policy(world).channel_mode(world.general.id) is mode


async def test_watch_may_ask_for_more_certainty_in_the_channel(world):
    await watch(world, world.general, "answer", strictness="very strict")
    assert policy(world).strictness == {world.general.id: Strictness.VERY_STRICT}
    await watch(world, world.general, "shadow")
    assert policy(world).strictness == {world.general.id: Strictness.VERY_STRICT}


async def test_suggest_mode_needs_a_moderators_channel_first(world):
    text = await watch(world, world.general, "suggest")
    assert setting_words.needs_cards_channel("Mode suggest") in text
    assert "/setup start" in text
    assert policy(world).channel_mode(world.general.id) is None


async def test_answer_mode_without_a_moderators_channel_says_what_is_missing(world):
    text = await watch(world, world.general, "answer")
    assert "no moderators' channel" in text
    assert "/setup start" in text
    assert policy(world).channel_mode(world.general.id) is Mode.ANSWER


@pytest.mark.parametrize(
    ("mode", "needed"),
    [
        ("off", set()),
        ("shadow", {"view_channel", "read_message_history"}),
        ("suggest", {"view_channel", "read_message_history"}),
        ("answer", set(NAMES)),
    ],
)
async def test_watch_asks_for_the_permissions_that_the_mode_needs_and_no_others(world, mode, needed):
    await with_queue(world)
    for permission, name in NAMES.items():
        channel = channel_without(world, permission)
        text = await watch(world, channel, mode)
        assert (name in text) == (permission in needed)
        assert (policy(world).channel_mode(channel.id) is None) == (permission in needed)


async def test_a_forum_needs_the_permission_to_write_in_threads(world):
    forum = world.guild.create_forum_channel("questions")
    await set_rights(world, forum, world.bot.user, **SEES_ALL, send_messages_in_threads=False)
    assert "I lack Send Messages in Threads in" in await watch(world, forum, "answer")
    await set_rights(world, forum, world.bot.user, **SEES_ALL, send_messages_in_threads=True)
    assert "is in answer mode" in await watch(world, forum, "answer")


@pytest.mark.parametrize(("mode", "watched"), [("off", True), ("shadow", False), ("suggest", False), ("answer", False)])
async def test_without_the_message_content_intent_channels_can_only_be_switched_off(database, mode, watched):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        await with_queue(world)
        text = await watch(world, world.general, mode)
        assert (words.COMMANDS_ONLY in text) != watched
        assert policy(world).channel_mode(world.general.id) in (None, Mode.OFF)


# The menus


@pytest.mark.parametrize("group", [Group.REPEATS, Group.EXEMPT, Group.AUTOMATION])
async def test_a_menu_offers_every_setting_of_its_group_with_its_value(world, group):
    page = await opened(world, group.value)
    rows = [setting for setting in SETTINGS.values() if setting.group is group and setting.scope is Scope.SERVER]
    options = page.components[0]["components"][0]["options"]
    assert [option["value"] for option in options] == [row.name for row in rows]
    for row in rows:
        assert f"**{row.label}**: {setting_words.said(row, row.default)} (default)" in page.content


CHOICES = {
    "repeats": {
        "repeats_across_authors": (False, "false"),
        "repeats_across_channels": (False, "false"),
        "sensitivity": (Sensitivity.CAREFUL, '"careful"'),
        "window_posts": (5_000, "5000"),
        "window_age": (timedelta(days=3), "4320"),
        "slow_repost": (timedelta(days=7), "10080"),
        "move_grace": (timedelta(minutes=30), "30"),
    },
    "automation": {
        "topic_cooldown": (timedelta(hours=12), "720"),
        "channel_cooldown": (timedelta(minutes=15), "15"),
        "member_cooldown": (timedelta(hours=1), "60"),
        "answers_per_hour": (2, "2"),
        "quiet_hours": (QuietHours(time(22), time(6)), '"22:00-06:00"'),
        "time_zone": ("Europe/Berlin", '"Europe/Berlin"'),
    },
}


@pytest.mark.parametrize("group", CHOICES)
async def test_what_is_picked_in_a_menu_is_saved_and_shown_and_outlives_a_restart(world, group):
    page = await opened(world, group)
    for name, (_, option) in CHOICES[group].items():
        page = await pick(world, page, f"pick:{group}", name)
        page = await pick(world, page, f"value:{name}", option)
        assert page.content.startswith("Saved.")
        await world.restart()
    for name, (value, _) in CHOICES[group].items():
        assert getattr(policy(world), name) == value
        assert f"**{SETTINGS[name].label}**: {setting_words.said(SETTINGS[name], value)}\n" in page.content
    page = await pick(world, page, f"pick:{group}", name)
    page = (await world.admin.click(page, label=setting_words.TO_DEFAULT)).response
    assert getattr(policy(world), name) == SETTINGS[name].default


async def test_every_setting_of_the_server_with_choices_is_tried_above():
    tried = {name for names in CHOICES.values() for name in names}
    offered = {one.name for one in SETTINGS.values() if one.scope is Scope.SERVER and one.kind.choices}
    assert offered - tried == {"case_threads", "timeouts"}


@pytest.mark.parametrize("name", SETTINGS)
def test_each_choice_of_a_setting_has_words_of_its_own_that_fit_a_menu(name):
    setting = SETTINGS[name]
    shown = [setting_words.said(setting, choice) for choice in setting.kind.choices]
    assert len(set(shown)) == len(shown)
    assert all(0 < len(text) <= 100 for text in shown)
    assert len(setting.label) <= 45  # the heading of a form


def test_equal_names_of_different_settings_have_different_words():
    assert "threshold" in setting_words.said(SETTINGS["strictness"], Strictness.NORMAL)
    assert "reworded" in setting_words.said(SETTINGS["sensitivity"], Sensitivity.NORMAL)


async def test_a_channel_that_was_deleted_is_not_preselected(world):
    second = channel_without(world)
    page = await pick(world, await opened(world, "exempt"), "pick:exempt", "exempt_channels")
    page = await pick(world, page, "value:exempt_channels", world.general, second)
    world.env.backend.delete_channel(second.id)
    await world.env.settle()
    page = await pick(world, page, "pick:exempt", "exempt_channels")
    assert [one["id"] for one in page.components[0]["components"][0]["default_values"]] == [world.general.id]


async def test_a_form_that_was_opened_by_an_admin_is_refused_once_they_are_none(world):
    page = await pick(world, await opened(world, "exempt"), "pick:exempt", "exempt_domains")
    form = await world.admin.click(page, label=setting_words.TYPE)
    for role in list(world.env.backend.get_guild(world.guild.id).members[world.admin.id].role_ids):
        world.env.backend.remove_member_role(world.guild.id, world.admin.id, role)
    await world.env.settle()
    assert told(await world.admin.submit_modal(form, {"typed": "example.org"})) == words.ADMINS_ONLY
    assert policy(world).exempt_domains == frozenset()


async def test_exempt_channels_and_roles_are_picked_and_taken_out_again(world):
    role = world.guild.create_role("staff")
    page = await pick(world, await opened(world, "exempt"), "pick:exempt", "exempt_channels")
    page = await pick(world, page, "value:exempt_channels", world.general, world.queue)
    page = await pick(world, page, "pick:exempt", "exempt_roles")
    page = await pick(world, page, "value:exempt_roles", role)
    assert policy(world).exempt_channels == {world.general.id, world.queue.id}
    assert policy(world).exempt_roles == {role.id}
    assert world.general.mention in page.content
    page = await pick(world, page, "pick:exempt", "exempt_channels")
    page = await pick(world, page, "value:exempt_channels")
    assert policy(world).exempt_channels == frozenset()


async def test_web_sites_are_typed_one_a_line_and_a_wrong_one_is_named(world):
    page = await pick(world, await opened(world, "exempt"), "pick:exempt", "exempt_domains")
    form = await world.admin.click(page, label=setting_words.TYPE)
    result = await world.admin.submit_modal(form, {"typed": "https://www.Tenor.com/view/x\nexample.org"})
    assert policy(world).exempt_domains == {"tenor.com", "example.org"}
    form = await world.admin.click(result.response, label=setting_words.TYPE)
    result = await world.admin.submit_modal(form, {"typed": "not a domain"})
    assert "is not a domain such as example.org" in result.response.content
    assert policy(world).exempt_domains == {"tenor.com", "example.org"}
    form = await world.admin.click(result.response, label=setting_words.TYPE)
    await world.admin.submit_modal(form, {"typed": ""})
    assert policy(world).exempt_domains == frozenset()


async def test_quiet_hours_that_no_menu_offers_are_typed(world):
    page = await pick(world, await opened(world, "automation"), "pick:automation", "quiet_hours")
    form = await world.admin.click(page, label=setting_words.TYPE)
    result = await world.admin.submit_modal(form, {"typed": "1:30 - 05:45"})
    assert policy(world).quiet_hours == QuietHours(time(1, 30), time(5, 45))
    page = (await world.admin.click(result.response, label=setting_words.BACK)).response
    assert "**Quiet hours**: 01:30 to 05:45\n" in page.content


async def test_repeats_are_switched_off_for_one_channel(world):
    page = await opened(world, "repeats", channel=world.general)
    of = str(world.general.id)
    page = await pick(world, page, f"pick:repeats:{of}", "repeats")
    page = await pick(world, page, f"value:repeats:{of}", "false")
    assert policy(world).repeats == {world.general.id: False}
    assert f"- Repeats in the channel in {world.general.mention}: off" in (await opened(world, "repeats")).content


async def test_a_topic_is_capped_alone(world):
    page = await opened(world, "automation", topic=CLAIM_TOPIC)
    page = await pick(world, page, f"pick:automation:{CLAIM_TOPIC}", "topic_modes")
    await pick(world, page, f"value:topic_modes:{CLAIM_TOPIC}", '"suggest"')
    assert policy(world).topic_modes == {CLAIM_TOPIC: Mode.SUGGEST}


async def test_an_unknown_topic_is_told_so(world):
    assert told(await world.admin.slash(world.general, "automation", topic="no-such-topic")) == words.UNKNOWN_TOPIC


async def test_topics_complete_while_one_types(world):
    offered = await world.admin.autocomplete(world.general, "automation", "topic", "training")
    assert CLAIM_TOPIC in [choice["value"] for choice in offered]


async def test_timeouts_need_the_permission_on_the_server_and_the_remedy_is_named(world):
    (role,) = world.env.backend.get_guild(world.guild.id).members[world.bot.user.id].role_ids
    world.env.backend.edit_role(world.guild.id, role, {"permissions": discord.Permissions.text().value})
    await world.env.settle()
    page = await pick(world, await opened(world, "setup team"), "pick:setup", "timeouts")
    page = await pick(world, page, "value:timeouts", "true")
    assert setting_words.lacks_on_server(["Timeout Members"]) in page.content
    assert not policy(world).timeouts


async def test_threads_need_the_moderators_channel_and_the_permission_to_make_them(world):
    page = await pick(world, await opened(world, "setup team"), "pick:setup", "case_threads")
    page = await pick(world, page, "value:case_threads", "true")
    assert setting_words.needs_cards_channel("A thread for each case") in page.content
    await with_queue(world)
    await set_rights(world, world.queue, world.bot.user, **SEES_ALL, create_public_threads=False)
    page = await pick(world, page, "pick:setup", "case_threads")
    page = await pick(world, page, "value:case_threads", "true")
    assert f"I lack Create Public Threads in {world.queue.mention}" in page.content
    assert not policy(world).case_threads


async def test_choosing_what_is_so_already_says_so_and_leaves_no_trace(world):
    page = await pick(world, await opened(world, "repeats"), "pick:repeats", "window_posts")
    page = await pick(world, page, "value:window_posts", "5000")
    page = await pick(world, page, "pick:repeats", "window_posts")
    page = await pick(world, page, "value:window_posts", "5000")
    assert page.content.startswith(setting_words.NOTHING_CHANGED)
    assert len(await world.bot.services.policies.history(world.guild.id)) == 1
