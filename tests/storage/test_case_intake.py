"""What brings posts into cases, what they are remembered by, and what becomes of them there."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.case import CaseQuery, CaseState, Fate, QueueOrder, QueueView, Report, Ruling
from bot.errors import CaseError, StoreError, UnknownCaseError
from bot.storage.cases import SqliteCaseStore
from bot.storage.effects import SqliteEffectStore
from bot.storage.protocols import Verdict, card_key, delete_key
from tests.support import CHANNEL, CHATTER, GUILD, START, judged, make_post, make_repeat, recorded, rows, waiting

ANN, BEA = 501, 502
ELSEWHERE = 11


@pytest.fixture
def cases(database):
    return SqliteCaseStore(database)


@pytest.fixture
def effects(database):
    return SqliteEffectStore(database)


def posts(number, **fields):
    return [make_post(**fields) for _ in range(number)]


def verdict(moderator=ANN, **later):
    return Verdict(moderator, START + timedelta(**later))


async def a_case(cases, repeats=1, key=7, **fields):
    original, *others = posts(repeats + 1, **fields)
    for post in others:
        case = await recorded(cases, post, make_repeat(original, key))
    return case


# Repeats


async def test_a_repeat_opens_a_case_and_later_ones_join_it(cases, effects):
    original, first, second = posts(3)
    opened = await recorded(cases, first, make_repeat(original))
    joined = await recorded(cases, second, make_repeat(first))
    assert (opened.id, opened.number, opened.state) == (joined.id, 1, CaseState.OPEN)
    assert [post.message_id for post in joined.posts] == [original.message_id, first.message_id, second.message_id]
    assert [post.text for post in joined.posts] == [None, CHATTER, CHATTER]
    assert (joined.copies, joined.standing) == (2, {CHANNEL: 2})
    assert (await effects.get(card_key(opened.id))).wanted == 2


async def test_repeats_of_one_content_at_the_same_moment_make_one_case(cases):
    original, *repeats = posts(9)
    await asyncio.gather(*(cases.record(post, make_repeat(original), START) for post in repeats))
    (case,) = await waiting(cases)
    assert {post.message_id for post in case.repeats} == {post.message_id for post in repeats}


async def test_the_same_post_again_changes_nothing(cases, effects):
    original, repeat = posts(2)
    case = await recorded(cases, repeat, make_repeat(original))
    assert await cases.record(repeat, make_repeat(original), START) is None
    assert await cases.record(original, make_repeat(repeat), START) is None
    assert await cases.get(GUILD, case.id) == case
    assert (await effects.get(card_key(case.id))).wanted == 1


async def test_cases_are_numbered_from_one_in_each_server(cases):
    numbers = [(await a_case(cases, key=key, guild_id=guild)).number for key, guild in [(1, 1), (2, 1), (1, 2), (3, 1)]]
    assert numbers == [1, 2, 1, 3]
    assert await cases.id_of(2, 1) == (await waiting(cases, 2))[0].id
    with pytest.raises(UnknownCaseError, match="no case 4"):
        await cases.id_of(1, 4)


async def test_of_a_raid_a_case_holds_the_newest_copies_and_counts_all(cases):
    case = await a_case(cases, repeats=30)
    assert (case.copies, case.removable, len(case.repeats)) == (30, 30, 10)
    assert case.original is not None
    assert case.repeats[-1].message_id == max(post.message_id for post in case.posts)
    assert len(await cases.copies_in(GUILD, case.id, CHANNEL)) == 30


# What is remembered


async def test_the_case_that_decides_about_content_is_the_waiting_one_or_the_latest(cases):
    original, first, second = posts(3)
    assert await cases.known(GUILD, {7}) is None
    case = await recorded(cases, first, make_repeat(original))
    await cases.judge(GUILD, case.id, Ruling.DELETED, verdict())
    known = await cases.known(GUILD, {7})
    assert (known.number, known.state, known.ruling) == (1, CaseState.JUDGED, Ruling.DELETED)
    await recorded(cases, second, make_repeat(original))
    known = await cases.known(GUILD, {7})
    assert (known.number, known.state, known.ruling) == (2, CaseState.OPEN, None)
    assert await cases.known(GUILD, {8}) is None


@pytest.mark.parametrize("ruling", [Ruling.CLEARED, Ruling.ALLOWED])
async def test_cleared_and_allowed_content_stays_quiet_by_each_of_its_marks(cases, ruling):
    original, first, later = posts(3)
    ref = await cases.record(first, make_repeat(original), START, [70, 71])
    await cases.judge(GUILD, ref.id, ruling, verdict())
    assert await cases.record(later, make_repeat(original), START) is None
    assert await cases.record(later, make_repeat(first, key=99), START, [71]) is None
    assert await waiting(cases) == []
    assert await cases.record(later, make_repeat(first, key=99), START, [100]) is not None


@pytest.mark.parametrize("ruling", [Ruling.KEPT, Ruling.DELETED])
async def test_content_that_was_judged_a_repeat_opens_a_new_case_but_not_for_its_own_posts(cases, ruling):
    original, first, again = posts(3)
    case = await recorded(cases, first, make_repeat(original))
    await cases.judge(GUILD, case.id, ruling, verdict())
    assert await cases.record(first, make_repeat(original), START) is None
    case = await recorded(cases, again, make_repeat(original))
    assert (case.number, case.state) == (2, CaseState.OPEN)
    assert [(earlier.number, earlier.ruling, earlier.judged_by) for earlier in case.earlier] == [(1, ruling, ANN)]


async def test_an_undone_clearance_is_forgotten(cases):
    case = await a_case(cases)
    await cases.judge(GUILD, case.id, Ruling.CLEARED, verdict())
    await cases.undo(GUILD, case.id, verdict())
    joined = await recorded(cases, make_post(), make_repeat(make_post()))
    assert (joined.id, joined.copies, joined.state) == (case.id, 2, CaseState.REOPENED)


async def test_a_text_is_allowed_without_a_case_and_taken_off_again(cases):
    ref = await cases.allow(GUILD, "read the rules", 7, verdict())
    assert await cases.record(make_post(), make_repeat(make_post()), START) is None
    (listed,), total = await cases.page(GUILD, CaseQuery(QueueView.ALLOWED), ANN, START)
    assert (listed.id, listed.posts, total) == (ref.id, (), 1)
    (event,) = [event for event in await cases.history(GUILD, ref.id) if event.event == Ruling.ALLOWED]
    assert (event.actor_id, event.reason) == (ANN, "read the rules")
    with pytest.raises(CaseError, match="case 1 is about this content already"):
        await cases.allow(GUILD, "read the rules!", 7, verdict())
    with pytest.raises(CaseError, match="about no post"):
        await cases.undo(GUILD, ref.id, verdict())
    await cases.disallow(GUILD, ref.id, verdict())
    with pytest.raises(CaseError, match="not on the list"):
        await cases.disallow(GUILD, ref.id, verdict())
    assert (await a_case(cases)).number == 2


# Reports


def report(member=BEA, reason=None):
    return Report(member, START, reason)


async def test_a_report_opens_a_case_that_later_repeats_join(cases):
    post, copy = posts(2)
    ref = await cases.report(post, report(reason="seen it elsewhere"), None, [7])
    case = await cases.get(GUILD, ref.id)
    assert (case.detector, case.original, case.copies, case.reported) == ("report", None, 1, 1)
    assert case.reports == (report(reason="seen it elsewhere"),)
    joined = await recorded(cases, copy, make_repeat(post))
    assert (joined.id, joined.copies) == (ref.id, 2)


async def test_a_report_joins_the_case_about_the_content(cases):
    case = await a_case(cases)
    copy = make_post()
    ref = await cases.report(copy, report(), make_repeat(make_post()), [7])
    assert ref.id == case.id
    assert [post.message_id for post in (await cases.get(GUILD, case.id)).repeats][-1] == copy.message_id


async def test_a_member_reports_a_case_once_and_others_too(cases):
    post = make_post()
    ref = await cases.report(post, report(BEA), None, [7])
    with pytest.raises(CaseError, match="reported this already"):
        await cases.report(post, report(BEA), None, [7])
    await cases.report(post, report(ANN), None, [7])
    assert (await cases.get(GUILD, ref.id)).reported == 2


async def test_cleared_content_is_not_reported_into_a_new_case(cases):
    case = await a_case(cases)
    await cases.judge(GUILD, case.id, Ruling.CLEARED, verdict())
    with pytest.raises(CaseError, match="in case 1 they cleared it"):
        await cases.report(make_post(), report(), None, [7])


# What becomes of posts


async def test_a_case_whose_copies_are_all_gone_is_withdrawn(cases):
    case = await a_case(cases, repeats=2)
    first, second = (post.message_id for post in case.repeats)
    assert await cases.posts_gone(GUILD, {first}, START) == [case.id]
    assert (await cases.get(GUILD, case.id)).state is CaseState.OPEN
    assert await cases.posts_gone(GUILD, {second, 424242}, START) == [case.id]
    gone = await cases.get(GUILD, case.id)
    assert (gone.state, gone.ruling, gone.removable, gone.judged_by) == (CaseState.JUDGED, Ruling.WITHDRAWN, 0, None)


@pytest.mark.parametrize(
    ("author", "minutes", "state"),
    [(BEA, 0, CaseState.OPEN), (ANN, 11, CaseState.OPEN), (ANN, 10, CaseState.JUDGED)],
)
async def test_a_case_whose_original_is_gone_waits_on_unless_its_author_moved_it(cases, author, minutes, state):
    original, repeat = make_post(author_id=ANN), make_post(author_id=author)
    case = await recorded(cases, repeat, make_repeat(original))
    await cases.posts_gone(GUILD, {original.message_id}, START + timedelta(minutes=minutes))
    assert (await cases.get(GUILD, case.id)).state is state


async def test_one_deleted_post_changes_each_case_that_shows_it_once(cases):
    shared = make_post()
    both = {(await recorded(cases, make_post(), make_repeat(shared, key))).id for key in (1, 2)}
    assert set(await cases.posts_gone(GUILD, [shared.message_id], START)) == both
    assert await cases.posts_gone(GUILD, [shared.message_id], START) == []
    assert await cases.posts_gone(GUILD, [], START) == []


async def test_the_words_of_a_post_go_at_once_when_its_author_deletes_it(cases, database):
    case = await a_case(cases, repeats=2)
    await cases.posts_gone(GUILD, {case.repeats[0].message_id}, START)
    assert [post.text for post in (await cases.get(GUILD, case.id)).repeats] == [None, CHATTER]
    assert [row["sealed"] is None for row in rows(database, "SELECT sealed FROM case_post ORDER BY message_id")] == [
        True,  # of the original none were kept
        True,
        False,
    ]


async def test_the_words_of_what_moderators_deleted_stay_while_the_case_lives(cases, effects):
    case = await a_case(cases)
    await cases.judge(GUILD, case.id, Ruling.DELETED, verdict())
    await effects.done(delete_key(case.id, CHANNEL), 1, None, None)
    await cases.posts_gone(GUILD, {case.repeats[0].message_id}, START)
    (copy,) = (await cases.get(GUILD, case.id)).repeats
    assert (copy.fate, copy.text) == (Fate.DELETED, CHATTER)
    await cases.tick(START + timedelta(days=7) - timedelta(seconds=1))
    assert (await cases.get(GUILD, case.id)).repeats[0].text == CHATTER
    assert await cases.tick(START + timedelta(days=7)) == [case.id]
    assert (await cases.get(GUILD, case.id)).repeats[0].text is None
    assert await cases.tick(START + timedelta(days=8)) == []


async def test_the_reason_of_a_report_goes_with_the_words(cases):
    ref = await cases.report(make_post(), report(reason="seen it elsewhere"), None, [7])
    await cases.judge(GUILD, ref.id, Ruling.KEPT, verdict())
    await cases.tick(START + timedelta(days=7))
    case = await cases.get(GUILD, ref.id)
    assert (case.reported, case.reports) == (1, (report(),))


async def test_words_are_on_disk_only_encrypted_and_open_nowhere_else(cases, database):
    case = await a_case(cases, repeats=2)
    await cases.report(make_post(), report(reason="the harbour tram again"), make_repeat(make_post()), [7])
    await cases.remember_text(GUILD, case.id, replace(case.original, text="the first words", image_url="https://cdn"))
    assert (await cases.get(GUILD, case.id)).original.text == "the first words"
    files = b"".join(path.read_bytes() for path in database.path.parent.glob(f"{database.path.name}*"))
    assert not [words for words in ("harbour is late", "harbour tram again", "first words") if words.encode() in files]
    await database.write(lambda db: db.execute("UPDATE case_post SET sealed = (SELECT max(sealed) FROM case_post)"))
    assert sum(post.text is not None for post in (await cases.get(GUILD, case.id)).posts) == 1


async def test_an_edited_copy_that_still_repeats_shows_its_new_words(cases):
    case = await a_case(cases)
    (copy,) = case.repeats
    edited = make_post("other words", message_id=copy.message_id)
    assert await cases.post_edited(edited, {7}, START) == [case.id]
    (copy,) = (await cases.get(GUILD, case.id)).repeats
    assert (copy.edited, copy.text, copy.fate) == (True, "other words", None)


async def test_an_edited_copy_that_repeats_nothing_leaves_its_case_and_comes_back(cases):
    case = await a_case(cases, repeats=2)
    copy = case.repeats[0]
    edited = make_post("nothing of that", message_id=copy.message_id)
    assert await cases.post_edited(edited, set(), START) == [case.id]
    left = await cases.get(GUILD, case.id)
    assert [(post.fate, post.text) for post in left.repeats] == [(Fate.CHANGED, None), (None, CHATTER)]
    assert (left.state, left.removable) == (CaseState.OPEN, 1)
    await recorded(cases, make_post(message_id=copy.message_id), make_repeat(make_post()))
    assert (await cases.get(GUILD, case.id)).repeats[0].fate is None


async def test_a_case_whose_only_copy_was_edited_away_is_withdrawn(cases):
    case = await a_case(cases)
    await cases.post_edited(make_post("other", message_id=case.repeats[0].message_id), set(), START)
    assert (await cases.get(GUILD, case.id)).ruling is Ruling.WITHDRAWN


async def test_an_edited_original_and_what_was_reported_stay(cases):
    case = await a_case(cases)
    ref = await cases.report(make_post(message_id=77), report(), None, [9])
    for message_id, of in ((case.original.message_id, case.id), (77, ref.id)):
        assert await cases.post_edited(make_post("other", message_id=message_id), set(), START) == [of]
        assert (await cases.get(GUILD, of)).posts[0].edited
        assert (await cases.get(GUILD, of)).waits


async def test_posts_go_with_their_channel_and_the_case_says_so(cases):
    original = make_post()
    for channel in (ELSEWHERE, CHANNEL):
        case = await recorded(cases, make_post(channel_id=channel), make_repeat(original))
    assert await cases.channel_gone(GUILD, ELSEWHERE, START) == [case.id]
    case = await cases.get(GUILD, case.id)
    assert ([post.fate for post in case.repeats], case.waits) == ([Fate.CHANNEL, None], True)
    await cases.channel_gone(GUILD, CHANNEL, START)
    assert (await cases.get(GUILD, case.id)).ruling is Ruling.WITHDRAWN


async def test_a_deletion_seen_after_the_verdict_keeps_the_verdict(cases):
    case = await judged(cases, await a_case(cases), Ruling.KEPT, verdict())
    await cases.posts_gone(GUILD, {case.repeats[0].message_id}, START)
    later = await cases.get(GUILD, case.id)
    assert (later.state, later.ruling, later.judged_by) == (CaseState.JUDGED, Ruling.KEPT, ANN)


# Lists


async def test_a_list_has_the_cases_of_its_view_in_its_order_and_pages(cases):
    many = [await a_case(cases, repeats=key, key=key) for key in range(1, 6)]
    await cases.claim(GUILD, many[0].id, verdict())
    await cases.snooze(GUILD, many[1].id, START + timedelta(days=1), verdict())
    await cases.judge(GUILD, many[2].id, Ruling.ALLOWED, verdict())
    await cases.report(make_post(), report(), None, [5])

    async def numbers(view=QueueView.WAITING, order=QueueOrder.OLDEST, moderator=ANN, **page):
        found, total = await cases.page(GUILD, CaseQuery(view, order, **page), moderator, START)
        return [case.number for case in found], total

    assert await numbers() == ([1, 4, 5], 3)
    assert await numbers(size=2) == ([1, 4], 3)
    assert await numbers(size=2, page=1) == ([5], 3)
    assert await numbers(order=QueueOrder.NEWEST) == ([5, 4, 1], 3)
    assert await numbers(order=QueueOrder.COPIES) == ([5, 4, 1], 3)
    assert (await numbers(order=QueueOrder.REPORTS))[0][0] == 5
    assert await numbers(QueueView.MINE) == ([1], 1)
    assert await numbers(QueueView.MINE, moderator=BEA) == ([], 0)
    assert await numbers(QueueView.SNOOZED) == ([2], 1)
    assert await numbers(QueueView.JUDGED) == await numbers(QueueView.ALLOWED) == ([3], 1)
    assert await numbers(QueueView.EXPIRED) == ([], 0)
    assert (await numbers(QueueView.ALL))[1] == 5


# History


async def test_history_is_only_added_to(cases, database):
    case = await a_case(cases)
    await cases.note(GUILD, case.id, Verdict(ANN, START, "look twice"))
    for change in ("event = 'opened'", "reason = NULL", "at = 0", "case_id = 2"):
        with pytest.raises(StoreError, match="history is only added to"):
            await database.write(lambda db, change=change: db.execute(f"UPDATE case_event SET {change}"))  # noqa: S608
    assert [(event.event, event.actor_id, event.reason) for event in await cases.history(GUILD, case.id)] == [
        ("opened", None, None),
        ("noted", ANN, "look twice"),
    ]
