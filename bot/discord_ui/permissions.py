"""Who may press what, and what the bot itself may do; asked each time, whatever a client shows."""

from collections.abc import Iterable

import discord

TO_ANSWER = ("view_channel", "send_messages", "embed_links", "read_message_history")
TO_ANSWER_IN_FORUM = (*TO_ANSWER, "send_messages_in_threads")  # all its posts are threads
TO_WATCH = ("view_channel", "read_message_history")
TO_DELETE = ("view_channel", "manage_messages")


def lacks(permissions: discord.Permissions, needed: Iterable[str]) -> list[str]:
    """The missing ones of these permissions, as Discord's settings call them."""
    return [_as_in_settings(name) for name in needed if not getattr(permissions, name)]


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether the member may manage messages where they act."""
    return interaction.permissions.manage_messages


def is_admin(interaction: discord.Interaction) -> bool:
    """Whether the member may manage the server."""
    return interaction.permissions.manage_guild


def _as_in_settings(name: str) -> str:
    return name.replace("_", " ").title().replace(" In ", " in ")
