"""Discord's messages and members -> the frozen values that the rest of Copydesk knows."""

from dataclasses import replace

import discord

from bot.model import Attachment, GuildPolicy, Mode, Post

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
        attachments=tuple(_attachment(file) for file in message.attachments),
        embed_links=tuple(embed.url for embed in message.embeds if embed.url),
        replies_to_us=isinstance(reference, discord.Message) and reference.author.id == message.guild.me.id,
        role_ids=role_ids(message.author),
    )


async def whole_post(message: discord.Message, policy: GuildPolicy) -> Post | None:
    """``to_post``, with the author's roles where the policy asks for them: Discord sends them only with new posts."""
    post = to_post(message)
    if post is None or message.guild is None or isinstance(message.author, discord.Member):
        return post
    if not policy.exempt_roles or policy.mode(post) is Mode.OFF:
        return post
    try:
        return replace(post, role_ids=role_ids(await message.guild.fetch_member(post.author_id)))
    except discord.NotFound:  # has left
        return post


def role_ids(author: discord.abc.User) -> frozenset[int]:
    """The roles that Discord sent with an author, without that of everybody; none where it sent only the user."""
    if not isinstance(author, discord.Member):
        return frozenset()
    return frozenset(role.id for role in author.roles if not role.is_default())


def image_url(message: discord.Message) -> str | None:
    """The address of the first image attached to a message, unless it is hidden; it lapses after a day."""
    images = (file for file in message.attachments if (file.content_type or "").startswith("image/"))
    return next((file.url for file in images if not file.is_spoiler()), None)


def _attachment(file: discord.Attachment) -> Attachment:
    kind = (file.content_type or "").partition(";")[0].strip().lower()
    return Attachment(file.id, file.url, kind, file.size)
