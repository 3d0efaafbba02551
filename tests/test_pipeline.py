"""The way of one post: what is decided is on disk before it shows, and nothing happens twice or gets lost."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.case import Ruling
from bot.decide import Answer, JoinCase, Nothing, Observe, OpenCase, Suggest
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.errors import StoreError
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.model import Band, Judgement, Match, Mode, ReplyState
from bot.outbox import Outbox
from bot.pipeline import Memory, Pipeline
from bot.storage.cases import SqliteCaseStore
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.housekeeping import SqliteHousekeeping
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import Verdict, card_key, reply_key
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore
from tests.support import (
    AUTHOR,
    CHANNEL,
    CHATTER,
    GUILD,
    Hold,
    ScriptedSender,
    busy_writer,
    make_post,
    set_mode,
    set_moderators_channel,
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


@pytest.fixture
def matcher():
    matcher = WordMatcher()
    yield matcher
    matcher.hold.set()


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def process(database, clock, sender, matcher):
    process = Process(database, clock, sender, matcher)
    await set_moderators_channel(process.memory.policies, GUILD, MODERATORS)
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.ANSWER)
    yield process
    await process.outbox.close()
    process.matching.shutdown(wait=False)


def begin(awaitable):
    return asyncio.create_task(awaitable)


async def cut_off(*tasks):
    """End tasks as the end of their process would."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# What is shown where


@pytest.mark.parametrize(
    ("mode", "text", "speech", "shown"),
    [
        (Mode.ANSWER, ANSWERED, Answer, ["reply"]),
        (Mode.ANSWER, SUGGESTED, Suggest, ["suggestion"]),
        (Mode.ANSWER, CHATTER, Nothing, []),
        (Mode.SUGGEST, ANSWERED, Suggest, ["suggestion"]),
        (Mode.SUGGEST, SUGGESTED, Suggest, ["suggestion"]),
        (Mode.SHADOW, ANSWERED, Observe, []),
        (Mode.OFF, ANSWERED, Nothing, []),
    ],
)
async def test_a_claim_is_treated_as_the_channels_mode_says(process, sender, mode, text, speech, shown):
    await set_mode(process.memory.policies, GUILD, CHANNEL, mode)
    outcome = await process.handle(process.post(text))
    assert isinstance(outcome.decision.speech, speech)
    assert [key.split(":")[0] for key, _ in sender.shown] == shown


@pytest.mark.parametrize(
    ("mode", "flag", "shown"),
    [(Mode.ANSWER, OpenCase, 1), (Mode.SUGGEST, OpenCase, 1), (Mode.SHADOW, Nothing, 0), (Mode.OFF, Nothing, 0)],
)
async def test_a_repeat_is_treated_as_the_channels_mode_says(process, mode, flag, shown):
    await set_mode(process.memory.policies, GUILD, CHANNEL, mode)
    _, outcome = await process.handle_all(process.post(), process.post())
    assert isinstance(outcome.decision.flag, flag)
    assert outcome.case_number == (1 if shown else None)
    assert len(process.shown("card")) == await process.count("case") == shown


async def test_a_thread_inherits_its_channels_mode(process):
    await process.handle(process.post(ANSWERED, channel_id=ELSEWHERE, parent_channel_id=CHANNEL))
    assert len(process.shown("reply")) == 1


async def test_bots_are_neither_answered_nor_compared(process, matcher):
    await process.handle_all(process.post(ANSWERED, is_bot=True), process.post(is_bot=True), process.post())
    assert process.sender.shown == []
    assert matcher.asked == [CHATTER]


async def test_nothing_of_a_channel_that_is_off_is_remembered(process):
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.OFF)
    await process.handle(process.post())
    await process.pipeline.save()
    assert len(process.window) == await process.count("fingerprint") == await process.count("channel_cursor") == 0


async def test_posts_of_another_server_are_no_repeats(process):
    await set_mode(process.memory.policies, OTHER_GUILD, CHANNEL, Mode.ANSWER)
    await process.handle_all(process.post(), process.post(guild_id=OTHER_GUILD))
    assert await process.count("case") == 0


async def test_a_claim_that_repeats_an_earlier_post_becomes_a_case_and_no_answer(process, clock):
    await process.handle(process.post(ANSWERED))
    clock.advance(hours=7)
    outcome = await process.handle(process.post(ANSWERED))
    assert isinstance(outcome.decision.speech, Nothing)
    assert len(process.shown("reply")) == len(process.shown("card")) == 1


