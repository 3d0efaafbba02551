"""How fast is a check, beside rensa and datasketch on the same work? `python -m tests.benchmarks.repeats [POSTS]`.

Each contender folds the same posts by the same skeleton, keeps a window by forgetting the oldest post, finds candidates
and verifies them by the same comparison. Same work means finding as much, too: each tells how many of the planted
repeats, earlier posts with a fifth of the words changed, it found. The others run with their usual 128 functions, and
once more with bands that find as much as ours. Without a file, posts are made of words with the lengths of real chat.
One process, one run, in turns, CPU time: the ratios count. It takes some minutes.
"""

import asyncio
import gc
import json
import random
import resource
import sys
import time
from bisect import bisect
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import datasketch
import numpy as np
import rensa
from rapidfuzz import fuzz

from bot.duplicates import DETECTORS
from bot.duplicates.gist import Gist
from bot.duplicates.kernels import kernels, use_compiled, use_plain
from bot.duplicates.near import Near
from bot.duplicates.window import Window
from bot.model import Post
from bot.storage.database import Database
from bot.storage.fingerprints import SqliteFingerprintStore

WINDOW, MEASURED, BLOCK = 100_000, 4_000, 200
EVERY, EDITED, LONG_ENOUGH = 20, 0.2, 8  # planted repeats: how often, the share of changed words, of how many at least
THRESHOLD = 0.5
DICE = random.Random(7)  # noqa: S311  # nothing secret
START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = """physical limit: compiled loops alone, without a call between them, need about 4 us
(read and sign 0.7, 25 probes of memory 0.5, seven posts through the sieve 2.2, file 0.3);
what is left is Python: the objects of a post, what storage takes of it, the calls into each loop"""
Check = Callable[[Post], object]


def made_up(count: int) -> list[str]:
    """Posts as long as those of chat: half have up to 8 words, 1 % more than 45."""
    letters = "etaoinshrdlucmfwypvbgk"
    vocabulary = ["".join(DICE.choices(letters, k=DICE.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    lengths = (max(1, round(DICE.lognormvariate(2.1, 0.85))) for _ in range(count))
    return [" ".join(DICE.choices(vocabulary, weights, k=length)) for length in lengths]


def recorded(path: Path, count: int) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, count)]


def planted(posts: list[str]) -> list[str]:
    """The posts, each twentieth replaced by an earlier one with a fifth of its words changed."""
    long = [number for number, text in enumerate(posts) if number % EVERY and len(text.split()) >= LONG_ENOUGH]
    vocabulary = " ".join(posts[:1000]).split()
    for number in range(long[0] // EVERY * EVERY + EVERY, len(posts), EVERY):
        words = posts[DICE.choice(long[: bisect(long, number)])].split()
        for _ in range(round(EDITED * len(words))):
            words[DICE.randrange(len(words))] = DICE.choice(vocabulary)
        posts[number] = " ".join(words)
    return posts


def _post(number: int, text: str) -> Post:
    return Post(1, 1, number, 1, text, START + timedelta(seconds=number))


def ours() -> Check:
    window = Window(DETECTORS, posts_per_guild=WINDOW)
    return lambda post: window.see(post)[1]


def with_rensa(bands: int, rows: int) -> Check:
    index = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=bands * rows, num_bands=bands)

    def sign(gist: Gist) -> rensa.RMinHash:
        sketch = rensa.RMinHash(num_perm=bands * rows, seed=42)
        sketch.update(shingles(gist))
        return sketch

    return _with_index(index, sign)


def with_datasketch(bands: int, rows: int) -> Check:
    index = datasketch.MinHashLSH(num_perm=bands * rows, params=(bands, rows))

    def sign(gist: Gist) -> datasketch.MinHash:
        sketch = datasketch.MinHash(num_perm=bands * rows)
        sketch.update_batch([shingle.encode() for shingle in shingles(gist)])
        return sketch

    return _with_index(index, sign)


def _with_index(index: Any, sign: Callable[[Gist], Any]) -> Check:
    """The check around another library's index."""
    near = Near()
    gists: dict[int, Gist] = {}
    order: deque[int] = deque()

    def check(post: Post) -> object:
        number, gist = post.message_id, Gist.of(post.text, 1)
        if not gist.skeleton:
            return []
        sketch = sign(gist)
        found = [other for other in index.query(sketch) if near.score(gist, gists[other]) > 0]
        index.insert(number, sketch)
        gists[number] = gist
        order.append(number)
        if len(order) > WINDOW:
            old = order.popleft()
            index.remove(old)
            del gists[old]
        return found

    return check


def shingles(gist: Gist) -> list[str]:
    letters = gist.skeleton
    return [letters[i : i + 5] for i in range(max(1, len(letters) - 4))]


def _resident() -> int:
    """The bytes of memory that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def fill(name: str, make: Callable[[], Check], posts: list[Post]) -> Check:
    """Show a contender the window's posts; print what a post costs it in memory that stays."""
    gc.collect()
    before = _resident()
    check = make()
    for post in posts[:WINDOW]:
        check(post)
    gc.collect()
    gc.freeze()
    print(f"{name}: {(_resident() - before) / WINDOW:,.0f} bytes a post")  # noqa: T201  # the report
    return check


def race(contenders: dict[str, Check], posts: list[Post], begin: int) -> None:
    """Let all check the same posts in turns of a block each, so that a busy machine slows all down alike; print it."""
    times: dict[str, list[list[int]]] = {name: [] for name in contenders}
    found = dict.fromkeys(contenders, 0)
    for start in range(begin, begin + MEASURED, BLOCK):
        for name, check in contenders.items():
            times[name].append([])
            for number, post in enumerate(posts[start : start + BLOCK], start):
                begun = time.thread_time_ns()
                result = check(post)
                times[name][-1].append(time.thread_time_ns() - begun)
                found[name] += number % EVERY == 0 and bool(result)
    blocks = {name: [sum(block) for block in blocks] for name, blocks in times.items()}
    first, *_ = blocks.values()
    for name in contenders:
        median, late = np.percentile(np.concatenate(times[name]), [50, 99]) / 1000
        speed = 1e9 * MEASURED / sum(blocks[name])
        slower = np.median(np.array(blocks[name]) / np.array(first))
        print(  # noqa: T201  # the report
            f"{name:32} {speed:8,.0f} posts/s, median {median:6.0f} us, p99 {late:6.0f} us,"
            f" {found[name] / (MEASURED / EVERY):4.0%} of planted repeats, {slower:5.2f} times the first's time"
        )


def measure_restart(posts: list[Post]) -> None:
    """Time what a restart reads, unseals and files, best of three, with a full window."""
    window = Window(DETECTORS, posts_per_guild=WINDOW)
    seen = (window.see(post)[0] for post in posts)
    kept = list(islice((one for one in seen if one.keys), WINDOW))
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "benchmark.db")
        store = SqliteFingerprintStore(database)
        asyncio.run(store.save(kept, {}))
        del kept, window
        times = []
        for _ in range(3):
            begun, used = time.perf_counter(), time.process_time()
            Window(DETECTORS, posts_per_guild=WINDOW).restore(store.load(START))
            times.append((time.process_time() - used, time.perf_counter() - begun))
        cpu, wall = min(times)
        print(f"restart with {WINDOW:,} posts: {cpu:.2f} s of CPU time, {wall:.2f} s")  # noqa: T201  # the report
        database.close()


