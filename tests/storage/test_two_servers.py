"""Two servers in one database: whatever one asks of the stores, the other is neither told of nor changed.

Every method of every store is called in the name of one server with the numbers of the other's records. A new method
needs nothing here but a value for a parameter of a new name or type.
"""

import asyncio
import inspect
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import Any, get_type_hints

import pytest

from bot.case import CasePost, CaseQuery, QueueView, Report, Ruling
from bot.config.changes import Change
from bot.errors import CopydeskError
from bot.faq.build import replace_tables
from bot.faq.editions import SqliteEditionStore
from bot.faq.parse import parse_explainer
from bot.model import (
    Edition,
    EditionState,
    EffectKind,
    Explainer,
    Match,
    Mode,
    Post,
    QuietWish,
    Repeat,
    ReplyState,
    SeenPost,
    Vote,
)
from bot.storage import privacy_protocols, protocols
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.housekeeping import SqliteHousekeeping
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import ChangeAuthor, Verdict, card_key
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore
from tests.support import (
    EXPLAINER_FILE,
    START,
    choose,
    make_post,
    make_repeat,
    make_seen,
    set_mode,
    set_moderators_channel,
)

OURS, THEIRS = 881_000_001, 772_000_002
THEIR_CHANNEL, THEIR_AUTHOR, THEIR_MODERATOR, THEIR_ROLE = 772_000_010, 772_000_020, 772_000_030, 772_000_040
THEIR_MARK = 772_000_050  # the number of what their posts say
TOPIC, MATCH = "harbour-tram", Match("harbour-tram", 0.9, "772000 reasons")
EXPLAINER = parse_explainer(PurePath("harbour-tram.md"), EXPLAINER_FILE.replace("A ruling", "Ruling 772000"))
NO_SERVERS = {  # these belong to no server, or serve all at once: the window, the outbox, members, what was left
    "SourceCheckStore": "sources belong to no server",
    "MemberStore": "a member's data is on all servers",
}
FOR_ALL_SERVERS = {
    ("PolicyStore", "all"),
    ("FingerprintStore", "load"),
    ("EditionStore", "published"),
    ("EffectStore", "get"),  # the keys are ours, and no one can type one
    ("EffectStore", "pending"),
    ("EffectStore", "done"),
    ("EffectStore", "refused"),
    ("ReplyStore", "forget_member"),
    ("WishStore", "of"),  # a wish names its server
    ("WishStore", "add"),
    ("WishStore", "lift"),
    ("Housekeeping", "forget_old"),
    ("Housekeeping", "left_guilds"),
    ("CaseStore", "tick"),
}
STORES = {
    "PolicyStore": SqlitePolicyStore,
    "FingerprintStore": SqliteFingerprintStore,
    "ReplyStore": lambda database: SqliteReplyStore(database, START),
    "CaseStore": SqliteCaseStore,
    "EditionStore": SqliteEditionStore,
    "EffectStore": SqliteEffectStore,
    "WishStore": SqliteWishStore,
    "Housekeeping": SqliteHousekeeping,
}


PROTOCOLS = {
    name: one
    for module in (protocols, privacy_protocols)
    for name, one in inspect.getmembers(module, inspect.isclass)
    if getattr(one, "_is_protocol", False) and one.__module__ == module.__name__
}


def methods():
    """Every (store, method) of the protocols that is asked in the name of a server."""
    for store in PROTOCOLS.values():
        names = [name for name, _ in inspect.getmembers(store, inspect.isfunction) if not name.startswith("_")]
        yield from ((store.__name__, name) for name in names)


OWNED = {"reply_vote", "case_event"}  # rows that name their server only by what they belong to
CALLS = [pair for pair in methods() if pair[0] not in NO_SERVERS and pair not in FOR_ALL_SERVERS]


@dataclass
class Theirs:
    """The numbers of the other server's records."""

    case_id: int
    reply_id: int
    message_ids: list[int]


