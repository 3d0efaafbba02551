"""What is forgotten, and when: by age, and all at once when the bot leaves a server."""

from datetime import timedelta
from pathlib import PurePath

import pytest

from bot.case import Report, Ruling
from bot.config.changes import Change
from bot.errors import UnknownCaseError
from bot.faq.build import replace_tables
from bot.faq.editions import SqliteEditionStore
from bot.faq.parse import parse_explainer
from bot.model import Edition, EditionState, EffectKind, Match, Mode, ReplyState, Vote
from bot.storage.cases import SqliteCaseStore
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.housekeeping import KEEP_REPLIES, SqliteHousekeeping
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import Verdict, card_key, delete_key, reply_key
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    CHANNEL,
    EXPLAINER_FILE,
    GUILD,
    START,
    choose,
    judged,
    make_post,
    make_repeat,
    make_seen,
    recorded,
    set_mode,
    set_moderators_channel,
)

STAYS, LEAVES = 777_000_001, 777_000_002  # servers whose numbers occur nowhere else
WINDOW = timedelta(days=14)
MATCH = Match("style", 0.9, "you cannot own a style")


@pytest.fixture
def database(tmp_path):
    """A database with one built-in explainer: publishing weighs every phrasing anew."""
    database = Database(tmp_path / "copydesk.db")
    built_in = parse_explainer(PurePath("built-in.md"), EXPLAINER_FILE)
    database.write_now(lambda db: replace_tables(db, [built_in], "test"))
    yield database
    database.close()


@pytest.fixture
def housekeeping(database):
    return SqliteHousekeeping(database)


@pytest.fixture
def replies(database):
    return SqliteReplyStore(database, START)


@pytest.fixture
def cases(database):
    return SqliteCaseStore(database)


@pytest.fixture
def effects(database):
    return SqliteEffectStore(database)


def rows_of(database):
    """Every row of every table, as (table, row); but what the full-text index derives from its table."""

    def job(db):
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'faq_phrase_fts_%' ORDER BY name"
        names = [row["name"] for row in db.query(query)]
        return [(name, _known(row)) for name in names for row in db.table(name).rows]

    return database.read_now(job)


def _known(row):
    return tuple(value for name, value in row.items() if name != "weight")  # it follows from all servers' phrasings


def indexed(database, guild):
    """How many phrasings of a server the index finds; they name it."""
    query = "SELECT count(*) AS number FROM faq_phrase_fts WHERE faq_phrase_fts MATCH ?"
    return database.read_now(lambda db: next(db.query(query, [str(guild)])))["number"]


async def publish_in(guild, database):
    """Publish one version of a topic, keep another, and pause a built-in topic."""
    editions = SqliteEditionStore(database)
    explainer = parse_explainer(PurePath("tram.md"), EXPLAINER_FILE.replace("harbour", str(guild)))
    for _ in range(2):
        edition, _ = await editions.add(Edition(guild, "tram", 0, "text", 1, START, 0))
    await editions.publish(edition, explainer, START)
    await editions.withdraw(guild, MATCH.slug, EditionState.PAUSED)


async def live_in(guild, database, replies, cases):
    """Leave something of a server in every table that holds anything of servers; the case and the reply."""
    policies, fingerprints = SqlitePolicyStore(database), SqliteFingerprintStore(database)
    await set_moderators_channel(policies, guild, CHANNEL)
    await choose(policies, guild, Change("editors_roles", frozenset({5})))
    await set_mode(policies, guild, CHANNEL, Mode.ANSWER)
    await publish_in(guild, database)
    original, repeat = make_post(guild_id=guild), make_post(guild_id=guild)
    await fingerprints.save([make_seen(original)], {(guild, CHANNEL): original.message_id})
    reply = await replies.record(make_post(guild_id=guild), MATCH, ReplyState.POSTED, START)
    await replies.record(make_post(guild_id=guild), MATCH, ReplyState.SUGGESTED, START)
    await replies.vote(guild, reply.id, 1, Vote.HELPFUL)
    case = await recorded(cases, repeat, make_repeat(original))
    await cases.report(repeat, Report(2, START, "seen before"), make_repeat(original), [7])
    await cases.time_out(guild, case.id, repeat.author_id, START, Verdict(1, START, "again and again"))
    await cases.judge(guild, case.id, Ruling.DELETED, Verdict(1, START))
    return case, reply


async def test_a_server_that_the_bot_left_has_no_row_in_any_table(database, housekeeping, replies, cases):
    before = rows_of(database)
    await live_in(STAYS, database, replies, cases)
    with_one = rows_of(database)
    await live_in(LEAVES, database, replies, cases)
    grown = {table for table, _ in {*rows_of(database)} - {*before}}
    assert indexed(database, LEAVES) == indexed(database, STAYS) == 1
    await housekeeping.forget_guild(LEAVES)
    left = [(table, row) for table, row in rows_of(database) if table != "sqlite_sequence"]
    assert {"edition", "topic_choice", "faq_phrase", "reply_vote", "case_mark", "case_report", "case_timeout"} <= grown
    assert len(grown) >= 16
    assert sorted(map(repr, left)) == sorted(repr(row) for row in with_one if row[0] != "sqlite_sequence")
    assert not [row for row in left if str(LEAVES) in repr(row)]
    assert (indexed(database, LEAVES), indexed(database, STAYS)) == (0, 1)