def measure_parts(posts: list[Post]) -> None:
    """Print where a check's time goes, and beside it the least that any program could need for the same."""
    gists = [gist for post in posts[:MEASURED] if (gist := Gist.of(post.text, 1)).skeleton]
    skeletons = [gist.skeleton.encode("utf-8", "replace") for gist in gists]
    near, window = Near(), Window(DETECTORS, posts_per_guild=WINDOW)
    for post in posts[:WINDOW]:
        window.see(post)
    fresh = posts[WINDOW : WINDOW + len(gists)]
    parts: dict[str, Callable[[int], object]] = {
        "read the text": lambda i: Gist.of(posts[i].text, 1),
        "sign it (MinHash)": lambda i: kernels().band_keys(skeletons[i], 5, 1),
        "compare a pair": lambda i: near.score(gists[i], gists[i - 1]),
        "  of which the edit ratio": lambda i: fuzz.ratio(skeletons[i], skeletons[i - 1]),
        "search, compare, remember: all": lambda i: window.see(fresh[i]),
    }
    for name, part in parts.items():
        begun = time.thread_time_ns()
        for i in range(len(gists)):
            part(i)
        print(f"{name:32} {(time.thread_time_ns() - begun) / len(gists) / 1000:6.2f} us")  # noqa: T201  # the report
    print(LIMIT)  # noqa: T201  # the report


def main(path: Path | None) -> None:
    """Measure all contenders by turns, with numpy's kernels and with the compiled ones."""
    count = WINDOW * 3 // 2
    texts = planted(recorded(path, count) if path else made_up(count))
    posts = [_post(number, text) for number, text in enumerate(texts, 1)]
    choices = {"copydesk, numpy": use_plain, "copydesk, compiled": use_compiled}
    own = {}
    for name, choose in choices.items():
        choose()
        own[name] = fill(name, ours, posts)
    others = {
        "rensa, 32 bands of 4": fill("rensa, 32 bands of 4", lambda: with_rensa(32, 4), posts),
        "rensa, 32 bands of 3": fill("rensa, 32 bands of 3", lambda: with_rensa(32, 3), posts),
        "datasketch, 32 bands of 4": fill("datasketch, 32 bands of 4", lambda: with_datasketch(32, 4), posts),
        "datasketch, 32 bands of 3": fill("datasketch, 32 bands of 3", lambda: with_datasketch(32, 3), posts),
    }
    for turn, (name, choose) in enumerate(choices.items()):
        choose()
        begin = WINDOW + turn * MEASURED
        for post in posts[WINDOW:begin]:  # which all others have seen
            own[name](post)
        race({name: own[name], **others}, posts, begin)
    del own, others
    for name, choose in choices.items():
        print(name)  # noqa: T201  # the report
        choose()
        measure_restart(posts)
        measure_parts(posts)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
