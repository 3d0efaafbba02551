"""What tests of settings share: channels that lack permissions, picks in menus, the policy, and changes of it."""

import discord
from hypothesis import strategies as st

from bot.config.changes import Change
from bot.config.table import SETTINGS, Scope
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


def a_value(setting):
    """A value of a setting that is not its default, where there is one."""
    made = {"Id": 5, "Ids": frozenset({6, 7}), "Domains": frozenset({"a.example"})}
    offered = [choice for choice in setting.kind.choices if choice != setting.default]
    return made.get(type(setting.kind).__name__) or offered[0]


def every_change():
    """A change of each setting."""
    of = {Scope.SERVER: "", Scope.CHANNEL: "12", Scope.TOPIC: "fair-use"}
    return [Change(name, a_value(setting), of[setting.scope]) for name, setting in SETTINGS.items()]


changes = st.lists(
    st.sampled_from([change for one in every_change() for change in (one, Change(one.name, None, one.of))])
)
