"""The reader keeps its limits, reads each image once, and never lets a post fail."""

import asyncio

import pytest

from bot.errors import ImageError
from bot.images.hashes import image_hash
from bot.images.reader import ImageLimits, ImageReader
from bot.model import Attachment
from tests.pictures import drawing, saved
from tests.support import turns

PICTURES = [saved(drawing(seed)) for seed in range(6)]
SIGNED = "https://cdn.discordapp.com/attachments/1/{}/a.png?ex=1&hm=secret"


class Shelf:
    """An image source with some pictures; it can keep everybody waiting, and counts who waits."""

    def __init__(self):
        self.open = asyncio.Event()
        self.open.set()
        self.asked = []
        self.most, self.inside = 0, 0
        self.failure = None
        self.never = ""

    async def fetch(self, address, limit):
        self.asked.append(address)
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.open.wait()
            if address == self.never:
                await asyncio.Event().wait()
        finally:
            self.inside -= 1
        if self.failure is not None:
            raise self.failure
        return PICTURES[int(address.split("/")[5]) % len(PICTURES)]

    async def close(self):
        self.open.set()


@pytest.fixture
async def shelf():
    return Shelf()


@pytest.fixture
async def make_reader(shelf):
    readers = []

    def make(**limits):
        readers.append(ImageReader(shelf, ImageLimits(**limits)))
        return readers[-1]

    yield make
    for reader in readers:
        await reader.close()


def attached(number, content_type="image/png", size=100):
    return Attachment(number, SIGNED.format(number), content_type, size)


async def test_the_images_of_a_post_are_read_in_their_order(make_reader):
    images = await make_reader().read([attached(2), attached(0), attached(1)])
    assert images == tuple(image_hash(PICTURES[number]) for number in (2, 0, 1))


async def test_an_image_is_fetched_once_however_often_its_post_comes(make_reader, shelf):
    reader = make_reader()
    first = await reader.read([attached(1)])
    assert await reader.read([attached(1)]) == first
    assert len(shelf.asked) == 1


@pytest.mark.parametrize("kind", ["video/mp4", "image/svg+xml", "image/tiff", "application/zip", ""])
async def test_other_files_are_not_fetched(make_reader, shelf, kind):
    assert await make_reader().read([attached(1, kind)]) == ()
    assert shelf.asked == []


async def test_no_more_images_of_a_post_are_read_than_allowed(make_reader, shelf):
    assert len(await make_reader(per_post=2).read([attached(number) for number in range(4)])) == 2
    assert len(shelf.asked) == 2


async def test_an_image_that_is_declared_too_large_is_not_fetched(make_reader, shelf):
    assert await make_reader(size=99).read([attached(1, size=100)]) == ()
    assert shelf.asked == []


async def test_no_more_images_are_in_memory_at_once_than_allowed(make_reader, shelf):
    assert len(await make_reader(at_once=2).read([attached(number) for number in range(4)])) == 4
    assert shelf.most <= 2


async def test_when_too_many_wait_the_rest_is_shed_and_the_next_are_read_again(make_reader, shelf, caplog):
    reader = make_reader(waiting=2, at_once=1)
    shelf.open.clear()
    crowd = [asyncio.create_task(reader.read([attached(number)])) for number in range(4)]
    await turns()
    assert [task.done() for task in crowd] == [False, False, True, True]
    shelf.open.set()
    assert [len(found) for found in await asyncio.gather(*crowd)] == [1, 1, 0, 0]
    assert "too many images at once" in caplog.text
    assert len(await reader.read([attached(3)])) == 1


async def test_an_image_that_takes_too_long_is_left_out_and_the_others_are_not(make_reader, shelf, caplog):
    shelf.never = SIGNED.format(1)
    images = await asyncio.wait_for(make_reader(seconds=1.0).read([attached(0), attached(1), attached(2)]), 20)
    assert images == (image_hash(PICTURES[0]), image_hash(PICTURES[2]))
    assert shelf.inside == 0
    assert "image 1 is left out: not read within 1 s" in caplog.text


@pytest.mark.parametrize("failure", [ImageError("the CDN answered 404"), None])
async def test_a_failure_leaves_the_image_out_and_no_address_in_the_log(
    make_reader, shelf, caplog, failure, monkeypatch
):
    monkeypatch.setitem(globals(), "PICTURES", [b"no image"])
    shelf.failure = failure
    assert await make_reader().read([attached(7)]) == ()
    assert "image 7 is left out" in caplog.text
    assert "secret" not in caplog.text


async def test_an_image_that_failed_is_tried_again_the_next_time(make_reader, shelf):
    reader = make_reader()
    shelf.failure = ImageError("the CDN answered 503")
    assert await reader.read([attached(1)]) == ()
    shelf.failure = None
    assert len(await reader.read([attached(1)])) == 1


async def test_only_the_last_thousand_images_are_remembered(make_reader, shelf, monkeypatch):
    monkeypatch.setattr("bot.images.reader._REMEMBERED", 2)
    reader = make_reader()
    for number in (1, 2, 3, 1):
        await reader.read([attached(number)])
    assert [address.split("/")[5] for address in shelf.asked] == ["1", "2", "3", "1"]
