"""The composition root: settings in, a wired bot out. Nothing is built at import; only this knows concrete classes."""

import json
import logging
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

import cogs
from bot.cases.desk import Desk
from bot.cases.digest import Digest
from bot.cases.proposals import Proposals
from bot.claims.matcher import Matcher
from bot.claims.semantic import SemanticRanker
from bot.discord_ui import panel_presses, presses, words
from bot.discord_ui.answers import answer
from bot.discord_ui.buttons import DeskButton
from bot.discord_ui.panels import Control
from bot.discord_ui.sender import DiscordSender
from bot.discord_ui.topic_menu import TopicMenu
from bot.doctor import Doctor
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.errors import EditingError, ExplainerError, InputError, ModelError
from bot.faq.build import bring_up_to_date, load_explainers
from bot.faq.editions import SqliteEditionStore
from bot.faq.editor import Editor
from bot.faq.files import explainers_folder
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.faq.links import LinkChecker
from bot.faq.search import FaqSearch
from bot.images.cdn import DiscordCdn
from bot.images.reader import ImageReader, ImageSource
from bot.inquiry import Inquiry
from bot.outbox import Outbox
from bot.pipeline import Memory, Pipeline
from bot.privacy import Privacy
from bot.settings import Settings
from bot.storage.cases import SqliteCaseStore
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.housekeeping import SqliteHousekeeping
from bot.storage.members import SqliteMemberStore
from bot.storage.meta import SqliteMeta
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import EffectStore, FingerprintStore, PolicyStore, ReplyStore
from bot.storage.ratings import SqliteRatingStore
from bot.storage.replies import SqliteReplyStore
from bot.storage.weeks import SqliteWeekStore
from bot.storage.wishes import SqliteWishStore

log = logging.getLogger(__name__)

INTENTS = discord.Intents(guilds=True, guild_messages=True, message_content=True)  # 33281
COMMANDS_ONLY = discord.Intents(guilds=True)  # nothing privileged: no channel can be watched
_LONGEST_FINISH = 10.0  # seconds that posts in progress get at shutdown


@dataclass(frozen=True, slots=True)
class Services:
    """What the doors call."""

    library: Shelf
    editor: Editor
    pipeline: Pipeline
    desk: Desk
    inquiry: Inquiry
    doctor: Doctor
    digest: Digest
    proposals: Proposals
    outbox: Outbox
    policies: PolicyStore
    replies: ReplyStore
    effects: EffectStore
    fingerprints: FingerprintStore
    housekeeping: SqliteHousekeeping
    meta: SqliteMeta
    window: Window
    ledger: Ledger
    privacy: Privacy
    links: LinkChecker | None  # None: sources' addresses are not looked at


class Copydesk(commands.Bot):
    """The Discord client: loads the doors, keeps its commands in step, and finishes what it began."""

    services: Services

    def __init__(self, intents: discord.Intents = INTENTS) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.tree.error(self._on_command_error)

    async def on_message(self, message: discord.Message, /) -> None:
        """No prefix commands: the watch cog listens by itself."""

    async def setup_hook(self) -> None:
        self.add_dynamic_items(DeskButton, Control, TopicMenu)
        for module in pkgutil.iter_modules(cogs.__path__, "cogs."):
            await self.load_extension(module.name)
        self.services.pipeline.start_restoring()
        await self._sync_commands()

    async def close(self) -> None:
        """Leave Discord, then finish the posts in progress and put all memory on disk."""
        await super().close()
        try:
            await self.services.pipeline.finish(_LONGEST_FINISH)
        finally:
            await self.services.outbox.close()

    async def on_press(self, interaction: "discord.Interaction[Copydesk]", action: str, key: str) -> None:
        """A member pressed one of our buttons."""
        await presses.press(interaction, action, key)

    async def on_choice(self, interaction: "discord.Interaction[Copydesk]", control: Control) -> None:
        """A member chose something in a menu of settings."""
        await panel_presses.choose(interaction, control)

    async def on_topic(self, interaction: "discord.Interaction[Copydesk]", reply_id: str, slug: str) -> None:
        """A moderator picked another topic for a suggestion."""
        await presses.choose_topic(interaction, reply_id, slug)

    async def _sync_commands(self) -> None:
        """Tell Discord of the commands only when they changed: it allows 200 creations a day."""
        wanted = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = sha256(json.dumps([self.application_id, wanted], sort_keys=True, default=str).encode()).hexdigest()
        if await self.services.meta.get("commands") != digest:
            await self.tree.sync()
            await self.services.meta.set("commands", digest)

    async def _on_command_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        match error:
            case app_commands.MissingPermissions(missing_permissions=["manage_messages"]):
                await answer(interaction, words.MODERATORS_ONLY)
            case app_commands.MissingPermissions():
                await answer(interaction, words.ADMINS_ONLY)
            case app_commands.NoPrivateMessage():
                await answer(interaction, words.SERVERS_ONLY)
            case app_commands.CommandOnCooldown(retry_after=seconds):
                await answer(interaction, words.too_soon(seconds))
            case app_commands.CheckFailure():
                await answer(interaction, words.EDITORS_ONLY)
            case app_commands.CommandInvokeError(original=EditingError() | InputError() | ExplainerError() as cause):
                await answer(interaction, words.cannot_edit(cause))
            case _:
                name = interaction.command.qualified_name if interaction.command else "?"
                log.error("command %s failed", name, exc_info=error)
                await answer(interaction, words.FAILED)


