"""What detectors make of a post for people who ask why: also where they find no repeat."""

from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from tests.support import CHATTER, START, make_post

NEAR = CHATTER.replace("warm", "heavy")


@pytest.fixture
def window():
    return Window(DETECTORS)


def compared(window, post):
    return {one.detector: one for one in window.compare(post)}


def test_a_repeat_has_the_score_and_the_thresholds_by_which_it_was_found(window):
    first, post = make_post(), make_post(NEAR)
    window.see(first)
    _, (repeat,) = window.see(post)
    near = compared(window, post)["near"]
    assert near.nearest.message_id == first.message_id
    assert near.score == repeat.score
    assert (near.near, near.certain, near.why_not) == (0.75, 0.90, "")


def test_of_several_earlier_posts_the_nearest_is_named(window):
    for text in (NEAR, CHATTER, f"{CHATTER} ok then"):
        window.see(make_post(text))
    near = compared(window, make_post())["near"]
    assert (near.candidates, near.score) == (3, 1.0)


@pytest.mark.parametrize(
    ("earlier", "later", "why"),
    [
        (CHATTER, CHATTER.replace("is late", "is not late"), "a negation, number, name or link differs"),
        (f'"{CHATTER}" so true', f'"{NEAR} or two" so true', "they answer different quotations"),
        (CHATTER, " ".join(CHATTER.split()[:8]) + " please", "alike by 0.66, 0.75 is needed"),
    ],
)
def test_what_shares_keys_and_is_no_repeat_says_why(window, earlier, later, why):
    window.see(make_post(earlier))
    near = compared(window, make_post(later))["near"]
    assert near.score == 0
    assert why in near.why_not


def test_a_post_that_says_too_little_has_nothing_to_compare_by(window):
    window.see(make_post("ok"))
    assert not any(one.applies for one in window.compare(make_post("ok")))


def test_neither_the_post_itself_nor_later_or_forgotten_ones_count(window):
    first, post, later = make_post(), make_post(), make_post()
    old = make_post(at=START - timedelta(days=20))
    for one in (old, first, post, later):
        window.see(one)
    window.forget(first.guild_id, first.message_id)
    assert compared(window, post)["exact"].nearest is None
    assert window.look(post) == ()


def test_what_is_older_than_the_server_chose_to_remember_does_not_count(window):
    old, post = make_post(), make_post(at=START + timedelta(days=2))
    window.bound(post.guild_id, 100, timedelta(days=1))
    window.see(old)
    assert compared(window, post)["exact"].nearest is None
    assert window.look(post) == ()


def test_a_server_without_a_window_has_no_earlier_posts(window):
    post = make_post(guild_id=77)
    assert window.look(post) == ()
    assert compared(window, post)["exact"].nearest is None


def test_looking_remembers_nothing(window):
    window.see(make_post())
    post = make_post()
    assert len(window.look(post)) == 1
    window.compare(post)
    assert len(window) == 1
    assert not window.contains(post.guild_id, post.message_id)


def test_looking_finds_what_seeing_found(window):
    posts = [make_post(text) for text in (CHATTER, NEAR, CHATTER.upper())]
    seen = [window.see(post)[1] for post in posts]
    assert [window.look(post) for post in posts] == seen
