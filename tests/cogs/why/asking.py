"""Calls of ``/why``, and what its card tells."""

import discord

from tests.support import (
    CHATTER,
    rows,
    shipped_ranker,
)

ANSWER, SUGGEST = shipped_ranker().calibration.answer, shipped_ranker().calibration.suggest
NEAR = CHATTER.replace("warm", "heavy")
NEGATED = CHATTER.replace("is late", "is not late")
LINK = "https://discord.com/channels/{}/{}/{}"


async def why(world, message, member=None) -> discord.Embed:
    """The card that a moderator is shown, who gives the message's link."""
    result = await (member or world.moderator).slash(world.queue, "why", message=message.jump_url)
    return card(result)


def card(result) -> discord.Embed:
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    return embed


def field(embed: discord.Embed, name: str) -> str:
    return next(field.value for field in embed.fields if field.name == name)


def line(text: str, start: str) -> str:
    """The one line that begins so, behind its mark."""
    (found,) = [line for line in text.splitlines() if f"{start}:" in (line[: len(start) + 1], line[2 : len(start) + 3])]
    return found


def kept(world) -> list:
    tables = ("reply", "case", "case_post", "case_event", "effect", "fingerprint", "channel_cursor")
    return [rows(world.database, f'SELECT * FROM "{table}"') for table in tables]  # noqa: S608
