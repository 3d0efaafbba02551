"""A member's data on disk and in the stores' memory: what is told, what is deleted, and what others keep."""

import sqlite3
from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.model import FORGOTTEN, EffectKind, Match, QuietWish, ReplyState, Vote
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.housekeeping import KEEP_REPLIES, MISSING_GRACE, SqliteHousekeeping
from bot.storage.members import SqliteMemberStore
from bot.storage.protocols import Verdict, reply_key, suggestion_key
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore
from tests.support import AUTHOR, CHANNEL, GUILD, START, make_post, make_seen, rows

MATCH = Match("style", 0.9, "you cannot own a style")
OTHER, MODERATOR, SHOWN = 200, 300, 900
DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "copydesk.db")
    yield database
    database.close()


@pytest.fixture
def members(database):
    return SqliteMemberStore(database)


@pytest.fixture
def replies(database):
    return SqliteReplyStore(database, START)


@pytest.fixture
def effects(database):
    return SqliteEffectStore(database)


@pytest.fixture
def wishes(database):
    return SqliteWishStore(database)


async def test_an_answer_that_was_not_sent_yet_is_not_sent_to_a_forgotten_member(members, replies, effects):
    await replies.record(make_post(), MATCH, ReplyState.POSTED, START)
    await members.forget(AUTHOR)
    assert await effects.pending() == []
    assert (await replies.get(GUILD, 1)).state is ReplyState.DROPPED


async def test_an_answer_that_stands_can_still_be_taken_back_and_leads_to_nobody(members, replies, effects):
    post = make_post()
    reply = await replies.record(post, MATCH, ReplyState.POSTED, START)
    await effects.done(reply_key(GUILD, post.message_id), 1, CHANNEL, SHOWN)
    await members.forget(AUTHOR)
    kept = await replies.get(GUILD, reply.id)
    assert (kept.author_id, kept.state) == (FORGOTTEN, ReplyState.POSTED)
    assert kept.message_id != post.message_id
    assert await effects.get(reply_key(GUILD, post.message_id)) is None
    await replies.dismiss(GUILD, reply.id, Verdict(MODERATOR, START))
    (taken_back,) = await effects.pending()
    assert (taken_back.kind, taken_back.payload) == (EffectKind.TAKE_BACK, {"channel": CHANNEL, "message": SHOWN})


async def test_a_suggestion_for_a_forgotten_member_is_dropped_and_its_card_follows(members, replies, effects):
    reply = await replies.record(make_post(), MATCH, ReplyState.SUGGESTED, START)
    await effects.done(suggestion_key(reply.id), 1, CHANNEL, SHOWN)
    forgotten = await members.forget(AUTHOR)
    assert forgotten.cards == [suggestion_key(reply.id)] == [effect.key for effect in await effects.pending()]
    assert (await replies.get(GUILD, reply.id)).state is ReplyState.DROPPED


async def test_a_card_that_was_never_shown_is_not_ordered(members, replies, effects):
    await replies.record(make_post(), MATCH, ReplyState.SUGGESTED, START)
    (before,) = await effects.pending()
    assert (await members.forget(AUTHOR)).cards == []
    (after,) = await effects.pending()
    assert after.wanted == before.wanted


async def test_votes_are_found_and_deleted_though_no_row_names_the_voter(members, replies, database):
    reply = await replies.record(make_post(), MATCH, ReplyState.POSTED, START)
    await replies.vote(GUILD, reply.id, OTHER, Vote.HELPFUL)
    await replies.vote(GUILD, reply.id, MODERATOR, Vote.NOT_MEANT)
    ((told,),) = [(await members.export(OTHER))["votes on answers"]]
    assert (told["slug"], told["vote"]) == (MATCH.slug, Vote.HELPFUL)
    assert (await members.forget(OTHER)).counts["votes on answers"] == 1
    assert await replies.votes(GUILD, reply.id) == {Vote.NOT_MEANT: 1}


async def test_voters_of_two_answers_cannot_be_linked(replies, database):
    for _ in range(2):
        reply = await replies.record(make_post(), MATCH, ReplyState.POSTED, START)
        await replies.vote(GUILD, reply.id, OTHER, Vote.HELPFUL)
    first, second = [row["voter"] for row in rows(database, "SELECT voter FROM reply_vote")]
    assert first != second


async def test_memory_follows_the_disk(members, replies):
    reply = await replies.record(make_post(), MATCH, ReplyState.SUGGESTED, START)
    judged = await replies.record(make_post(author_id=OTHER), MATCH, ReplyState.SUGGESTED, START)
    await replies.judge(GUILD, judged.id, ReplyState.DROPPED, Verdict(AUTHOR, START))
    await members.forget(AUTHOR)
    replies.forget_member(AUTHOR)
    mine, others = sorted(replies.recent(GUILD), key=lambda one: one.id)
    stored = await replies.get(GUILD, reply.id)
    assert (mine.author_id, mine.message_id) == (FORGOTTEN, stored.message_id)
    assert (others.author_id, others.judged_by) == (OTHER, FORGOTTEN)


