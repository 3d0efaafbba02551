"""What does it cost to look for a claim? `OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.claims [CHAT.jsonl.gz]`.

All in one run and in CPU time, beside yardsticks on the same posts (a hash of the standard library, the encoder alone),
so that other load hardly matters: the ratios count. Without a file, the messages of the evaluation sets stand for chat;
they are longer than chat is. It takes about a minute.
"""

import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from bot.backtest.read import read_texts
from bot.claims.gate import stopped_by_gate
from bot.claims.matcher import Matcher
from bot.claims.passages import passages, prepared
from bot.faq.build import bring_up_to_date
from bot.faq.files import explainers_folder, read_explainers
from bot.faq.library import Shelf
from bot.faq.ranker import load_ranker
from bot.faq.search import FaqSearch
from bot.minilm import MiniLm
from bot.storage.database import Database
from tests.support import make_post

EVALUATION = Path(__file__).parents[2] / "data" / "evaluation"
POSTS, JUDGED, ROUNDS = 20_000, 2_000, 3
GATE_GOAL, JUDGE_GOAL = 10.0, 10_000.0  # microseconds: a post at the gate, and p99 of those that pass

Item = TypeVar("Item")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def resident() -> float:
    """The megabytes of memory that this process holds (Linux)."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def each(work: Callable[[Item], object], items: Sequence[Item]) -> np.ndarray:
    """The CPU time of each call in microseconds."""
    times = []
    for item in items:
        begun = time.process_time_ns()
        work(item)
        times.append(time.process_time_ns() - begun)
    return np.array(times) / 1000


def together(work: Callable[[Item], object], items: Sequence[Item]) -> float:
    """The CPU time of a call in microseconds, the best of some rounds; for calls shorter than a look at the clock."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time_ns()
        for item in items:
            work(item)
        rounds.append((time.process_time_ns() - begun) / len(items) / 1000)
    return min(rounds)


def measure_gate(texts: Sequence[str]) -> tuple[float, list[str]]:
    """Time the gate; return what a post costs there, and the texts that pass."""
    posts = [make_post(text) for text in texts]
    passing = [post.text for post in posts if stopped_by_gate(post) is None]
    gate, yardstick = together(stopped_by_gate, posts), together(lambda text: blake2b(text.encode()).digest(), texts)
    tell(
        f"gate: {gate:.2f} us a post (goal {GATE_GOAL:.0f}), {gate / yardstick:.1f} times a BLAKE2b of its text;"
        f" {1 - len(passing) / len(texts):.0%} stop there"
    )
    return gate, passing


def measure_judge(name: str, matcher: Matcher, texts: Sequence[str], encoder: MiniLm) -> float:
    """Time the matcher beside its encoder on the same texts; return the mean."""
    for text in texts[:50]:
        matcher.judge(text)  # the language model loads at the first use, caches fill
    whole = each(matcher.judge, texts)
    alone = each(lambda text: [encoder.embed(one) for one in passages(prepared(text))], texts)
    for part, times in (("judged", whole), ("  of which encoder", alone)):
        median, late, last = np.percentile(times, [50, 99, 100]) / 1000
        tell(f"{name}, {part}: p50 {median:.1f} ms, p99 {late:.1f} ms, longest {last:.1f} ms")
    tell(f"{name}: {whole.sum() / alone.sum():.2f} times the encoder alone (goal p99 {JUDGE_GOAL / 1000:.0f} ms)")
    return float(whole.mean())


def main(path: Path | None) -> None:
    """Measure the gate, loading, and judging of chat and of messages about the 40 topics."""
    labelled = [*read_texts(EVALUATION / "calibration.jsonl"), *read_texts(EVALUATION / "test.jsonl")]
    texts = list(islice(read_texts(path), POSTS)) if path else labelled
    gate, passing = measure_gate(texts)
    shelf = Shelf({explainer.slug: explainer for explainer in read_explainers(explainers_folder())})
    without, begun = resident(), time.process_time()
    ranker = load_ranker(shelf.built_in)
    tell(f"model: loaded in {time.process_time() - begun:.2f} s; {without:.0f} MB without, {resident():.0f} MB with it")
    encoder = MiniLm()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "benchmark.db")
        bring_up_to_date(database, explainers_folder())
        matcher = Matcher(FaqSearch(database), shelf, ranker)
        measure_judge("claims and their like", matcher, labelled, encoder)
        mean = measure_judge("chat", matcher, passing[:JUDGED], encoder)
        mean_of_all = gate + mean * len(passing) / len(texts)
        tell(f"chat, all posts: {1e6 / mean_of_all:,.0f} a second")
        database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
