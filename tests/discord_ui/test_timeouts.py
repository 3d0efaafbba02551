"""Silencing a member from a case: only where it is switched on, by who may, with a reason, and with a way back."""

from dataclasses import replace

import discord
import pytest

from bot.discord_ui import case_words
from tests.discord_ui.pressing import labels, plant, press, repeated
from tests.support import rows, told

REASON = "the third time today"


@pytest.fixture
async def strict(world, monkeypatch):
    """A server that lets moderators silence members, and a moderator who may."""
    policies = world.bot.services.policies
    chosen = policies.get
    monkeypatch.setattr(policies, "get", lambda guild_id: replace(chosen(guild_id), timeouts=True))
    rights = discord.Permissions(manage_messages=True, moderate_members=True)
    world.warden = world.guild.add_member(
        world.env.create_user("warden"), roles=[world.guild.create_role("wardens", permissions=rights)]
    )
    return world


def silenced(world, member) -> bool:
    return world.env.backend.get_member(world.guild.id, member.id).timed_out_until is not None


async def menu(world):
    """What the moderator may choose from."""
    card = await repeated(world)
    return (await world.warden.click(card, label="Timeout ...")).response


async def choose(world, shown, label="bob: 1 day"):
    return await world.warden.click(shown, label=label)


async def fill_in(world, form, reason=REASON):
    (row,) = form.modal["components"]
    return await world.warden.submit_modal(form, {row["components"][0]["custom_id"]: reason})


async def test_a_member_is_silenced_after_a_choice_and_a_reason_and_never_before(strict):
    shown = await menu(strict)
    assert [button["label"] for row in shown.components for button in row["components"]] == [
        "bob: 1 hour",
        "bob: 1 day",
        "bob: 1 week",
    ]
    form = await choose(strict, shown)
    assert not silenced(strict, strict.bob)
    assert rows(strict.database, "SELECT * FROM case_timeout") == []
    text = told(await fill_in(strict, form))
    assert text.startswith(f"{strict.bob.mention} is silenced until ")
    assert silenced(strict, strict.bob)
    (request,) = [r for r in strict.env.http_requests if r.method == "PATCH" and f"members/{strict.bob.id}" in r.path]
    assert request.reason == f"Copydesk case 1, moderator {strict.warden.id}: {REASON}"
    card = strict.from_bot(strict.queue)[0]
    assert f"{strict.bob.mention} until" in card.embeds[0].fields[-1].value


async def test_blanks_are_no_reason(strict):
    text = told(await fill_in(strict, await choose(strict, await menu(strict)), "  "))
    assert text == case_words.NO_REASON
    assert not silenced(strict, strict.bob)


async def test_a_member_who_is_silenced_twice_from_two_forms_is_free_after_one_undo(strict):
    shown = await menu(strict)
    for form in [await choose(strict, shown), await choose(strict, shown, "bob: 1 week")]:
        await fill_in(strict, form)
    await strict.warden.slash(strict.queue, "case undo", number=1, member=strict.bob)
    assert not silenced(strict, strict.bob)


async def test_a_timeout_is_lifted_by_button_and_by_command(strict):
    await fill_in(strict, await choose(strict, await menu(strict)))
    card = strict.from_bot(strict.queue)[0]
    again = (await strict.warden.click(card, label="Timeout ...")).response
    text = told(await strict.warden.click(again, label="Lift: bob"))
    assert text == f"The timeout of {strict.bob.mention} is lifted."
    assert not silenced(strict, strict.bob)
    card = strict.from_bot(strict.queue)[0]
    assert f"~~ lifted by {strict.warden.mention}" in card.embeds[0].fields[-1].value
    text = told(await strict.warden.slash(strict.queue, "case undo", number=1, member=strict.bob))
    assert text == f"Somebody was first: this was undone by {strict.warden.mention}."


