"""What a press on a button does. Add an action: a look in ``buttons``, a handler and a line in ``_HANDLERS`` here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import discord

from bot.discord_ui import cards, words
from bot.discord_ui.answers import answer, turn_page
from bot.discord_ui.buttons import page_view
from bot.discord_ui.permissions import TO_DELETE, is_moderator, lacks, may_delete
from bot.errors import AlreadyJudgedError, CaseError
from bot.model import Case, Vote
from bot.storage.protocols import reply_key

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

log = logging.getLogger(__name__)
_DIGITS = 18  # of a record's number: SQLite's integers hold them all


async def press(interaction: Press, action: str, key: str) -> None:
    """Do what a button's action and key say; whatever happens, the member who pressed is told."""
    try:
        await _HANDLERS.get(action, _unknown)(interaction, key)
    except AlreadyJudgedError as error:
        await answer(interaction, words.already_judged(error))
    except CaseError as error:
        await answer(interaction, f"{str(error).capitalize()}.")
    except Exception:  # the boundary of a press: the member is told, the log has the rest
        log.exception("press of %s failed", action)
        await answer(interaction, words.FAILED)


async def _sources(interaction: Press, slug: str) -> None:
    explainer = interaction.client.services.library.get(_guild(interaction), slug)
    if explainer is None:
        await answer(interaction, words.OUTDATED_ANSWER)
    else:
        await answer(interaction, embed=cards.sources_card(explainer))


async def _more(interaction: Press, key: str) -> None:
    slug, _, page = key.partition(".")
    explainer = interaction.client.services.library.get(_guild(interaction), slug)
    if explainer is None:
        await answer(interaction, words.OUTDATED_ANSWER)
    else:
        await _show_page(interaction, cards.more_pages(explainer), "more", slug, page)


async def _topics(interaction: Press, key: str) -> None:
    subject, _, page = key.partition(".")
    pages = cards.topics_pages(interaction.client.services.library.on(_guild(interaction)).values())
    await _show_page(interaction, pages, "topics", subject, page)


async def _helpful(interaction: Press, reply_id: str) -> None:
    await _vote(interaction, reply_id, Vote.HELPFUL)


async def _not_meant(interaction: Press, reply_id: str) -> None:
    await _vote(interaction, reply_id, Vote.NOT_MEANT)


async def _take_back(interaction: Press, key: str) -> None:
    services, guild_id, reply_id = interaction.client.services, _guild(interaction), _number(key)
    reply = await services.replies.get(guild_id, reply_id)
    if reply is None:
        await answer(interaction, words.OUTDATED_ANSWER)
    elif interaction.user.id != reply.author_id and not is_moderator(interaction):
        await answer(interaction, words.NOT_YOURS_TO_DISMISS)
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await services.desk.dismiss_reply(guild_id, reply_id, interaction.user.id)
        await answer(interaction, words.DISMISSED)


async def _dismiss(interaction: Press, key: str) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    desk = interaction.client.services.desk
    await answer(interaction, words.case_closed(await desk.dismiss(*_record(interaction, key), interaction.user.id)))


async def _remove(interaction: Press, key: str) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    desk = interaction.client.services.desk
    refused = await _cannot_delete(interaction, await desk.case(*_record(interaction, key)))
    if refused:
        await answer(interaction, refused)
    else:
        case = await desk.remove_repeats(*_record(interaction, key), interaction.user.id)
        await answer(interaction, words.case_closed(case))


async def _post(interaction: Press, key: str) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services = interaction.client.services
    reply = await services.desk.post_suggestion(*_record(interaction, key), interaction.user.id)
    effect = await services.effects.get(reply_key(reply.guild_id, reply.message_id))
    await answer(interaction, words.suggestion_posted(reply, effect))


async def _drop(interaction: Press, key: str) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.client.services.desk.drop_suggestion(*_record(interaction, key), interaction.user.id)
    await answer(interaction, words.SUGGESTION_DROPPED)


async def _unknown(interaction: Press, key: str) -> None:
    log.warning("a press with an unknown action, key %s, in server %s", key, interaction.guild_id)
    await answer(interaction, words.OUTDATED_ANSWER)


async def _vote(interaction: Press, key: str, vote: Vote) -> None:
    replies = interaction.client.services.replies
    changed = await replies.vote(*_record(interaction, key), interaction.user.id, vote)
    await answer(interaction, words.THANKS if changed else words.VOTED_BEFORE)


async def _show_page(interaction: Press, pages: list[discord.Embed], action: str, subject: str, page: str) -> None:
    number = min(_number(page or "0"), len(pages) - 1)
    await turn_page(interaction, pages[number], page_view(action, subject, number, len(pages)))


async def _may_moderate(interaction: Press) -> bool:
    if is_moderator(interaction):
        return True
    await answer(interaction, words.MODERATORS_ONLY)
    return False


async def _cannot_delete(interaction: Press, case: Case) -> str | None:
    """Why this moderator, or the bot, cannot delete the case's repeats; a channel that is gone is nobody's lack."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return words.SERVERS_ONLY
    for channel_id in {post.channel_id for post in case.removable}:
        try:  # an archived thread is not in memory
            channel = guild.get_channel_or_thread(channel_id) or await guild.fetch_channel(channel_id)
        except discord.NotFound:
            continue
        except discord.Forbidden:
            return words.bot_lacks(lacks(discord.Permissions.none(), TO_DELETE), channel_id)
        if not may_delete(interaction, channel.permissions_for(member)):
            return words.moderator_lacks(channel_id)
        missing = lacks(channel.permissions_for(guild.me), TO_DELETE)
        if missing:
            return words.bot_lacks(missing, channel_id)
    return None


def _record(interaction: Press, key: str) -> tuple[int, int]:
    """The server and the record that a press is about."""
    return _guild(interaction), _number(key)


def _guild(interaction: Press) -> int:
    return interaction.guild_id or 0  # 0 is no server: nothing is found there


def _number(key: str) -> int:
    """A record's number; what is none finds nothing."""
    return int(key) if key.isdecimal() and len(key) <= _DIGITS else 0


_HANDLERS: Mapping[str, Callable[[Press, str], Awaitable[None]]] = {
    "sources": _sources,
    "more": _more,
    "topics": _topics,
    "helpful": _helpful,
    "not_meant": _not_meant,
    "take_back": _take_back,
    "dismiss": _dismiss,
    "remove": _remove,
    "post": _post,
    "drop": _drop,
}
