"""Lists of cases, a page at a time: the queue, and what is always allowed."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import discord

from bot.case import CaseQuery, QueueOrder, QueueView
from bot.discord_ui import case_cards, case_words, words
from bot.discord_ui.acting import may_moderate
from bot.discord_ui.answers import answer, turn_page
from bot.discord_ui.buttons import page_view
from bot.storage.protocols import card_key

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

_Choice = TypeVar("_Choice", bound=StrEnum)
_LAST_PAGE = 9999
_EMPTY = {QueueView.WAITING: words.QUEUE_EMPTY, QueueView.ALLOWED: case_words.NOTHING_ALLOWED}


async def show(interaction: Press, query: CaseQuery) -> None:
    """Answer with a page of a list."""
    embed, view = await _page(interaction, query)
    if embed is None:
        await answer(interaction, _EMPTY.get(query.view, case_words.NO_SUCH_CASES))
    else:
        await answer(interaction, embed=embed, view=view)


async def turn(interaction: Press, key: str) -> None:
    """Show another page in place of one."""
    if not await may_moderate(interaction):
        return
    view, _, rest = key.partition(".")
    order, _, page = rest.partition(".")
    number = min(int(page), _LAST_PAGE) if page.isdecimal() and page.isascii() else 0
    query = CaseQuery(_choice(QueueView, view), _choice(QueueOrder, order), number)
    embed, buttons = await _page(interaction, query)
    if embed is None:
        await answer(interaction, _EMPTY.get(query.view, case_words.NO_SUCH_CASES))
    else:
        await turn_page(interaction, embed, buttons)


async def _page(interaction: Press, query: CaseQuery) -> tuple[discord.Embed | None, discord.ui.View]:
    """A page, or the last one if there are fewer; nothing where the list is empty."""
    services, guild_id = interaction.client.services, interaction.guild_id or 0
    cases, total = await services.desk.queue(guild_id, query, interaction.user.id)
    pages = max(-(-total // query.size), 1)
    if query.page >= pages:
        query = replace(query, page=pages - 1)
        cases, total = await services.desk.queue(guild_id, query, interaction.user.id)
    view = page_view("queue", f"{query.view}.{query.order}", query.page, pages)
    if not cases:
        return None, view
    shown = [await services.effects.get(card_key(case.id)) for case in cases]
    lines = [case_cards.case_line(case, effect) for case, effect in zip(cases, shown, strict=True)]
    return case_cards.queue_card(lines, case_words.list_title(query.view, total), query.page, pages), view


def _choice(kind: type[_Choice], text: str) -> _Choice:
    return kind(text) if text in {choice.value for choice in kind} else next(iter(kind))
