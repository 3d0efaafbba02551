"""Who may press what, and what the bot itself may do; asked each time, whatever a client shows."""

from collections.abc import Iterable
from typing import Any

import discord

TO_ANSWER = ("view_channel", "send_messages", "embed_links", "read_message_history")
TO_ANSWER_IN_FORUM = (*TO_ANSWER, "send_messages_in_threads")  # all its posts are threads
TO_WATCH = ("view_channel", "read_message_history")
TO_DELETE = ("view_channel", "manage_messages")
TO_TIME_OUT = ("moderate_members",)


def lacks(permissions: discord.Permissions, needed: Iterable[str]) -> list[str]:
    """The missing ones of these permissions, as Discord's settings call them."""
    return [_as_in_settings(name) for name in needed if not getattr(permissions, name)]


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether the member may manage messages where they act."""
    return interaction.permissions.manage_messages


def may_edit(interaction: discord.Interaction[Any], editors_role_id: int | None) -> bool:
    """Whether the member may change explainers: as an admin, or by the editors' role."""
    roles = interaction.user.roles if isinstance(interaction.user, discord.Member) else []
    return interaction.permissions.manage_guild or any(role.id == editors_role_id for role in roles)


def _as_in_settings(name: str) -> str:
    return name.replace("_", " ").title().replace(" In ", " in ")
