"""What numba compiled is kept on disk, but never longer than the code that it was made of."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUTER = """
from bot.duplicates.compiled_cache import njit
from inner import NUMBER, double

@njit(cache=True)
def result():
    return NUMBER + double(1)

print(result(), sum(result.stats.cache_hits.values()))
"""
INNER = """
from bot.duplicates.compiled_cache import njit

NUMBER = {number}

@njit(cache=True)
def double(number):
    return {factor} * number
"""


def test_compiled_code_is_kept_until_any_module_beside_it_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "outer.py").write_text(OUTER)

    def result_and_hits(number: int, factor: int) -> str:
        (tmp_path / "inner.py").write_text(INNER.format(number=number, factor=factor))
        return subprocess.check_output([sys.executable, tmp_path / "outer.py"], text=True)  # noqa: S603  # from above

    runs = [(10, 2), (10, 2), (10, 3), (20, 3)]
    assert [result_and_hits(*run) for run in runs] == ["12 0\n", "12 1\n", "13 0\n", "23 0\n"]
