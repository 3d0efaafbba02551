"""Presses on buttons and menus that were forged, or that stand for what another server has: refused, and in the log."""

import logging

import pytest

from tests.discord_ui.pressing import RECORDS, answered, custom_id, plant, repeated, standing
from tests.support import rows


def warnings(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


@pytest.mark.parametrize(
    "forged",
    [
        "copydesk:dismiss:999",
        "copydesk:dismiss:-1",
        "copydesk:helpful:999",
        "copydesk:take_back:999",
        "copydesk:explode:1",
        "copydesk:other:999",
        "copydesk-topic:999",
        "copydesk-topic:one",
        "copydesk:dismiss:",
        "copydesk:dismiss:1 ",
        "copydesk:DISMISS:1",
        "xcopydesk:dismiss:1",
        "another-bot:1",
        "copydesk-set:explode::",
        "copydesk-set:default:no_such_setting:",
        "copydesk-set:panel:no_such_menu:",
        "copydesk-set:default:answers_per_hour:1:1",
    ],
)
async def test_a_forged_press_changes_nothing_and_is_logged_once(world, caplog, forged):
    await repeated(world)
    await answered(world)
    settings = rows(world.database, "SELECT * FROM setting")
    before = standing(world)
    chief = world.guild.add_member(world.env.create_user("chief"), roles=list(world.guild.roles.values())[1:])
    await chief.click(plant(world, world.queue, forged), custom_id=forged)
    assert standing(world) == before
    assert rows(world.database, "SELECT * FROM setting") == settings
    assert len(warnings(caplog)) == 1
    assert str(world.guild.id) in warnings(caplog)[0]


@pytest.mark.parametrize("action", sorted({*RECORDS} - {"timeout", "lift", "snooze"}))  # these ask, or the server first
async def test_a_press_on_another_servers_record_is_logged(world, caplog, action):
    await repeated(world)
    await answered(world)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    owner = elsewhere.add_member(elsewhere.owner)
    await owner.click(plant(world, chat, custom_id(action)), custom_id=custom_id(action))
    assert len(warnings(caplog)) == 1
    assert str(elsewhere.id) in warnings(caplog)[0]


async def test_a_press_on_a_button_of_ours_is_not_logged_as_a_forgery(world, caplog):
    card = await repeated(world)
    await world.moderator.click(card, label="Not a repeat")
    assert warnings(caplog) == []
