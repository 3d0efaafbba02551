"""One server's window: what it forgets, what it ignores, and how much memory it takes."""

from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.guild_window import GuildWindow
from tests.support import make_post, make_seen

POSTS = 2_000


@pytest.fixture
def window() -> GuildWindow:
    return GuildWindow(DETECTORS, POSTS, timedelta(days=14))


def test_a_post_that_was_never_seen_cannot_be_forgotten(window):
    assert window.forget(make_post().message_id, b"") is False


def test_dropping_the_oldest_passes_over_posts_that_are_gone(window):
    first, second, third = (make_seen(make_post(), key) for key in (7, 8, 9))
    for seen in (first, second, third):
        window.add(seen)
    window.forget(first.message_id, first.keys)
    window.drop_oldest()
    assert [window.find(seen.message_id) is None for seen in (first, second, third)] == [True, True, False]


def test_an_empty_window_has_nothing_to_drop(window):
    window.drop_oldest()
    assert len(window) == 0


def test_keys_of_a_detector_that_is_no_longer_there_are_ignored(window):
    seen = make_seen(make_post())
    window.add(seen._replace(keys=seen.keys + b"1234"))
    window.forget(seen.message_id, seen.keys)
    assert window.candidates([b"1234", b"", b"", b""]) == [[]] * 4
    assert window.candidates([b"", b"", b"1234", b""], seen.gist) == [[]] * 4


def test_the_arrays_of_a_full_window_take_at_most_600_bytes_a_post(window):
    for key in range(POSTS):
        window.add(make_seen(make_post(), key))
    assert window.nbytes / POSTS <= 600
