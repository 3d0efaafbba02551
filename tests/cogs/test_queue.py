"""``/queue``: what waits for a moderator."""

import pytest
import simcord

from bot.case import CaseQuery
from bot.discord_ui import case_words, words
from tests.discord_ui.pressing import plant
from tests.support import CHATTER, open_case, rows, told


async def queue(world, **options):
    return await world.moderator.slash(world.queue, "queue", **options)


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
    assert result.response.embeds[0].title == "Waiting: 1 case"
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


def numbers(shown) -> list[int]:
    return [int(line.split("**")[1].removeprefix("Case ")) for line in shown.embeds[0].description.splitlines()]


async def test_a_long_queue_has_pages_and_counts_them_all(world):
    await world.switch_on()
    size = CaseQuery().size
    await open_cases(world, size + 2)
    first = (await queue(world)).response
    assert first.embeds[0].title == f"Waiting: {size + 2} cases"
    assert first.embeds[0].footer.text == "Page 1 of 2"
    assert numbers(first) == list(range(1, size + 1))
    second = (await world.moderator.click(first, label="Next")).response
    assert (second.id, numbers(second)) == (first.id, [size + 1, size + 2])
    back = (await world.moderator.click(second, label="Back")).response
    assert numbers(back) == numbers(first)


async def test_the_queue_shows_other_cases_in_another_order(world):
    await world.switch_on()
    await open_cases(world, 3)
    await world.bob.send(world.general, "https://news.example/1")
    card = world.from_bot(world.queue)[0]
    await world.moderator.click(card, label="Claim")
    assert numbers((await queue(world, sort="copies")).response) == [2, 1, 3]
    assert numbers((await queue(world, sort="newest")).response) == [3, 2, 1]
    mine = (await queue(world, show="mine")).response
    assert numbers(mine) == [1]
    assert f"claimed by {world.moderator.mention}" in mine.embeds[0].description
    await world.moderator.click(card, label="Not a repeat")
    assert numbers((await queue(world, show="judged")).response) == [1]
    assert told(await queue(world, show="expired")) == case_words.NO_SUCH_CASES


@pytest.mark.parametrize("key", ["waiting.oldest.9", "waiting.oldest.x", "x.y.z", "", "all.newest.999999999"])
async def test_a_page_that_does_not_exist_shows_one_that_does(world, key):
    await world.switch_on()
    await open_case(world)
    forged = plant(world, world.queue, f"copydesk:queue:{key or '.'}")
    shown = (await world.moderator.click(forged, custom_id=f"copydesk:queue:{key or '.'}")).response
    assert numbers(shown) == [1]


async def test_a_closed_case_leaves_the_queue(world):
    await world.switch_on()
    card = await open_case(world)
    await world.moderator.click(card, label="Not a repeat")
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
