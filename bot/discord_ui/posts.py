"""Discord's messages and members -> the frozen values that the rest of Copydesk knows."""

import discord

from bot.model import Post

_JUDGED = (discord.MessageType.default, discord.MessageType.reply)


def to_post(message: discord.Message) -> Post | None:
    """The post in a message; None for what nobody of a server wrote: direct and system messages, webhooks.

    Webhooks are left out because proxy bots use them to repeat their users' words.
    """
    if message.guild is None or message.webhook_id is not None or message.type not in _JUDGED:
        return None
    parent = message.channel.parent_id if isinstance(message.channel, discord.Thread) else None
    reference = message.reference.resolved if message.reference else None
    return Post(
        guild_id=message.guild.id,
        channel_id=message.channel.id,
        message_id=message.id,
        author_id=message.author.id,
        text=message.content,
        at=message.created_at,
        parent_channel_id=parent,
        reply_text=reference.content if isinstance(reference, discord.Message) else None,
        is_bot=message.author.bot,
        image_url=image_url(message),
    )


def image_url(message: discord.Message) -> str | None:
    """The address of the first image attached to a message; it lapses after a day."""
    images = ((attachment.content_type or "", attachment.url) for attachment in message.attachments)
    return next((url for kind, url in images if kind.startswith("image/")), None)
