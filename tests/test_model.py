"""The values that cross rooms: what they keep out of logs, and the questions they answer about themselves."""

from dataclasses import replace

import pytest

from bot.model import Band, Case, CasePost, CaseState, GuildPolicy, Judgement, Match, Mode
from tests.support import AUTHOR, CHANNEL, GUILD, START, make_post

THREAD = 77


def case_of(state: CaseState, *repeats: CasePost) -> Case:
    original = CasePost(1, CHANNEL, AUTHOR, START, is_original=True)
    return Case(5, GUILD, 1, state, "exact", "certain", 1.0, START, (original, *repeats))


STANDING = CasePost(2, CHANNEL, AUTHOR, START, is_original=False)
GONE = replace(STANDING, message_id=3, gone=True)
REFUSED = replace(STANDING, message_id=4, problem="the bot may not delete here")
GONE_AFTER_REFUSAL = replace(REFUSED, message_id=6, gone=True)


def test_the_repr_of_a_post_holds_none_of_its_text():
    post = make_post("a secret in the post", reply_text="a secret in its parent")
    assert "secret" not in repr(post)
    assert str(post.message_id) in repr(post)


def test_a_judgement_speaks_of_its_best_match():
    judgement = Judgement(Band.ANSWER, (Match("fair-use", 0.9, ""), Match("scraping", 0.4, "")))
    assert (judgement.topic, judgement.score, judgement.menu) == ("fair-use", 0.9, ("fair-use", "scraping"))


def test_a_judgement_without_matches_has_no_topic():
    judgement = Judgement(Band.SILENT)
    assert (judgement.topic, judgement.score, judgement.menu) == (None, 0.0, ())


@pytest.mark.parametrize(
    ("modes", "all_channels", "in_channel", "in_thread"),
    [
        ({}, None, Mode.OFF, Mode.OFF),
        ({CHANNEL: Mode.SUGGEST}, None, Mode.SUGGEST, Mode.SUGGEST),
        ({CHANNEL: Mode.ANSWER, THREAD: Mode.OFF}, None, Mode.ANSWER, Mode.OFF),
        ({THREAD: Mode.SHADOW}, None, Mode.OFF, Mode.SHADOW),
        ({CHANNEL + 1: Mode.ANSWER}, None, Mode.OFF, Mode.OFF),
        ({}, Mode.ANSWER, Mode.ANSWER, Mode.ANSWER),
        ({CHANNEL: Mode.OFF}, Mode.ANSWER, Mode.OFF, Mode.OFF),
    ],
)
def test_a_channel_is_off_until_chosen_and_a_thread_inherits_unless_it_has_its_own_mode(
    modes, all_channels, in_channel, in_thread
):
    policy = GuildPolicy(GUILD, modes=modes, all_channels=all_channels)
    assert policy.mode(make_post()) is in_channel
    assert policy.mode(make_post(channel_id=THREAD, parent_channel_id=CHANNEL)) is in_thread


def test_a_case_tells_its_original_from_the_repeats_that_still_stand():
    case = case_of(CaseState.OPEN, GONE, STANDING)
    assert case.original.message_id == 1
    assert case.repeats == (GONE, STANDING)
    assert case.removable == (STANDING,)


@pytest.mark.parametrize(
    ("state", "repeat", "actionable"),
    [
        (CaseState.OPEN, STANDING, True),
        (CaseState.REMOVED, GONE, False),
        (CaseState.REMOVED, REFUSED, True),
        (CaseState.REMOVED, GONE_AFTER_REFUSAL, False),
        (CaseState.REMOVED, STANDING, False),  # its deletion is under way
        (CaseState.DISMISSED, REFUSED, False),
        (CaseState.WITHDRAWN, GONE, False),
    ],
)
def test_a_case_can_be_acted_on_while_open_or_while_a_deletion_has_failed(state, repeat, actionable):
    assert case_of(state, repeat).actionable is actionable
