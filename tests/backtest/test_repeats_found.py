"""The benchmark of repeats counts what was found, what was missed and what was flagged for nothing."""

import json

import pytest

from tests.benchmarks.repeats_found import main

TRUTH = [
    {"id": 1, "kind": "original", "of": None},
    {"id": 2, "kind": "exact", "of": 1},
    {"id": 3, "kind": "edited", "of": 1},
    {"id": 4, "kind": "edited", "of": 1},
    {"id": 5, "kind": "fresh", "of": None},
    {"id": 6, "kind": "greeting", "of": None},
]


@pytest.fixture
def report(tmp_path, capsys):
    """What the benchmark prints when the posts with these numbers were said to repeat those."""

    def run(repeats: dict[int, list[int]]) -> dict[str, str]:
        decisions = [
            {"id": str(row["id"]), "repeats": [{"of": str(of)} for of in repeats.get(row["id"], [])]} for row in TRUTH
        ]
        files = [tmp_path / "truth.jsonl", tmp_path / "decisions.jsonl"]
        for file, rows in zip(files, (TRUTH, decisions), strict=True):
            file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        main(*map(str, files))
        return {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines()}

    return run


def test_an_original_or_another_copy_of_it_is_found(report):
    told = report({2: [1], 3: [2], 4: [5, 3]})
    assert (told["F1"], told["exact"], told["edited"], told["fresh"]) == ("1.0000", "1.000", "1.000", "0.000")


def test_what_names_another_post_is_not_found(report):
    told = report({2: [1], 3: [5]})
    assert (told["F1"], told["edited"]) == ("0.5000", "0.000")


def test_what_is_flagged_for_nothing_counts_against_it_but_for_greetings(report):
    assert report({2: [1], 3: [1], 4: [1], 6: [1]})["F1"] == "1.0000"
    told = report({2: [1], 3: [1], 4: [1], 5: [1]})
    assert (told["F1"], told["fresh"]) == ("0.8571", "1.000")
