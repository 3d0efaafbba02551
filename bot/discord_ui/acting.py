"""What a member's action begins with: whether they may, that Discord hears of it in time; and refusals are told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord

from bot.discord_ui import words
from bot.discord_ui.answers import answer
from bot.discord_ui.permissions import is_moderator
from bot.errors import AlreadyJudgedError, CaseError, UnknownCaseError

log = logging.getLogger(__name__)

FORM_OPEN_FOR = 3600.0  # seconds; Discord does not tell when a form is closed without being sent


@asynccontextmanager
async def refusals_told(interaction: discord.Interaction[Any], action: str) -> AsyncIterator[None]:
    """Whatever happens inside, the member who acted is told."""
    try:
        yield
    except AlreadyJudgedError as error:
        await answer(interaction, words.already_judged(error))
    except CaseError as error:
        if isinstance(error, UnknownCaseError):
            log.warning("%s in server %s: forged, or of what is forgotten", action, interaction.guild_id)
        text = str(error)
        await answer(interaction, f"{text[:1].upper()}{text[1:]}.")
    except Exception:  # the boundary of an action: the member is told, the log has the rest
        log.exception("%s failed", action)
        await answer(interaction, words.FAILED)


async def may_moderate(interaction: discord.Interaction[Any]) -> bool:
    """Whether the member is a moderator here; who is none is told."""
    if is_moderator(interaction):
        return True
    await answer(interaction, words.MODERATORS_ONLY)
    return False


async def acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Tell Discord within its three seconds that an answer follows, for this member alone."""
    if not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True, thinking=True)
