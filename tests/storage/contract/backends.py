"""The backends that must keep the contract of the stores; a new one joins with a line in ``BACKENDS``."""

from dataclasses import dataclass
from datetime import timedelta

from bot.claims.lexical import PhraseIndex
from bot.faq.editions import SqliteEditionStore
from bot.faq.search import FaqSearch
from bot.model import (
    Edition,
    GuildPolicy,
    Match,
    ReplyState,
)
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import (
    CaseStore,
    EditionStore,
    EffectStore,
    FingerprintStore,
    PolicyStore,
    ReplyStore,
    Verdict,
)
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    CHANNEL,
    GUILD,
    START,
    make_post,
    make_repeat,
    recorded,
)

OTHER_GUILD = 2
ELSEWHERE = 11  # another channel
ANN, BEA = 501, 502  # moderators
BIG = 2**63 - 1  # the largest number that Discord or a detector can give
TOPIC = "harbour-tram"
MATCH = Match("style", 0.9, "you cannot own a style")


@dataclass
class Stores:
    """One process's view of the memory."""

    policies: PolicyStore
    fingerprints: FingerprintStore
    replies: ReplyStore
    cases: CaseStore
    effects: EffectStore
    editions: EditionStore
    phrases: PhraseIndex


class SqliteBackend:
    def __init__(self, folder):
        self._database = Database(folder / "contract.db")

    def stores(self, now=START):
        """The stores as a process finds them when it starts."""
        database = self._database
        return Stores(
            SqlitePolicyStore(database, GuildPolicy(0, topic_cooldown=timedelta(hours=3))),
            SqliteFingerprintStore(database),
            SqliteReplyStore(database, now),
            SqliteCaseStore(database),
            SqliteEffectStore(database),
            SqliteEditionStore(database),
            FaqSearch(database),
        )

    def close(self):
        self._database.close()


BACKENDS = {"sqlite": SqliteBackend}


def verdict(moderator=ANN, **later):
    return Verdict(moderator, START + timedelta(**later))


def posts(number, **fields):
    return [make_post(**fields) for _ in range(number)]


async def a_case(stores, repeats=1, key=7, guild=GUILD):
    """A case with an original and so many repeats; the case and its repeats."""
    original, *others = posts(repeats + 1, guild_id=guild)
    for post in others:
        case = await recorded(stores.cases, post, make_repeat(original, key))
    return case, others


async def a_reply(stores, state=ReplyState.POSTED, **fields):
    return await stores.replies.record(make_post(**fields), MATCH, state, START)


async def pending_keys(stores):
    return [effect.key for effect in await stores.effects.pending()]


async def bring_about(stores, *keys):
    """Note that Discord has what is wanted."""
    for key in keys or await pending_keys(stores):
        effect = await stores.effects.get(key)
        await stores.effects.done(key, effect.wanted, CHANNEL, 900)


async def an_edition(stores, slug=TOPIC, guild=GUILD, based_on=0, editor=ANN):
    edition, _ = await stores.editions.add(Edition(guild, slug, 0, f"by {editor}", editor, START, based_on))
    return edition