# Cooldowns


async def test_two_claims_at_the_same_moment_give_one_answer(process):
    posts = [
        process.post(text) for text in (ANSWERED, "surely that about alpha is wrong", "surely beta is just as bad")
    ]
    await asyncio.gather(*(process.handle(post) for post in posts))
    assert process.shown("reply") == [reply_key(GUILD, posts[0].message_id)]


@pytest.mark.parametrize(
    ("text", "wait", "answered"),
    [
        ("surely all of alpha is wrong", timedelta(hours=6), True),
        ("surely all of alpha is wrong", timedelta(hours=6, seconds=-1), False),
        ("surely all of beta is wrong", timedelta(minutes=2), True),
        ("surely all of beta is wrong", timedelta(minutes=2, seconds=-1), False),
    ],
)
async def test_a_topic_and_a_channel_rest_after_an_answer_also_across_a_restart(process, clock, text, wait, answered):
    await process.handle(process.post(ANSWERED))
    process = await process.crash()
    clock.advance(seconds=wait.total_seconds())
    await process.handle(process.post(text))
    assert len(process.shown("reply")) == (2 if answered else 1)


async def test_shadow_mode_rests_like_the_real_one(process):
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.SHADOW)
    first, second = await process.handle_all(process.post(ANSWERED), process.post("surely all of alpha is wrong"))
    assert isinstance(first.decision.speech, Observe)
    assert isinstance(second.decision.speech, Nothing)


async def test_a_dropped_suggestion_does_not_keep_the_channel_quiet(process):
    await process.handle(process.post(SUGGESTED))
    (suggestion,) = process.memory.replies.recent(GUILD)
    await process.memory.replies.judge(GUILD, suggestion.id, ReplyState.DROPPED, Verdict(1, process.clock()))
    await process.handle(process.post("perhaps all of beta is wrong"))
    assert len(process.shown("suggestion")) == 2


async def test_a_post_from_before_an_outage_is_remembered_but_not_answered(process, clock):
    old = process.post(ANSWERED)
    clock.advance(minutes=6)
    await process.handle_all(old, process.post(ANSWERED))
    assert process.shown("reply") == []
    assert len(process.shown("card")) == 1


# The same event again


@pytest.mark.parametrize(
    "text", [ANSWERED, SUGGESTED, "surely alpha stinks"], ids=["answer", "suggestion", "three words"]
)
async def test_a_repeated_event_has_no_second_effect(process, text):
    post = process.post(text)
    await process.handle_all(post, post)
    await asyncio.gather(*(process.handle(post) for _ in range(3)))
    assert len(process.sender.shown) == await process.count("reply") == 1
    assert await process.count("case") == 0


