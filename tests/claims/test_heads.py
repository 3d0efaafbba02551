"""The trained heads and what their evidence means, by hand-made numbers."""

import numpy as np
import pytest

from bot.claims.features import BUCKETS, Sparse
from bot.claims.heads import Heads, Line, log_odds

EMPTY = Sparse(np.array([], np.int32), np.array([], np.float32))


def make_heads(**fields):
    sparse = np.zeros((2 * BUCKETS, 3), np.int8)
    sparse[7] = [100, 0, 0]
    sparse[BUCKETS + 5] = [0, 50, 0]
    plain = {
        "topics": ("a", "b"),
        "idf": np.ones(2 * BUCKETS, np.float32),
        "sparse": sparse,
        "sparse_scale": np.array([0.01, 0.02, 1], np.float32),
        "dense": np.array([[0, 0, 2], [0, 0, 0]], np.float32),
        "bias": np.array([0, 0, 1], np.float32),
    }
    return Heads(**{**plain, **fields})


def one(bucket, value=1.0):
    return Sparse(np.array([bucket], np.int32), np.array([value], np.float32))


def test_shares_add_up_to_one_and_follow_the_weights():
    shares = np.exp(make_heads().log_shares(one(7), one(BUCKETS + 5), np.array([0.5, 0], np.float32)))
    scores = np.exp(np.array([1.0, 1.0, 2.0]))  # 100 x 0.01; 50 x 0.02; bias and half of the vector's weight
    assert shares == pytest.approx(scores / scores.sum())


def test_a_text_without_features_is_judged_by_the_bias_alone():
    shares = np.exp(make_heads().log_shares(EMPTY, EMPTY, np.zeros(2, np.float32)))
    assert shares == pytest.approx(np.exp([0, 0, 1]) / np.exp([0, 0, 1]).sum())


def test_log_odds_set_each_class_against_all_others():
    assert log_odds(np.log(np.array([0.5, 0.25, 0.25], np.float32))) == pytest.approx(
        [0, -np.log(3), -np.log(3)], abs=1e-5
    )


def test_log_odds_stay_finite_where_one_class_takes_all():
    odds = log_odds(np.array([500.0, 0.0, -500.0], np.float32))
    assert np.all(np.isfinite(odds))
    assert odds[0] > 20 > -20 > odds[1]


def test_a_line_turns_evidence_into_a_probability():
    line = Line(slope=2, intercept=-1)
    assert line.probability(0.5) == pytest.approx(0.5)
    assert line.probability(50) == pytest.approx(1)
    assert line.probability(-500) == pytest.approx(0)
