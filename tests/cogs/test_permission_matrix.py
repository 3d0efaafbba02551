"""Who may use what: each slash command, menu entry and button, for each kind of member, here and on another server."""

from dataclasses import dataclass

import discord
import pytest
from discord import app_commands

from bot.config.changes import Change
from bot.discord_ui import words
from bot.discord_ui.buttons import LOOKS
from tests.discord_ui.test_buttons import KEYS, MESSAGES, custom_id, plant
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, EXPLAINER_FILE, choose, rows

ROLES = ("asked", "member", "moderator", "editor", "admin", "bot")  # "asked" is who was answered
ALL, MODERATORS, ADMINS, EDITORS = frozenset(ROLES), {"moderator"}, {"admin"}, {"editor", "admin"}
MATRIX = {
    "/explain": ALL,
    "/ask": ALL,
    "/sources": ALL,
    "/topics": ALL,
    "Explain this claim": ALL,
    "/queue": MODERATORS,
    "/why": MODERATORS,
    "Why?": MODERATORS,
    "/setup": ADMINS,
    "/watch": ADMINS,
    "/doctor": ADMINS,
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
    "dismiss": MODERATORS,
    "remove": MODERATORS,
    "post": MODERATORS,
    "drop": MODERATORS,
}
REFUSALS = {words.MODERATORS_ONLY, words.ADMINS_ONLY, words.EDITORS_ONLY, words.NOT_YOURS_TO_DISMISS}


@dataclass
class Place:
    """A server with a channel, and a message in it to point at."""

    channel: object
    message: discord.Message


def arguments(command: str, place: Place) -> dict:
    """What a command is given; what is left out here is given the topic."""
    given = {
        "/topics": {},
        "/queue": {},
        "/doctor": {},
        "/faq export": {},
        "/faq stale": {},
        "/ask": {"question": CLAIM},
        "/why": {"message": place.message.jump_url},
        "/setup": {"moderators": place.channel},
        "/watch": {"channel": place.channel, "mode": "shadow"},
        "/faq add": {"topic": "kettles", "title": "Are kettles safe?"},
        "/faq edit": {"topic": CLAIM_TOPIC, "part": "text"},
        "/faq import": {"file": ("harbour.md", EXPLAINER_FILE.encode())},
    }
    return given.get(command, {"topic": CLAIM_TOPIC})


async def use(surface: str, who, place: Place):
    """Call a command, an entry of a message's menu, or press a button."""
    if surface.startswith("/"):
        return await who.slash(place.channel, surface[1:], **arguments(surface, place))
    if surface in LOOKS:
        return await who.click(place.message, custom_id=custom_id(surface))
    return await who.context_menu(place.channel, surface, place.message)


async def people(world) -> dict:
    """One member of each kind. Discord's own settings show every command to everybody."""
    guild, env = world.guild, world.env
    editors = guild.create_role("editors")
    await choose(world.bot.services.policies, guild.id, Change("editors_roles", frozenset({editors.id})))
    for command in env.backend.commands[None].values():
        guild.set_command_permissions(int(command["id"]), {guild.default_role: True})
    return {
        "asked": world.alice,
        "member": world.bob,
        "moderator": world.moderator,
        "editor": guild.add_member(env.create_user("editor"), roles=[editors]),
        "admin": world.admin,
        "bot": guild.add_member(env.create_user("another bot", bot=True)),
    }


def kept(world, guild_id: int) -> list:
    """Everything that the database holds of a server."""
    names = [row["name"] for row in rows(world.database, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    owned = [
        name
        for name in sorted(names)
        if any(column["name"] == "guild_id" for column in rows(world.database, f"PRAGMA table_info('{name}')"))
    ]
    assert len(owned) > 8
    return [rows(world.database, f'SELECT * FROM "{name}" WHERE guild_id = ?', guild_id) for name in owned]  # noqa: S608


def shown(result) -> str:
    """All that was shown to somebody, as text."""
    messages = [one for one in (result.response, *result.followups) if one is not None]
    return " ".join(f"{one.content} {[embed.to_dict() for embed in one.embeds]}" for one in messages)


def is_refused(result) -> bool:
    return result.modal is None and result.response is not None and result.response.content in REFUSALS


def surfaces(bot) -> set[str]:
    """All that the bot offers."""
    commands = {f"/{one.qualified_name}" for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)}
    menus = {one.name for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
             for one in bot.tree.get_commands(type=kind)}  # fmt: skip
    return commands | menus | set(LOOKS)


def test_the_matrix_names_every_command_menu_entry_and_button(world):
    assert surfaces(world.bot) == MATRIX.keys()


@pytest.mark.parametrize("surface", MATRIX)
async def test_who_may_use_what(world, surface):
    world.errors_expected = True  # discord.py passes refusals on
    card = await MESSAGES.get(surface, MESSAGES["helpful"])(world)
    channel = world.queue if card.channel.id == world.queue.id else world.general
    members = await people(world)
    for role in sorted(ROLES, key=lambda role: role in MATRIX[surface]):  # those who may not go first
        target = plant(world, channel, custom_id(surface)) if surface in LOOKS else world.general.history()[0]
        before = kept(world, world.guild.id)
        result = await use(surface, members[role], Place(channel, target))
        assert is_refused(result) == (role not in MATRIX[surface]), (role, shown(result))
        if role not in MATRIX[surface]:
            assert kept(world, world.guild.id) == before


@pytest.mark.parametrize("surface", MATRIX)
async def test_nobody_reaches_another_server(world, surface):
    world.errors_expected = True
    message = await MESSAGES.get(surface, MESSAGES["dismiss"])(world)
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    stranger = elsewhere.add_member(elsewhere.owner)
    here = plant(world, chat, custom_id(surface)) if surface in LOOKS else await stranger.send(chat, CHATTER)
    before = kept(world, world.guild.id)
    result = await use(surface, stranger, Place(chat, here))
    assert kept(world, world.guild.id) == before
    text = shown(result)
    assert not any(str(one) in text for one in (world.guild.id, world.general.id, message.id, world.alice.id))
    assert (
        surface in KEYS
        or surface not in LOOKS
        or "not known here" in text
        or text.strip(" []") == words.OUTDATED_ANSWER
    )
