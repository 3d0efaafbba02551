"""What is shown, where and how often: modes, cooldowns, repeats, and too many posts at once."""

import asyncio
from datetime import timedelta

import pytest

from bot.case import Ruling
from bot.decide import Answer, JoinCase, Nothing, Observe, OpenCase, Suggest
from bot.model import Mode, ReplyState
from bot.storage.protocols import Verdict, card_key, reply_key
from tests.pipeline.process import (
    ANSWERED,
    AT_ONCE,
    ELSEWHERE,
    OTHER_GUILD,
    SUGGESTED,
    begin,
)
from tests.support import (
    AUTHOR,
    CHANNEL,
    CHATTER,
    GUILD,
    busy_writer,
    set_mode,
    turns,
    waiting,
)

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
    assert outcome.decision.speech == Nothing(("the post repeats an earlier one",))
    assert len(process.shown("reply")) == len(process.shown("card")) == 1


async def test_the_matcher_is_not_asked_about_repeats_of_which_a_raid_brings_many(process, matcher):
    await process.handle_all(process.post(), process.post(), process.post())
    assert matcher.asked == [CHATTER]


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


# Load


async def test_a_full_matcher_sheds_explainers_and_still_sees_repeats(process, matcher):
    crowd = [begin(process.handle(process.post(f"please wait for number {number}"))) for number in range(AT_ONCE)]
    await turns()
    shed = [begin(process.handle(process.post(ANSWERED))) for _ in range(2)]
    outcomes = await asyncio.gather(*shed)
    assert [outcome.judgement.reasons for outcome in outcomes] == [
        ("too many posts at once",),
        ("the post repeats an earlier one",),
    ]
    assert len((await process.the_case()).repeats) == 1
    assert ANSWERED not in matcher.asked
    matcher.hold.set()
    await asyncio.gather(*crowd)
    await process.handle(process.post("surely all of alpha is wrong"))
    assert len(process.shown("reply")) == 1
