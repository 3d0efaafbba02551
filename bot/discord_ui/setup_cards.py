"""All settings at a glance, and their history -> embeds."""

from collections.abc import Sequence

import discord

from bot.config.changes import ChangeSet
from bot.config.table import SETTINGS, Group, Scope
from bot.discord_ui import setting_words
from bot.discord_ui.words import cut
from bot.model import GuildPolicy

_SHARE = 550  # of the 6,000 characters that an embed holds in all


def overview_card(policy: GuildPolicy, missing: Sequence[str]) -> discord.Embed:
    """All settings of a server, by the commands that change them."""
    embed = _embed(setting_words.NOW, setting_words.summary(policy))
    embed.add_field(name=setting_words.MISSING, value=setting_words.missing(missing), inline=False)
    for group in Group:
        rows = [setting for setting in SETTINGS.values() if setting.group is group]
        lines = [setting_words.line(policy, row) for row in rows if row.scope is Scope.SERVER]
        elsewhere = setting_words.chosen_elsewhere(policy, [row for row in rows if row.scope is not Scope.SERVER])
        text = cut("\n".join([*lines, *([elsewhere] if elsewhere else [])]), _SHARE)
        embed.add_field(name=group.command, value=text or setting_words.NONE_CHOSEN, inline=False)
    return embed


def history_card(made: Sequence[ChangeSet]) -> discord.Embed:
    """The latest changes, newest first."""
    return _embed(setting_words.HISTORY, setting_words.history(made)).set_footer(text=setting_words.HOW_TO_UNDO)


def _embed(title: str, text: str) -> discord.Embed:
    return discord.Embed(title=title, description=text, colour=discord.Colour.blurple())
