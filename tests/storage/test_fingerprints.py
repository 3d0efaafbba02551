"""What the windows remember on disk: nobody can read it there, and everything is there again after a restart."""

import stat
from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.errors import StoreError
from bot.model import SeenPost
from bot.storage.cipher import Cipher, key_beside
from bot.storage.database import Database
from bot.storage.fingerprints import SqliteFingerprintStore
from tests.support import CHATTER, GUILD, START, make_post

LINK = "https://news.example/lighthouse"
KEY = bytes(range(32))


def seen(*texts: str) -> list[SeenPost]:
    window = Window(DETECTORS)
    return [window.see(make_post(text))[0] for text in texts]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "copydesk.db"


async def save(path, posts: list[SeenPost], key: bytes | None = None) -> None:
    database = Database(path, key)
    await SqliteFingerprintStore(database).save(posts, {})
    database.close()


def load(path, key: bytes | None = None) -> list[SeenPost]:
    database = Database(path, key)
    posts = SqliteFingerprintStore(database).load(START - timedelta(days=1))
    database.close()
    return list(posts)


async def test_what_was_remembered_is_the_same_after_a_restart_and_in_its_order(path):
    posts = seen(CHATTER, f"{CHATTER} {LINK}", f"lol {CHATTER}", "ночные трамваи будут ходить до самого порта")
    await save(path, [posts[2], posts[0], posts[3], posts[1]])
    assert load(path) == [posts[2], posts[0], posts[3], posts[1]]


async def test_no_word_and_no_link_of_a_post_can_be_read_on_disk(path):
    await save(path, seen(CHATTER, LINK))
    for file in path.parent.iterdir():
        content = file.read_bytes().lower()
        assert not any(word in content for word in (b"tram", b"harbour", b"lighthouse", b"news.example"))


async def test_the_key_stands_beside_the_database_for_its_owner_alone(path):
    await save(path, seen(CHATTER))
    file = path.with_name("copydesk.db.key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_bytes()) == 32


async def test_a_given_key_needs_no_file(path):
    posts = seen(CHATTER)
    await save(path, posts, KEY)
    assert load(path, KEY) == posts
    assert not path.with_name("copydesk.db.key").exists()


async def test_with_another_key_the_window_begins_empty(path, caplog):
    await save(path, seen(CHATTER, LINK), KEY)
    assert load(path, KEY[::-1]) == []
    assert "2 remembered posts were sealed with another key" in caplog.text


async def test_a_sealed_gist_does_not_open_for_another_post(path):
    await save(path, seen(CHATTER))
    database = Database(path)
    await database.write(lambda db: db.execute("UPDATE fingerprint SET message_id = message_id + 1"))
    database.close()
    assert load(path) == []


def test_a_file_that_is_no_key_is_left_alone_and_told(path):
    file = path.with_name("copydesk.db.key")
    file.write_bytes(b"short")
    with pytest.raises(StoreError, match="not an encryption key"):
        key_beside(path)
    assert file.read_bytes() == b"short"


def test_a_key_that_cannot_be_made_is_told(path):
    with pytest.raises(StoreError, match="cannot be read or made"):
        key_beside(path / "no folder" / "copydesk.db")


def test_the_same_words_are_sealed_differently_each_time():
    cipher = Cipher(KEY)
    assert cipher.seal(b"words", b"place") != cipher.seal(b"words", b"place")
    assert cipher.open(cipher.seal(b"words", b"place"), b"place") == b"words"
    assert cipher.open(cipher.seal(b"words", b"place"), b"elsewhere") is None


async def test_a_deleted_post_is_gone_from_disk(path):
    posts = seen(CHATTER, LINK)
    await save(path, posts)
    database = Database(path)
    await SqliteFingerprintStore(database).forget(GUILD, [posts[0].message_id])
    database.close()
    assert load(path) == posts[1:]