async def test_forgetting_a_server_twice_or_one_that_was_never_known_is_harmless(
    database, housekeeping, replies, cases
):
    await live_in(STAYS, database, replies, cases)
    before = rows_of(database)
    await housekeeping.forget_guild(LEAVES)
    await housekeeping.forget_guild(LEAVES)
    assert rows_of(database) == before


async def test_the_number_of_a_forgotten_case_or_reply_is_never_given_again(database, housekeeping, replies, cases):
    case, reply = await live_in(LEAVES, database, replies, cases)
    await housekeeping.forget_guild(LEAVES)
    later_case, later_reply = await live_in(STAYS, database, replies, cases)
    assert later_case.id > case.id  # else the buttons of an old message would act on it
    assert later_reply.id > reply.id + 1


async def test_the_number_of_an_outdated_reply_is_never_given_again(housekeeping, replies):
    old = await replies.record(make_post(), MATCH, ReplyState.SUGGESTED, START)
    later = START + KEEP_REPLIES + timedelta(seconds=1)
    await housekeeping.forget_old(later, WINDOW, {})
    new = await replies.record(make_post(), MATCH, ReplyState.SUGGESTED, later)
    assert await replies.get(GUILD, old.id) is None
    assert new.id > old.id


async def test_fingerprints_leave_when_the_window_has_passed(database, housekeeping):
    fingerprints = SqliteFingerprintStore(database)
    old, young = make_seen(make_post(at=START)), make_seen(make_post(at=START + timedelta(seconds=1)))
    await fingerprints.save([old, young], {(GUILD, CHANNEL): young.message_id})
    await housekeeping.forget_old(young.at + WINDOW, WINDOW, {})
    assert list(fingerprints.load(START)) == [young]
    assert await fingerprints.read_to(GUILD) == {CHANNEL: young.message_id}


async def test_a_server_that_remembers_for_a_shorter_time_is_rid_of_its_fingerprints_sooner(housekeeping, database):
    fingerprints = SqliteFingerprintStore(database)
    hour = timedelta(hours=1)
    here, elsewhere = make_seen(make_post()), make_seen(make_post(guild_id=GUILD + 1))
    young = make_seen(make_post(at=START + hour))
    await fingerprints.save([here, elsewhere, young], {})
    await housekeeping.forget_old(START + 2 * hour, WINDOW, {GUILD: hour})
    assert list(fingerprints.load(START)) == [elsewhere, young]


async def test_replies_with_their_votes_and_finished_effects_leave_past_their_time(
    database, housekeeping, replies, effects
):
    moments = (START, START + timedelta(seconds=1))
    old, young = [await replies.record(make_post(), MATCH, ReplyState.POSTED, at) for at in moments]
    keys = [reply_key(GUILD, reply.message_id) for reply in (old, young)]
    for key in keys:
        await effects.done(key, 1, CHANNEL, 900)
    await replies.vote(GUILD, old.id, 1, Vote.HELPFUL)
    await housekeeping.forget_old(young.at + KEEP_REPLIES, WINDOW, {})
    assert [await replies.get(GUILD, reply.id) for reply in (old, young)] == [None, young]
    assert [await effects.get(key) is None for key in keys] == [True, False]
    assert not [table for table, _ in rows_of(database) if table == "reply_vote"]


async def test_cases_their_cards_and_what_is_still_to_be_done_outlast_every_age(housekeeping, cases, effects):
    original, repeat = make_post(), make_post()
    case = await recorded(cases, repeat, make_repeat(original))
    await effects.done(card_key(case.id), 1, CHANNEL, 900)
    closed = await judged(cases, case, Ruling.DELETED, Verdict(1, START))
    await effects.done(card_key(case.id), 2, CHANNEL, 900)
    await housekeeping.forget_old(START + timedelta(days=1000), WINDOW, {})
    assert await cases.get(GUILD, case.id) == closed
    assert (await effects.get(card_key(case.id))).message_id == 900
    assert [effect.key for effect in await effects.pending()] == [delete_key(case.id, CHANNEL)]


async def test_a_forgotten_servers_case_is_unknown_and_its_effects_are_not_tried(housekeeping, cases, effects):
    case = await cases.record(make_post(), make_repeat(make_post()), START)
    await effects.refused(card_key(case.id), "no channel")
    await housekeeping.forget_guild(GUILD)
    with pytest.raises(UnknownCaseError):
        await cases.get(GUILD, case.id)
    assert await effects.try_again(GUILD, EffectKind.CASE_CARD, [CHANNEL]) == []