async def test_a_repeated_event_while_the_first_is_in_progress_has_no_second_effect(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = [begin(process.handle(post)) for _ in range(3)]
    await turns()
    matcher.hold.set()
    await asyncio.gather(*handling)
    assert len(process.sender.shown) == await process.count("reply") == 1


async def test_a_repeated_event_of_a_repeat_is_not_answered_later(process, clock):
    await process.handle(process.post(ANSWERED))
    clock.advance(hours=7)
    repeat = process.post(ANSWERED)
    await process.handle_all(repeat, repeat)
    assert len(process.shown("reply")) == 1
    assert len((await process.the_case()).repeats) == 1


async def test_a_repeated_event_does_not_make_the_original_a_repeat_of_its_copy(process):
    original, copy = process.post(), process.post()
    await process.handle_all(original, copy, original, copy, original)
    case = await process.the_case()
    assert [post.message_id for post in case.posts] == [original.message_id, copy.message_id]
    assert process.shown("card") == [card_key(case.id)]


async def test_a_repeated_event_after_an_edit_does_not_bring_the_old_text_back(process):
    post = process.post()
    await process.handle(post)
    await process.handle(replace(post, text=OTHER_CHATTER), edited=True)
    await process.handle(post)
    await process.handle(process.post(OTHER_CHATTER))
    assert (await process.the_case()).original.message_id == post.message_id


async def test_a_post_whose_handling_failed_is_handled_in_full_when_its_event_comes_again(process, database):
    original, repeat = process.post(), process.post()
    await process.handle(original)
    await database.write(_refuse_cases)
    with pytest.raises(StoreError):
        await process.handle(repeat)
    await database.write(_allow_cases)
    await process.handle(repeat)
    assert (await process.the_case()).repeats[0].message_id == repeat.message_id


def _refuse_cases(db):
    db.execute("""CREATE TRIGGER refuse BEFORE INSERT ON "case" BEGIN SELECT RAISE(ABORT, 'no room'); END""")


def _allow_cases(db):
    db.execute("DROP TRIGGER refuse")


async def test_a_fault_in_one_post_leaves_the_next_ones_alone(process):
    with pytest.raises(ZeroDivisionError):
        await process.handle(process.post("please fail at this one"))
    await process.handle(process.post(ANSWERED))
    assert len(process.shown("reply")) == 1
    await process.pipeline.finish(0.1)


# Repeats


async def test_a_repeat_opens_a_case_and_later_ones_join_it(process):
    posts = [process.post(author_id=AUTHOR + number) for number in range(4)]
    outcomes = await process.handle_all(*posts)
    flags = [type(outcome.decision.flag) for outcome in outcomes]
    assert flags == [Nothing, OpenCase, JoinCase, JoinCase]
    assert [post.message_id for post in (await process.the_case()).posts] == [post.message_id for post in posts]


async def test_a_raid_of_equal_posts_at_once_makes_one_case_and_one_card(process, sender):
    posts = [process.post() for _ in range(11)]
    await asyncio.gather(*(process.handle(post) for post in posts))
    case = await process.the_case()
    assert [post.message_id for post in case.posts] == [post.message_id for post in posts]
    assert len(sender.messages[card_key(case.id)]) == 1


async def test_content_that_is_dismissed_while_a_repeat_is_on_its_way_stays_quiet(process, database):
    await process.handle_all(process.post(), process.post())
    case = await process.the_case()
    async with busy_writer(database):
        verdict = Verdict(1, process.clock())
        judging = begin(process.memory.cases.judge(GUILD, case.id, Ruling.CLEARED, verdict))
        await turns()
        late = begin(process.handle(process.post()))
        await process.settle()
    _, outcome = await asyncio.gather(judging, late)
    assert isinstance(outcome.decision.flag, JoinCase)  # as it stood when this was decided
    assert await waiting(process.memory.cases) == []
    assert len((await process.memory.cases.get(GUILD, case.id)).repeats) == 1


# Edits


async def test_an_edit_into_a_claim_is_answered(process):
    post = process.post()
    await process.handle(post)
    await process.handle(replace(post, text=ANSWERED), edited=True)
    assert process.shown("reply") == [reply_key(GUILD, post.message_id)]


async def test_an_edited_claim_is_not_answered_again(process, clock):
    post = process.post(ANSWERED)
    await process.handle(post)
    clock.advance(minutes=3)
    await process.handle(replace(post, text="surely all of beta is wrong"), edited=True)
    assert len(process.shown("reply")) == 1


async def test_an_edit_into_an_earlier_posts_text_is_a_repeat(process):
    original, post = process.post(), process.post(OTHER_CHATTER)
    await process.handle_all(original, post)
    await process.handle(replace(post, text=CHATTER), edited=True)
    await process.handle(replace(post, text=CHATTER), edited=True)
    assert [found.message_id for found in (await process.the_case()).posts] == [original.message_id, post.message_id]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_text_that_was_edited_away_is_repeated_by_nobody(process, restarted):
    post = process.post()
    await process.handle(post)
    await process.pipeline.save()
    await process.handle(replace(post, text="never mind"), edited=True)
    process = await process.restart() if restarted else process
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_an_edit_that_overtakes_its_post_is_what_a_restart_remembers(process, matcher):
    matcher_is_slow = process.post(f"{CHATTER} and wait")
    slow = begin(process.handle(matcher_is_slow))
    await turns()
    await process.handle(replace(matcher_is_slow, text="never mind"), edited=True)
    matcher.hold.set()
    await slow
    process = await process.restart()
    assert not process.window.contains(GUILD, matcher_is_slow.message_id)


async def test_an_edited_post_older_than_the_window_is_not_compared(process, clock):
    old = process.post()
    clock.advance(days=MAX_AGE.days, seconds=1)
    await process.handle(process.post())
    outcome = await process.handle(old, edited=True)
    assert outcome.repeats == ()
    assert await process.count("case") == 0


# Deletions


async def test_a_deleted_post_is_repeated_by_nobody_also_after_a_restart(process):
    deleted = process.post()
    await process.handle(deleted)
    await process.pipeline.save()
    await process.pipeline.forget(GUILD, frozenset({deleted.message_id}))
    process = await process.restart()
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_a_deleted_post_leaves_its_case_and_the_card_says_so(process, clock):
    posts = [process.post() for _ in range(3)]
    await process.handle_all(*posts)
    clock.advance(seconds=10)
    case = await process.the_case()
    cards = len(process.shown("card"))
    await process.pipeline.forget(GUILD, frozenset(post.message_id for post in posts[1:]))
    assert (await process.memory.cases.get(GUILD, case.id)).ruling is Ruling.WITHDRAWN
    assert len(process.shown("card")) == cards + 1


async def test_the_deletion_of_unknown_posts_is_nothing(process):
    await process.pipeline.forget(GUILD, frozenset({1, 2}))
    await process.pipeline.forget(OTHER_GUILD, frozenset())
    assert process.sender.tries == []


async def test_a_claim_that_is_deleted_while_it_is_judged_is_not_answered(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.pipeline.forget(GUILD, frozenset({post.message_id}))
    matcher.hold.set()
    await handling
    assert process.sender.tries == []
    assert await process.count("reply") == 0


async def test_a_claim_whose_author_is_forgotten_while_it_is_judged_is_not_answered(process, matcher):
    handling = begin(process.handle(process.post(f"{ANSWERED}, wait")))
    await turns()
    await process.pipeline.forget_member(AUTHOR)
    matcher.hold.set()
    await handling
    assert process.sender.tries == []
    assert await process.count("reply") == 0
    await process.pipeline.save()
    assert await process.count("fingerprint") == 0


async def test_a_repeat_that_is_deleted_while_it_is_judged_opens_no_case_and_is_not_remembered(process, matcher):
    original, repeat = process.post(f"{CHATTER} and wait"), process.post(f"{CHATTER} and wait")
    handling = [begin(process.handle(post)) for post in (original, repeat)]
    await turns()
    await process.pipeline.forget(GUILD, frozenset({repeat.message_id}))
    matcher.hold.set()
    await asyncio.gather(*handling)
    assert await process.count("case") == 0
    process = await process.restart()
    assert process.window.contains(GUILD, original.message_id)
    assert not process.window.contains(GUILD, repeat.message_id)


async def test_a_repeat_that_is_deleted_while_its_case_is_recorded_leaves_no_open_case(process, database):
    original, repeat = process.post(), process.post()
    await process.handle(original)
    async with busy_writer(database):
        handling = begin(process.handle(repeat))
        await process.settle()
        deleting = begin(process.pipeline.forget(GUILD, frozenset({repeat.message_id})))
        await turns()
    await asyncio.gather(handling, deleting)
    assert await waiting(process.memory.cases) == []


# Crashes and restarts


@pytest.mark.parametrize(
    ("text", "kind"),
    [(ANSWERED, "reply"), (SUGGESTED, "suggestion"), (CHATTER, "card")],
    ids=["answer", "suggestion", "case"],
)
@pytest.mark.parametrize("after", [False, True], ids=["before it was sent", "sent but not noted"])
async def test_after_a_crash_between_record_and_note_the_effect_stands_once(process, sender, text, kind, after):
    await process.handle(process.post(CHATTER))
    hold = Hold(after=after)
    sender.script.append(hold)
    post = process.post(text)
    cut = begin(process.handle(post))
    await hold.reached.wait()
    await cut_off(cut)
    process = await process.crash()
    await process.outbox.resume()
    await process.handle(post)  # nothing was saved: it is read again
    assert [len(messages) for key, messages in sender.messages.items() if key.startswith(kind)] == [1]
    assert await process.effects.pending() == []


async def test_after_a_crash_in_the_matcher_the_post_is_read_again_and_answered(process):
    post = process.post(f"{ANSWERED}, wait")
    cut = begin(process.handle(post))
    await turns()
    newer = process.post("fine")
    await process.handle(newer)
    await process.pipeline.save()
    await cut_off(cut)
    process = await process.crash()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    await process.handle(post)
    assert len(process.shown("reply")) == 1


async def test_a_restart_restores_the_window(process):
    original = process.post()
    await process.handle(original)
    process = await process.restart()
    outcome = await process.handle(process.post())
    assert [repeat.of.message_id for repeat in outcome.repeats] == [original.message_id]


async def test_a_restart_does_not_restore_what_is_older_than_the_window(process, clock):
    await process.handle(process.post())
    clock.advance(seconds=MAX_AGE.total_seconds() + 1)
    process = await process.restart()
    await process.handle(process.post())
    assert await process.count("case") == 0


async def test_dismissed_content_stays_quiet_after_a_restart(process):
    await process.handle_all(process.post(), process.post())
    case = await process.the_case()
    await process.memory.cases.judge(GUILD, case.id, Ruling.CLEARED, Verdict(1, process.clock()))
    process = await process.restart()
    outcome = await process.handle(process.post())
    assert isinstance(outcome.decision.flag, Nothing)
    assert await process.count("case") == 1


# Saving


async def test_how_far_a_channel_was_read_is_saved_for_each_channel(process):
    await set_mode(process.memory.policies, GUILD, ELSEWHERE, Mode.SHADOW)
    earlier, here, there = process.post(), process.post(), process.post("ok", channel_id=ELSEWHERE)
    await process.handle_all(earlier, here, there)
    await process.pipeline.save()
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: here.message_id, ELSEWHERE: there.message_id}


async def test_saving_never_marks_a_post_in_progress_as_read(process, matcher):
    first, second = process.post("please wait for this"), process.post("please wait for that")
    newer = process.post("ok")
    slow = [begin(process.handle(post)) for post in (first, second)]
    await turns()
    await process.handle(newer)
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < first.message_id
    matcher.hold.set()
    await asyncio.gather(*slow)
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] == newer.message_id


