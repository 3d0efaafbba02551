"""What a press on a button does. Add an action: a look in ``buttons``, a handler and a line in ``_HANDLERS`` here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.discord_ui import cards, case_lists, case_presses, case_words, suggestion_presses, timeouts, words
from bot.discord_ui.acting import acknowledge, refusals_told
from bot.discord_ui.answers import answer, turn_page
from bot.discord_ui.buttons import page_view
from bot.discord_ui.permissions import is_moderator
from bot.model import Vote

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

log = logging.getLogger(__name__)
_DIGITS = 18  # of a record's number: SQLite's integers hold them all
_SNOWFLAKES = 2**63  # same
_MEMBER_AND_LENGTH = 2


async def press(interaction: Press, action: str, key: str) -> None:
    """Do what a button's action and key say; whatever happens, the member who pressed is told."""
    async with refusals_told(interaction, f"press of {action}"):
        await _HANDLERS.get(action, _unknown)(interaction, key)


async def choose_topic(interaction: Press, key: str, slug: str) -> None:
    """Do what a pick in a suggestion's menu of topics says; likewise."""
    async with refusals_told(interaction, "pick of a topic"):
        await suggestion_presses.post_other(interaction, _number(key), slug)


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
        await _unknown(interaction, key)
    elif interaction.user.id != reply.author_id and not is_moderator(interaction):
        await answer(interaction, words.NOT_YOURS_TO_DISMISS)
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await services.desk.dismiss_reply(guild_id, reply_id, interaction.user.id)
        await answer(interaction, words.DISMISSED)


async def _snooze(interaction: Press, key: str) -> None:
    case_id, _, seconds = key.partition(".")
    await case_presses.snooze(interaction, _number(case_id), _length(seconds))


async def _tell(interaction: Press, key: str) -> None:
    await case_presses.tell(interaction, _number(key))


async def _texts(interaction: Press, key: str) -> None:
    await case_presses.show_texts(interaction, _number(key))


async def _timeout(interaction: Press, key: str) -> None:
    case_id, *rest = key.split(".")
    length = _length(rest[-1]) if len(rest) == _MEMBER_AND_LENGTH else None
    if length is None:
        await timeouts.ask(interaction, _number(case_id))
    else:
        await timeouts.confirm(interaction, _number(case_id), _snowflake(rest[0]), length)


async def _lift(interaction: Press, key: str) -> None:
    case_id, _, member_id = key.partition(".")
    await timeouts.lift(interaction, _number(case_id), _snowflake(member_id))


async def _queue(interaction: Press, key: str) -> None:
    await case_lists.turn(interaction, key)


def _changing(action: str) -> Callable[[Press, str], Awaitable[None]]:
    async def handler(interaction: Press, key: str) -> None:
        await case_presses.change(interaction, _number(key), action)

    return handler


async def _other(interaction: Press, key: str) -> None:
    reply_id, _, page = key.partition(".")
    await suggestion_presses.ask_topic(interaction, _number(reply_id), _number(page or "0"))


def _suggested(handler: Callable[[Press, int], Awaitable[None]]) -> Callable[[Press, str], Awaitable[None]]:
    async def on_key(interaction: Press, key: str) -> None:
        await handler(interaction, _number(key))

    return on_key


async def _unknown(interaction: Press, key: str) -> None:
    log.warning("a press on %s in server %s: forged, or of what is forgotten", key, interaction.guild_id)
    await answer(interaction, words.OUTDATED_ANSWER)


async def _vote(interaction: Press, key: str, vote: Vote) -> None:
    await acknowledge(interaction)
    replies = interaction.client.services.replies
    changed = await replies.vote(*_record(interaction, key), interaction.user.id, vote)
    await answer(interaction, words.THANKS if changed else words.VOTED_BEFORE)


async def _show_page(interaction: Press, pages: list[discord.Embed], action: str, subject: str, page: str) -> None:
    number = min(_number(page or "0"), len(pages) - 1)
    await turn_page(interaction, pages[number], page_view(action, subject, number, len(pages)))


def _record(interaction: Press, key: str) -> tuple[int, int]:
    """The server and the record that a press is about."""
    return _guild(interaction), _number(key)


def _guild(interaction: Press) -> int:
    return interaction.guild_id or 0  # 0 is no server: nothing is found there


def _number(key: str) -> int:
    """A record's number; what is none finds nothing."""
    return int(key) if key.isdecimal() and len(key) <= _DIGITS else 0


def _snowflake(key: str) -> int:
    """A member's number, which may have a digit more."""
    return int(key) if key.isdecimal() and len(key) <= _DIGITS + 1 and int(key) < _SNOWFLAKES else 0


def _length(key: str) -> timedelta | None:
    """One of the lengths of time that are offered."""
    return next((length for length in case_words.LENGTHS if key == str(int(length.total_seconds()))), None)


_HANDLERS: Mapping[str, Callable[[Press, str], Awaitable[None]]] = {
    "sources": _sources,
    "more": _more,
    "topics": _topics,
    "helpful": _helpful,
    "not_meant": _not_meant,
    "take_back": _take_back,
    **{action: _changing(action) for action in case_presses.CHANGES},
    "snooze": _snooze,
    "tell": _tell,
    "texts": _texts,
    "timeout": _timeout,
    "lift": _lift,
    "queue": _queue,
    "post": _suggested(suggestion_presses.post),
    "other": _other,
    "drop": _suggested(suggestion_presses.drop),
}
