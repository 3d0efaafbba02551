"""The menu in which a moderator chooses another topic for a suggested answer. It says all, so it outlives restarts."""

import re
from collections.abc import Mapping
from typing import Any, Self

import discord

from bot.discord_ui import words
from bot.discord_ui.buttons import DeskButton
from bot.model import Explainer

MOST = 25  # options of a menu
TEMPLATE = re.compile(r"copydesk-topic:(?P<reply>[0-9]{1,18})")
_LABEL = 100


class TopicMenu(discord.ui.DynamicItem[discord.ui.Item[Any]], template=TEMPLATE):
    """A menu of topics; what is picked is posted in place of what was suggested."""

    def __init__(self, item: discord.ui.Item[Any], reply_id: str) -> None:
        super().__init__(item)
        self.reply_id = reply_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,  # noqa: ARG003  # discord.py passes it
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(item, match["reply"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        picked = getattr(self.item, "values", [])  # none where somebody forged a button
        await interaction.client.on_topic(interaction, self.reply_id, picked[0] if picked else "")


def topic_view(reply_id: int, topics: Mapping[str, Explainer], suggested: str, page: int) -> discord.ui.View:
    """A page of the topics other than the suggested one, its relatives first, and the way to the other pages."""
    near = topics[suggested].related if suggested in topics else ()
    others = (one for one in topics.values() if one.slug != suggested)
    ordered = sorted(others, key=lambda one: (one.slug not in near, one.title.casefold()))
    pages = max(-(-len(ordered) // MOST), 1)
    page = min(page, pages - 1)
    view = discord.ui.View(timeout=None)
    options = [
        discord.SelectOption(label=one.title[:_LABEL], value=one.slug)
        for one in ordered[page * MOST : (page + 1) * MOST]
    ]
    if options:
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"copydesk-topic:{reply_id}", placeholder=words.pages(page, pages), options=options
        )
        view.add_item(TopicMenu(menu, str(reply_id)))
    for label, target in {"Back": page - 1, "Next": page + 1}.items():
        if 0 <= target < pages:
            view.add_item(DeskButton("other", f"{reply_id}.{target}", label))
    return view
