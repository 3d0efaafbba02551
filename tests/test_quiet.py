"""Whether a member's wish for quiet holds where they post, and what else it leaves as it is."""

import pytest

from bot.decide import Facts, Nothing, OpenCase, decide
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.model import Band, GuildPolicy, Judgement, Match, Mode, QuietWish
from bot.policy import quiet_wish
from tests.support import AUTHOR, CHANNEL, CHATTER, GUILD, START, make_post, make_repeat

EVERYWHERE, SERVER, HERE = QuietWish(), QuietWish(GUILD), QuietWish(GUILD, CHANNEL)


@pytest.mark.parametrize(
    ("wish", "place", "reason"),
    [
        (EVERYWHERE, {}, "anywhere"),
        (SERVER, {}, "on this server"),
        (SERVER, {"guild_id": 2}, None),
        (HERE, {}, "in this channel"),
        (HERE, {"channel_id": 11}, None),
        (HERE, {"channel_id": 11, "parent_channel_id": CHANNEL}, "in this channel"),
        (HERE, {"guild_id": 2}, None),
    ],
)
def test_a_wish_holds_in_its_place(wish, place, reason):
    said = quiet_wish((wish,), make_post(**place))
    assert said is None if reason is None else said == f"its author asked for no automatic replies {reason}"


def test_the_widest_wish_gives_the_reason():
    assert quiet_wish((HERE, SERVER, EVERYWHERE), make_post()).endswith("anywhere")
    assert quiet_wish((HERE, SERVER), make_post()).endswith("on this server")
    assert quiet_wish((), make_post()) is None


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.SUGGEST, Mode.ANSWER])
def test_a_wish_keeps_copydesk_from_speaking_and_not_moderators_from_seeing_repeats(mode):
    policy = GuildPolicy(GUILD, moderators_channel_id=9, modes={CHANNEL: mode})
    judgement = Judgement(Band.ANSWER, (Match("scraping", 0.9, "claim"),), ("why",))
    spoken = decide(make_post(), Facts(START, policy, judgement, wishes=(SERVER,)))
    assert isinstance(spoken.speech, Nothing)
    assert spoken.speech.reasons == ("why", "its author asked for no automatic replies on this server")
    repeat = make_repeat(make_post())
    shown = decide(make_post(), Facts(START, policy, judgement, repeats=(repeat,), wishes=(EVERYWHERE,)))
    assert isinstance(shown.flag, OpenCase) is (mode is not Mode.SHADOW)


def test_the_windows_forget_an_author_on_all_servers_and_keep_the_others():
    window = Window(DETECTORS)
    posts = [
        make_post(f"{CHATTER} {n}", guild_id=guild, author_id=author)
        for guild in (1, 2)
        for author in (AUTHOR, 7)
        for n in "ab"
    ]
    for post in posts:
        window.see(post)
    window.forget_author(AUTHOR)
    assert len(window) == 4
    assert [post.author_id for post in posts if window.contains(post.guild_id, post.message_id)] == [7] * 4
    _, repeats = window.see(make_post(f"{CHATTER} a", guild_id=1, author_id=8))
    assert {repeat.of.author_id for repeat in repeats} == {7}
