"""The forms in which explainers are edited. A form holds five fields of 4,000 characters, so a topic has four."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import discord

from bot.discord_ui import words
from bot.discord_ui.acting import acknowledge
from bot.discord_ui.answers import answer
from bot.discord_ui.permissions import may_edit
from bot.errors import EditingError
from bot.faq.draft import Draft

if TYPE_CHECKING:
    from bot.app import Copydesk

log = logging.getLogger(__name__)
_LONGEST_FIELD = 4000
_LONGEST_TITLE = 45
_OPEN_FOR = 24 * 3600.0  # seconds: a text is written longer than a reason


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: the draft's part that it holds, and what it is called. A long part is spread over several fields."""

    part: str
    label: str
    long: bool = True


FORMS: Mapping[str, tuple[FormField, ...]] = {
    "text": (
        FormField("short_answer", "Short answer, at most 350 characters"),
        FormField("settled", "Settled"),
        FormField("first_side", "The first side"),
        FormField("second_side", "The second side, in equal length"),
        FormField("undecided", "Undecided"),
    ),
    "phrases": (
        FormField("title", "Title: a question", long=False),
        FormField("not_claims", "Near misses, one a line"),
        FormField("aliases", "Names of the topic, one a line"),
        FormField("commonly_got_wrong", "Commonly got wrong"),
    ),
    "claims": tuple(FormField("claims", f"Claims: posts to answer, one a line ({number})") for number in range(1, 6)),
    "sources": (
        FormField("sources", "Sources, as [[sources]] tables"),
        FormField("first_heading", "Heading of the first side", long=False),
        FormField("second_heading", "Heading of the second side", long=False),
        FormField("as_of", "As of, such as 2026-07-05", long=False),
        FormField("review_by", "Review by, such as 2027-03-31", long=False),
    ),
}


class DraftForm(discord.ui.Modal):
    """One form of a topic, filled in with its text."""

    def __init__(self, slug: str, form: str, draft: Draft, version: int) -> None:
        super().__init__(title=words.form_title(slug, form)[:_LONGEST_TITLE], timeout=_OPEN_FOR)
        self._slug = slug
        self._draft = draft
        self._version = version
        self._inputs: list[tuple[str, discord.ui.TextInput[DraftForm]]] = []
        for part, same in groupby(FORMS[form], key=lambda field: field.part):
            fields = tuple(same)
            texts = _spread(getattr(draft, part))
            if len(texts) > len(fields) or max(map(len, texts)) > _LONGEST_FIELD:  # cut, it would be saved cut
                raise EditingError(words.too_long_for_a_form(fields[0].label, slug))
            for number, field in enumerate(fields):
                self._add(field, texts[number] if number < len(texts) else "")

    def _add(self, field: FormField, text: str) -> None:
        box: discord.ui.TextInput[DraftForm] = discord.ui.TextInput(
            label=field.label,
            style=discord.TextStyle.paragraph if field.long else discord.TextStyle.short,
            default=text,
            required=False,
            max_length=_LONGEST_FIELD,
        )
        self._inputs.append((field.part, box))
        self.add_item(box)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        client: Copydesk = interaction.client
        if not may_edit(interaction):  # no longer, since the form was opened
            await answer(interaction, words.EDITORS_ONLY)
            return
        await acknowledge(interaction)
        typed: defaultdict[str, list[str]] = defaultdict(list)
        for part, box in self._inputs:
            typed[part].append(box.value)
        draft = self._draft.with_parts(**{part: "\n".join(texts) for part, texts in typed.items()})
        saved = await client.services.editor.save(
            interaction.guild_id or 0, self._slug, draft, interaction.user.id, self._version
        )
        await answer(interaction, words.draft_saved(saved))

    async def on_error(  # type: ignore[override]  # discord.py passes a modal no item
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        if isinstance(error, EditingError):
            await answer(interaction, words.cannot_edit(error))
        else:
            log.error("saving a draft failed", exc_info=error)
            await answer(interaction, words.FAILED)


def _spread(text: str) -> list[str]:
    """A text in pieces that fit into fields, cut between lines; a line that fits into none makes a piece too long."""
    pieces: list[str] = []
    for line in text.split("\n"):
        if pieces and len(pieces[-1]) + 1 + len(line) <= _LONGEST_FIELD:
            pieces[-1] += f"\n{line}"
        else:
            pieces.append(line)
    return pieces
