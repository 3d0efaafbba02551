"""The command line: ``run``, ``sandbox``, ``replay``, ``judge``, ``faq`` and ``doctor``."""

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from discord.utils import utcnow
from dotenv import dotenv_values

from bot import log
from bot.app import COMMANDS_ONLY, INTENTS, build_bot, open_database
from bot.backtest import judge as judging
from bot.backtest.policy import EVERYWHERE, read_policy
from bot.backtest.read import RecordedPost, read_messages, read_posts
from bot.backtest.replay import Numbers, Summary
from bot.backtest.replay import replay as replay_posts
from bot.claims.matcher import Matcher
from bot.doctor import Doctor, Finding, Health, versions
from bot.duplicates.kernels import use_compiled
from bot.errors import ConfigurationError, CopydeskError, ExplainerError, InputError
from bot.faq.build import load_explainers
from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.files import explainers_folder, read_explainers
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.faq.links import LinkChecker
from bot.faq.lint import lint
from bot.faq.ranker import load_ranker, ranker_or_reason
from bot.faq.search import FaqSearch
from bot.model import GuildPolicy, SourceCheck
from bot.settings import NO_TOKEN, Settings
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.database import Database
from bot.supervisor import Supervisor, stopped_by_signals
from bot.web import health_page

# sysexits.h; a supervisor such as systemd is told with RestartPreventExitStatus=65 78 that a person must act first
EX_DATAERR, EX_SOFTWARE, EX_CONFIG = 65, 70, 78

MakePolicy = Callable[[Numbers], GuildPolicy]
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Copydesk answers copyright-and-AI claims with sourced explainers and shows moderators repeated posts."""


@cli.command()
def run() -> None:
    """Run the bot with the token and settings of the environment and .env."""
    settings = _settings()
    if settings.token is None:
        raise ConfigurationError([NO_TOKEN])
    log.set_up(settings.log_level, [settings.token])
    database = open_database(settings)
    use_compiled()  # before the event loop, which must not wait for it
    try:
        asyncio.run(_run(settings, settings.token, database))
    finally:
        database.close()


async def _run(settings: Settings, token: str, database: Database) -> None:
    intents = INTENTS if settings.message_content else COMMANDS_ONLY
    links = LinkChecker(utcnow) if settings.check_links else None
    ranker = ranker_or_reason(database.read_now(load_explainers))
    supervisor = Supervisor(lambda: build_bot(database, intents=intents, links=links, ranker=ranker), token)
    async with stopped_by_signals(supervisor.stop), health_page(settings.health_port, lambda: supervisor.bot):
        await supervisor.run()


@cli.command()
@click.option(
    "--port",
    default=8770,
    show_default=True,
    type=click.IntRange(1, 65_535),
    help="The page's port; the channels' pages take free ones.",
)
def sandbox(port: int) -> None:
    """Try Copydesk in a browser: a small server on this machine, no token, nothing kept."""
    try:
        from bot.sandbox.server import serve  # an optional extra
    except ImportError as error:
        raise ConfigurationError(
            [f"the sandbox is not installed ({error}): pip install 'copydesk[sandbox]', or `make sandbox`"]
        ) from error
    log.set_up("WARNING")
    asyncio.run(serve(port, lambda address: click.echo(f"Copydesk's sandbox: {address}\nCtrl-C ends it.")))


@cli.command()
@click.argument("messages", type=_file)
def judge(messages: Path) -> None:
    """Judge each message of a JSON Lines file by itself; write one decision a line."""
    with _scratch_database() as database:
        shelf = Shelf(database.read_now(load_explainers))
        matcher = Matcher(FaqSearch(database), shelf, load_ranker(shelf.built_in))
        for decision in judging.judge(read_messages(messages), matcher):
            click.echo(json.dumps(decision, ensure_ascii=False))


@cli.command()
@click.argument("posts", type=_file)
@click.option(
    "--decisions",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write one decision a post, as JSON Lines.",
)
@click.option("--policy", type=_file, help="TOML with modes and cooldowns; without it all channels are in answer mode.")
def replay(posts: Path, decisions: Path | None, policy: Path | None) -> None:
    """Walk recorded posts (JSON Lines, or a DiscordChatExporter export) through the whole pipeline; nothing is sent."""
    recorded = read_posts(posts)

    def make_policy(numbers: Numbers) -> GuildPolicy:
        return read_policy(policy, lambda name: numbers.number("channel", name)) if policy else EVERYWHERE

    make_policy(Numbers())  # a wrong file is told before the work begins
    use_compiled()
    started = time.perf_counter()
    with _scratch_database() as database:
        summary = asyncio.run(_replay(recorded, database, make_policy, decisions))
    click.echo(summary.text(time.perf_counter() - started), err=True)


async def _replay(
    recorded: Sequence[RecordedPost], database: Database, make_policy: MakePolicy, decisions: Path | None
) -> Summary:
    summary = Summary()
    ranker = load_ranker(database.read_now(load_explainers))
    with (
        click.open_file(str(decisions or os.devnull), "w", encoding="utf-8", lazy=True) as out,
        click.progressbar(
            length=len(recorded), label="Replaying", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar,
    ):
        async for decision in replay_posts(recorded, database, make_policy, ranker):
            out.write(json.dumps(decision, ensure_ascii=False) + "\n")
            summary.add(decision)
            bar.update(1)
    return summary


@cli.group()
def faq() -> None:
    """Work with the explainers."""


@faq.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def train(arguments: Sequence[str]) -> None:
    """Fit the matcher anew to the explainers' phrasings; needs the development requirements."""
    try:
        from bot.training.command import train as command  # scikit-learn is for development
    except ImportError as error:
        raise ConfigurationError(
            [f"training needs the development requirements ({error}): run `make check` once, then .venv/bin/python"]
        ) from error
    command.main(list(arguments), prog_name="copydesk faq train", standalone_mode=False)


