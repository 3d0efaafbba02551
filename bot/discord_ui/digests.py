"""The weekly digest as moderators read it."""

from collections.abc import Sequence
from datetime import timedelta

import discord

from bot.discord_ui import cards, words
from bot.faq.ledger import Stale
from bot.model import Week

_FOOTER = "Sent once a week, when there is something to tell"


def title(week: Week) -> str:
    """The heading of a week's digest; it names the week, so an earlier send is found by it."""
    return f"Week of {words.day(week.monday)}"


def digest_cards(week: Week, stale: Sequence[Stale]) -> list[discord.Embed]:
    """What the week held and, if there are any, the explainers under review."""
    embed = discord.Embed(title=title(week), description=_sentence(week), colour=discord.Colour.blurple())
    embed.set_footer(text=_FOOTER)
    return [embed, cards.stale_card(stale)] if stale else [embed]


def _sentence(week: Week) -> str:
    sunday = words.day(week.monday + timedelta(days=6))
    if week.is_quiet:
        return f"Up to {sunday} there was no answer, suggestion or case."
    answers, suggestions, cases = (
        words.count(number, noun)
        for number, noun in ((week.answers, "answer"), (week.suggestions, "suggestion"), (week.cases, "case"))
    )
    return f"Up to {sunday}: {answers}, {suggestions} and {cases}."
