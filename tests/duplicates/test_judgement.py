"""Who posts again, where and when: what is a case and what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.judgement import Judged, judge
from bot.duplicates.window import Window
from bot.images.hashes import image_hash
from bot.model import GuildPolicy
from tests.pictures import photo, saved
from tests.support import AUTHOR, CHANNEL, CHATTER, GUILD, START, make_post

POLICY = GuildPolicy(GUILD)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PHRASE = "never change a running system"
REMARK = "the ferries ran late again"
MEME = "one does not simply walk into the harbour before breakfast"


def judged(*posts: dict, policy: GuildPolicy = POLICY) -> Judged:
    """Judge the last of these posts; each is CHATTER by the same author in the same place unless it says otherwise."""
    window = Window(DETECTORS)
    for fields in posts[:-1]:
        window.see(make_post(**{"text": CHATTER, **fields}))
    last = make_post(**{"text": CHATTER, **posts[-1]})
    return judge(last, window.see(last)[1], policy)


def test_the_same_by_another_member_is_a_repeat():
    found = judged({}, {"author_id": AUTHOR + 1})
    assert [repeat.detector for repeat in found.repeats] == ["exact"]
    assert found.note == ""


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("repeats_across_authors", {"author_id": AUTHOR + 1}),
        ("repeats_across_channels", {"channel_id": CHANNEL + 1, "at": START + HOUR}),
    ],
)
def test_a_server_can_choose_not_to_count_other_authors_or_other_channels(field, place):
    assert judged({}, place).repeats
    assert judged({}, place, policy=replace(POLICY, **{field: False})).repeats == ()
    assert judged({}, {}, policy=replace(POLICY, **{field: False})).repeats


@pytest.mark.parametrize(("later", "flagged"), [(10 * MINUTE, False), (11 * MINUTE, True)])
def test_an_author_may_move_a_post_to_another_channel_for_ten_minutes(later, flagged):
    found = judged({}, {"channel_id": CHANNEL + 1, "at": START + later})
    assert bool(found.repeats) is flagged
    assert ("moved" in found.note) is not flagged


@pytest.mark.parametrize(
    ("again", "place", "flagged"),
    [
        (REMARK.replace("ran", "were"), {"at": START + DAY}, False),
        (REMARK.replace("ran", "were"), {"at": START + DAY - MINUTE}, True),
        (REMARK.replace("ran", "were"), {"at": START + DAY, "author_id": AUTHOR}, True),
        (REMARK, {"at": START + DAY}, True),
        (f"{CHATTER} {REMARK.replace('ran', 'were')}", {"at": START + DAY}, True),
    ],
    ids=["by chance", "soon", "its author", "word for word", "much said"],
)
def test_nearly_the_same_few_words_of_another_member_days_later_are_chance(again, place, flagged):
    first = again.replace("were", "ran")
    assert bool(judged({"text": first}, {"text": again, "author_id": AUTHOR + 1, **place}).repeats) is flagged


def test_the_time_for_moving_a_post_is_the_servers_choice():
    assert judged({}, {"channel_id": CHANNEL + 1}, policy=replace(POLICY, move_grace=-MINUTE)).repeats


def test_an_old_post_that_is_edited_into_a_new_one_of_another_channel_was_not_moved():
    old, new = {"message_id": 1}, {"message_id": 2, "channel_id": CHANNEL + 1, "at": START + DAY}
    assert judged({**old, "text": REMARK}, new, old).repeats


def test_the_same_in_a_third_channel_is_a_cross_post():
    assert judged({}, {"channel_id": CHANNEL + 1}, {"channel_id": CHANNEL + 2}).repeats


def test_another_member_cannot_move_a_post():
    assert judged({}, {"channel_id": CHANNEL + 1, "author_id": AUTHOR + 1}).repeats


@pytest.mark.parametrize(("age", "note"), [(DAY, "after 1 day"), (3 * DAY, "after 3 days"), (DAY - MINUTE, "")])
def test_an_author_who_posts_the_same_days_later_is_told_from_others(age, note):
    found = judged({}, {"at": START + age})
    assert found.repeats
    assert found.note.endswith(note)
    assert bool(found.note) is bool(note)
    assert judged({}, {"at": START + age, "author_id": AUTHOR + 1}).note == ""


def test_the_age_of_a_re_post_is_the_servers_choice():
    assert judged({}, {"at": START + HOUR}, policy=replace(POLICY, slow_repost=HOUR)).note


@pytest.mark.parametrize(
    ("text", "others", "hours", "flagged"),
    [
        (PHRASE, 4, 0, True),
        (PHRASE, 5, 0, False),
        (MEME, 5, 0, True),  # a raid
        (MEME, 4, 5, True),
        (MEME, 5, 5, False),
        (CHATTER, 7, 5, True),
        ("see https://news.example/a", 7, 5, True),
    ],
)
def test_a_phrase_that_many_members_use_is_nobodys_repeat(text, others, hours, flagged):
    posts = [{"text": text, "author_id": AUTHOR + n} for n in range(others)]
    last = {"text": text, "author_id": AUTHOR + others, "at": START + hours * HOUR}
    assert bool(judged(*posts, last).repeats) is flagged


def form(filling: str) -> str:
    return f"does anyone here have a decent guide to {filling} for absolute beginners https://guides.example/"


@pytest.mark.parametrize(
    ("earlier", "last", "hours", "flagged"),
    [
        (["kayaks", "trombones", "sundials"], "lighthouses", 1, False),
        (["kayaks", "wooden trombones", "sundials"], "old lighthouses", 1, False),
        (["kayaks", "trombones", "sundials"], "lighthouses", 0, True),
        (["kayaks", "trombones"], "lighthouses", 1, True),
        (["kayaks", "kayaks", "sundials"], "lighthouses", 1, True),
        (["kayaks", "trombones", "sundials"], "sundials", 1, True),
        (["kayaks", "trombones", "sundials"], "sundails", 1, True),
        (["kayaks", "trombones", "sundials"], "lighthouses with a view", 1, True),
    ],
    ids=["a form", "a few words", "a raid", "two", "one word again", "the same", "misspelt", "more is changed"],
)
def test_what_several_members_say_of_something_else_each_is_nobodys_repeat(earlier, last, hours, flagged):
    posts = [{"text": form(filling), "author_id": AUTHOR + n} for n, filling in enumerate(earlier, 1)]
    found = judged(*posts, {"text": form(last), "at": START + hours * HOUR})
    assert bool(found.repeats) is flagged
    assert ("a form" in found.note) is not flagged


@pytest.mark.parametrize("others", [0, 2])
def test_a_member_who_fills_a_form_in_again_is_not_one_more(others):
    fillings = ("kayaks", "trombones", "sundials")
    posts = [{"text": form(filling), "author_id": AUTHOR + min(n, others)} for n, filling in enumerate(fillings)]
    assert judged(*posts, {"text": form("lighthouses"), "at": START + HOUR}).repeats


def test_copies_that_are_each_changed_in_another_place_are_no_form():
    changes = [("decent", "cheap"), ("absolute", "young"), ("sundials", "kayaks")]
    copies = [form("sundials").replace(*change) for change in changes]
    posts = [{"text": text, "author_id": AUTHOR + n} for n, text in enumerate(copies, 1)]
    assert judged(*posts, {"text": form("sundials"), "at": START + HOUR}).repeats


def test_a_link_that_several_members_post_with_other_words_each_is_no_form():
    comments = [
        "magnificent craftsmanship everywhere",
        "ridiculous nonsense",
        "yesterday's conversation",
        "unbelievable",
    ]
    posts = [{"text": f"{comment} https://a.example/b", "author_id": AUTHOR + n} for n, comment in enumerate(comments)]
    found = judged(*posts[:-1], {**posts[-1], "at": START + HOUR})
    assert {repeat.detector for repeat in found.repeats} == {"link"}


@pytest.mark.parametrize(
    ("others", "hours", "flagged"), [(4, 5, True), (5, 0, True), (5, 5, False)], ids=["few", "a raid", "a meme"]
)
@pytest.mark.parametrize("text", ["", CHATTER])
def test_an_image_that_many_members_have_posted_for_a_while_is_nobodys_repeat(text, others, hours, flagged):
    image = {"images": (image_hash(saved(photo(1))),)}
    posts = [{"text": "", "author_id": AUTHOR + n, **image} for n in range(others)]
    last = {"text": text, "author_id": AUTHOR + others, "at": START + hours * HOUR, **image}
    found = judged(*posts, last)
    assert bool(found.repeats) is flagged
    assert found.note == ("" if flagged else "an image that many members have posted")


def test_an_image_moved_to_another_channel_is_no_repeat():
    image = {"text": "", "images": (image_hash(saved(photo(1))),)}
    assert judged(image, {**image, "channel_id": CHANNEL + 1}).repeats == ()


def test_one_member_who_repeats_a_phrase_is_not_many():
    assert judged(*[{"text": PHRASE}] * 8).repeats


def test_no_repeat_needs_no_note():
    assert judged({}) == Judged(())
