"""A message as people name it, by link or by number -> the message, if both the bot and the member may read it."""

import re

import discord

from bot.discord_ui import words
from bot.errors import InputError

_LINK = re.compile(r"https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/(\d{1,19})/(\d{1,19})/(\d{1,19})/?")
_NUMBERS = re.compile(r"(?:(\d{1,19})-)?(\d{1,19})")  # as "Copy Message ID" gives them, also with Shift held
_TO_READ = ("view_channel", "read_message_history")


async def find_message(interaction: discord.Interaction, named: str) -> discord.Message:
    """The message that a member names.

    Raises:
        InputError: there is none, or the member or the bot may not read it; the text says which.
    """
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise InputError(words.SERVERS_ONLY)
    channel_id, message_id = _numbers(named.strip(), guild.id, interaction.channel_id or 0)
    try:
        channel = guild.get_channel_or_thread(channel_id) or await guild.fetch_channel(channel_id)
        permissions = channel.permissions_for(member)
        if not all(getattr(permissions, name) for name in _TO_READ):
            raise InputError(words.NO_SUCH_MESSAGE)  # as if it were not there: its channel is none of theirs
        if isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
            raise InputError(words.NO_SUCH_MESSAGE)
        return await channel.fetch_message(message_id)
    except discord.NotFound as error:
        raise InputError(words.NO_SUCH_MESSAGE) from error
    except discord.Forbidden as error:
        raise InputError(words.cannot_read(channel_id)) from error


def _numbers(named: str, guild_id: int, here: int) -> tuple[int, int]:
    """The numbers of channel and message."""
    link = _LINK.fullmatch(named)
    if link is not None:
        if int(link[1]) != guild_id:
            raise InputError(words.OTHER_SERVER)
        return int(link[2]), int(link[3])
    numbers = _NUMBERS.fullmatch(named)
    if numbers is None:
        raise InputError(words.NO_MESSAGE_LINK)
    return int(numbers[1] or here), int(numbers[2])
