"""Recorded posts in: JSON Lines and DiscordChatExporter exports, and what is told of a wrong file."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bot.backtest.read import Message, RecordedFile, RecordedPost, read_messages, read_posts
from bot.errors import InputError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EXPORT = {
    "guild": {"id": "11", "name": "A server"},
    "channel": {"id": "22", "type": "GuildTextChat", "name": "general"},
    "dateRange": {"after": None, "before": None},
    "messages": [
        {
            "id": "101",
            "type": "Default",
            "timestamp": "2026-01-01T12:00:00+00:00",
            "content": "the first",
            "author": {"id": "7", "name": "ada", "isBot": False},
            "attachments": [],
        },
        {
            "id": "102",
            "type": "Reply",
            "timestamp": "2026-01-01T14:00:30.25+02:00",
            "content": "the second",
            "author": {"id": "8", "name": "feed", "isBot": True},
            "reference": {"messageId": "101", "channelId": "22", "guildId": "11"},
        },
        {"id": "103", "type": "GuildMemberJoin", "timestamp": "2026-01-01T12:00:31+00:00", "content": "Joined."},
    ],
    "messageCount": 3,
}


@pytest.fixture
def write(tmp_path):
    """Writes a file: a text as it is, rows as JSON Lines."""

    def write(*rows, encoding="utf-8"):
        path = tmp_path / "posts"
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def post(**fields):
    """A row that is right but for the given fields."""
    return {"id": 1, "text": "hello", **fields}


def test_a_post_needs_an_id_and_a_text_only(write):
    (found,) = read_posts(write({"id": "a", "text": ""}))
    assert (found.id, found.text, found.reply_to, found.is_bot) == ("a", "", None, False)


def test_all_that_a_line_says_of_a_post_is_read(write):
    row = {"id": 5, "text": "hi", "guild": 1, "channel": "art", "author": 9, "at": 60, "reply_to": "x", "bot": True}
    minute = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    path = write({**row, "attachments": [{"name": "a.png", "path": "files/1"}]})
    files = (RecordedFile("a.png", path.parent / "files" / "1"),)
    assert read_posts(path) == [
        RecordedPost(5, "hi", guild="1", channel="art", author="9", at=minute, reply_to="x", is_bot=True, files=files)
    ]


@pytest.mark.parametrize(
    "at",
    [
        NOON.timestamp(),
        int(NOON.timestamp()),
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:00",
        "2026-01-01 12:00",
        "2026-01-01T14:00:00+02:00",
        "2025-12-31T23:00:00.000-13:00",
    ],
)
def test_a_time_is_seconds_or_iso_8601_and_utc_where_it_names_no_zone(write, at):
    (found,) = read_posts(write(post(at=at)))
    assert found.at == NOON
    assert found.at.tzinfo is UTC


def test_posts_come_in_the_order_of_their_times_and_else_of_the_file(write):
    rows = [post(id=1, at=30), post(id=2, at="1970-01-01T00:00:10"), post(id=3, at=20.5), post(id=4, at=10)]
    assert [found.id for found in read_posts(write(*rows))] == [2, 4, 3, 1]


def test_posts_without_times_keep_the_order_of_the_file_a_second_apart(write):
    posts = read_posts(write(*(post(id=n) for n in (3, 1, 2))))
    assert [found.id for found in posts] == [3, 1, 2]
    assert {(later.at - earlier.at).seconds for earlier, later in pairwise(posts)} == {1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_empty_lines_and_a_byte_order_mark_are_passed_over(write, encoding):
    posts = read_posts(write("", post(id=1), "  ", post(id=2), "", encoding=encoding))
    assert [found.id for found in posts] == [1, 2]


def test_only_a_line_feed_ends_a_line(write):
    text = "one\u2028two\x85three"
    (found,) = read_posts(write(json.dumps(post(text=text), ensure_ascii=False)))
    assert found.text == text


def test_a_text_with_half_a_surrogate_pair_is_read(write):
    (found,) = read_posts(write('{"id": 1, "text": "\\ud83d"}'))
    assert found.text == "\ud83d"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_an_export_of_discordchatexporter_is_read_without_its_system_messages(write, indent, encoding):
    assert read_posts(write(json.dumps(EXPORT, indent=indent), encoding=encoding)) == [
        RecordedPost("101", "the first", "11", "22", "7", NOON),
        RecordedPost(
            "102", "the second", "11", "22", "8", NOON.replace(second=30, microsecond=250_000), "101", is_bot=True
        ),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"guild": None, "channel": None},
        {"guild": "11", "channel": []},
        {"messages": [{**EXPORT["messages"][0], "author": None, "reference": None}]},
    ],
)
def test_an_export_that_leaves_places_and_people_out_is_read(write, changes):
    assert [found.text for found in read_posts(write(json.dumps(EXPORT | changes)))][:1] == ["the first"]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (7, "not a message"),
        ({"type": "Default"}, "give the post its id"),
        ({"type": "Default", "id": "1", "content": None}, "give the post its content"),
        ({"type": "Default", "id": "1", "content": ""}, "at must be"),
    ],
)
def test_a_wrong_message_of_an_export_is_named_by_its_place(write, message, told):
    path = write(json.dumps({"messages": [EXPORT["messages"][0], message]}, indent=1))
    with pytest.raises(InputError, match=told) as caught:
        read_posts(path)
    assert str(caught.value).startswith(f"{path}: message 2: ")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("hello", "not JSON"),
        ('{"id": 1, "text": "cut o', "not JSON"),
        ("[1, 2]", "each line must be an object"),
        ('"text"', "each line must be an object"),
        ({"text": "hello"}, "give the post its id"),
        (post(id=None), "give the post its id"),
        (post(id=1.5), "give the post its id"),
        (post(id=["1"]), "give the post its id"),
        ({"id": 1}, "give the post its text"),
        (post(text=None), "give the post its text"),
        (post(text=["hello"]), "give the post its text"),
    ],
)
@pytest.mark.parametrize("read", [read_posts, lambda path: list(read_messages(path))], ids=["posts", "messages"])
def test_the_first_wrong_line_is_named(write, read, row, told):
    path = write(post(), "", row, "worse")
    with pytest.raises(InputError, match=told) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:3: ")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"at": "yesterday"}, "at must be seconds or ISO 8601, not 'yesterday'"),
        ({"at": None}, "at must be"),
        ({"at": [60]}, "at must be"),
        ({"at": float("nan")}, "at must be"),
        ({"at": float("inf")}, "at must be"),
        ({"at": 1_767_225_600_000}, "at must be"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "at must be"),
        ({"at": "0001-01-01T00:00:00"}, "at must be 1970 or later"),
        ({"at": -1}, "at must be 1970 or later"),
        ({"reply_to": {"id": 1}}, "give the post its reply_to"),
        ({"reply_to": ["1"]}, "give the post its reply_to"),
    ],
)
def test_a_wrong_time_or_reply_is_named_with_its_line(write, fields, told):
    path = write(post(), post(**fields))
    with pytest.raises(InputError, match=told) as caught:
        read_posts(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_the_context_of_a_message_is_a_text(write):
    path = write(post(reply_to_text=7))
    with pytest.raises(InputError, match="give the post its reply_to_text"):
        list(read_messages(path))


def test_a_message_may_have_a_context(write):
    rows = [post(id="a", reply_to_text="earlier"), post(id="b"), post(id="c", reply_to_text=None)]
    assert list(read_messages(write(*rows))) == [
        Message("a", "hello", "earlier"),
        Message("b", "hello", None),
        Message("c", "hello", None),
    ]


@pytest.mark.parametrize("content", ["", "\n \n", json.dumps({"messages": []})])
def test_a_file_without_posts_is_told_so(write, content):
    with pytest.raises(InputError, match="no posts in it"):
        read_posts(write(content))


def test_a_file_that_is_no_utf_8_text_is_told_so(write):
    with pytest.raises(InputError, match="cannot be read as UTF-8"):
        read_posts(write(post(text="x" * 9), encoding="utf-16"))


def test_a_file_that_cannot_be_opened_is_told_so(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_posts(tmp_path / "missing.jsonl")


@pytest.mark.parametrize("value", [RecordedPost(1, "a secret"), Message(1, "a secret", "a secret")])
def test_the_repr_of_a_recorded_text_holds_none_of_it(value):
    assert "secret" not in repr(value)
