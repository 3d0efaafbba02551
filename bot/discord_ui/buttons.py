"""The buttons on Copydesk's messages. They carry only an action and a key, so they outlive restarts.

What a press does stands in ``presses``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.model import Case, CaseState, Explainer, Reply, ReplyState


@dataclass(frozen=True, slots=True)
class Look:
    """What a button looks like."""

    label: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary


LOOKS: Mapping[str, Look] = {
    "sources": Look("Sources"),
    "more": Look("More"),
    "topics": Look("Topics"),
    "helpful": Look("Helpful"),
    "not_meant": Look("Not what I meant"),
    "take_back": Look("Dismiss"),
    "dismiss": Look("Dismiss"),
    "remove": Look("Delete repeat", discord.ButtonStyle.danger),
    "post": Look("Post answer", discord.ButtonStyle.primary),
    "drop": Look("Drop"),
}
_UNKNOWN = Look("Unknown")


class DeskButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"copydesk:(?P<action>[a-z_]{1,20}):(?P<key>[a-z0-9.-]{1,70})",
):
    """Any button of Copydesk's; Discord sends its ``custom_id`` back, which says it all."""

    def __init__(self, action: str, key: str | int, label: str | None = None) -> None:
        self.action = action
        self.key = str(key)
        look = LOOKS.get(action, _UNKNOWN)
        super().__init__(
            discord.ui.Button(label=label or look.label, style=look.style, custom_id=f"copydesk:{action}:{key}")
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,  # noqa: ARG003  # discord.py passes it
        item: discord.ui.Item[Any],  # noqa: ARG003  # same
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["action"], match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.on_press(interaction, self.action, self.key)


def explainer_view(explainer: Explainer) -> discord.ui.View:
    """The buttons below an explainer that was asked for."""
    return _view(DeskButton("sources", explainer.slug), DeskButton("more", explainer.slug))


def reply_view(reply: Reply) -> discord.ui.View:
    """The buttons below an answer."""
    return _view(
        DeskButton("sources", reply.slug),
        DeskButton("more", reply.slug),
        DeskButton("helpful", reply.id),
        DeskButton("not_meant", reply.id),
        DeskButton("take_back", reply.id),
    )


def page_view(action: str, subject: str, page: int, pages: int) -> discord.ui.View:
    """Buttons to the page before and after."""
    targets = {"Back": page - 1, "Next": page + 1}
    return _view(
        *(DeskButton(action, f"{subject}.{target}", label) for label, target in targets.items() if 0 <= target < pages)
    )


def suggestion_view(reply: Reply) -> discord.ui.View | None:
    """The buttons below a suggestion, until it is judged."""
    if reply.state is not ReplyState.SUGGESTED:
        return None
    return _view(DeskButton("post", reply.id), DeskButton("drop", reply.id))


def case_view(case: Case) -> discord.ui.View | None:
    """The buttons below a case, while there is something to decide."""
    if not case.actionable:
        return None
    number = len(case.removable)
    label = LOOKS["remove"].label if number == 1 else f"Delete {number} repeats"
    remove = DeskButton("remove", case.id, label)
    return _view(DeskButton("dismiss", case.id), remove) if case.state is CaseState.OPEN else _view(remove)


def _view(*items: DeskButton) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view