def open_database(settings: Settings) -> Database:
    """Open the database and compile the explainers into it if they changed; blocking.

    Raises:
        StoreError: the database cannot be used.
        ExplainerError: the explainer files are wrong, and there is no earlier build.
    """
    database = Database(settings.database, settings.key)
    try:
        bring_up_to_date(database, settings.explainers or explainers_folder())
    except BaseException:
        database.close()
        raise
    return database


def build_bot(
    database: Database,
    clock: Callable[[], datetime] = discord.utils.utcnow,
    *,
    intents: discord.Intents = INTENTS,
    links: LinkChecker | None = None,
    ranker: SemanticRanker | ModelError | None = None,
    images: ImageSource | None = None,
) -> Copydesk:
    """Wire a bot on an open database. A bot lives for one connection; the database and the ranker outlive it.

    Without a ``ranker``, or with the reason why there is none, words alone suggest and nothing is answered.
    Without another source of ``images``, attachments are fetched from Discord's CDN.
    """
    matching = ThreadPoolExecutor(1, thread_name_prefix="matching")
    library = Shelf(database.read_now(load_explainers))
    semantic = None if isinstance(ranker, ModelError) else ranker
    matcher = Matcher(FaqSearch(database), library, semantic)
    policies = SqlitePolicyStore(database)
    replies = SqliteReplyStore(database, clock())
    cases = SqliteCaseStore(database)
    effects = SqliteEffectStore(database)
    fingerprints = SqliteFingerprintStore(database)
    wishes = SqliteWishStore(database)
    housekeeping = SqliteHousekeeping(database)
    window = Window(DETECTORS)
    bot = Copydesk(intents)
    ledger = Ledger(library, SqliteSourceCheckStore(database), clock)
    outbox = Outbox(effects, DiscordSender(bot, library, policies, replies, cases, ledger), clock)
    editor = Editor(SqliteEditionStore(database), library, outbox, clock)
    editor.restore()
    memory = Memory(policies, fingerprints, replies, cases, ledger, wishes, ImageReader(images or DiscordCdn()))
    pipeline = Pipeline(memory, outbox, window, matcher, matching=matching, clock=clock)
    bot.services = Services(
        library=library,
        editor=editor,
        pipeline=pipeline,
        desk=Desk(cases, replies, effects, outbox, pipeline.repeats_of, clock),
        digest=Digest(SqliteWeekStore(database), policies, ledger, outbox, clock),
        proposals=Proposals(
            SqliteRatingStore(database), policies, library, semantic.calibration if semantic is not None else None
        ),
        doctor=Doctor(database, library, ledger, ranker),
        inquiry=Inquiry(pipeline, window, replies, cases, effects),
        outbox=outbox,
        policies=policies,
        replies=replies,
        effects=effects,
        fingerprints=fingerprints,
        housekeeping=housekeeping,
        meta=SqliteMeta(database),
        window=window,
        ledger=ledger,
        privacy=Privacy(
            pipeline,
            outbox,
            library,
            memory,
            members=SqliteMemberStore(database),
            housekeeping=housekeeping,
            clock=clock,
        ),
        links=links,
    )
    return bot