async def test_an_event_that_overtakes_the_first_of_its_post_does_not_mark_it_as_read(process, matcher):
    post = process.post("please wait for this")
    slow = begin(process.handle(post))
    await turns()
    await process.handle(replace(post, text="ok"), edited=True)
    await process.handle(process.post("ok"))
    await process.pipeline.save()
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    matcher.hold.set()
    await slow


async def test_what_could_not_be_saved_is_saved_the_next_time(process, database):
    await process.handle_all(process.post(), process.post(OTHER_CHATTER))
    last = process.post("ok")
    await process.handle(last)
    await database.write(_refuse_fingerprints)
    with pytest.raises(StoreError):
        await process.pipeline.save()
    await database.write(lambda db: db.execute("DROP TRIGGER refuse"))
    process = await process.restart()
    assert len(process.window) == 2
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: last.message_id}


def _refuse_fingerprints(db):
    db.execute("CREATE TRIGGER refuse BEFORE INSERT ON fingerprint BEGIN SELECT RAISE(ABORT, 'no room'); END")


async def test_many_posts_are_saved_without_waiting_for_the_timer(process):
    for number in range(256):
        await process.handle(process.post(f"post number {number} of a long and busy day"))
    assert await process.count("fingerprint") == 256


async def test_saving_nothing_writes_nothing(process, database):
    def version(db):
        """Changes with every commit of another connection."""
        return db.execute("PRAGMA data_version").fetchone()

    await process.handle(process.post())
    await process.pipeline.save()
    before = database.read_now(version)
    await process.pipeline.save()
    assert database.read_now(version) == before
    await process.handle(process.post())
    await process.pipeline.save()
    assert database.read_now(version) != before


