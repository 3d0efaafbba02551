"""``/queue``: what waits for a moderator."""

import pytest
import simcord

from bot.cases.desk import QUEUE_PAGE
from bot.discord_ui import words
from tests.support import CHATTER, open_case, rows, told


async def queue(world):
    return await world.moderator.slash(world.queue, "queue")


def lines(result) -> list[str]:
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    return embed.description.splitlines()


async def open_cases(world, count: int) -> None:
    for number in range(count):
        await open_case(world, f"https://news.example/{number}")


async def test_an_empty_queue_says_so(world):
    assert told(await queue(world)) == words.QUEUE_EMPTY


async def test_each_case_is_listed_with_its_newest_post_and_its_card(world):
    await world.switch_on()
    card = await open_case(world)
    newest = await world.alice.send(world.general, CHATTER.lower())
    result = await queue(world)
    (line,) = lines(result)
    assert result.response.embeds[0].title == "1 open case"
    assert "**Case 1** · 2 repeats" in line
    assert newest.jump_url in line
    assert f"[card]({card.jump_url})" in line


async def test_a_case_without_a_card_is_listed_without_a_link_to_it(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.queue.id}/messages", status=403, code=50013)
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    (line,) = lines(await queue(world))
    assert "**Case 1** · 1 repeat ·" in line
    assert "[card]" not in line


async def test_a_long_queue_shows_the_oldest_cases_and_counts_the_rest(world):
    await world.switch_on()
    await open_cases(world, QUEUE_PAGE + 2)
    result = await queue(world)
    *shown, rest = lines(result)
    assert result.response.embeds[0].title == f"{QUEUE_PAGE + 2} open cases"
    assert [line.split("**")[1] for line in shown] == [f"Case {number}" for number in range(1, QUEUE_PAGE + 1)]
    assert rest == "2 more"


async def test_a_closed_case_leaves_the_queue(world):
    await world.switch_on()
    card = await open_case(world)
    await world.moderator.click(card, label="Dismiss")
    assert told(await queue(world)) == words.QUEUE_EMPTY


async def test_a_queue_holds_the_cases_of_its_own_server_only(world):
    await world.switch_on()
    await open_case(world)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    owner = elsewhere.add_member(elsewhere.owner)
    assert told(await owner.slash(chat, "queue")) == words.QUEUE_EMPTY
    assert len(rows(world.database, 'SELECT * FROM "case"')) == 1


async def test_the_queue_is_not_offered_to_members_nor_in_direct_messages(world):
    assert "queue" not in world.alice.available_commands(world.queue)
    assert "queue" not in world.admin.available_commands(world.queue)
    with pytest.raises(simcord.SetupError, match="not visible"):
        await world.moderator.user.slash("queue")


async def test_a_member_who_was_given_the_command_in_discords_settings_is_still_refused(world):
    world.errors_expected = True
    command = world.env.backend.find_command("queue", None)
    world.guild.set_command_permissions(int(command["id"]), {world.alice: True})
    await world.switch_on()
    await open_case(world)
    assert told(await world.alice.slash(world.queue, "queue")) == words.MODERATORS_ONLY
