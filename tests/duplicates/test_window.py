"""The posts that a new one is compared with: what they hold, in which order, and when they go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates.content import content_number
from bot.duplicates.detector import key
from bot.duplicates.exact import Exact
from bot.duplicates.gist import Gist
from bot.duplicates.window import Window
from bot.model import Post
from tests.support import CHATTER, GUILD, START, make_post

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
OTHER = CHATTER.replace("tram", "ferry")
SHORT = "so true"


@dataclass(frozen=True)
class Shared:
    """A detector that keys each word; its score is the share of words in common."""

    name: str = "shared"
    certain: float = 0.9
    near: float = 0.5
    keys_per_post: float = 8.0

    def keys(self, gist: Gist) -> bytes:
        return b"".join(key(word.encode(), gist.salt) for word in gist.words.split())

    def score(self, gist: Gist, earlier: Gist) -> float:
        words = set(gist.words.split())
        return len(words & set(earlier.words.split())) / len(words)


def window(**limits) -> Window:
    return Window([Exact()], **limits)


def repeated(window: Window, post: Post) -> list[int]:
    """See a post; return the numbers of the posts that it repeats."""
    _, repeats = window.see(post)
    return [repeat.of.message_id for repeat in repeats]


def fill(window: Window, *posts: Post) -> None:
    for post in posts:
        window.see(post)


def test_a_post_repeats_every_earlier_post_of_the_same_text_oldest_first():
    seen = window()
    first, second, third = (make_post(CHATTER) for _ in range(3))
    assert repeated(seen, first) == []
    assert repeated(seen, second) == [first.message_id]
    assert repeated(seen, make_post(OTHER)) == []
    assert repeated(seen, third) == [first.message_id, second.message_id]


def test_a_repeat_tells_what_fired_how_strongly_and_which_content_it_is():
    seen = window()
    earlier, _ = seen.see(make_post(CHATTER))
    later, (repeat,) = seen.see(make_post(CHATTER))
    assert (repeat.of.message_id, repeat.detector, repeat.score) == (earlier.message_id, "exact", 1.0)
    assert (repeat.label, repeat.key) == ("certain", content_number(Gist.of(CHATTER, GUILD), earlier.message_id))
    assert (earlier.content, later.content) == (0, repeat.key)


def test_the_content_of_a_repeat_of_a_repeat_is_that_of_the_first():
    seen = Window([Exact(), Shared()])
    seen.see(make_post("red green blue grey"))
    second, (repeat,) = seen.see(make_post("red green blue other"))
    last, _ = seen.see(make_post("pink green blue other"))
    assert last.content == second.content == repeat.key


def test_the_same_post_again_is_not_its_own_repeat():
    seen, post = window(), make_post(CHATTER)
    fill(seen, post)
    assert repeated(seen, post) == []
    assert len(seen) == 1


def test_an_edit_replaces_what_is_remembered_of_the_post():
    seen, post = window(), make_post(CHATTER)
    fill(seen, post, make_post(OTHER, message_id=post.message_id))
    assert repeated(seen, make_post(CHATTER)) == []
    assert repeated(seen, make_post(OTHER)) == [post.message_id]


def test_a_post_that_is_edited_to_nothing_is_gone():
    seen, post = window(), make_post(CHATTER)
    fill(seen, post, make_post(SHORT, message_id=post.message_id))
    assert not seen.contains(GUILD, post.message_id)
    assert repeated(seen, make_post(CHATTER)) == []


def test_a_post_without_keys_takes_no_room():
    seen, post = window(posts_per_guild=1), make_post(CHATTER)
    fill(seen, post, make_post(SHORT))
    assert len(seen) == 1
    assert repeated(seen, make_post(CHATTER)) == [post.message_id]


def test_a_deleted_post_is_forgotten_once():
    seen, post = window(), make_post(CHATTER)
    fill(seen, post)
    assert seen.contains(GUILD, post.message_id)
    assert seen.forget(GUILD, post.message_id) is True
    assert not seen.contains(GUILD, post.message_id)
    assert seen.forget(GUILD, post.message_id) is False
    assert repeated(seen, make_post(CHATTER)) == []
    assert len(seen) == 1


def test_of_a_member_who_is_forgotten_nothing_is_left_and_others_stay():
    seen = window()
    posts = [make_post(f"{CHATTER} {number}", author_id=author) for number, author in enumerate((1, 2, 1))]
    fill(seen, *posts)
    seen.forget_author(1)
    assert [seen.contains(GUILD, post.message_id) for post in posts] == [False, True, False]
    assert len(seen) == 1


def test_a_version_of_a_post_is_current_until_an_edit_or_its_deletion():
    seen, post = window(), make_post(CHATTER)
    first, _ = seen.see(post)
    assert seen.is_current(first)
    second, _ = seen.see(make_post(OTHER, message_id=post.message_id))
    assert (seen.is_current(first), seen.is_current(second)) == (False, True)
    empty, _ = seen.see(make_post(SHORT, message_id=post.message_id))
    assert (seen.is_current(second), seen.is_current(empty)) == (False, True)
    third, _ = seen.see(post)
    assert (seen.is_current(third), seen.is_current(empty)) == (True, False)
    seen.forget(GUILD, post.message_id)
    assert not seen.is_current(third)
    seen.forget_guild(GUILD)
    assert not seen.is_current(third)


def test_nothing_is_known_of_a_server_without_posts():
    seen = window()
    assert seen.forget(GUILD, 1) is False
    assert not seen.contains(GUILD, 1)
    seen.forget_guild(GUILD)
    assert len(seen) == 0


def test_servers_are_apart_even_where_keys_and_numbers_are_equal():
    seen = Window([Shared()])
    here = make_post(CHATTER)
    fill(seen, here, make_post(CHATTER, guild_id=GUILD + 1, message_id=here.message_id))
    assert repeated(seen, make_post(CHATTER, guild_id=GUILD + 2)) == []
    seen.forget(GUILD + 1, here.message_id)
    assert repeated(seen, make_post(CHATTER)) == [here.message_id]


def test_a_server_that_is_left_is_forgotten_alone():
    seen = window()
    fill(seen, make_post(CHATTER), make_post(CHATTER, guild_id=GUILD + 1))
    seen.forget_guild(GUILD)
    assert len(seen) == 1
    assert repeated(seen, make_post(CHATTER)) == []
    assert len(repeated(seen, make_post(CHATTER, guild_id=GUILD + 1))) == 1


@pytest.mark.parametrize(("age", "found"), [(DAY, True), (DAY + SECOND, False)])
def test_a_post_is_found_until_it_is_too_old(age, found):
    seen, post = window(max_age=DAY), make_post(CHATTER)
    fill(seen, post)
    assert repeated(seen, make_post(CHATTER, at=START + age)) == ([post.message_id] if found else [])
    assert len(seen) == 1 + found


def test_an_edit_does_not_make_a_post_younger():
    seen = window(max_age=DAY)
    old, newer = make_post(CHATTER), make_post(OTHER, at=START + DAY / 2)
    fill(seen, old, newer, old)
    assert repeated(seen, make_post(CHATTER, at=START + DAY + SECOND)) == []


def test_a_late_edit_does_not_reach_back_further():
    seen = window(max_age=DAY)
    old, newer, newest = make_post(CHATTER), make_post(OTHER, at=START + DAY / 2), make_post(SHORT, at=START + 2 * DAY)
    fill(seen, make_post(SHORT), old, newer, old, newest)
    assert repeated(seen, make_post(CHATTER, message_id=newer.message_id, at=newer.at)) == []


def test_a_server_keeps_its_newest_posts():
    seen = window(posts_per_guild=2)
    first, second, third = (make_post(f"{CHATTER} {n}") for n in range(3))
    fill(seen, first, second, third)
    assert len(seen) == 2
    assert [seen.contains(GUILD, post.message_id) for post in (first, second, third)] == [False, True, True]


def test_when_all_is_full_the_largest_server_gives_up_its_oldest_post():
    seen = window(posts_in_all=3)
    large = [make_post(f"{CHATTER} {n}") for n in range(3)]
    small = make_post(CHATTER, guild_id=GUILD + 1)
    fill(seen, *large, small)
    assert len(seen) == 3
    assert [seen.contains(GUILD, post.message_id) for post in large] == [False, True, True]
    assert seen.contains(GUILD + 1, small.message_id)


def test_posts_from_storage_are_bounded_too():
    loaded = [window().see(make_post(f"{CHATTER} {n}"))[0] for n in range(4)]
    seen = window(posts_in_all=2)
    for post in loaded:
        seen.remember(post)
    assert [seen.contains(GUILD, post.message_id) for post in loaded] == [False, False, True, True]


def test_posts_of_a_raid_are_found_in_the_order_of_their_numbers():
    seen, late, early = window(), make_post(CHATTER, message_id=900), make_post(CHATTER, message_id=100)
    fill(seen, late, early)
    assert repeated(seen, make_post(CHATTER)) == [100, 900]


def test_a_raid_of_equal_posts_does_not_make_lookups_longer():
    seen = window()
    fill(seen, *(make_post(CHATTER) for _ in range(40)))
    assert 0 < len(repeated(seen, make_post(CHATTER))) <= 16


def test_the_equal_posts_of_a_raid_are_compared_once():
    compared = []

    class Counting(Exact):
        def score(self, gist: Gist, earlier: Gist) -> float:
            compared.append(earlier.words)
            return super().score(gist, earlier)

    seen = Window([Counting()])
    fill(seen, *(make_post(CHATTER) for _ in range(5)))
    compared.clear()
    assert len(repeated(seen, make_post(CHATTER))) == 5
    assert compared == [Gist.of(CHATTER, GUILD).words]


def test_the_rest_of_a_raid_is_found_once_its_beginning_is_deleted():
    seen = window()
    raid = [make_post(CHATTER) for _ in range(20)]
    fill(seen, *raid)
    for post in raid[:-1]:
        seen.forget(GUILD, post.message_id)
    assert repeated(seen, make_post(CHATTER)) == [raid[-1].message_id]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("red green blue grey", ["certain"]),
        ("red green blue other", ["near"]),
        ("red green something other", ["near"]),
        ("red nothing something other", []),
    ],
)
def test_the_detectors_thresholds_choose_the_label(text, labels):
    seen = Window([Shared()])
    fill(seen, make_post("red green blue grey"))
    _, repeats = seen.see(make_post(text))
    assert [repeat.label for repeat in repeats] == labels


def test_each_earlier_post_is_named_once_by_the_first_detector_that_finds_it():
    seen = Window([Exact(), Shared()])
    fill(seen, make_post(CHATTER), make_post(OTHER))
    _, repeats = seen.see(make_post(CHATTER))
    assert [repeat.detector for repeat in repeats] == ["exact", "shared"]


def test_the_surest_repeat_comes_first_whoever_finds_it():
    seen = Window([Shared()])
    weak, strong = make_post("red green other others"), make_post("red green blue other")
    fill(seen, weak, strong)
    assert repeated(seen, make_post("red green blue grey")) == [strong.message_id, weak.message_id]


@pytest.mark.parametrize("count", [1, 255, 256, 257, 600, 1500])
def test_a_window_grows_until_it_is_full_and_a_restored_one_is_like_it(count):
    grown, restored = window(posts_per_guild=1000), window(posts_per_guild=1000)
    posts = [make_post(f"{CHATTER} number {n}") for n in range(count)]
    restored.restore([grown.see(post)[0] for post in posts])
    for seen in (grown, restored):
        assert len(seen) == min(count, 1000)
        kept = [seen.contains(GUILD, post.message_id) for post in posts]
        assert kept == [n >= count - 1000 for n in range(count)]
        assert repeated(seen, posts[-1]) == []
        assert repeated(seen, make_post(posts[-1].text)) == [posts[-1].message_id]


def test_what_is_restored_joins_what_has_come_meanwhile():
    seen, post = window(), make_post(CHATTER)
    stored = window().see(post)[0]
    fill(seen, make_post(OTHER))
    seen.restore([stored])
    assert len(seen) == 2
    assert repeated(seen, make_post(CHATTER)) == [post.message_id]


def test_a_restored_window_knows_its_posts_whatever_the_order_of_their_numbers():
    other, seen = window(), window()
    posts = [make_post(f"{CHATTER} number {number}", message_id=number) for number in (900, 100)]
    seen.restore([other.see(post)[0] for post in posts])
    assert all(seen.forget(GUILD, post.message_id) for post in posts)


def test_the_version_that_is_remembered_is_the_current_one():
    seen, post = window(), make_post(CHATTER)
    early, _ = seen.see(post)
    assert seen.is_current(early)
    late, _ = seen.see(make_post(OTHER, message_id=post.message_id))
    assert seen.is_current(late)
    assert not seen.is_current(early)
    seen.forget(GUILD, post.message_id)
    assert not seen.is_current(late)


def test_a_post_is_remembered_if_any_detector_has_a_key_for_it():
    seen = Window([Exact(), Shared()])
    post = make_post(SHORT)
    fill(seen, post)
    _, (repeat,) = seen.see(make_post(SHORT))
    assert (repeat.detector, repeat.of.message_id) == ("shared", post.message_id)


def test_what_is_remembered_shows_no_text_in_a_log():
    seen, repeats = window().see(make_post(CHATTER))
    assert "tram" not in repr((seen, repeats))


TEXTS = [CHATTER, OTHER, SHORT]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("see"), st.integers(1, 2), st.integers(1, 9), st.sampled_from(TEXTS)),
        st.tuples(st.just("forget"), st.integers(1, 2), st.integers(1, 9), st.none()),
        st.tuples(st.just("leave"), st.integers(1, 2), st.none(), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=150)
@given(STEPS)
def test_whatever_happens_the_window_finds_what_a_plain_list_would_find(steps):
    seen = window()
    plain: dict[tuple[int, int], str] = {}
    for step, guild_id, message_id, text in steps:
        if step == "see":
            plain.pop((guild_id, message_id), None)
            same = sorted(number for (guild, number), known in plain.items() if (guild, known) == (guild_id, text))
            assert repeated(seen, make_post(text, guild_id=guild_id, message_id=message_id)) == same
            if text != SHORT:
                plain[guild_id, message_id] = text
        elif step == "forget":
            assert seen.forget(guild_id, message_id) is (plain.pop((guild_id, message_id), None) is not None)
        else:
            seen.forget_guild(guild_id)
            plain = {place: known for place, known in plain.items() if place[0] != guild_id}
        assert len(seen) == len(plain)
        assert all(seen.contains(*place) for place in plain)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 40), st.sampled_from([CHATTER, OTHER])), max_size=20))
def test_whatever_the_order_of_times_what_is_not_too_old_is_found_and_nothing_older(steps):
    seen, newest = window(max_age=10 * DAY), START
    plain: dict[int, tuple[str, datetime]] = {}
    for message_id, day, text in steps:
        post = make_post(text, message_id=message_id, at=START + day * DAY)
        newest = max(newest, post.at)
        plain.pop(message_id, None)
        same = {number: at for number, (known, at) in plain.items() if known == text and post.at - at <= 10 * DAY}
        found = repeated(seen, post)
        assert {number for number, at in same.items() if newest - at <= 10 * DAY} <= set(found) <= set(same)
        plain[message_id] = (text, post.at)