async def live_in(guild, database, author=THEIR_AUTHOR) -> Theirs:
    """Leave something of a server in each table."""
    place = {"guild_id": guild, "channel_id": THEIR_CHANNEL, "author_id": author}
    policies, replies = SqlitePolicyStore(database), SqliteReplyStore(database, START)
    cases, editions = SqliteCaseStore(database), SqliteEditionStore(database)
    await set_moderators_channel(policies, guild, THEIR_CHANNEL)
    await choose(policies, guild, Change("editors_roles", frozenset({THEIR_ROLE})))
    await set_mode(policies, guild, THEIR_CHANNEL, Mode.ANSWER)
    original, copy = make_post(**place), make_post(**place)
    read_to = {(guild, THEIR_CHANNEL): copy.message_id}
    await SqliteFingerprintStore(database).save([make_seen(original), make_seen(copy)], read_to)
    case = await cases.record(copy, make_repeat(original, THEIR_MARK), START)
    await cases.report(copy, Report(author, START, "theirs"), make_repeat(original, THEIR_MARK), [THEIR_MARK])
    await cases.time_out(guild, case.id, author, START + timedelta(days=1), Verdict(THEIR_MODERATOR, START, "theirs"))
    await cases.snooze(guild, case.id, START, Verdict(THEIR_MODERATOR, START))
    await SqliteEffectStore(database).refused(card_key(case.id), "theirs")
    answered = make_post(**place)
    reply = await replies.record(answered, MATCH, ReplyState.POSTED, START)
    await replies.record(make_post(**place), MATCH, ReplyState.SUGGESTED, START)
    await replies.vote(guild, reply.id, author, Vote.HELPFUL)
    edition, _ = await editions.add(Edition(guild, TOPIC, 0, "theirs 772000", THEIR_MODERATOR, START, 0))
    await editions.publish(edition, EXPLAINER, START)
    await SqliteWishStore(database).add(author, QuietWish(guild, THEIR_CHANNEL))
    return Theirs(case.id, reply.id, [original.message_id, copy.message_id, answered.message_id])


def snapshot(database):
    """All that is on disk, but the weights of phrases, which follow from those of all servers."""

    def job(db):
        names = [
            name for name in db.table_names() if "_fts" not in name and not name.startswith(("sqlite_", "_sqlite"))
        ]
        rows = ((name, row) for name in names for row in db.table(name).rows)
        return {(name, repr({key: value for key, value in row.items() if key != "weight"})) for name, row in rows}

    return database.read_now(job)


def argument(name: str, kind: object, theirs: Theirs) -> object:
    """A value for a parameter: our server, but the other's records."""
    ours = {"guild_id": OURS, "message_id": theirs.message_ids[1], "channel_id": THEIR_CHANNEL}
    post = make_post(**ours, author_id=THEIR_AUTHOR)
    by_name: Mapping[str, Any] = {
        "guild_id": OURS,
        "case_id": theirs.case_id,
        "reply_id": theirs.reply_id,
        "channel_id": THEIR_CHANNEL,
        "role_id": 5,
        "voter_id": THEIR_AUTHOR,
        "member_id": THEIR_AUTHOR,
        "moderator_id": THEIR_MODERATOR,
        "number": 1,
        "timeout_id": 1,
        "phrase": "ours",
        "mark": THEIR_MARK,
        "marks": [THEIR_MARK],
        "slug": TOPIC,
        "limit": 100,
        "message_id": theirs.message_ids[1],
        "read_to": {},
        "message_ids": theirs.message_ids,
    }
    by_type: Mapping[object, Any] = {
        Post: post,
        int: 1,
        Sequence[Change]: [Change("answers_per_hour", 1)],
        ChangeAuthor: ChangeAuthor(1, START, "/ours"),
        Repeat: make_repeat(make_post(guild_id=OURS)),
        Match: MATCH,
        Mode: Mode.SHADOW,
        Ruling: Ruling.DELETED,
        Report: Report(1, START, "ours"),
        Repeat | None: None,
        CaseQuery: CaseQuery(QueueView.ALL, size=100),
        CasePost: CasePost(theirs.message_ids[1], THEIR_CHANNEL, THEIR_AUTHOR, START, False, text="ours"),
        ReplyState: ReplyState.DROPPED,
        EditionState: EditionState.RETIRED,
        EffectKind: EffectKind.CASE_CARD,
        Verdict: Verdict(1, START),
        Vote: Vote.NOT_MEANT,
        Explainer: EXPLAINER,
        Edition: Edition(OURS, TOPIC, 1, "ours", 1, START, 0),
        datetime: START + timedelta(seconds=1),
        Sequence[SeenPost]: [make_seen(post)],
        Collection[int]: theirs.message_ids,
    }
    return by_name[name] if name in by_name else by_type[kind]


