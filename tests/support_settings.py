"""What tests of settings share: channels that lack permissions, picks in menus, and the policy at hand."""

import discord

from bot.model import GuildPolicy
from tests.support import World

SEES_ALL = {"view_channel": True, "send_messages": True, "embed_links": True, "read_message_history": True}


def channel_without(world: World, *missing: str):
    """A channel where the bot has all that it needs but these permissions."""
    rights = {**SEES_ALL, **dict.fromkeys(missing, False)}
    return world.guild.create_text_channel(
        "elsewhere", overwrites={world.bot.user: discord.PermissionOverwrite(**rights)}
    )


async def pick(world: World, page: discord.Message, control: str, *values: object) -> discord.Message:
    """Pick in the menu of a page, as the admin; return the page as it is then."""
    of = "" if control.count(":") > 1 else ":"
    result = await world.admin.select(page, list(values), custom_id=f"copydesk-set:{control}{of}")
    return result.response


def policy(world: World) -> GuildPolicy:
    """The choices of the test server."""
    return world.bot.services.policies.get(world.guild.id)
