"""The set-up of a server as a whole: guided, listed, rolled back, exported and imported."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.config.file import MAX_FILE, decode, exported, read
from bot.config.table import Group
from bot.discord_ui import setting_words, words
from bot.discord_ui.answers import answer
from bot.discord_ui.configuring import missing_now, policy_of, replace_all, roll_back, state_of
from bot.discord_ui.panels import panel
from bot.discord_ui.permissions import is_admin
from bot.discord_ui.setup_cards import overview_card
from bot.discord_ui.setup_flow import step
from bot.errors import InputError
from bot.model import GuildPolicy

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

_OFFERED = 25  # choices that Discord shows


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, name="setup", description="Set Copydesk up on this server"):
    """Configuration of a server. Each command checks that its member is an admin."""

    def __init__(self, bot: Copydesk) -> None:
        self.services = bot.services

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        if not is_admin(interaction):
            raise app_commands.MissingPermissions(["manage_guild"])
        return True

    @app_commands.command()
    async def start(self, interaction: Press) -> None:
        """Set up step by step: a preset, the moderators' channel and roles, the channels to watch."""
        page = step(state_of(interaction), 0, missing_now(interaction))
        await answer(interaction, page.text, view=page.view)

    @app_commands.command()
    async def team(self, interaction: Press) -> None:
        """Choose the moderators' channel, the roles, and what moderators may do from cases."""
        page = panel(policy_of(interaction), Group.TEAM)
        await answer(interaction, page.text, view=page.view)

    @app_commands.command()
    async def show(self, interaction: Press) -> None:
        """List all settings, what Copydesk does by them, and which permissions lack."""
        policy = policy_of(interaction)
        lines = [*setting_words.summary(policy), "", setting_words.missing(missing_now(interaction))]
        await answer(interaction, words.cut("\n".join(lines)), embed=overview_card(policy))

    @app_commands.command()
    async def history(self, interaction: Press) -> None:
        """List the latest changes of settings: what, who and when."""
        made = await self.services.policies.history(interaction.guild_id or 0, limit=_OFFERED)
        await answer(interaction, setting_words.history(made) if made else setting_words.NO_HISTORY)

    @app_commands.command()
    @app_commands.describe(change="Its number in the history: this change and all later ones are undone")
    async def rollback(self, interaction: Press, change: app_commands.Range[int, 1, 1_000_000]) -> None:
        """Go back to the settings as they were before a change."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        done = await roll_back(interaction, change, "/setup rollback")
        text = setting_words.NO_SUCH_CHANGE if done is None else setting_words.rolled_back(done.made, done.problems)
        await answer(interaction, text)

    @app_commands.command()
    async def export(self, interaction: Press) -> None:
        """Get all settings as a file that can be kept, edited, imported and tried with `replay`."""
        content = exported(policy_of(interaction)).encode()
        await interaction.response.send_message(file=discord.File(BytesIO(content), "settings.toml"), ephemeral=True)

    @app_commands.command(name="import")
    @app_commands.describe(file="TOML as exported, or JSON; what it leaves out goes back to the default")
    async def import_file(self, interaction: Press, file: discord.Attachment) -> None:
        """Make the settings those of a file; nothing is changed if anything in it is wrong."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if file.size > MAX_FILE:
            raise InputError(f"{file.filename} is larger than {MAX_FILE:,} bytes")
        data = decode(file.filename, await file.read())
        policy = read(file.filename, data, GuildPolicy(interaction.guild_id or 0))
        await answer(interaction, (await replace_all(interaction, policy, "/setup import")).text)

    @rollback.autocomplete("change")
    async def complete_change(self, interaction: Press, typed: str) -> list[app_commands.Choice[int]]:
        made = await self.services.policies.history(interaction.guild_id or 0, limit=_OFFERED)
        found = [one for one in made if str(one.number).startswith(str(typed))]
        return [app_commands.Choice(name=setting_words.change_choice(one), value=one.number) for one in found]


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Setup(bot))
