"""All settings at a glance -> an embed."""

import discord

from bot.config.changes import all_chosen
from bot.config.table import SETTINGS, Group, Scope
from bot.discord_ui import setting_words
from bot.discord_ui.words import cut
from bot.model import GuildPolicy

_SHARE = 900  # of the 6,000 characters that an embed holds in all


def overview_card(policy: GuildPolicy) -> discord.Embed:
    """All settings of a server, by the commands that change them."""
    embed = discord.Embed(title=setting_words.ALL, colour=discord.Colour.blurple())
    for group in Group:
        rows = [setting for setting in SETTINGS.values() if setting.group is group]
        lines = [setting_words.line(policy, row) for row in rows if row.scope is Scope.SERVER]
        narrower = [row for row in rows if row.scope is not Scope.SERVER]
        lines += [setting_words.chosen_line(change) for change in all_chosen(policy) if change.setting in narrower]
        embed.add_field(name=group.command, value=cut("\n".join(lines), _SHARE) or setting_words.NONE, inline=False)
    return embed
