"""One run of the bot's core, and a matcher that does as it is told."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.model import Band, Judgement, Match
from bot.outbox import Outbox
from bot.pipeline import Memory, Pipeline
from bot.storage.cases import SqliteCaseStore
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore
from tests.support import (
    CHATTER,
    make_post,
    turns,
    waiting,
)

MODERATORS, ELSEWHERE, OTHER_GUILD = 19, 11, 2
ANSWERED = "surely this one about alpha is illegal"
SUGGESTED = "perhaps that one about beta is illegal"
OTHER_CHATTER = "We meet on Thursday at seven behind the old town hall"
AT_ONCE = 200  # posts that may be in the matcher
MAX_AGE = Window(DETECTORS).max_age


class WordMatcher:
    """Finds the topic that a post names; sure about ``surely``. ``hold`` keeps it busy with posts that say ``wait``."""

    def __init__(self):
        self.hold = threading.Event()
        self.asked = []

    def forget_guild(self, guild_id):
        """Nothing is remembered."""

    def judge(self, text, reply_text=None, guild_id=0):
        self.asked.append(text)
        if "wait" in text:
            self.hold.wait(10)
        if "fail" in text:
            raise ZeroDivisionError("a fault of ours")
        topics = [word for word in ("alpha", "beta", "gamma") if word in text]
        matches = tuple(Match(topic, 0.9, topic) for topic in topics)
        band = Band.ANSWER if "surely" in text else Band.SUGGEST
        return Judgement(band if matches else Band.SILENT, matches, ("as the words say",))


class SlowlyLoading(SqliteFingerprintStore):
    """Reads what was saved, and hands it over when it is let go."""

    def __init__(self, database):
        super().__init__(database)
        self.loaded, self.released = threading.Event(), threading.Event()

    def load(self, since):
        found = super().load(since)
        self.loaded.set()
        self.released.wait(10)
        return found


class Process:
    """One run of the bot's core on a database and a Discord that outlive it."""

    def __init__(self, database, clock, sender, matcher, fingerprints=None):
        self.database, self.clock, self.sender, self.matcher = database, clock, sender, matcher
        self.effects = SqliteEffectStore(database)
        self.memory = Memory(
            SqlitePolicyStore(database),
            fingerprints or SqliteFingerprintStore(database),
            SqliteReplyStore(database, clock()),
            SqliteCaseStore(database),
            Ledger(Shelf({}), SqliteSourceCheckStore(database), clock),
            SqliteWishStore(database),
        )
        self.outbox = Outbox(self.effects, sender, clock)
        self.window = Window(DETECTORS)
        self.matching = ThreadPoolExecutor(1)
        self.pipeline = Pipeline(self.memory, self.outbox, self.window, matcher, matching=self.matching, clock=clock)
        self.pipeline.start_restoring()

    async def handle(self, post, **how):
        return await self.pipeline.handle(post, **how)

    async def handle_all(self, *posts):
        return [await self.handle(post) for post in posts]

    def post(self, text=CHATTER, **fields):
        """A post of now."""
        return make_post(text, **{"at": self.clock(), **fields})

    async def crash(self):
        """The process dies; the next one takes up its work."""
        self.matcher.hold.set()
        await self.outbox.close()
        self.matching.shutdown(wait=False)
        return Process(self.database, self.clock, self.sender, self.matcher)

    async def restart(self):
        """The process ends as it should; the next one takes up its work."""
        await self.pipeline.finish(10)
        following = await self.crash()
        await following.pipeline.when_restored()
        return following

    async def settle(self):
        """Let posts go through the matcher and the database's readers, up to what the writer has to do."""
        for _ in range(5):
            await asyncio.get_running_loop().run_in_executor(self.matching, int)
            await self.database.read(lambda db: None)
            await turns()

    async def count(self, table):
        return await self.database.read(lambda db: db.table(table).count)

    async def the_case(self):
        (case,) = await waiting(self.memory.cases, now=self.clock())
        return case

    def shown(self, kind):
        return [key for key, _ in self.sender.shown if key.startswith(f"{kind}:")]


def begin(awaitable):
    return asyncio.create_task(awaitable)


async def cut_off(*tasks):
    """End tasks as the end of their process would."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
