"""``replay``: a recorded history through the whole pipeline, in the time of its posts, with nothing sent anywhere."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from bot.backtest.files import Files, content_type
from bot.backtest.judge import as_json
from bot.backtest.read import Id, RecordedFile, RecordedPost
from bot.claims.matcher import Matcher
from bot.claims.semantic import SemanticRanker
from bot.decide import Answer, Suggest
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.faq.build import load_explainers
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.faq.search import FaqSearch
from bot.images.reader import ImageReader
from bot.model import Attachment, Band, Effect, GuildPolicy, Post
from bot.outbox import Delivered, Outbox
from bot.pipeline import Memory, Outcome, Pipeline
from bot.storage.cases import SqliteCaseStore
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore


class Numbers:
    """Numbers for the identifiers of a file, counted from 1, and back."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, Id], int] = {}
        self._names: dict[int, Id] = {}

    def number(self, kind: str, name: Id) -> int:
        if (kind, name) not in self._numbers:
            self.fresh(kind, name)
        return self._numbers[kind, name]

    def fresh(self, kind: str, name: Id) -> int:
        """A new number, also for a name that has one: a file may repeat a post's id."""
        number = self._numbers[kind, name] = len(self._names) + 1
        self._names[number] = name
        return number

    def name(self, number: int) -> Id:
        return self._names[number]


class _Nowhere:
    """A sender that sends nothing."""

    async def send(self, effect: Effect) -> Delivered:  # numbered, so that an edit finds its message
        return Delivered(message_id=effect.wanted)

    async def find(self, effect: Effect) -> Delivered | None:  # noqa: ARG002  # the protocol's signature
        return None


class _Time:
    """The time of the post at hand."""

    def __init__(self) -> None:
        self.now = datetime.fromtimestamp(0, UTC)

    def __call__(self) -> datetime:
        return self.now


async def replay(
    posts: Sequence[RecordedPost],
    database: Database,
    policy: Callable[[Numbers], GuildPolicy],
    ranker: SemanticRanker | None,
) -> AsyncIterator[dict[str, Any]]:
    """Walk through the posts; yield a decision for each.

    Args:
        posts: in the order of their times.
        database: a fresh one with the compiled explainers; it is filled.
        policy: makes the policy of every server, given the numbers of the file's names.
        ranker: the semantic ranker; without it nothing is answered.
    """
    numbers, clock = Numbers(), _Time()
    library = Shelf(database.read_now(load_explainers))
    replies = SqliteReplyStore(database, clock())
    memory = Memory(
        SqlitePolicyStore(database, policy(numbers)),
        SqliteFingerprintStore(database),
        replies,
        SqliteCaseStore(database),
        Ledger(library, SqliteSourceCheckStore(database), clock),
        SqliteWishStore(database),
        ImageReader(Files()),
    )
    outbox = Outbox(SqliteEffectStore(database), _Nowhere(), clock)
    matching = ThreadPoolExecutor(1, thread_name_prefix="matching")
    matcher = Matcher(FaqSearch(database), library, ranker)
    pipeline = Pipeline(memory, outbox, Window(DETECTORS), matcher, matching=matching, clock=clock)
    texts: dict[Id, str] = {}
    for recorded in posts:
        clock.now = recorded.at
        post = _post(recorded, numbers, texts.get(recorded.reply_to) if recorded.reply_to is not None else None)
        texts[recorded.id] = recorded.text
        yield _decision(recorded.id, await pipeline.handle(post), numbers)
    await pipeline.finish(60.0)
    await outbox.close()


class Summary:
    """Counts what a replay decided."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, decision: dict[str, Any]) -> None:
        band = (decision["answer"] or {}).get("band")
        self._counts["posts"] += 1
        self._counts["answered"] += band == Band.ANSWER
        self._counts["suggested"] += band == Band.SUGGEST
        self._counts["repeats"] += bool(decision["repeats"])

    def text(self, seconds: float) -> str:
        c = self._counts
        speed = c["posts"] / max(seconds, 1e-9)
        return (
            f"{c['posts']:,} posts in {seconds:.1f} s ({speed:,.0f} posts per second): "
            f"{c['answered']} answered, {c['suggested']} suggested, {c['repeats']} repeats"
        )


def _post(recorded: RecordedPost, numbers: Numbers, reply_text: str | None) -> Post:
    return Post(
        guild_id=numbers.number("guild", recorded.guild),
        channel_id=numbers.number("channel", recorded.channel),
        message_id=numbers.fresh("post", recorded.id),
        author_id=numbers.number("author", recorded.author),
        text=recorded.text,
        at=recorded.at,
        reply_text=reply_text,
        is_bot=recorded.is_bot,
        attachments=tuple(_attachment(file, numbers) for file in recorded.files),
    )


def _attachment(file: RecordedFile, numbers: Numbers) -> Attachment:
    return Attachment(numbers.number("file", str(file.path)), str(file.path), content_type(file.name), 0)


def _decision(post_id: Id, outcome: Outcome, numbers: Numbers) -> dict[str, Any]:
    repeats = [
        {"of": numbers.name(r.of.message_id), "detector": r.detector, "score": round(r.score, 3), "label": r.label}
        for r in outcome.repeats
    ]
    return {"id": post_id, "answer": _answer(outcome), "repeats": repeats, "case": outcome.case_number}


def _answer(outcome: Outcome) -> dict[str, Any] | None:
    if outcome.judgement is None:
        return None
    speech = outcome.decision.speech
    band = Band.ANSWER if isinstance(speech, Answer) else Band.SUGGEST if isinstance(speech, Suggest) else Band.SILENT
    return as_json(outcome.judgement, band, speech.reasons)