@faq.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def build(folder: Path | None) -> None:
    """Compile the explainers into the database; tell every problem as file:line."""
    settings = _settings()
    folder = folder or settings.explainers or explainers_folder()
    read_explainers(folder)  # tells of problems also where an earlier build could go on serving
    database = open_database(replace(settings, explainers=folder))
    try:
        explainers = database.read_now(load_explainers)
    finally:
        database.close()
    sources = {source.url for explainer in explainers.values() for source in explainer.sources}
    click.echo(f"{len(explainers)} explainers with {len(sources)} sources in {settings.database}")


@faq.command()
@click.option("--server", "guild_id", required=True, type=int, help="The server's number: Copy Server ID in Discord.")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to write.")
def export(guild_id: int, folder: Path) -> None:
    """Write the texts that a server publishes as explainer files, for review."""
    database = open_database(_settings())
    try:
        published = [
            edition for choice, edition in SqliteEditionStore(database).published() if choice.guild_id == guild_id
        ]
    finally:
        database.close()
    drafts = {edition.slug: Draft.from_json(edition.content) for edition in published if edition is not None}
    folder.mkdir(parents=True, exist_ok=True)
    for slug, draft in drafts.items():
        (folder / f"{slug}.md").write_text(draft.to_markdown(), encoding="utf-8")
    click.echo(f"{len(drafts)} explainers in {folder}")


@faq.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Judge the explainers: balance, tone, sources, dates, plain words; errors and warnings as file:line."""
    folder = folder or _settings().explainers or explainers_folder()
    number, problems = lint(folder, utcnow().date())
    for problem in problems:
        click.echo(str(problem))
    warnings = sum(problem.is_warning for problem in problems)
    errors = len(problems) - warnings
    click.echo(f"explainers: {number}, errors: {errors}, warnings: {warnings}")
    if errors:
        raise click.exceptions.Exit(EX_DATAERR)


@faq.command()
def links() -> None:
    """Look whether the sources' addresses still stand, on public servers only; tell which moved or are gone."""
    database = open_database(_settings())
    try:
        ledger = Ledger(Shelf(database.read_now(load_explainers)), SqliteSourceCheckStore(database), utcnow)
        checks = asyncio.run(_look(ledger))
    finally:
        database.close()
    for line in ledger.report(checks):
        click.echo(line)


async def _look(ledger: Ledger) -> list[SourceCheck]:
    checks: list[SourceCheck] = []
    with click.progressbar(
        length=len(ledger.addresses), label="Looking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        async for check in ledger.check(LinkChecker(utcnow), ledger.addresses):
            checks.append(check)
            bar.update(1)
    return checks


@cli.command()
def doctor() -> None:
    """Check the installation without connecting to Discord."""
    settings = _settings()
    findings = [_token(settings), Finding("file", Health.OK, f"{settings.database}."), *_installation(settings)]
    for finding in findings:
        click.echo(str(finding))
    click.echo("Intents, permissions and roles are known to Discord alone: ask /doctor on the server.")
    if any(finding.health is Health.PROBLEM for finding in findings):
        raise click.exceptions.Exit(EX_CONFIG)


def _token(settings: Settings) -> Finding:
    if settings.token is None:
        return Finding("token", Health.PROBLEM, NO_TOKEN)
    return Finding("token", Health.OK, "set (whether Discord accepts it shows at `run`).")


def _installation(settings: Settings) -> Sequence[Finding]:
    try:
        database = open_database(settings)
    except CopydeskError as error:
        return [Finding("database and explainers", Health.PROBLEM, str(error)), versions()]
    try:
        shelf = Shelf(database.read_now(load_explainers))
        ledger = Ledger(shelf, SqliteSourceCheckStore(database), utcnow)
        return asyncio.run(Doctor(database, shelf, ledger, ranker_or_reason(shelf.built_in)).examine())
    finally:
        database.close()


def _settings() -> Settings:
    """The environment goes before .env, which is looked for in the working directory."""
    try:
        dotenv = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f".env cannot be read ({error}): make it readable, and save it as UTF-8"]) from error
    return Settings.from_environment({**dotenv, **os.environ})


@contextmanager
def _scratch_database() -> Iterator[Database]:
    """A database for one command, with the explainers compiled."""
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        database = open_database(replace(_settings(), database=Path(folder) / "scratch.db"))
        try:
            yield database
        finally:
            database.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code (sysexits.h)."""
    try:
        return cli.main(arguments, prog_name="copydesk", standalone_mode=False) or 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except CopydeskError as error:
        click.echo(str(error), err=True)
        return _exit_code(error)
    finally:
        logging.shutdown()


def _exit_code(error: CopydeskError) -> int:
    match error:
        case ConfigurationError():
            return EX_CONFIG
        case ExplainerError() | InputError():
            return EX_DATAERR
        case _:
            return EX_SOFTWARE


if __name__ == "__main__":
    sys.exit(main())
