"""Topics as files, in and out: only what is right comes in, and nothing by halves."""

import json
import struct
import zipfile
from dataclasses import asdict
from io import BytesIO

import pytest

from bot.errors import InputError
from bot.faq.draft import Draft
from bot.faq.editor import MAX_IMPORT, MAX_SLUG
from tests.faq.editing.newsroom import ANN, BEA, DRAFT, OTHER_GUILD, OWN, TOPIC, WRONG, as_json, markdown, own, zipped
from tests.support import (
    GUILD,
)

FILES = {
    "one.md": markdown(own(1)),
    "parts.json": as_json({"one": own(1)}),
    "pack.zip": zipped(("deep/down/one.md", markdown(own(1))), ("readme.txt", b"\xff"), ("explainers.json", b"{")),
    "json.zip": zipped(("parts.json", as_json({"one": own(1)}))),
    "stored.zip": zipped(("one.md", markdown(own(1))), packing=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("name", FILES)
async def test_an_imported_file_is_kept_as_a_draft_and_not_served(room, name):
    (saved,) = await room.import_file(name, FILES[name])
    assert (saved.edition.slug, saved.edition.version, saved.edition.editor_id) == ("one", 1, ANN)
    assert await room.editor.open(GUILD, "one") == (own(1), 1)
    assert room.served("one") is None


async def test_an_import_is_the_next_version_of_a_topic_and_hides_none(room):
    await room.save(own(1))
    (saved,) = await room.import_file(f"{TOPIC}.md", markdown(own(2)))
    assert (saved.edition.version, saved.edition.based_on, saved.unseen) == (2, 1, None)
    assert len(await room.editor.history(GUILD, TOPIC)) == 2


BROKEN = {
    "empty markdown": ("a.md", b"", ["+++"]),
    "markdown": ("a.md", markdown(WRONG), ["a.md", "TOML"]),
    "no utf-8": ("a.md", b"\xff\xfe", ["a.md: save it as UTF-8"]),
    "another kind of file": ("a.png", b"\x89PNG\r\n", ["UTF-8"]),
    "no json": ("a.json", b"{", ["a.json: not JSON"]),
    "endless json": ("a.json", b"[" * 200_000, ["a.json: not JSON"]),
    "a list": ("a.json", b"[]", ["must be an object"]),
    "an empty object": ("a.json", b"{}", ["no explainer"]),
    "parts": ("a.json", b'{"a": {"title": "x"}}', ["a.json: a: missing or unknown parts", "settled"]),
    "no text": ("a.json", as_json({"a": DRAFT}).replace(b'"as_of": "2026-07-05"', b'"as_of": 5'), ["as_of must be"]),
    "half a character": ("a.json", as_json({"a": DRAFT}).replace(b"case one", b"\\ud83d"), ["half a character"]),
    "each topic of a json": ("a.json", as_json({"a": WRONG, "Big B": own(1), "c": own(2)}), ["a.md", "'Big B'"]),
    "a name with a slash": ("a.json", as_json({f"x/{TOPIC}": DRAFT}), ["lower-case words"]),
    "a long name": ("a.json", as_json({"a" * (MAX_SLUG + 1): DRAFT}), ["shorten the name"]),
    "each file of a zip": (
        "a.zip",
        zipped(("good.md", markdown(own(1))), ("bad.md", markdown(WRONG)), ("worse.md", b"\xff")),
        ["bad.md", "worse.md: save it as UTF-8"],
    ),
    "a topic twice": ("a.zip", zipped(("x/a.md", markdown(own(1))), ("y/a.md", markdown(own(2)))), ["a stands twice"]),
    "an empty zip": ("a.zip", zipped(), ["no explainer"]),
    "no zip": ("a.zip", b"PK but nothing more", ["not a zip"]),
    "half a zip": ("a.zip", zipped(("a.md", markdown()))[:-30], ["not a zip"]),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_of_a_file_with_something_wrong_every_problem_is_told_and_nothing_is_kept(room, case):
    name, content, told = BROKEN[case]
    with pytest.raises(InputError) as refusal:
        await room.import_file(name, content)
    assert [part for part in told if part not in str(refusal.value)] == []
    assert await room.editions.topics(GUILD) == []


def corrupted(content):
    """A zip whose packed bytes are not what its packing says."""
    start = content.index(b"a.md") + len("a.md")
    return content[:start] + b"\xff" * 40 + content[start + 40 :]


def understated(content, claimed=10):
    """A zip that says of its one file that it unpacks to ten bytes."""
    head, directory = content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24
    for at in (head, directory):
        content = content[:at] + struct.pack("<I", claimed) + content[at + 4 :]
    return content


BOMB = b"0" * (50 * MAX_IMPORT)
HOSTILE = {
    "a large file": ("a.md", b"x" * (MAX_IMPORT + 1)),
    "a large zip": ("a.zip", b"x" * (MAX_IMPORT + 1)),
    "a bomb": ("a.zip", zipped(("a.md", BOMB))),
    "many that are large together": ("a.zip", zipped(*((f"{n}.md", b"x" * 10_000) for n in range(101)))),
    "a bomb beside what is asked for": ("a.zip", zipped(("a.md", markdown()), ("b.bin", BOMB))),
    "a bomb that says that it is small": ("a.zip", understated(zipped(("a.md", BOMB)))),
    "a bomb in another packing": ("a.zip", understated(zipped(("a.md", BOMB), packing=zipfile.ZIP_BZIP2))),
    "corrupted bytes": ("a.zip", corrupted(zipped(("a.md", markdown())))),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_an_oversized_or_hostile_file_is_refused(room, case):
    with pytest.raises(InputError):
        await room.import_file(*HOSTILE[case])
    assert await room.editions.topics(GUILD) == []


async def test_a_zip_whose_packing_cannot_be_read_in_pieces_is_refused_unread(room):
    with pytest.raises(InputError, match="make an ordinary zip"):
        await room.import_file("a.zip", zipped(("a.md", markdown()), packing=zipfile.ZIP_BZIP2))


async def test_a_file_of_the_largest_size_is_read(room):
    content = markdown(own(1))
    parts = as_json({"one": own(1)})
    assert await room.import_file("parts.json", parts + b" " * (MAX_IMPORT - len(parts)))
    with pytest.raises(InputError, match="larger"):
        await room.import_file("one.md", content + b"\n" * (MAX_IMPORT + 1 - len(content)))


async def test_what_is_exported_gives_the_same_drafts_when_it_is_imported(room, explainers):
    drafts = {TOPIC: own(1), OWN: own(2), "scraping": Draft.of(explainers["scraping"])}
    for slug, draft in drafts.items():
        await room.save(own(9), slug)
        await room.save(draft, slug, based_on=1)
    await room.save(own(3), "elsewhere", guild=OTHER_GUILD)
    packed = await room.editor.export(GUILD)
    await room.editor.import_file(77, "explainers.zip", packed, BEA)
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        await room.editor.import_file(78, "explainers.json", archive.read("explainers.json"), BEA)
    for guild in (77, 78):
        assert {slug: (await room.editor.open(guild, slug))[0] for slug in await room.editions.topics(guild)} == drafts


async def test_a_draft_with_problems_is_exported_too(room):
    await room.save(WRONG)
    with zipfile.ZipFile(BytesIO(await room.editor.export(GUILD))) as archive:
        assert json.loads(archive.read("explainers.json")) == {TOPIC: asdict(WRONG)}
