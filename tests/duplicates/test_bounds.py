"""How much each server's window holds is the server's choice, and may change while it is filled."""

from datetime import timedelta
from inspect import signature

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.model import GuildPolicy
from tests.support import GUILD, START, make_post, make_seen

DAY = timedelta(days=1)
FOREVER = 14 * DAY
_NUMBERS = ["nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def numbered(number: int, **fields):
    """A post whose words no other number has."""
    said = "x".join(_NUMBERS[int(digit)] for digit in str(number))
    text = f"harbour {said} market {said[::-1]} tunnel {said}q station"
    return make_post(text, message_id=number, at=START + timedelta(seconds=number), **fields)


def fill(window: Window, first: int, last: int) -> None:
    """Remember posts without comparing them."""
    for number in range(first, last + 1):
        window.remember(make_seen(numbered(number), key=number))


def held(window: Window, posts: int) -> list[int]:
    return [number for number in range(1, posts + 1) if window.contains(GUILD, number)]


def test_without_a_choice_twenty_thousand_posts_of_a_server_are_held_for_two_weeks_and_a_million_in_all():
    bounds = {name: one.default for name, one in signature(Window).parameters.items() if name != "detectors"}
    assert bounds == {"posts_per_guild": 20_000, "posts_in_all": 1_000_000, "max_age": FOREVER}
    policy = GuildPolicy(GUILD)
    assert (policy.window_posts, policy.window_age) == (20_000, FOREVER)


@pytest.mark.parametrize("most", [1, 100, 255, 256, 300, 700])
def test_a_smaller_bound_forgets_the_oldest_at_once_and_holds_from_then_on(most):
    window = Window(DETECTORS)
    fill(window, 1, 800)
    window.bound(GUILD, most, FOREVER)
    assert held(window, 800) == list(range(801 - most, 801))
    assert len(window) == most
    fill(window, 801, 830)
    assert held(window, 830) == list(range(831 - most, 831))
    assert len(window) == most


def test_a_larger_bound_holds_from_then_on():
    window = Window(DETECTORS, posts_per_guild=10)
    fill(window, 1, 20)
    window.bound(GUILD, 600, FOREVER)
    fill(window, 21, 799)
    assert held(window, 800) == list(range(200, 800))


def test_what_is_restored_keeps_to_the_bound():
    window = Window(DETECTORS)
    seen = [window.see(numbered(number))[0] for number in range(1, 51)]
    other = Window(DETECTORS)
    other.bound(GUILD, 20, FOREVER)
    other.restore(seen)
    assert held(other, 50) == list(range(31, 51))
    assert len(other) == 20


def test_one_servers_bound_is_not_anothers():
    window = Window(DETECTORS)
    window.bound(GUILD + 1, 1, FOREVER)
    for number in range(1, 11):
        window.see(numbered(number))
        window.see(numbered(number, guild_id=GUILD + 1))
    assert len(held(window, 10)) == 10
    assert len(window) == 11


def test_the_age_that_a_server_chose_is_how_far_back_it_looks():
    window = Window(DETECTORS)
    window.bound(GUILD, 100, DAY)
    window.see(numbered(1))
    assert window.see(make_post(numbered(1).text, at=START + DAY, message_id=2))[1]
    assert not window.see(make_post(numbered(1).text, at=START + 3 * DAY, message_id=3))[1]
    assert not window.contains(GUILD, 1)


def test_a_post_that_was_seen_after_a_newer_one_is_forgotten_in_its_time_once_the_newer_one_is_gone():
    window = Window(DETECTORS)
    newer, older = numbered(1), make_post(numbered(2).text, message_id=2, at=START - 3 * DAY)
    window.see(newer)
    window.see(older)
    window.bound(GUILD, 1, FOREVER)
    window.bound(GUILD, 100, FOREVER)
    window.see(make_post(numbered(3).text, message_id=3, at=START + 12 * DAY))
    assert held(window, 3) == [3]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), min_size=1, max_size=12))
def test_whatever_the_bounds_were_the_newest_posts_are_held(steps):
    """Each step chooses a bound and then sees some posts."""
    window, number, expected = Window(DETECTORS), 0, []
    for most, more in steps:
        window.bound(GUILD, most, FOREVER)
        expected = expected[-most:]
        for _ in range(more):
            number += 1
            window.see(numbered(number))
            expected = [*expected, number][-most:]
        assert held(window, number) == expected
        assert len(window) == len(expected)
