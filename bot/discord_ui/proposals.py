"""The page of proposed thresholds below ``/automation``: what speaks for each, and the controls that apply and undo."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.claims.feedback import CONFIDENCE, MIN_RATINGS, TARGET, Proposal
from bot.config.table import Group
from bot.discord_ui import setting_words, words
from bot.discord_ui.panels import Page, button, custom_id, view

TITLE = (
    "**Proposed thresholds**, by the verdicts of the last 30 days: suggestions approved or dropped, votes, dismissals"
)
NONE = (
    f"There is none now. A proposal takes {MIN_RATINGS} verdicts on a topic, and a score from which at least"
    f" {TARGET:.0%} are right with {CONFIDENCE:.0%} confidence."
)
APPLY = "Apply a proposal"
UNDO = "Undo"
HOLDS_NO_MORE = "Nothing was changed: this proposal no longer holds."
CHANGED_SINCE = "Nothing was undone: this threshold was changed since. `/setup history` tells by whom."
_MOST = 10


def proposals_page(found: Mapping[str, Proposal], undo: int | None = None) -> Page:
    """The proposals, a menu that applies one, and perhaps a button that undoes the change with this number."""
    shown = dict(list(found.items())[:_MOST])
    lines = [TITLE, *(_line(slug, proposal) for slug, proposal in shown.items())]
    lines += [] if shown else [NONE]
    lines += [words.count(len(found) - _MOST, "more proposal")] if len(found) > _MOST else []
    items: list[discord.ui.Item[Any]] = [_menu(shown)] if shown else []
    items += [button("undo", UNDO, "thresholds", str(undo))] if undo is not None else []
    return Page("\n".join(lines), view([*items, button("panel", setting_words.BACK, Group.AUTOMATION)]))


def picked_topic(found: Mapping[str, Proposal], picked: str) -> str | None:
    """The topic whose proposal was picked; None where it does not stand like that any more."""
    return next((slug for slug, proposal in found.items() if _value(slug, proposal) == picked), None)


def _menu(shown: Mapping[str, Proposal]) -> discord.ui.Item[Any]:
    options = [
        discord.SelectOption(
            label=f"{slug}: {proposal.threshold:.2f}",
            value=_value(slug, proposal),
            description=f"now {proposal.current:.2f}; {_numbers(proposal)}",
        )
        for slug, proposal in shown.items()
    ]
    return discord.ui.Select(custom_id=custom_id("apply", "thresholds"), placeholder=APPLY, options=options)


def _line(slug: str, proposal: Proposal) -> str:
    return f"- `{slug}`: answer from **{proposal.threshold:.2f}**, now {proposal.current:.2f}. {_numbers(proposal)}."


def _numbers(proposal: Proposal) -> str:
    numbers = f"{proposal.right} of {proposal.total} right at {proposal.threshold:.2f} or more"
    return f"{numbers}; lower bound {proposal.lower_bound:.3f}"


def _value(slug: str, proposal: Proposal) -> str:
    """What the menu sends back: enough to see whether the proposal still stands."""
    return f"{slug} {proposal.threshold:.2f} {proposal.current:.2f}"
