"""The promises of the one writer: what is acknowledged is on disk, alone and whole, whatever happens around it."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreBusyError, StoreError
from bot.storage.database import Database
from tests.support import busy_writer, turns

QUEUE = 10_000  # writes that may wait
ROOT = Path(__file__).parents[2]
WRITER = """
import asyncio, sys
from pathlib import Path
from bot.storage.database import Database

async def write_on(database, lane):
    for number in range(1_000_000):
        key = f"{lane}-{number}"
        await database.write(lambda db: db.execute("INSERT INTO meta VALUES (?, '')", [key]))
        print(key, flush=True)

async def main():
    database = Database(Path(sys.argv[1]))
    await asyncio.gather(*(write_on(database, lane) for lane in range(5)))

asyncio.run(main())
"""


def insert(key):
    """A job that writes one row."""
    return lambda db: db.execute("INSERT INTO meta VALUES (?, '')", [key])


def insert_and_fail(key):
    """A job that writes a row, by statement and by sqlite-utils, and fails then."""

    def job(db):
        insert(key)(db)
        db.table("meta").upsert({"key": f"{key} again", "value": ""}, pk="key")
        raise LookupError(key)

    return job


def insert_and_end_the_transaction(key):
    """A job whose error makes SQLite roll back all of the transaction."""

    def job(db):
        insert(key)(db)
        db.execute("INSERT OR ROLLBACK INTO meta VALUES (?, '')", [key])

    return job


def keys_in(path):
    with closing(sqlite3.connect(path)) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM meta")}


def written(database):
    return database.read_now(lambda db: {row["key"] for row in db.query("SELECT key FROM meta")}) - {"faq_hash"}


async def outcomes(database, *jobs):
    """What becomes of jobs that wait together, and so stand in one group."""
    async with busy_writer(database):
        writes = [asyncio.create_task(database.write(job)) for job in jobs]
        await turns()
    return await asyncio.gather(*writes, return_exceptions=True)


async def test_a_write_returns_what_its_job_returns(database):
    assert await database.write(lambda db: "told") == "told"
    assert database.write_now(lambda db: "told at once") == "told at once"


async def test_a_read_sees_the_write_before_it(database):
    for number in range(20):
        await database.write(insert(str(number)))
        count = await database.read(
            lambda db: db.execute("SELECT count(*) FROM meta WHERE key <> 'faq_hash'").fetchone()
        )
        assert count == (number + 1,)


async def test_what_waits_becomes_one_transaction(database):
    statements = []
    await database.write(lambda db: db.conn.set_trace_callback(statements.append))
    statements.clear()
    await outcomes(database, *(insert(str(number)) for number in range(50)))
    assert len(written(database)) == 50
    assert statements.count("COMMIT") == 2  # of the write that kept the writer busy, and of the fifty


async def test_many_concurrent_writers_lose_nothing(database):
    def write_by_thread(lane):
        for number in range(40):
            database.write_now(insert(f"thread {lane}-{number}"))

    async def write_by_task(lane):
        for number in range(40):
            await database.write(insert(f"task {lane}-{number}"))

    with ThreadPoolExecutor(4) as threads:
        loop = asyncio.get_running_loop()
        by_thread = [loop.run_in_executor(threads, write_by_thread, lane) for lane in range(4)]
        await asyncio.gather(*by_thread, *(write_by_task(lane) for lane in range(8)))
    assert written(database) == {
        f"{kind} {lane}-{number}"
        for kind, lanes in (("thread", 4), ("task", 8))
        for lane in range(lanes)
        for number in range(40)
    }


async def test_a_failing_job_is_rolled_back_alone(database):
    first, failed, last = await outcomes(database, insert("first"), insert_and_fail("failed"), insert("last"))
    assert isinstance(failed, LookupError)
    assert not isinstance(first, Exception)
    assert not isinstance(last, Exception)
    assert written(database) == {"first", "last"}


async def test_a_refusal_of_sqlite_reaches_the_caller_as_a_store_error(database):
    await database.write(insert("once"))
    with pytest.raises(StoreError, match="UNIQUE"):
        await database.write(insert("once"))


async def test_nothing_is_acknowledged_that_an_error_of_another_job_rolled_back(database):
    results = await outcomes(database, insert("first"), insert_and_end_the_transaction("second"), insert("third"))
    acknowledged = {
        key
        for key, result in zip(("first", "second", "third"), results, strict=True)
        if not isinstance(result, Exception)
    }
    assert acknowledged <= written(database)
    assert all(isinstance(result, StoreError) for result in results if isinstance(result, Exception))
    await database.write(insert("later"))
    assert "later" in written(database)


async def test_a_full_disk_is_a_store_error_and_the_writer_goes_on_when_there_is_room(database):
    await database.write(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
    long = "x" * 5_000_000  # more than the pages that migrations have freed
    with pytest.raises(StoreError, match="full"):
        await database.write(lambda db: db.execute("INSERT INTO meta VALUES ('long', ?)", [long]))
    await database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
    await database.write(lambda db: db.execute("INSERT INTO meta VALUES ('long', ?)", [long]))
    assert written(database) == {"long"}


async def test_another_process_cannot_write_between_a_jobs_read_and_its_write(database):
    def job(db):
        db.execute("SELECT count(*) FROM meta").fetchone()
        with closing(sqlite3.connect(database.path, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("INSERT INTO meta VALUES ('other', '')")
        insert("own")(db)

    await database.write(job)
    assert written(database) == {"own"}


async def test_acknowledged_writes_survive_a_kill(tmp_path):
    path = tmp_path / "killed.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    acknowledged = [await process.stdout.readline() for _ in range(300)]
    process.send_signal(signal.SIGKILL)
    rest, _ = await process.communicate()
    told = {line.decode().strip() for line in acknowledged} | {line.decode() for line in rest.splitlines()}
    assert len(told) >= 300
    assert told <= keys_in(path)


async def test_cancelling_the_caller_does_not_lose_the_write(database):
    async with busy_writer(database):
        write = asyncio.create_task(database.write(insert("cancelled")))
        await turns()
        write.cancel()
        await asyncio.gather(write, return_exceptions=True)
    database.close()
    assert write.cancelled()
    assert "cancelled" in keys_in(database.path)


async def test_a_write_behind_many_cancelled_ones_is_not_acknowledged_before_it_is_written(database):
    async with busy_writer(database):
        cancelled = [asyncio.create_task(database.write(insert(str(number)))) for number in range(200)]
        await turns()
        for write in cancelled:
            write.cancel()
        last = asyncio.create_task(database.write(insert("last")))
        await turns()
    await last
    assert "last" in written(database)
    assert len(written(database)) == 201


async def test_a_full_queue_refuses_the_next_write_and_keeps_the_others(database):
    async with busy_writer(database):
        waiting = [asyncio.create_task(database.write(insert(str(number)))) for number in range(QUEUE)]
        await turns(2)
        with pytest.raises(StoreBusyError):
            await database.write(insert("too many"))
    await asyncio.gather(*waiting)
    assert written(database) == {str(number) for number in range(QUEUE)}


async def test_a_read_cannot_write(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(insert("by a reader"))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.read_now(insert("by a reader"))
    await database.write(insert("by the writer"))
    assert written(database) == {"by the writer"}


def test_closing_finishes_what_waits_and_is_safe_to_repeat(tmp_path):
    database = Database(tmp_path / "closed.db")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: database.write_now(insert(str(number))), range(50)))
    database.read_now(lambda db: db.execute("SELECT 1").fetchone())
    database.close()
    database.close()
    assert len(keys_in(database.path)) == 50
    assert [file.name for file in tmp_path.iterdir()] == ["closed.db"]  # no journal is left beside it


@pytest.mark.parametrize("name", ["what? 100%.db", "a#b.db", "Büro/日本語.db", "deep/er/still.db"])
def test_any_name_serves_and_missing_folders_are_made(tmp_path, name):
    database = Database(tmp_path / name)
    database.write_now(insert("there"))
    assert written(database) == {"there"}
    database.close()
    assert keys_in(tmp_path / name) == {"there"}


def _damaged(compiled):
    content = bytearray(compiled.read_bytes())
    content[100:400] = b"\xff" * 300  # the first page, behind the header
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda _: b"Dear diary,\n" * 200, id="a text"),
        pytest.param(lambda _: bytes(range(256)) * 40, id="noise"),
        pytest.param(lambda _: b"SQLite format 3\0" + b"\xee" * 5000, id="only the first words of a database"),
        pytest.param(_damaged, id="a damaged database"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path, compiled, content):
    path = tmp_path / "precious.db"
    path.write_bytes(content(compiled))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"precious\.db"):
        Database(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["precious.db"]


@pytest.mark.parametrize("name", ["", "file/copydesk.db"], ids=["a folder", "a folder that is a file"])
def test_a_path_that_cannot_be_opened_is_a_store_error(tmp_path, name):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="folder"):
        Database(tmp_path / name)
    assert (tmp_path / "file").read_text() == "not a folder"
