"""By which numbers content is known again."""

from dataclasses import replace

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.content import content_number, marks
from bot.duplicates.gist import Gist
from bot.duplicates.window import Window
from tests.support import CHATTER, GUILD, make_post

LINK = "https://news.example/harbour"


def repeated(text, earlier):
    """A post and the repeat that the window finds in it."""
    window = Window(DETECTORS)
    window.see(make_post(earlier))
    post = make_post(text)
    (repeat,) = window.see(post)[1]
    return post, repeat


def test_dress_makes_no_difference_and_servers_do():
    plain, dressed = (marks(make_post(text), None) for text in (CHATTER, f"**{CHATTER.upper()}**!"))
    assert plain == dressed
    assert marks(make_post(CHATTER, guild_id=GUILD + 1), None) != plain
    assert all(0 <= mark < 2**63 for mark in plain)


def test_a_post_that_says_nothing_is_known_by_itself_alone():
    one, other = make_post(""), make_post("")
    assert marks(one, None) == (one.message_id,) != marks(other, None)
    assert content_number(Gist.of("", GUILD), 5) == 5


def test_a_repeat_is_known_by_its_own_words_and_by_those_of_what_it_repeats():
    post, repeat = repeated(f"fyi: {CHATTER.replace('warm', 'thick')}!", CHATTER)
    assert repeat.detector == "near"
    assert set(marks(post, repeat)) == {*marks(post, None), *marks(make_post(CHATTER), None)}
    assert marks(post, replace(repeat, key=7))[0] == 7


def test_a_repeat_of_a_link_is_known_by_that_link():
    post, repeat = repeated(f"see {LINK}", f"look {LINK}")
    assert repeat.detector == "link"
    assert set(marks(make_post(LINK), None)) <= set(marks(post, repeat))


def test_a_repeat_of_words_is_not_known_by_a_link_in_it():
    post, repeat = repeated(f"{CHATTER} {LINK}", f"{CHATTER} {LINK}")
    assert repeat.detector != "link"
    assert not set(marks(make_post(LINK), None)) & set(marks(post, repeat))


@pytest.mark.parametrize("seen", [True, False])
def test_a_look_finds_what_a_post_repeats_and_remembers_nothing(seen):
    window = Window(DETECTORS)
    earlier, post, later = (make_post() for _ in range(3))
    for one in (earlier, post, later) if seen else (earlier, later):
        window.see(one)
    size = len(window)
    assert [repeat.of.message_id for repeat in window.look(post)] == [earlier.message_id]
    assert len(window) == size
    assert window.look(make_post(guild_id=99)) == ()
