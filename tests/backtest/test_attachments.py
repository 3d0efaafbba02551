"""Images in recorded posts: found beside the file, compared like those of live posts."""

import json

import pytest

from bot.backtest.policy import EVERYWHERE
from bot.backtest.read import read_posts
from bot.backtest.replay import replay
from bot.errors import InputError
from tests.pictures import mirrored, photo, recoded, saved


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(saved(photo(1)))
    (tmp_path / "files" / "b c.jpg").write_bytes(saved(mirrored(photo(1)), "JPEG"))
    (tmp_path / "files" / "other").write_bytes(saved(recoded(photo(2)), "WEBP"))
    return tmp_path


@pytest.fixture
def decide(database, folder):
    async def decide(content):
        path = folder / "posts.json"
        path.write_text(content, encoding="utf-8")
        return [decision async for decision in replay(read_posts(path), database, lambda numbers: EVERYWHERE, None)]

    return decide


def lines(*attachments):
    return "\n".join(json.dumps({"id": n, "text": "", "attachments": files}) for n, files in enumerate(attachments))


async def test_an_image_of_a_recorded_post_is_found_again(decide):
    first, again, other = await decide(
        lines(
            [{"name": "a.png", "path": "files/a.png"}],
            [{"path": "files/b c.jpg"}],
            [{"name": "other.webp", "path": "files/other"}],
        )
    )
    assert first["repeats"] == other["repeats"] == []
    (repeat,) = again["repeats"]
    assert (repeat["of"], repeat["detector"], repeat["label"]) == (0, "image", "certain")


@pytest.mark.parametrize("path", ["files/gone.png", "files/notes.txt", "files"])
async def test_a_file_that_is_gone_or_no_image_matches_nothing(decide, folder, path):
    (folder / "files" / "notes.txt").write_text("notes")
    assert [decision["repeats"] for decision in await decide(lines(*[[{"path": path, "name": "a.png"}]] * 2))] == [
        [],
        [],
    ]


async def test_a_file_that_is_too_large_matches_nothing(decide, folder, caplog):
    (folder / "files" / "large.png").write_bytes(saved(photo(1)).ljust(11 << 20, b"\0"))
    assert [decision["repeats"] for decision in await decide(lines(*[[{"path": "files/large.png"}]] * 2))] == [[], []]
    assert "bytes" in caplog.text


async def test_an_export_that_was_made_with_its_media_is_read_with_them(decide):
    def message(number, *attachments):
        return {
            "id": str(number),
            "type": "Default",
            "timestamp": f"2026-01-0{number}T00:00:00+00:00",
            "content": "",
            "attachments": list(attachments),
        }

    export = {
        "messages": [
            message(1, {"url": "files/a.png", "fileName": "a.png"}, {"url": "https://cdn.discordapp.com/x.png"}),
            message(2, {"url": "files/b%20c.jpg", "fileName": "b c.jpg"}, "nonsense", {"fileName": "x.png"}),
            {**message(3), "attachments": None},
        ]
    }
    decisions = await decide(json.dumps(export))
    assert [[repeat["of"] for repeat in decision["repeats"]] for decision in decisions] == [[], ["1"], []]


@pytest.mark.parametrize(
    ("attachments", "told"),
    [("a.png", "must be a list"), (["a.png"], "must be an object"), ([{"name": "a.png"}], "give the post its path")],
)
def test_wrong_attachments_are_told_with_their_line(tmp_path, attachments, told):
    path = tmp_path / "posts.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "", "attachments": attachments}))
    with pytest.raises(InputError, match=rf"posts\.jsonl:1: .*{told}"):
        read_posts(path)