async def test_finishing_waits_for_posts_in_progress_and_saves(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    finishing = begin(process.pipeline.finish(10))
    for _ in range(3):  # longer than saving would take
        await process.database.write(lambda db: None)
    assert not finishing.done()
    matcher.hold.set()
    await finishing
    await handling
    assert await process.memory.fingerprints.read_to(GUILD) == {CHANNEL: post.message_id}
    assert len(process.shown("reply")) == 1


async def test_finishing_waits_for_the_first_event_of_a_post_though_a_later_one_has_ended(process, matcher):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.handle(replace(post, text="ok"), edited=True)
    finishing = begin(process.pipeline.finish(10))
    for _ in range(3):  # longer than saving would take
        await process.database.write(lambda db: None)
    assert not finishing.done()
    matcher.hold.set()
    await asyncio.gather(finishing, handling)


async def test_finishing_does_not_wait_for_ever(process):
    post = process.post(f"{ANSWERED}, wait")
    handling = begin(process.handle(post))
    await turns()
    await process.handle(process.post("ok"))
    await process.pipeline.finish(0.01)
    assert (await process.memory.fingerprints.read_to(GUILD))[CHANNEL] < post.message_id
    await cut_off(handling)


# Load


async def test_a_full_matcher_sheds_explainers_and_still_sees_repeats(process, matcher):
    crowd = [begin(process.handle(process.post(f"please wait for number {number}"))) for number in range(AT_ONCE)]
    await turns()
    shed = [begin(process.handle(process.post(ANSWERED))) for _ in range(2)]
    outcomes = await asyncio.gather(*shed)
    assert [outcome.judgement.reasons for outcome in outcomes] == [("too many posts at once",)] * 2
    assert len((await process.the_case()).repeats) == 1
    assert ANSWERED not in matcher.asked
    matcher.hold.set()
    await asyncio.gather(*crowd)
    await process.handle(process.post("surely all of alpha is wrong"))
    assert len(process.shown("reply")) == 1


# Leaving a server


async def leave(process):
    """The bot was removed from the server."""
    await process.pipeline.forget_guild(GUILD)
    await SqliteHousekeeping(process.database).forget_guild(GUILD)


async def rows_of_the_server(process):
    tables = ("setting", "setting_change", "channel_cursor", "fingerprint", "reply", "case", "effect")
    return [table for table in tables if await process.count(table)]


async def test_a_server_that_was_left_is_forgotten_in_memory_and_on_disk(process):
    await process.handle_all(process.post(ANSWERED), process.post(), process.post())
    await leave(process)
    await process.pipeline.save()
    assert await rows_of_the_server(process) == []
    assert len(process.window) == 0
    outcome = await process.handle(process.post(ANSWERED))
    assert isinstance(outcome.decision.speech, Nothing)
    assert list(process.memory.replies.recent(GUILD)) == []


@pytest.mark.parametrize("text", [f"{ANSWERED}, wait", f"{CHATTER} and wait"], ids=["claims", "repeats"])
async def test_posts_in_progress_leave_nothing_of_a_server_that_was_left(process, matcher, text):
    handling = [begin(process.handle(process.post(text))) for _ in range(3)]
    await turns()
    await leave(process)
    matcher.hold.set()
    await asyncio.gather(*handling)
    await process.pipeline.finish(1)
    assert await rows_of_the_server(process) == []


async def test_a_server_that_is_left_while_the_window_is_restored_is_forgotten_with_the_posts_that_wait(process):
    await process.handle(process.post(OTHER_CHATTER))
    await process.pipeline.finish(10)
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    await asyncio.to_thread(loading.loaded.wait, 10)
    waiting = begin(process.handle(process.post()))
    await turns()
    leaving = begin(leave(process))
    await turns()
    late = begin(process.handle(process.post()))
    loading.released.set()
    await asyncio.gather(waiting, leaving, late)
    await process.pipeline.finish(10)
    assert await rows_of_the_server(process) == []
    assert len(process.window) == 0


async def test_a_channel_that_is_switched_off_while_a_post_waits_is_not_remembered(process):
    await process.crash()
    loading = SlowlyLoading(process.database)
    process = Process(process.database, process.clock, process.sender, process.matcher, loading)
    handling = begin(process.handle(process.post()))
    await turns()
    await set_mode(process.memory.policies, GUILD, CHANNEL, Mode.OFF)
    loading.released.set()
    await handling
    await process.pipeline.finish(10)
    assert len(process.window) == await process.count("fingerprint") == 0


async def test_another_servers_memory_outlives_the_leaving(process):
    await set_mode(process.memory.policies, OTHER_GUILD, CHANNEL, Mode.ANSWER)
    await process.handle_all(process.post(), process.post(guild_id=OTHER_GUILD))
    await leave(process)
    process = await process.restart()
    await process.handle(process.post(guild_id=OTHER_GUILD))
    assert len(await waiting(process.memory.cases, OTHER_GUILD)) == 1
