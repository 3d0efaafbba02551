"""From facts to actions: what is said, what moderators are shown, and why."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.case import CaseState, Ruling
from bot.decide import Answer, Decision, Facts, JoinCase, KnownContent, Nothing, Observe, OpenCase, Suggest, decide
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, Post, Repeat, Reply, ReplyState, SeenPost
from tests.support import AUTHOR, CHANNEL, GUILD, START, make_post

BEST, SECOND = Match("fair-use", 0.8, "claim “one”"), Match("scraping", 0.3, "claim “two”")
EARLIER = SeenPost(GUILD, CHANNEL, 1, AUTHOR, START, b"\7\0\0\0")
REPEAT = Repeat(EARLIER, "exact", 7, 1.0, "certain")
NEAR = Repeat(EARLIER, "near", 8, 0.8, "near")
MODERATORS = 99
SHOWING = [Mode.SUGGEST, Mode.ANSWER]


def judgement(band: Band) -> Judgement:
    return Judgement(band, (BEST, SECOND), ("why it scored so",))


def facts(mode: Mode = Mode.ANSWER, band: Band = Band.ANSWER, moderators: int | None = MODERATORS, **fields) -> Facts:
    policy = GuildPolicy(GUILD, moderators_channel_id=moderators, modes={CHANNEL: mode})
    return Facts(START, policy, judgement(band), **fields)


def decided(post: Post | None = None, **fields) -> Decision:
    return decide(post or make_post(), facts(**fields))


@pytest.mark.parametrize(
    ("mode", "band", "moderators", "speech"),
    [
        (Mode.ANSWER, Band.ANSWER, MODERATORS, Answer),
        (Mode.ANSWER, Band.ANSWER, None, Answer),
        (Mode.ANSWER, Band.SUGGEST, MODERATORS, Suggest),
        (Mode.ANSWER, Band.SUGGEST, None, Nothing),
        (Mode.ANSWER, Band.SILENT, MODERATORS, Nothing),
        (Mode.SUGGEST, Band.ANSWER, MODERATORS, Suggest),
        (Mode.SUGGEST, Band.ANSWER, None, Nothing),
        (Mode.SUGGEST, Band.SUGGEST, MODERATORS, Suggest),
        (Mode.SUGGEST, Band.SILENT, MODERATORS, Nothing),
        (Mode.SHADOW, Band.ANSWER, None, Observe),
        (Mode.SHADOW, Band.SUGGEST, MODERATORS, Observe),
        (Mode.SHADOW, Band.SILENT, MODERATORS, Nothing),
        (Mode.OFF, Band.ANSWER, MODERATORS, Nothing),
    ],
)
def test_mode_band_and_moderators_channel_choose_what_is_said(mode, band, moderators, speech):
    said = decided(mode=mode, band=band, moderators=moderators).speech
    assert type(said) is speech
    assert speech is Nothing or said.match is BEST


@pytest.mark.parametrize("band", Band)
def test_a_judgement_without_matches_says_nothing(band):
    empty = replace(facts(), judgement=Judgement(band, (), ("nothing near",)))
    assert decide(make_post(), empty).speech == Nothing(("nothing near",))


@pytest.mark.parametrize("mode", Mode)
def test_a_bots_post_is_never_acted_on(mode):
    nothing = Nothing(("the author is a bot",))
    assert decided(make_post(is_bot=True), mode=mode, repeats=(REPEAT,)) == Decision(nothing, nothing)


def test_a_channel_that_is_off_stays_untouched():
    nothing = Nothing(("the channel is off",))
    assert decided(mode=Mode.OFF, repeats=(REPEAT,)) == Decision(nothing, nothing)


def test_a_thread_is_treated_as_its_channel():
    post = make_post(channel_id=77, parent_channel_id=CHANNEL)
    assert isinstance(decided(post).speech, Answer)


def test_a_repeat_is_shown_to_moderators_and_not_answered():
    decision = decided(repeats=(REPEAT,))
    assert decision.speech == Nothing(("why it scored so", "the post repeats an earlier one"))
    assert decision.flag == OpenCase(REPEAT, ("certain repeat, exact 1.00",))


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.SUGGEST, Mode.ANSWER])
def test_a_cooldown_silences_every_mode_and_says_why(mode):
    earlier = Reply(1, GUILD, CHANNEL, 5, AUTHOR, BEST.slug, 0.9, "", ReplyState.POSTED, START - timedelta(minutes=9))
    said = decided(mode=mode, replies=(earlier,)).speech
    assert said == Nothing(("why it scored so", "the topic was answered in this channel a short while ago"))


@pytest.mark.parametrize("band", [Band.ANSWER, Band.SUGGEST])
def test_who_replies_to_an_answer_of_ours_is_not_answered_again(band):
    said = decided(make_post(replies_to_us=True), band=band).speech
    assert said == Nothing(("why it scored so", "it replies to an answer of ours"))


def test_the_cooldown_of_a_runner_up_does_not_silence_the_best_topic():
    earlier = Reply(1, GUILD, CHANNEL, 5, AUTHOR, SECOND.slug, 0.9, "", ReplyState.POSTED, START - timedelta(minutes=9))
    assert isinstance(decided(replies=(earlier,)).speech, Answer)


JOIN = JoinCase(REPEAT, 40, ("certain repeat, exact 1.00", "joins case 4"))


@pytest.mark.parametrize("mode", SHOWING)
@pytest.mark.parametrize(
    ("state", "ruling", "flag"),
    [
        (None, None, OpenCase(REPEAT, ("certain repeat, exact 1.00",))),
        (CaseState.OPEN, None, JOIN),
        (CaseState.CLAIMED, None, JOIN),
        (CaseState.REOPENED, None, JOIN),
        (
            CaseState.JUDGED,
            Ruling.CLEARED,
            Nothing(("certain repeat, exact 1.00", "moderators cleared this content in case 4")),
        ),
        (
            CaseState.JUDGED,
            Ruling.ALLOWED,
            Nothing(("certain repeat, exact 1.00", "moderators allowed this content in case 4")),
        ),
        (CaseState.JUDGED, Ruling.KEPT, OpenCase(REPEAT, ("certain repeat, exact 1.00",))),
        (CaseState.JUDGED, Ruling.DELETED, OpenCase(REPEAT, ("certain repeat, exact 1.00",))),
        (CaseState.JUDGED, Ruling.WITHDRAWN, OpenCase(REPEAT, ("certain repeat, exact 1.00",))),
        (CaseState.EXPIRED, None, OpenCase(REPEAT, ("certain repeat, exact 1.00",))),
    ],
)
def test_what_became_of_the_last_case_decides_about_the_same_content(mode, state, ruling, flag):
    known = KnownContent(40, 4, state, ruling) if state else None
    assert decided(mode=mode, repeats=(REPEAT,), known=known).flag == flag


@pytest.mark.parametrize("state", CaseState)
def test_shadow_mode_shows_moderators_nothing(state):
    flag = decided(mode=Mode.SHADOW, repeats=(REPEAT,), known=KnownContent(40, 4, state)).flag
    assert flag == Nothing(("certain repeat, exact 1.00", "the channel is in shadow mode"))


def test_the_first_of_several_repeats_names_the_case():
    assert decided(repeats=(NEAR, REPEAT)).flag == OpenCase(NEAR, ("near repeat, near 0.80",))


def test_a_repeat_opens_a_case_even_where_the_claim_is_none():
    decision = decided(band=Band.SILENT, repeats=(REPEAT,))
    assert isinstance(decision.speech, Nothing)
    assert isinstance(decision.flag, OpenCase)


def test_a_post_like_no_other_opens_no_case():
    assert decided().flag == Nothing(("no earlier post is like it",))


@pytest.mark.parametrize(
    ("mode", "band", "moderators", "repeats"), list(product(Mode, Band, [None, MODERATORS], [(), (REPEAT,)]))
)
def test_every_decision_gives_its_reasons(mode, band, moderators, repeats):
    decision = decided(mode=mode, band=band, moderators=moderators, repeats=repeats)
    assert decision.speech.reasons
    assert decision.flag.reasons
