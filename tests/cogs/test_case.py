"""``/case``: all that the card's buttons do, by number, and what needs words."""

import pytest

from bot.discord_ui import words
from tests.discord_ui.pressing import labels, repeated
from tests.support import CHATTER, rows, told

WITH_NUMBER = {
    "show": {},
    "history": {},
    "claim": {},
    "release": {},
    "judge": {"verdict": "not a repeat"},
    "undo": {},
    "snooze": {"rest": "1 day"},
    "note": {"text": "look twice"},
    "disallow": {},
}


async def case(world, command, **options):
    return await world.moderator.slash(world.queue, f"case {command}", **options)


@pytest.mark.parametrize("command", WITH_NUMBER)
async def test_a_number_that_no_case_has_is_told(world, command):
    text = told(await case(world, command, number=7, **WITH_NUMBER[command]))
    assert text == "There is no case 7 on this server."


async def test_show_shows_the_card_and_the_words_that_are_kept(world):
    await repeated(world)
    result = await case(world, "show", number=1)
    assert result.response.content.startswith("**First:**")
    assert result.response.embeds[0].title == "Case 1: the same text again"
    (texts,) = result.followups
    assert [CHATTER in embed.description for embed in texts.embeds] == [True, False]
    assert CHATTER.upper() in texts.embeds[1].description


async def test_show_says_why_the_card_is_missing(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.queue.id}/messages", status=403, code=50013, message="No right")
    await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    result = await case(world, "show", number=1)
    assert result.response.content.endswith("Its card could not be shown: Discord answered 403: No right.")
    (line,) = (await world.moderator.slash(world.queue, "queue")).response.embeds[0].description.splitlines()
    assert line.endswith("its card could not be shown")


async def test_show_fits_a_message_whatever_went_wrong(world):
    await repeated(world)
    for _ in range(6):
        await world.bob.send(world.general, CHATTER)
    why = {"status": 403, "code": 50013, "message": "x" * 150}
    world.env.inject_error("POST", "/channels/*/messages/bulk-delete", **why)
    await world.moderator.slash(world.general, "case judge", number=1, verdict="repeat, delete the copies")
    world.database.write_now(
        lambda db: db.execute("UPDATE effect SET problem = ? WHERE kind = 'case_card'", ["x" * 900])
    )
    shown = (await world.moderator.slash(world.general, "case show", number=1)).response
    assert "could not be deleted" in shown.content
    assert shown.embeds[0].title.startswith("Case 1")


async def test_claim_judge_and_undo_do_what_the_buttons_do_and_history_tells_who_and_why(world):
    await repeated(world)
    assert told(await case(world, "claim", number=1)) == "Case 1 is yours for 30 minutes."
    assert told(await case(world, "release", number=1)) == "Case 1 is open."
    assert told(await case(world, "release", number=1)) == "Case 1 is not claimed."
    assert "is judged: no repeat" in told(
        await case(world, "judge", number=1, verdict="not a repeat", reason="a quotation of @everyone")
    )
    assert told(await case(world, "undo", number=1, reason="I was wrong")) == "Case 1 is reopened."
    assert told(await case(world, "note", number=1, text="ask the author")) == "Noted in case 1."
    lines = told(await case(world, "history", number=1)).splitlines()
    who = world.moderator.mention
    assert [line.split("> ", 1)[1] for line in lines[1:]] == [
        "opened",
        f"claimed by {who}",
        f"released by {who}",
        f"judged: no repeat by {who}: `a quotation of @everyone`",
        f"reopened by {who}: `I was wrong`",
        f"note by {who}: `ask the author`",
    ]
    assert "`ask the author`" in str(world.from_bot(world.queue)[0].embeds[0].to_dict())


async def test_judge_deletes_copies_or_keeps_them(world):
    await repeated(world)
    text = told(await case(world, "judge", number=1, verdict="repeat, delete the copies"))
    assert text.startswith("Case 1 is judged: a repeat, the copies deleted.")
    assert [message.content for message in world.general.history()] == [CHATTER]


async def test_undo_without_a_verdict_says_so_and_twice_tells_who_was_first(world):
    await repeated(world)
    assert told(await case(world, "undo", number=1)) == "Case 1 has no verdict to undo."
    await case(world, "judge", number=1, verdict="always allow")
    await case(world, "undo", number=1)
    assert told(await case(world, "undo", number=1)).endswith(f"this was reopened by {world.moderator.mention}.")


async def test_snooze_puts_a_case_aside(world):
    await repeated(world)
    assert "put aside" in told(await case(world, "snooze", number=1, rest="1 day"))
    assert told(await world.moderator.slash(world.queue, "queue")) == words.QUEUE_EMPTY


async def test_what_is_allowed_is_listed_and_can_be_changed(world):
    card = await repeated(world)
    await world.moderator.click(card, label="Always allow this")
    assert "as case 2" in told(await case(world, "allow", text="Read the rules before you post here, please!"))
    listed = (await case(world, "allowed")).response.embeds[0]
    assert listed.title == "Always allowed: 2 cases"
    assert "`Read the rules before you post here, please!`" in listed.description
    for member in (world.alice, world.bob):
        await member.send(world.general, "read the rules before you post here please")
    assert len(world.from_bot(world.queue)) == 1
    text = told(await case(world, "disallow", number=2))
    assert text == "The content of case 2 is off the list: its next repeat opens a case."
    await world.alice.send(world.general, "Read the rules before you post here, please!")
    assert [labels(shown)[0] for shown in world.from_bot(world.queue)] == ["Undo", "Claim"]
    assert told(await case(world, "disallow", number=2)) == "The content of case 2 is not on the list."


@pytest.mark.parametrize("command", [*WITH_NUMBER, "allowed", "allow", "timeout"])
async def test_members_and_admins_who_are_no_moderators_are_refused(world, command):
    world.errors_expected = True
    await repeated(world)
    root = world.env.backend.find_command("case", None)
    world.guild.set_command_permissions(int(root["id"]), {world.alice: True})
    options = {**WITH_NUMBER.get(command, {}), **({} if command in ("allowed", "allow") else {"number": 1})}
    if command == "allow":
        options["text"] = "some text"
    before = rows(world.database, "SELECT * FROM case_event")
    assert told(await world.alice.slash(world.queue, f"case {command}", **options)) == words.MODERATORS_ONLY
    assert rows(world.database, "SELECT * FROM case_event") == before
