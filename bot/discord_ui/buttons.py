"""The buttons on Copydesk's messages. They carry only an action and a key, so they outlive restarts.

What a press does stands in ``presses``.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.case import Case, CaseState, Ruling
from bot.discord_ui import case_words
from bot.model import Explainer, Reply, ReplyState


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
    "claim": Look("Claim"),
    "release": Look("Release"),
    "remove": Look("Delete repeat", discord.ButtonStyle.danger),
    "keep": Look("Repeat, but keep"),
    "dismiss": Look("Not a repeat", discord.ButtonStyle.success),
    "allow": Look("Always allow this"),
    "snooze": Look("Snooze"),
    "texts": Look("Show texts"),
    "timeout": Look("Timeout ..."),
    "lift": Look("Lift timeout"),
    "undo": Look("Undo"),
    "tell": Look("Tell the channel"),
    "queue": Look("Queue"),
    "post": Look("Post answer", discord.ButtonStyle.primary),
    "other": Look("Other topic"),
    "drop": Look("Drop"),
}
TEMPLATE = re.compile(r"copydesk:(?P<action>[a-z_]{1,20}):(?P<key>[a-z0-9.-]{1,70})")
_UNKNOWN = Look("Unknown")
_LONGEST_LABEL = 80  # Discord's limit


class DeskButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=TEMPLATE,
):
    """Any button of Copydesk's; Discord sends its ``custom_id`` back, which says it all."""

    def __init__(self, action: str, key: str | int, label: str | None = None, row: int | None = None) -> None:
        self.action = action
        self.key = str(key)
        look = LOOKS.get(action, _UNKNOWN)
        custom_id = f"copydesk:{action}:{key}"
        super().__init__(discord.ui.Button(label=label or look.label, style=look.style, custom_id=custom_id), row=row)

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
    """The buttons below a suggestion, until it is judged; and where Discord refused to post it."""
    if reply.state is not ReplyState.SUGGESTED and (reply.problem is None or reply.state is not ReplyState.POSTED):
        return None
    return _view(*(DeskButton(action, reply.id) for action in ("post", "other", "drop")))


def case_view(case: Case, *, timeouts: bool) -> discord.ui.View:
    """The buttons below a case: while it waits, what can be decided; then, how to go back.

    Args:
        case: the case.
        timeouts: whether the server lets moderators silence members.
    """
    texts = DeskButton("texts", case.id)
    if not case.waits:
        retry = [DeskButton("remove", case.id, _deletion(case))] if case.can_retry else []
        return _view(*retry, DeskButton("undo", case.id), texts)
    names = ["release" if case.state is CaseState.CLAIMED else "claim", "keep", "dismiss", "allow", "snooze"]
    buttons = [DeskButton(name, case.id) for name in names]
    if case.removable:
        buttons.insert(1, DeskButton("remove", case.id, _deletion(case)))
    if case.snoozed_until is not None:
        buttons.append(DeskButton("undo", case.id, "Back to the queue"))
    silence = [DeskButton("timeout", case.id)] if timeouts and case.repeats else []
    return _view(*buttons, *silence, texts)


def _deletion(case: Case) -> str | None:
    return f"Delete {case.removable} repeats" if case.removable > 1 else None


def snooze_view(case_id: int) -> discord.ui.View:
    """For how long a case may be put aside."""
    lengths = case_words.LENGTHS
    return _view(
        *(DeskButton("snooze", f"{case_id}.{int(rest.total_seconds())}", case_words.lasts(rest)) for rest in lengths)
    )


def tell_view(case: Case) -> discord.ui.View | None:
    """Beside the verdict that something is a repeat: whether members are told."""
    return _view(DeskButton("tell", case.id)) if case.ruling in (Ruling.KEPT, Ruling.DELETED) else None


def timeout_view(case_id: int, names: Mapping[int, str], silenced: Collection[int]) -> discord.ui.View:
    """Whom to silence and for how long: a row for each member; for who is silenced by this case, the end of it."""
    view = discord.ui.View(timeout=None)
    for row, (member_id, name) in enumerate(names.items()):
        key = f"{case_id}.{member_id}"
        if member_id in silenced:
            view.add_item(DeskButton("lift", key, f"Lift: {name}"[:_LONGEST_LABEL], row))
            continue
        for length in case_words.LENGTHS:
            label = f"{name[: _LONGEST_LABEL - 10]}: {case_words.lasts(length)}"
            view.add_item(DeskButton("timeout", f"{key}.{int(length.total_seconds())}", label, row))
    return view


def _view(*items: DeskButton) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view
