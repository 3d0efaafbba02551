"""Roles that a server names for moderators, editors and admins count as their permissions; exempt ones keep out."""

import pytest

from bot.config.changes import Change
from bot.discord_ui import words
from tests.support import CHATTER, CLAIM, choose, open_case, rows, set_rights, told


@pytest.fixture
async def judge(world):
    """A member without permissions whose role the server has named for moderators."""
    role = world.guild.create_role("judges")
    await choose(world.bot.services.policies, world.guild.id, Change("moderators_roles", frozenset({role.id})))
    return world.guild.add_member(world.env.create_user("judge"), roles=[role])


def offer(world, command: str, member) -> None:
    """Let a member use a command, as an admin does in Discord's settings."""
    world.guild.set_command_permissions(int(world.env.backend.find_command(command, None)["id"]), {member: True})


async def test_a_moderator_by_role_may_judge_cases_and_list_them(world, judge):
    await world.switch_on()
    card = await open_case(world)
    offer(world, "queue", judge)
    listed = await judge.slash(world.general, "queue")
    assert "Case 1" in listed.response.embeds[0].description
    await judge.click(card, label="Not a repeat")
    assert rows(world.database, 'SELECT ruling FROM "case"') == [{"ruling": "cleared"}]


async def test_a_moderator_by_role_may_have_repeats_deleted_where_they_see_the_channel(world, judge):
    await world.switch_on()
    card = await open_case(world)
    await set_rights(world, world.general, judge, view_channel=False)
    result = await judge.click(card, label="Delete repeat")
    assert told(result) == words.moderator_lacks(world.general.id)
    await set_rights(world, world.general, judge, view_channel=True)
    await judge.click(card, label="Delete repeat")
    assert rows(world.database, 'SELECT ruling FROM "case"') == [{"ruling": "deleted"}]
    assert len(world.general.history()) == 1


async def test_a_moderator_by_role_may_take_an_answer_back(world, judge):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    await judge.click(answer, label="Dismiss")
    assert world.from_bot(world.general) == []


async def test_a_role_that_is_named_no_longer_counts_no_longer(world, judge):
    await world.switch_on()
    card = await open_case(world)
    await choose(world.bot.services.policies, world.guild.id, Change("moderators_roles", None))
    assert told(await judge.click(card, label="Not a repeat")) == words.MODERATORS_ONLY


async def test_a_moderators_role_does_not_reach_another_server(world, judge):
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    await choose(world.bot.services.policies, elsewhere.id, Change("moderators_channel_id", chat.id))
    await choose(world.bot.services.policies, elsewhere.id, Change("moderators_roles", frozenset({5})))
    stranger = elsewhere.add_member(judge.user)
    offered = stranger.available_commands(chat)
    assert "queue" not in offered


async def test_posts_that_are_read_back_after_a_restart_spare_exempt_roles_too(world):
    await world.switch_on()
    role = world.guild.create_role("staff")
    staff = world.guild.add_member(world.env.create_user("staff"), roles=[role])
    await choose(world.bot.services.policies, world.guild.id, Change("exempt_roles", frozenset({role.id})))
    await world.alice.send(world.general, CHATTER)
    await world.env.advance_time(11)
    await world.bot.services.pipeline.save()
    for member in (staff, world.bob):
        world.env.backend.create_message(world.general.id, member.id, CHATTER)
    await world.restart()
    await world.env.settle()
    posts = rows(world.database, "SELECT author_id FROM case_post ORDER BY message_id")
    assert [post["author_id"] for post in posts] == [world.alice.id, world.bob.id]


async def test_an_edit_by_a_member_with_an_exempt_role_is_not_looked_at(world):
    await world.switch_on()
    role = world.guild.create_role("staff")
    staff = world.guild.add_member(world.env.create_user("staff"), roles=[role])
    await choose(world.bot.services.policies, world.guild.id, Change("exempt_roles", frozenset({role.id})))
    message = await staff.send(world.general, CHATTER)
    await staff.edit(message, content=CLAIM)
    assert world.from_bot(world.general) == []
