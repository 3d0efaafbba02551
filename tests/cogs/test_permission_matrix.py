"""Who may use what: each command, menu entry, button and menu, for each kind of member, here and on another server."""

from dataclasses import dataclass

import discord
import pytest
from discord import app_commands

from bot.config.changes import Change
from bot.discord_ui import words
from bot.discord_ui.buttons import LOOKS
from bot.discord_ui.panel_presses import ACTIONS
from bot.discord_ui.setting_words import OWNERS_ONLY
from tests.discord_ui.pressing import MESSAGES, answered, custom_id, plant, repeated
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, EXPLAINER_FILE, choose, rows

BY_PERMISSION, BY_ROLE = ("moderator", "admin"), ("moderator by role", "editor", "admin by role")
ROLES = ("asked", "member", "bot", *BY_PERMISSION, *BY_ROLE)  # "asked" is who was answered
ALL = frozenset(ROLES)
MODERATORS, ADMINS = {"moderator", "moderator by role"}, {"admin", "admin by role"}
EDITORS = {"editor", *ADMINS}
MATRIX = {
    "/explain": ALL,
    "/ask": ALL,
    "/sources": ALL,
    "/topics": ALL,
    "/quiet on": ALL,
    "/quiet off": ALL,
    "/quiet show": ALL,
    "/privacy show": ALL,
    "/privacy export": ALL,
    "/privacy delete": ALL,  # only told what would be deleted
    "Explain this claim": ALL,
    "Report as repeat": ALL,
    "/queue": MODERATORS,
    "/why": MODERATORS,
    "Why?": MODERATORS,
    "/case show": MODERATORS,
    "/case history": MODERATORS,
    "/case claim": MODERATORS,
    "/case release": MODERATORS,
    "/case judge": MODERATORS,
    "/case undo": MODERATORS,
    "/case snooze": MODERATORS,
    "/case timeout": MODERATORS,  # who lack Timeout Members are refused later
    "/case note": MODERATORS,
    "/case allowed": MODERATORS,
    "/case allow": MODERATORS,
    "/case disallow": MODERATORS,
    "/doctor": ADMINS,
    "/watch": ADMINS,
    "/repeats": ADMINS,
    "/exempt": ADMINS,
    "/automation": ADMINS,
    "/setup start": ADMINS,
    "/setup team": ADMINS,
    "/setup show": ADMINS,
    "/setup history": ADMINS,
    "/setup rollback": ADMINS,
    "/setup export": ADMINS,
    "/setup import": {"admin"},  # this file takes the admins' roles away, which a role does not suffice for
    "/faq add": EDITORS,
    "/faq edit": EDITORS,
    "/faq publish": EDITORS,
    "/faq pause": EDITORS,
    "/faq retire": EDITORS,
    "/faq restore": EDITORS,
    "/faq import": EDITORS,
    "/faq preview": EDITORS | MODERATORS,
    "/faq history": EDITORS | MODERATORS,
    "/faq diff": EDITORS | MODERATORS,
    "/faq export": EDITORS | MODERATORS,
    "/faq stale": EDITORS | MODERATORS,
    "sources": ALL,
    "more": ALL,
    "topics": ALL,
    "helpful": ALL,
    "not_meant": ALL,
    "take_back": {"asked", *MODERATORS},
    "claim": MODERATORS,
    "release": MODERATORS,
    "remove": MODERATORS,
    "keep": MODERATORS,
    "dismiss": MODERATORS,
    "allow": MODERATORS,
    "snooze": MODERATORS,
    "texts": MODERATORS,
    "timeout": MODERATORS,
    "lift": MODERATORS,
    "undo": MODERATORS,
    "tell": MODERATORS,
    "queue": MODERATORS,
    "post": MODERATORS,
    "other": MODERATORS,
    "drop": MODERATORS,
    "copydesk-topic:1": MODERATORS,
    "copydesk-set:panel:automation:": ADMINS,
    "copydesk-set:default:answers_per_hour:": ADMINS,
    "copydesk-set:type:answers_per_hour:": ADMINS,
    "copydesk-set:step:1:": ADMINS,
    "copydesk-set:value:answers_per_hour:": ADMINS,
    "copydesk-set:pick:automation:": ADMINS,
    "copydesk-set:preset::": ADMINS,
    "copydesk-set:set:moderators_roles:": ADMINS,
    "copydesk-set:watch:answer:": ADMINS,
    "copydesk-set:proposals:automation:": ADMINS,
    "copydesk-set:apply:thresholds:": ADMINS,
    "copydesk-set:undo:thresholds:4": ADMINS,
}
REFUSALS = {words.MODERATORS_ONLY, words.ADMINS_ONLY, words.EDITORS_ONLY, words.NOT_YOURS_TO_DISMISS, OWNERS_ONLY}
NO_ARGUMENTS = {
    "/topics", "/queue", "/doctor", "/repeats", "/exempt", "/automation", "/faq export", "/faq stale", "/case allowed",
    "/quiet on", "/quiet off", "/quiet show", "/privacy show", "/privacy export", "/privacy delete",
    "/setup start", "/setup team", "/setup show", "/setup history", "/setup export",
}  # fmt: skip
ARGUMENTS = {
    "/ask": {"question": CLAIM},
    "/setup rollback": {"change": 4},
    "/setup import": {"file": ("settings.toml", b"format = 1\nanswers_per_hour = 2\n")},
    "/case judge": {"number": 1, "verdict": "not a repeat"},
    "/case snooze": {"number": 1, "rest": "1 day"},
    "/case note": {"number": 1, "text": "seen before"},
    "/case allow": {"text": "good morning to the whole harbour"},
    "/faq add": {"topic": "kettles", "title": "Are kettles safe?"},
    "/faq edit": {"topic": CLAIM_TOPIC, "part": "text"},
    "/faq import": {"file": ("harbour.md", EXPLAINER_FILE.encode())},
}


