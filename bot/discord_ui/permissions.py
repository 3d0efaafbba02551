"""Who may press what, and what the bot itself may do; asked each time, whatever a client shows."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands

from bot.model import GuildPolicy

TO_ANSWER = ("view_channel", "send_messages", "embed_links", "read_message_history")
TO_ANSWER_IN_FORUM = (*TO_ANSWER, "send_messages_in_threads")  # all its posts are threads
TO_ANSWER_IN_THREAD = ("view_channel", "send_messages_in_threads", "embed_links", "read_message_history")
TO_WATCH = ("view_channel", "read_message_history")
TO_DELETE = ("view_channel", "manage_messages")
TO_OPEN_THREADS = ("create_public_threads", "send_messages_in_threads")
TO_TIME_OUT = ("moderate_members",)
_NAMES = {"moderate_members": "Timeout Members"}  # where Discord's settings call it otherwise


def to_answer_in(channel: object) -> tuple[str, ...]:
    """What the bot needs to answer in a channel of this kind."""
    if isinstance(channel, discord.Thread):
        return TO_ANSWER_IN_THREAD
    return TO_ANSWER_IN_FORUM if isinstance(channel, discord.ForumChannel) else TO_ANSWER


def lacks(permissions: discord.Permissions, needed: Iterable[str]) -> list[str]:
    """The missing ones of these permissions, as Discord's settings call them."""
    return [_as_in_settings(name) for name in needed if not getattr(permissions, name)]


def is_moderator(interaction: discord.Interaction[Any]) -> bool:
    """Whether the member may manage messages where they act, or has a role that the server named for moderators."""
    return interaction.permissions.manage_messages or _has(interaction, _policy(interaction).moderators_roles)


def moderates(member: discord.Member, policy: GuildPolicy) -> bool:
    """Whether a member is a moderator on the whole server: by permission, or by a role that the server named."""
    return member.guild_permissions.manage_messages or any(role.id in policy.moderators_roles for role in member.roles)


def is_admin(interaction: discord.Interaction[Any]) -> bool:
    """Whether the member may manage the server, or has a role that it named for admins."""
    return interaction.permissions.manage_guild or _has(interaction, _policy(interaction).admins_roles)


def may_edit(interaction: discord.Interaction[Any]) -> bool:
    """Whether the member may change explainers: as an admin, or by an editors' role."""
    return is_admin(interaction) or _has(interaction, _policy(interaction).editors_roles)


def may_delete(interaction: discord.Interaction[Any], permissions: discord.Permissions) -> bool:
    """Whether the member, who has these permissions in a channel, may have the bot delete posts there."""
    by_role = permissions.view_channel and _has(interaction, _policy(interaction).moderators_roles)
    return permissions.manage_messages or by_role


def _only_moderators(interaction: discord.Interaction[Any]) -> bool:
    if not is_moderator(interaction):
        raise app_commands.MissingPermissions(["manage_messages"])
    return True


def _only_admins(interaction: discord.Interaction[Any]) -> bool:
    if not is_admin(interaction):
        raise app_commands.MissingPermissions(["manage_guild"])
    return True


for_moderators = app_commands.check(_only_moderators)
for_admins = app_commands.check(_only_admins)


def _policy(interaction: discord.Interaction[Any]) -> GuildPolicy:
    policy: GuildPolicy = interaction.client.services.policies.get(interaction.guild_id or 0)
    return policy


def _has(interaction: discord.Interaction[Any], roles: frozenset[int]) -> bool:
    member = interaction.user
    return isinstance(member, discord.Member) and any(role.id in roles for role in member.roles)


def _as_in_settings(name: str) -> str:
    return _NAMES.get(name) or name.replace("_", " ").title().replace(" In ", " in ")
