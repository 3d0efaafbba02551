"""Answers that only the member who acted sees."""

from collections.abc import Sequence
from typing import Any

import discord


async def answer(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    *,
    embed: discord.Embed | None = None,
    embeds: Sequence[discord.Embed] = (),
    view: discord.ui.View | None = None,
) -> None:
    """Say something only to the member who acted, whether or not the action was acknowledged before."""
    shown = {"content": text, "embed": embed, "embeds": embeds or None, "view": view}
    content: dict[str, Any] = {name: value for name, value in shown.items() if value is not None}
    if interaction.response.is_done():
        await interaction.followup.send(ephemeral=True, **content)
    else:
        await interaction.response.send_message(ephemeral=True, **content)


async def turn_page(interaction: discord.Interaction[Any], embed: discord.Embed, view: discord.ui.View) -> None:
    """Show another page in place of the one whose button was pressed, if only this member sees it; else beside it."""
    if interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(embed=embed, view=view)
    else:
        await answer(interaction, embed=embed, view=view)
