"""What Discord's objects look like on the wire, as far as discord.py reads them; and who and what is on our server."""

from collections.abc import Mapping
from typing import Any

import discord

Json = dict[str, Any]

GUILD, GENERAL, ART, QUEUE, BOT, ADA, BEN = 1001, 2001, 2002, 2003, 3000, 3001, 3002
CHANNELS = {GENERAL: "general", ART: "art-talk", QUEUE: "mod-queue"}
USERS = {BOT: "copydesk", ADA: "ada", BEN: "ben"}


def application() -> Json:
    told: Json = {"id": str(BOT), "name": "copydesk", "description": "", "icon": None, "verify_key": ""}
    return told | {"bot_public": True, "bot_require_code_grant": False, "owner": user(ADA)}


def user(user_id: int) -> Json:
    name = USERS[user_id]
    return {"id": str(user_id), "username": name, "discriminator": "0", "avatar": None, "bot": user_id == BOT}


def member() -> Json:
    return {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}


def message(message_id: int, channel_id: int, author_id: int) -> Json:
    lists: Json = {name: [] for name in ("mentions", "mention_roles", "attachments", "embeds", "components")}
    return lists | {
        "id": str(message_id),
        "channel_id": str(channel_id),
        "author": user(author_id),
        "content": "",
        "timestamp": discord.utils.snowflake_time(message_id).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "pinned": False,
        "type": 0,
    }


def ready(session: int, resume_gateway_url: str) -> Json:
    told: Json = {"v": 10, "user": user(BOT), "session_id": str(session), "application": {"id": str(BOT)}}
    return told | {"resume_gateway_url": resume_gateway_url, "guilds": [{"id": str(GUILD), "unavailable": True}]}


def guild(newest: Mapping[int, str]) -> Json:
    """The server; ``newest`` names the last message of each channel that has one."""
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": str(discord.Permissions.all().value)}
    return {
        "id": str(GUILD),
        "name": "Wire",
        "owner_id": str(ADA),
        "unavailable": False,
        "member_count": len(USERS),
        "roles": [everyone | {"color": 0, "hoist": False, "position": 0, "managed": False, "mentionable": False}],
        "channels": [_channel(channel_id) | {"last_message_id": newest.get(channel_id)} for channel_id in CHANNELS],
        "members": [member() | {"user": user(BOT)}],
        "emojis": [],
        "stickers": [],
        "features": [],
        "premium_tier": 0,
        "preferred_locale": "en-US",
    }


def _channel(channel_id: int) -> Json:
    place = {"id": str(channel_id), "guild_id": str(GUILD), "type": 0, "position": 0, "permission_overwrites": []}
    return place | {"name": CHANNELS[channel_id]}
