"""Which repeats are found? `python -m tests.benchmarks.repeats_found TRUTH.jsonl DECISIONS.jsonl`.

The first file has a line for each labelled post, ``{"id", "kind", "of": id or null}``, the second is what
``python -m bot replay POSTS.jsonl --decisions`` wrote. A repeat is found when the post names its original, or another
copy of it. Prints the F1, and for each kind the share that was flagged. Greetings and templates are not in the F1.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

UNSCORED = ("greeting", "template")


def _rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def main(truth_file: str, decisions_file: str) -> None:
    truth = {str(row["id"]): row for row in _rows(truth_file)}
    named = {str(row["id"]): {str(repeat["of"]) for repeat in row["repeats"]} for row in _rows(decisions_file)}
    origin = {key: str(row["of"]) for key, row in truth.items() if row["of"] is not None}
    by_kind: defaultdict[str, list[bool]] = defaultdict(list)
    hits = wrong = 0
    for key, row in truth.items():
        original = origin.get(key)
        found = any(original in (one, origin.get(one)) for one in named[key]) if original else bool(named[key])
        by_kind[row["kind"]].append(found)
        hits += found and original is not None
        wrong += found and original is None and row["kind"] not in UNSCORED
    print(f"F1 {2 * hits / (hits + wrong + len(origin)):.4f}")  # noqa: T201  # the report
    for kind, found_ones in sorted(by_kind.items()):
        print(f"{kind:14} {sum(found_ones) / len(found_ones):.3f} of {len(found_ones)}")  # noqa: T201  # the report


if __name__ == "__main__":
    main(*sys.argv[1:])
