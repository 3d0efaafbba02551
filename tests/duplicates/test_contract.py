"""The contract that every detector fulfils through every store, before and after a restart.

A new detector adds one line to ``EXAMPLES``, a new store one line to ``STORES``.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates import DETECTORS
from bot.duplicates.detector import Detector
from bot.duplicates.gist import Gist
from bot.duplicates.window import Window
from bot.images.hashes import image_hash
from bot.model import Post, Repeat, SeenPost
from bot.storage.database import Database
from bot.storage.fingerprints import SqliteFingerprintStore
from tests.pictures import cropped, photo, recoded, saved
from tests.support import CHATTER, GUILD, START, keys_of, make_post

MAX_AGE = timedelta(days=14)
OTHER_CHATTER = "Somebody left three umbrellas in the reading room, please ask at the desk"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Example:
    """The fields of an original, of a repeat that the detector must find, and of another post; all three have keys."""

    original: dict
    repeat: dict
    other: dict


EXAMPLES = {
    "exact": Example({"text": CHATTER}, {"text": f"> so?\n**{CHATTER.upper()}**"}, {"text": f"{OTHER_CHATTER} today"}),
    "link": Example(
        {"text": "https://news.example/tram?utm_source=chat"},
        {"text": "[look](http://m.news.example/tram)!"},
        {"text": "https://news.example/ferry"},
    ),
    "image": Example(
        {"text": "", "images": (image_hash(saved(photo(1))),)},
        {"text": "", "images": (image_hash(saved(recoded(cropped(photo(1), 0.01)))),)},
        {"text": "", "images": (image_hash(saved(photo(2))),)},
    ),
    "near": Example({"text": CHATTER}, {"text": f"lol {CHATTER[:-4]}, friends"}, {"text": OTHER_CHATTER}),
}


class Remembering(Protocol):
    """A window and whatever carries it over a restart."""

    def see(self, post: Post) -> tuple[Repeat, ...]: ...

    async def forget(self, guild_id: int, message_id: int) -> None: ...

    async def restart(self, now: datetime) -> None: ...

    def close(self) -> None: ...


class InMemory:
    """The window alone, which never restarts: what the stores are measured by."""

    def __init__(self, detectors: Iterable[Detector], path: Path) -> None:
        self._window = Window(list(detectors), max_age=MAX_AGE)

    def see(self, post: Post) -> tuple[Repeat, ...]:
        return self._window.see(post)[1]

    async def forget(self, guild_id: int, message_id: int) -> None:
        self._window.forget(guild_id, message_id)

    async def restart(self, now: datetime) -> None:
        """There is nothing to carry over."""

    def close(self) -> None:
        """There is nothing to close."""


class InSqlite:
    """A window whose posts are saved all at once when the bot stops, and loaded into a new one from the same file."""

    def __init__(self, detectors: Iterable[Detector], path: Path) -> None:
        self._detectors = list(detectors)
        self._path = path
        self._unsaved: list[SeenPost] = []
        self._open()

    def see(self, post: Post) -> tuple[Repeat, ...]:
        seen, repeats = self._window.see(post)
        self._unsaved.append(seen)
        return repeats

    async def forget(self, guild_id: int, message_id: int) -> None:
        self._unsaved = [seen for seen in self._unsaved if (seen.guild_id, seen.message_id) != (guild_id, message_id)]
        self._window.forget(guild_id, message_id)
        await self._store.forget(guild_id, [message_id])

    async def restart(self, now: datetime) -> None:
        await self._store.save(self._unsaved, {})
        self._unsaved = []
        self.close()
        self._open()
        self._window.restore(self._store.load(now - self._window.max_age))

    def close(self) -> None:
        self._database.close()

    def _open(self) -> None:
        self._database = Database(self._path)
        self._store = SqliteFingerprintStore(self._database)
        self._window = Window(self._detectors, max_age=MAX_AGE)


STORES: dict[str, Callable[[Iterable[Detector], Path], Remembering]] = {"memory": InMemory, "sqlite": InSqlite}


@pytest.fixture(params=DETECTORS, ids=lambda detector: detector.name)
def detector(request) -> Detector:
    return request.param


@pytest.fixture
def example(detector) -> Example:
    return EXAMPLES[detector.name]


@pytest.fixture(params=STORES)
def memory(request, detector, tmp_path):
    remembering = STORES[request.param]([detector], tmp_path / "copydesk.db")
    yield remembering
    remembering.close()


@pytest.fixture(params=["running", "restarted"])
def later(request, memory):
    """Time goes by, with a restart or without one."""

    async def pass_time(now: datetime = START) -> None:
        if request.param == "restarted":
            await memory.restart(now)

    return pass_time


def gist_of(fields: dict, salt: int = GUILD) -> Gist:
    return Gist.of(fields["text"], salt, images=fields.get("images", ()))


def found(repeats: Iterable[Repeat]) -> list[int]:
    return [repeat.of.message_id for repeat in repeats]


def test_every_detector_has_an_example_and_a_name_of_its_own():
    assert sorted(detector.name for detector in DETECTORS) == sorted(EXAMPLES)


def test_a_detectors_thresholds_are_in_order(detector):
    assert 0 < detector.near <= detector.certain <= 1


def test_a_detectors_keys_are_the_same_each_time_and_other_ones_on_another_server(detector, example):
    for fields in (example.original, example.repeat, example.other):
        keys = keys_of(detector, gist_of(fields))
        assert keys == keys_of(detector, gist_of(fields))
        assert not set(keys) & set(keys_of(detector, gist_of(fields, GUILD + 1)))


def test_a_gist_is_the_same_after_storage(detector, example):
    for fields in (example.original, example.repeat, example.other):
        gist = gist_of(fields)
        stored = Gist.unpack(gist.packed, salt=GUILD)
        assert detector.keys(stored) == detector.keys(gist)
        assert detector.score(gist, stored) == detector.score(stored, gist) == 1.0


def test_a_post_that_says_nothing_has_no_keys(detector):
    assert detector.keys(Gist.of("", salt=GUILD)) == b""


async def test_the_example_is_found_and_the_other_is_not(memory, detector, example, later):
    original = make_post(**example.original)
    assert memory.see(original) == ()
    await later()
    assert found(memory.see(make_post(**example.other))) == []
    (repeat,) = memory.see(make_post(**example.repeat))
    assert (repeat.of.message_id, repeat.detector) == (original.message_id, detector.name)
    assert detector.near <= repeat.score <= 1
    assert repeat.label == ("certain" if repeat.score >= detector.certain else "near")


async def test_who_where_and_when_an_original_was_posted_is_known(memory, example, later):
    at = START + timedelta(microseconds=123_457)
    memory.see(make_post(**example.original, message_id=2**63 - 1, channel_id=2**62, author_id=2**61, at=at))
    await later()
    (repeat,) = memory.see(make_post(**example.repeat, message_id=5, at=at))
    original = repeat.of
    assert (original.guild_id, original.channel_id, original.message_id) == (GUILD, 2**62, 2**63 - 1)
    assert (original.author_id, original.at) == (2**61, at)


async def test_all_earlier_posts_are_found_oldest_first(memory, example, later):
    posts = [make_post(**example.original) for _ in range(3)]
    for post in posts:
        memory.see(post)
    await later()
    assert found(memory.see(make_post(**example.repeat))) == [post.message_id for post in posts]


async def test_a_repeated_event_is_no_repeat(memory, example, later):
    post = make_post(**example.original)
    memory.see(post)
    await later()
    assert memory.see(post) == ()
    await later()
    assert found(memory.see(make_post(**example.repeat))) == [post.message_id]


async def test_a_deleted_post_is_not_found_any_more(memory, example, later):
    early, late = make_post(**example.original), make_post(**example.original)
    memory.see(early)
    memory.see(late)
    await memory.forget(GUILD, early.message_id)
    await later()
    await memory.forget(GUILD, late.message_id)
    await later()
    assert found(memory.see(make_post(**example.repeat))) == []


async def test_an_edited_post_is_found_by_its_new_version_only(memory, example, later):
    post = make_post(**example.original)
    memory.see(post)
    await later()
    memory.see(make_post(**example.other, message_id=post.message_id))
    await later()
    assert found(memory.see(make_post(**example.repeat))) == []
    assert found(memory.see(make_post(**example.other))) == [post.message_id]


@pytest.mark.parametrize("saved_between", [True, False])
async def test_a_post_that_was_edited_to_nothing_is_not_found(memory, example, later, saved_between):
    post = make_post(**example.original)
    memory.see(post)
    if saved_between:
        await later()
    memory.see(make_post("", message_id=post.message_id))
    await later()
    assert found(memory.see(make_post(**example.repeat))) == []


async def test_servers_know_nothing_of_each_other(memory, example, later):
    post = make_post(**example.original)
    memory.see(post)
    await later()
    assert found(memory.see(make_post(**example.repeat, guild_id=GUILD + 1))) == []
    memory.see(make_post(**example.original, guild_id=GUILD + 1, message_id=post.message_id))
    await memory.forget(GUILD + 1, post.message_id)
    await later()
    assert found(memory.see(make_post(**example.repeat))) == [post.message_id]


@pytest.mark.parametrize(("age", "is_found"), [(MAX_AGE, True), (MAX_AGE + SECOND, False)])
async def test_a_post_is_found_until_it_is_too_old(memory, example, later, age, is_found):
    post = make_post(**example.original)
    memory.see(post)
    await later(START + age)
    assert found(memory.see(make_post(**example.repeat, at=START + age))) == [post.message_id] * is_found


async def test_an_edit_does_not_make_a_post_younger(memory, example, later):
    post = make_post(**example.original)
    memory.see(post)
    memory.see(make_post(**example.other, at=START + MAX_AGE / 2))
    memory.see(post)
    late = START + MAX_AGE + SECOND
    await later(late)
    assert found(memory.see(make_post(**example.repeat, at=late))) == []


async def test_the_rest_of_a_raid_is_found_once_its_beginning_is_deleted(memory, example, later):
    raid = [make_post(**example.original) for _ in range(20)]
    for post in raid:
        memory.see(post)
    for post in raid[:-1]:
        await memory.forget(GUILD, post.message_id)
    await later()
    assert found(memory.see(make_post(**example.repeat))) == [raid[-1].message_id]


VERSIONS = [fields for example in EXAMPLES.values() for fields in (example.original, example.repeat, example.other)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("see"), st.integers(1, 2), st.integers(1, 6), st.sampled_from([*VERSIONS, {"text": ""}])),
        st.tuples(st.just("forget"), st.integers(1, 2), st.integers(1, 6), st.none()),
        st.tuples(st.just("wait"), st.none(), st.sampled_from([1, 8]), st.none()),
        st.tuples(st.just("restart"), st.none(), st.none(), st.none()),
    ),
    max_size=14,
)
CARRIED_OVER = sorted(set(STORES) - {"memory"})


@pytest.mark.parametrize("store", CARRIED_OVER)
@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_repeats_are_found_as_if_there_had_been_no_restart(store, steps, tmp_path_factory):
    path = tmp_path_factory.mktemp("contract") / "copydesk.db"
    steady, restarting = InMemory(DETECTORS, path), STORES[store](DETECTORS, path)
    try:
        asyncio.run(_compare(steady, restarting, steps))
    finally:
        restarting.close()


async def _compare(steady: Remembering, restarting: Remembering, steps: list[tuple]) -> None:
    now = START
    written: dict[tuple[int, int], datetime] = {}  # a post keeps its time through all edits
    for step, guild_id, number, fields in steps:
        if step == "see":
            at = written.setdefault((guild_id, number), now)
            if now - at > MAX_AGE:
                continue  # the pipeline does not look at an edit of so old a post
            post = make_post(**fields, guild_id=guild_id, message_id=number, at=at)
            assert _told(restarting.see(post)) == _told(steady.see(post))
        elif step == "forget":
            await steady.forget(guild_id, number)
            await restarting.forget(guild_id, number)
        elif step == "wait":
            now += timedelta(days=number)
            for server in (1, 2):  # time reaches a window with the posts that it sees
                passing = make_post("", guild_id=server, at=now)
                assert restarting.see(passing) == steady.see(passing) == ()
        else:
            await restarting.restart(now)


def _told(repeats: Iterable[Repeat]) -> list[tuple]:
    """What a repeat tells, but for the keys of other detectors."""
    return [(repeat.of.message_id, repeat.detector, repeat.key, repeat.score, repeat.label) for repeat in repeats]