async def test_a_timeout_can_be_lifted_after_the_server_switched_them_off(strict, monkeypatch):
    await fill_in(strict, await choose(strict, await menu(strict)))
    policies = strict.bot.services.policies
    chosen = policies.get
    monkeypatch.setattr(policies, "get", lambda guild_id: replace(chosen(guild_id), timeouts=False))
    text = told(await strict.warden.slash(strict.queue, "case undo", number=1, member=strict.bob))
    assert "is lifted" in text
    assert not silenced(strict, strict.bob)


async def test_without_the_servers_choice_nothing_is_offered_nor_done(world):
    card = await repeated(world)
    assert "Timeout ..." not in labels(card)
    for key in ("1", f"1.{world.bob.id}.3600"):
        forged = plant(world, world.queue, f"copydesk:timeout:{key}")
        assert await press(world.moderator, forged, f"copydesk:timeout:{key}") == case_words.NO_TIMEOUTS
    assert told(await world.moderator.slash(world.queue, "case timeout", number=1)) == case_words.NO_TIMEOUTS


async def test_a_moderator_without_the_permission_silences_nobody(strict):
    card = await repeated(strict)
    assert told(await strict.moderator.click(card, label="Timeout ...")) == case_words.YOU_LACK_TIMEOUT


async def test_a_bot_without_the_permission_says_so(strict):
    (own,) = [role for role in strict.bot.get_guild(strict.guild.id).me.roles if role.managed]
    strict.env.backend.edit_role(strict.guild.id, own.id, {"permissions": 0})
    await strict.env.settle()
    card = await repeated(strict)
    assert told(await strict.warden.click(card, label="Timeout ...")) == case_words.BOT_LACKS_TIMEOUT


async def test_the_choice_is_checked_once_more_when_the_reason_is_given(strict, monkeypatch):
    form = await choose(strict, await menu(strict))
    policies = strict.bot.services.policies
    chosen = policies.get
    monkeypatch.setattr(policies, "get", lambda guild_id: replace(chosen(guild_id), timeouts=False))
    assert told(await fill_in(strict, form)) == case_words.NO_TIMEOUTS
    assert not silenced(strict, strict.bob)


async def test_who_stands_as_high_as_the_moderator_is_not_silenced(strict):
    form = await choose(strict, await menu(strict))
    strict.env.backend.add_member_role(strict.guild.id, strict.bob.id, strict.guild.roles["wardens"].id)
    await strict.env.settle()
    assert told(await fill_in(strict, form)) == case_words.NOT_ABOVE
    assert not silenced(strict, strict.bob)


async def test_only_an_author_of_the_cases_posts_can_be_silenced(strict):
    await repeated(strict)
    stranger = strict.guild.add_member(strict.env.create_user("stranger"))
    forged = plant(strict, strict.queue, f"copydesk:timeout:1.{stranger.id}.3600")
    form = await strict.warden.click(forged, custom_id=f"copydesk:timeout:1.{stranger.id}.3600")
    assert told(await fill_in(strict, form)) == "This member has no post in the case."
    assert not silenced(strict, stranger)


async def test_a_member_who_left_is_said_to_be_gone(strict):
    form = await choose(strict, await menu(strict))
    strict.env.backend.remove_member(strict.guild.id, strict.bob.id)
    await strict.env.settle()
    assert told(await fill_in(strict, form)) == case_words.MEMBER_GONE
    card = strict.from_bot(strict.queue)[0]
    assert told(await strict.warden.click(card, label="Timeout ...")) == case_words.NO_MEMBERS
    assert "no repeat" in told(await strict.warden.click(card, label="Not a repeat"))


async def test_a_timeout_that_discord_refuses_says_why_and_the_case_too(strict):
    form = await choose(strict, await menu(strict))
    strict.env.inject_error("PATCH", "/guilds/*/members/*", status=403, code=50013, message="Missing Permissions")
    text = told(await fill_in(strict, form))
    assert text == f"{strict.bob.mention}: Discord refused (Discord answered 403: Missing Permissions)."
    await strict.env.advance_time(7)
    card = strict.from_bot(strict.queue)[0]
    assert "could not be done (Discord answered 403" in card.embeds[0].fields[-1].value
