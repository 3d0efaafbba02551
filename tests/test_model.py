"""The values that cross rooms: what they keep out of logs, and the questions they answer about themselves."""

import pytest

from bot.model import Band, GuildPolicy, Judgement, Match, Mode
from tests.support import CHANNEL, GUILD, make_post

THREAD = 77


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