@dataclass
class Place:
    """Where somebody acts, and the message at hand."""

    channel: object
    message: discord.Message


def is_button(surface: str) -> bool:
    return surface in LOOKS or surface.startswith("copydesk-")


def key_of(surface: str) -> str:
    """The ``custom_id`` of a button."""
    return custom_id(surface) if surface in LOOKS else surface


def arguments(command: str, place: Place) -> dict:
    """What a command is given: a case's number or a topic, where nothing else is said."""
    if command in NO_ARGUMENTS:
        return {}
    if command == "/watch":
        return {"channel": place.channel, "mode": "shadow"}
    if command == "/why":
        return {"message": place.message.jump_url}
    return ARGUMENTS.get(command, {"number": 1} if command.startswith("/case") else {"topic": CLAIM_TOPIC})


async def use(surface: str, who, place: Place):
    """Call a command, an entry of a message's menu, or press a button."""
    if surface.startswith("/"):
        return await who.slash(place.channel, surface[1:], **arguments(surface, place))
    if is_button(surface):
        return await who.click(place.message, custom_id=key_of(surface))
    return await who.context_menu(place.channel, surface, place.message)


async def set_up(world, surface: str):
    """What a surface is about: an answer, a suggestion or a case; returns the channel to act in."""
    make = repeated if surface.startswith("/case") else MESSAGES.get(surface, answered)
    message = await make(world)
    return world.queue if message.channel.id == world.queue.id else world.general


async def people(world) -> dict:
    """One member of each kind. Discord's own settings show every command to everybody."""
    guild, env = world.guild, world.env
    named = {who: guild.create_role(who) for who in BY_ROLE}
    settings = {"moderators_roles": "moderator by role", "editors_roles": "editor", "admins_roles": "admin by role"}
    changes = [Change(setting, frozenset({named[who].id})) for setting, who in settings.items()]
    await choose(world.bot.services.policies, guild.id, *changes)
    await choose(world.bot.services.policies, guild.id, Change("answers_per_hour", 3))  # the fourth change
    for command in env.backend.commands[None].values():
        guild.set_command_permissions(int(command["id"]), {guild.default_role: True})
    return {
        "asked": world.alice,
        "member": world.bob,
        "bot": guild.add_member(env.create_user("another bot", bot=True)),
        "moderator": world.moderator,
        "admin": world.admin,
        **{who: guild.add_member(env.create_user(who), roles=[role]) for who, role in named.items()},
    }


def kept(world, guild_id: int) -> list:
    """Everything that the database holds of a server."""
    names = [row["name"] for row in rows(world.database, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {name: rows(world.database, f"PRAGMA table_info('{name}')") for name in sorted(names)}
    owned = [name for name, found in columns.items() if any(column["name"] == "guild_id" for column in found)]
    assert len(owned) > 8
    return [rows(world.database, f'SELECT * FROM "{name}" WHERE guild_id = ?', guild_id) for name in owned]  # noqa: S608


def shown(result) -> str:
    """All that was shown to somebody, as text."""
    messages = [one for one in (result.response, *result.followups) if one is not None]
    return " ".join(f"{one.content} {[embed.to_dict() for embed in one.embeds]}" for one in messages)


def is_refused(result) -> bool:
    text = result.response.content if result.modal is None and result.response is not None else ""
    return any(refusal in text for refusal in REFUSALS)


def surfaces(bot) -> set[str]:
    """All that the bot offers."""
    kinds = (discord.AppCommandType.message, discord.AppCommandType.user)
    commands = {f"/{one.qualified_name}" for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)}
    return commands | {one.name for kind in kinds for one in bot.tree.get_commands(type=kind)} | set(LOOKS)


def test_the_matrix_names_every_command_menu_entry_and_button(world):
    assert surfaces(world.bot) == {surface for surface in MATRIX if not surface.startswith("copydesk-")}


def test_the_matrix_names_every_action_of_the_menus_of_settings():
    named = {surface.split(":")[1] for surface in MATRIX if surface.startswith("copydesk-set:")}
    assert named == ACTIONS


@pytest.mark.parametrize("surface", MATRIX)
async def test_who_may_use_what(world, surface):
    world.errors_expected = True  # discord.py passes refusals on
    channel = await set_up(world, surface)
    members = await people(world)
    for role in sorted(ROLES, key=lambda role: role in MATRIX[surface]):  # those who may not go first
        target = plant(world, channel, key_of(surface)) if is_button(surface) else world.general.history()[0]
        before = kept(world, world.guild.id)
        result = await use(surface, members[role], Place(channel if is_button(surface) else world.general, target))
        assert is_refused(result) == (role not in MATRIX[surface]), (role, shown(result))
        if role not in MATRIX[surface]:
            assert kept(world, world.guild.id) == before


@pytest.mark.parametrize("surface", MATRIX)
async def test_nobody_reaches_another_server(world, surface):
    world.errors_expected = True
    await set_up(world, surface)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    stranger = elsewhere.add_member(elsewhere.owner)
    here = plant(world, chat, key_of(surface)) if is_button(surface) else await stranger.send(chat, CHATTER)
    await world.bot.services.pipeline.save()  # what waits to be written is not the command's doing
    before = kept(world, world.guild.id)
    result = await use(surface, stranger, Place(chat, here))
    assert kept(world, world.guild.id) == before
    ours = (world.guild.id, world.general.id, world.queue.id, world.general.history()[0].id, world.alice.id)
    assert not any(str(one) in shown(result) for one in ours)
