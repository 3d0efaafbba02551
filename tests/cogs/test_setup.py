"""``/setup`` and ``/watch``: what an admin chooses, and what stands in the way, in plain words."""

import discord
import pytest

from bot.app import COMMANDS_ONLY
from bot.discord_ui import words
from bot.model import Mode
from tests.support import CHATTER, CLAIM, rows, running_world, set_rights, told

SEES_ALL = {"view_channel": True, "send_messages": True, "embed_links": True, "read_message_history": True}
NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


def channel_without(world, *missing: str):
    """A channel where the bot has all that it needs but these permissions."""
    rights = {**SEES_ALL, **dict.fromkeys(missing, False)}
    return world.guild.create_text_channel(
        "elsewhere", overwrites={world.bot.user: discord.PermissionOverwrite(**rights)}
    )


async def setup(world, channel) -> str:
    return told(await world.admin.slash(world.general, "setup", moderators=channel))


async def watch(world, channel, mode: str) -> str:
    return told(await world.admin.slash(world.general, "watch", channel=channel, mode=mode))


def policy(world):
    return world.bot.services.policies.get(world.guild.id)


# The moderators' channel


async def test_setup_names_the_channel_and_the_next_step(world):
    text = await setup(world, world.queue)
    assert text == words.setup_done(world.queue.id, None)
    assert world.queue.mention in text
    assert "/watch" in text


async def test_setup_names_the_role_whose_members_may_edit_and_keeps_it(world):
    role = world.guild.create_role("editors")
    text = told(await world.admin.slash(world.general, "setup", moderators=world.queue, editors=role))
    await setup(world, world.queue)  # without a role: the one that was chosen stays
    await world.restart()
    assert text == words.setup_done(world.queue.id, role.id)
    assert role.mention in text
    assert policy(world).editors_role_id == role.id


async def test_the_moderators_channel_outlives_a_restart(world):
    await setup(world, world.queue)
    await world.restart()
    assert policy(world).moderators_channel_id == world.queue.id


@pytest.mark.parametrize("permission", NAMES)
async def test_setup_names_the_permission_that_the_bot_lacks_and_changes_nothing(world, permission):
    channel = channel_without(world, permission)
    text = await setup(world, channel)
    assert NAMES[permission] in text
    assert channel.mention in text
    assert policy(world).moderators_channel_id is None


async def test_setup_names_all_missing_permissions_at_once(world):
    text = await setup(world, channel_without(world, "send_messages", "embed_links"))
    assert "I lack Send Messages and Embed Links in" in text


async def test_what_could_not_be_shown_is_sent_once_the_channel_is_chosen(world):
    await world.bot.services.policies.set_mode(world.guild.id, world.general.id, Mode.ANSWER)
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    assert world.from_bot(world.queue) == []
    await setup(world, world.queue)
    await setup(world, world.queue)
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
    await setup(world, second)
    (card,) = world.from_bot(second)
    assert card.content.count("**Again:**") == 2


async def test_cards_of_a_channel_that_was_closed_to_the_bot_move_to_the_new_one(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    await set_rights(world, world.queue, world.bot.user, view_channel=False)
    await world.alice.send(world.general, CHATTER.lower())
    await world.env.advance_time(7)
    second = channel_without(world)
    await setup(world, second)
    (card,) = world.from_bot(second)
    assert card.content.count("**Again:**") == 2
    await world.moderator.click(card, label="Not a repeat")
    assert "no repeat" in str(world.from_bot(second)[0].embeds[0].to_dict())


async def test_setup_may_be_changed(world):
    second = channel_without(world)
    await setup(world, world.queue)
    await setup(world, second)
    await watch(world, world.general, "suggest")
    await world.alice.send(world.general, CLAIM)
    assert len(world.from_bot(second)) == 1
    assert world.from_bot(world.queue) == []


# The modes of channels


@pytest.mark.parametrize("mode", list(Mode))
async def test_watch_says_what_the_mode_means_and_keeps_it(world, mode):
    await setup(world, world.queue)
    text = await watch(world, world.general, mode.value)
    assert text.startswith(f"{world.general.mention} is ")
    assert mode.value in text
    await world.restart()
    assert policy(world).channel_mode(world.general.id) is mode


async def test_suggest_mode_needs_a_moderators_channel_first(world):
    text = await watch(world, world.general, "suggest")
    assert text == words.setup_needed(Mode.SUGGEST)
    assert "/setup" in text
    assert policy(world).channel_mode(world.general.id) is None


async def test_answer_mode_without_a_moderators_channel_says_what_is_missing(world):
    text = await watch(world, world.general, "answer")
    assert "no moderators' channel" in text
    assert "/setup" in text
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
    await setup(world, world.queue)
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


async def test_a_voice_channels_chat_can_be_watched(world):
    voice = world.guild.create_voice_channel("voice")
    await watch(world, voice, "answer")
    await world.alice.send(voice, CLAIM)
    assert len(world.from_bot(voice)) == 1


# Who may


async def test_neither_command_is_offered_to_members_moderators_or_in_direct_messages(world):
    for offered in (
        world.alice.available_commands(world.general),
        world.moderator.available_commands(world.general),
        world.admin.user.available_commands(),
    ):
        assert not {"setup", "watch"} & set(offered)
    assert {"setup", "watch"} <= set(world.admin.available_commands(world.general))


@pytest.mark.parametrize("name", ["setup", "watch"])
async def test_a_member_who_was_given_the_command_in_discords_settings_is_still_refused(world, name):
    world.errors_expected = True
    command = world.env.backend.find_command(name, None)
    world.guild.set_command_permissions(int(command["id"]), {world.moderator: True})
    options = {"moderators": world.queue} if name == "setup" else {"channel": world.general, "mode": "answer"}
    assert told(await world.moderator.slash(world.general, name, **options)) == words.ADMINS_ONLY
    assert rows(world.database, "SELECT * FROM guild_policy") == rows(world.database, "SELECT * FROM channel_mode")
    assert policy(world).modes == {}


@pytest.mark.parametrize(("mode", "watched"), [("off", True), ("shadow", False), ("suggest", False), ("answer", False)])
async def test_without_the_message_content_intent_channels_can_only_be_switched_off(database, mode, watched):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        await setup(world, world.queue)
        text = await watch(world, world.general, mode)
        assert (text != words.COMMANDS_ONLY) == watched
        assert policy(world).channel_mode(world.general.id) in (None, Mode.OFF)
