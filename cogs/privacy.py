"""What members may ask about themselves: no automatic replies, what is kept, all of it as a file, its deletion."""

from __future__ import annotations

import asyncio
import gzip
import logging
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.discord_ui import privacy_words, words
from bot.discord_ui.acting import acknowledge
from bot.discord_ui.answers import answer
from bot.model import QuietWish

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]

log = logging.getLogger(__name__)

_LARGEST_FILE = 8 * 1024 * 1024  # bytes; Discord takes ten million and the message's frame
_EXPORT_EVERY = 60.0  # seconds: an export reads whole tables
_Where = Literal["everywhere", "this server", "this channel"]
_LASTING = {
    "an hour": timedelta(hours=1),
    "a day": timedelta(days=1),
    "a week": timedelta(weeks=1),
    "a month": timedelta(days=30),
    "for good": None,
}
_Lasting = Literal["an hour", "a day", "a week", "a month", "for good"]


class Privacy(commands.Cog):
    """For every member, also in direct messages; only they see what they are told."""

    quiet = app_commands.Group(name="quiet", description="No automatic replies to you")
    privacy = app_commands.Group(name="privacy", description="What Copydesk keeps of you")

    def __init__(self, bot: Copydesk) -> None:
        self.bot = bot
        self.desk = bot.services.privacy

    async def cog_load(self) -> None:
        self.look_for_left_servers.start()

    async def cog_unload(self) -> None:
        self.look_for_left_servers.cancel()

    @quiet.command()
    @app_commands.describe(where="Where you want no automatic replies", lasting="For how long")
    async def on(self, interaction: Press, where: _Where = "everywhere", lasting: _Lasting = "for good") -> None:
        """Ask for no automatic replies to your posts."""
        place = _place(interaction, where)
        if place is None:
            await answer(interaction, words.SERVERS_ONLY)
        else:
            await acknowledge(interaction)
            wish = await self.desk.be_quiet(interaction.user.id, _LASTING[lasting], *place)
            await answer(interaction, privacy_words.quiet_from_now(wish))

    @quiet.command()
    @app_commands.describe(where="Where automatic replies are welcome again")
    async def off(self, interaction: Press, where: _Where = "everywhere") -> None:
        """Allow automatic replies to your posts again."""
        place = _place(interaction, where)
        if place is None:
            await answer(interaction, words.SERVERS_ONLY)
        else:
            await acknowledge(interaction)
            lifted = await self.desk.lift(interaction.user.id, *place)
            await answer(
                interaction, privacy_words.loud_again(QuietWish(*place)) if lifted else privacy_words.NOT_QUIET
            )

    @quiet.command(name="show")
    async def show_wishes(self, interaction: Press) -> None:
        """List where you asked for quiet."""
        await answer(interaction, privacy_words.wishes(self.desk.quiet(interaction.user.id)))

    @privacy.command()
    async def show(self, interaction: Press) -> None:
        """Say what Copydesk keeps, for how long, and how it is deleted."""
        await answer(interaction, embed=privacy_words.statement())

    @privacy.command()
    @app_commands.checks.cooldown(1, _EXPORT_EVERY)
    async def export(self, interaction: Press) -> None:
        """Get all that is kept of you as a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        content, name = await self.desk.export(interaction.user.id), privacy_words.FILE_NAME
        if len(content) > _LARGEST_FILE:
            content, name = await asyncio.to_thread(gzip.compress, content), f"{name}.gz"
        file = discord.File(BytesIO(content), name)
        await interaction.followup.send(privacy_words.EXPORTED, file=file, ephemeral=True)

    @privacy.command()
    @app_commands.describe(sure="Without it, you are only told what would be deleted")
    async def delete(self, interaction: Press, sure: Literal["yes, delete it all"] | None = None) -> None:
        """Delete all that is kept of you, on all servers."""
        if sure is None:
            await answer(interaction, privacy_words.BEFORE_DELETION)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answer(interaction, privacy_words.forgotten(await self.desk.forget_member(interaction.user.id)))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._forget_left_servers()

    @tasks.loop(hours=1)
    async def look_for_left_servers(self) -> None:
        """A server that put the bot out while it was offline sends no event."""
        if not self.bot.is_ready():
            return
        try:
            await self._forget_left_servers()
        except Exception:  # the boundary of a background task: it must go on
            log.exception("looking for servers that were left failed; it is tried again")

    async def _forget_left_servers(self) -> None:
        for guild_id in await self.desk.forget_left_guilds({guild.id for guild in self.bot.guilds}):
            log.info("server %d was left while the bot was offline: its data is deleted", guild_id)


def _place(interaction: Press, where: _Where) -> tuple[int, int] | None:
    """Server and channel; zero stands for any. None where the member is on no server."""
    if where == "everywhere":
        return 0, 0
    if interaction.guild_id is None or interaction.channel_id is None:
        return None
    return interaction.guild_id, interaction.channel_id if where == "this channel" else 0


async def setup(bot: Copydesk) -> None:
    """Load the cog."""
    await bot.add_cog(Privacy(bot))
