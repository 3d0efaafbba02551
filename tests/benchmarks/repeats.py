"""How fast is a check, beside rensa and datasketch on the same work? `python -m tests.benchmarks.repeats [POSTS]`.

Each contender folds the same posts by the same skeleton, keeps a window by forgetting the oldest post, finds candidates
and verifies them by the same comparison. Without a file, posts are made of words with the lengths of real chat. One
process, one run, CPU time: the ratios count.
"""

import asyncio
import gc
import json
import random
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import datasketch
import numpy as np
import rensa

from bot.duplicates import DETECTORS
from bot.duplicates.gist import Gist
from bot.duplicates.near import Near
from bot.duplicates.window import Window
from bot.model import Post, SeenPost
from bot.storage.database import Database
from bot.storage.fingerprints import SqliteFingerprintStore

WINDOW, MEASURED, SLOW_WINDOW = 100_000, 2_000, 5_000
PERMUTATIONS, BANDS, THRESHOLD = 128, 32, 0.5
START = datetime(2026, 1, 1, tzinfo=UTC)
Check = Callable[[int, str], object]


def made_up(count: int) -> Iterator[str]:
    """Posts as long as those of chat: half have up to 8 words, 1 % more than 45; every twentieth repeats one."""
    dice = random.Random(7)  # noqa: S311  # nothing secret
    letters = "etaoinshrdlucmfwypvbgk"
    vocabulary = ["".join(dice.choices(letters, k=dice.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    posts: list[str] = []
    for number in range(count):
        words = dice.choices(vocabulary, weights, k=max(1, round(dice.lognormvariate(2.1, 0.85))))
        posts.append(" ".join(words) if number % 20 else f"{dice.choice(posts or words)} lol")
        yield posts[-1]


def recorded(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in lines)


def ours() -> Check:
    window = Window(DETECTORS, posts_per_guild=WINDOW)

    def check(number: int, text: str) -> object:
        return window.see(Post(1, 1, number, 1, text, START + timedelta(seconds=number)))

    return check


def with_rensa() -> Check:
    index = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)
    gists: dict[int, Gist] = {}
    order: deque[tuple[int, rensa.RMinHash]] = deque()
    near = Near()

    def check(number: int, text: str) -> object:
        gist = Gist.of(text, 1)
        if not gist.skeleton:
            return []
        sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(shingles(gist))
        found = [other for other in index.query(sketch) if near.score(gist, gists[other]) >= near.near]
        index.insert(number, sketch)
        gists[number] = gist
        order.append((number, sketch))
        if len(order) > WINDOW:
            old, _ = order.popleft()
            index.remove(old)
            del gists[old]
        return found

    return check


def with_datasketch() -> Check:
    index = datasketch.MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
    gists: dict[int, Gist] = {}
    order: deque[int] = deque()
    near = Near()

    def check(number: int, text: str) -> object:
        gist = Gist.of(text, 1)
        if not gist.skeleton:
            return []
        sketch = datasketch.MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(gist)])
        found = [other for other in index.query(sketch) if near.score(gist, gists[other]) >= near.near]
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


def measure(name: str, make: Callable[[], Check], posts: list[str], warm: int) -> float:
    """Fill a window of ``warm`` posts, then time the rest one by one; print and return posts per second."""
    gc.collect()
    before = _resident()
    check = make()
    for number, text in enumerate(posts[:warm], 1):
        check(number, text)
    gc.collect()
    grown = (_resident() - before) / warm
    times = []
    for number, text in enumerate(posts[warm : warm + MEASURED], warm + 1):
        started = time.thread_time_ns()
        check(number, text)
        times.append(time.thread_time_ns() - started)
    median, late = np.percentile(times, [50, 99]) / 1000
    speed = 1e9 * len(times) / sum(times)
    print(  # noqa: T201  # the report
        f"{name:12} window {warm:7,}: {speed:8,.0f} posts/s, median {median:6.0f} us, p99 {late:6.0f} us,"
        f" {grown:6,.0f} bytes a post"
    )
    return speed


def measure_restart(posts: list[str]) -> None:
    """Time what a restart reads, unseals and files."""
    window = Window(DETECTORS, posts_per_guild=WINDOW)
    seen: list[SeenPost] = []
    for number, text in enumerate(posts[:WINDOW], 1):
        seen.append(window.see(Post(1, 1, number, 1, text, START + timedelta(seconds=number)))[0])
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "benchmark.db")
        store = SqliteFingerprintStore(database)
        asyncio.run(store.save(seen, {}))
        started = time.perf_counter()
        Window(DETECTORS, posts_per_guild=WINDOW).restore(store.load(START))
        print(f"restart with {len(window):,} posts: {time.perf_counter() - started:.2f} s")  # noqa: T201  # the report
        database.close()


def main(path: Path | None) -> None:
    """Measure all contenders and print the ratios."""
    count = WINDOW + MEASURED
    posts = (list(recorded(path)) if path else list(made_up(count)))[:count]
    small = measure("copydesk", ours, posts, SLOW_WINDOW)  # small windows first: freed memory would hide what they take
    slow = measure("datasketch", with_datasketch, posts, SLOW_WINDOW)
    own = measure("copydesk", ours, posts, WINDOW)
    other = measure("rensa", with_rensa, posts, WINDOW)
    print(f"{own / other:.2f} times rensa, {small / slow:.1f} times datasketch")  # noqa: T201  # the report
    measure_restart(posts)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