async def ask(database: Database, store: str, method: str, theirs: Theirs) -> str:
    """Call a method in our name with their numbers; what it told."""
    hints = get_type_hints(getattr(PROTOCOLS[store], method))
    hints.pop("return", None)
    arguments = {name: argument(name, hints[name], theirs) for name in hints}
    try:
        result = getattr(STORES[store](database), method)(**arguments)
        return repr(await result if inspect.isawaitable(result) else result)
    except CopydeskError as error:  # there is no such record on this server
        return repr(error)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[Path, Path, Theirs]:
    """Two database files, without the other server and with it; and its numbers."""
    folder = tmp_path_factory.mktemp("servers")
    alone, beside = folder / "alone.db", folder / "beside.db"
    database = Database(alone, key=bytes(32))
    database.write_now(lambda db: replace_tables(db, [EXPLAINER], "test"))
    database.close()
    shutil.copy(alone, beside)
    database = Database(beside, key=bytes(32))
    theirs = asyncio.run(live_in(THEIRS, database))
    database.close()
    return alone, beside, theirs


@pytest.fixture
def databases(kept, tmp_path):
    """Both files, opened."""
    opened = [Database(Path(shutil.copy(path, tmp_path)), key=bytes(32)) for path in kept[:2]]
    yield opened
    for database in opened:
        database.close()


@pytest.mark.parametrize(("store", "method"), CALLS)
async def test_what_one_server_asks_neither_tells_nor_changes_anything_of_the_other(databases, kept, store, method):
    answers = []
    for database in databases:
        before = snapshot(database)
        told = await ask(database, store, method, kept[2])
        after = snapshot(database)
        theirs = {row for row in before if row[0] in OWNED or str(THEIRS) in row[1]}
        assert theirs <= after
        assert {row for row in after if str(THEIRS) in row[1]} <= theirs
        assert not re.search(f"{THEIRS}|theirs", told)
        answers.append(told if before == after else None)
    assert answers[0] == answers[1]  # what is only read is the same, whether or not the other server is there


def test_the_other_server_has_rows_in_every_table_that_is_asked(kept):
    database = Database(kept[1], key=bytes(32))
    tables = {table for table, row in snapshot(database) if table in OWNED or str(THEIRS) in row}
    database.close()
    assert tables >= {*OWNED, "case", "case_post", "case_report", "case_timeout", "case_mark", "fingerprint", "reply"}
    assert tables >= {"channel_cursor", "effect", "edition", "topic_choice", "faq_phrase", "quiet_wish"}


@pytest.mark.parametrize("pair", CALLS)
def test_each_question_names_its_server_or_carries_what_names_it(pair):
    store, method = pair
    hints = get_type_hints(getattr(PROTOCOLS[store], method))
    assert "guild_id" in hints or {Post, Edition, Sequence[SeenPost]} & {*hints.values()}


def test_every_store_takes_part():
    assert {store for store, _ in methods()} == {*STORES, *NO_SERVERS}
    assert {*FOR_ALL_SERVERS} <= {*methods()}