async def test_what_was_sealed_with_another_key_is_told_without_its_words(members, database, tmp_path):
    seen, _ = Window(DETECTORS).see(make_post())
    await SqliteFingerprintStore(database).save([seen], {})
    (told,) = (await members.export(AUTHOR))["remembered posts"]
    assert "folded words" in told
    stranger = Database(database.path, key=bytes(32))
    (untold,) = (await SqliteMemberStore(stranger).export(AUTHOR))["remembered posts"]
    stranger.close()
    assert untold.keys() == told.keys() - {"folded words", "links"}


async def test_a_reader_that_holds_on_delays_the_emptying_of_the_log_and_fails_nothing(members, database):
    database.write_now(lambda db: db.execute("PRAGMA busy_timeout = 1"))
    log = database.path.with_name(f"{database.path.name}-wal")
    await SqliteFingerprintStore(database).save([make_seen(make_post())], {})
    reading = database.read_now(lambda db: db.conn)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM fingerprint").fetchall()
    await members.forget(AUTHOR)
    assert log.stat().st_size > 0
    reading.rollback()
    assert await database.purge_log()
    assert log.stat().st_size == 0


async def test_a_file_that_cannot_be_written_anew_fails_no_deletion(members, database, caplog):
    await SqliteFingerprintStore(database).save([make_seen(make_post())], {})
    no_second_file = {sqlite3.SQLITE_ATTACH: sqlite3.SQLITE_DENY}
    database.write_now(lambda db: db.conn.set_authorizer(lambda what, *_: no_second_file.get(what, sqlite3.SQLITE_OK)))
    assert (await members.forget(AUTHOR)).counts["remembered posts"] == 1
    assert not await database.rewrite()
    assert "could not be written anew" in caplog.text


# Wishes


async def test_a_wish_holds_until_its_end_and_a_later_one_replaces_it(wishes):
    await wishes.add(AUTHOR, QuietWish(GUILD, CHANNEL, START + DAY))
    assert wishes.of(AUTHOR, START) == (QuietWish(GUILD, CHANNEL, START + DAY),)
    assert wishes.of(AUTHOR, START + DAY) == wishes.of(OTHER, START) == ()
    await wishes.add(AUTHOR, QuietWish(GUILD, CHANNEL))
    assert wishes.of(AUTHOR, START + DAY) == (QuietWish(GUILD, CHANNEL),)


async def test_wishes_are_lifted_one_by_one_and_a_restart_knows_it(wishes, database):
    for wish in (QuietWish(), QuietWish(GUILD), QuietWish(GUILD, CHANNEL)):
        await wishes.add(AUTHOR, wish)
    assert await wishes.lift(AUTHOR, GUILD, 0)
    assert not await wishes.lift(AUTHOR, GUILD, 0)
    assert not await wishes.lift(OTHER, 0, 0)
    assert {*SqliteWishStore(database).of(AUTHOR, START)} == {QuietWish(), QuietWish(GUILD, CHANNEL)}


async def test_ended_wishes_leave_the_disk(wishes, database):
    await wishes.add(AUTHOR, QuietWish(GUILD, 0, START))
    await wishes.add(AUTHOR, QuietWish())
    await SqliteHousekeeping(database).forget_old(START, DAY, {})
    assert {*SqliteWishStore(database).of(AUTHOR, START - DAY)} == {QuietWish()}


async def test_a_left_servers_wishes_leave_memory_and_disk_and_others_stay(wishes, database):
    for wish in (QuietWish(), QuietWish(GUILD), QuietWish(GUILD + 1)):
        await wishes.add(AUTHOR, wish)
    wishes.forget_guild(GUILD)
    await SqliteHousekeeping(database).forget_guild(GUILD)
    left = {QuietWish(), QuietWish(GUILD + 1)}
    assert {*wishes.of(AUTHOR, START)} == {*SqliteWishStore(database).of(AUTHOR, START)} == left


# Servers that were left, and effects that were refused


async def test_a_server_counts_as_left_only_when_it_was_missing_for_the_whole_grace(database, wishes):
    housekeeping = SqliteHousekeeping(database)
    await wishes.add(AUTHOR, QuietWish(GUILD))
    await wishes.add(AUTHOR, QuietWish())  # everywhere is no server
    assert await housekeeping.left_guilds({GUILD + 1}, START) == []
    assert await housekeeping.left_guilds({GUILD}, START + MISSING_GRACE) == []  # it is there again
    assert await housekeeping.left_guilds(set(), START + 2 * MISSING_GRACE) == []
    almost = START + 3 * MISSING_GRACE - timedelta(seconds=1)
    assert await housekeeping.left_guilds(set(), almost) == []
    assert await housekeeping.left_guilds(set(), almost + timedelta(seconds=1)) == [GUILD]


async def test_refused_answers_leave_with_their_records(database, replies, effects):
    post = make_post()
    await replies.record(post, MATCH, ReplyState.POSTED, START)
    await effects.refused(reply_key(GUILD, post.message_id), "too late to answer")
    await SqliteHousekeeping(database).forget_old(START + KEEP_REPLIES + DAY, DAY, {})
    assert rows(database, "SELECT * FROM effect") == []
