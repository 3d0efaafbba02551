"""Which threshold the verdicts on a topic speak for, and when they speak for none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.claims.feedback import MIN_RATINGS, TARGET, Rating, lower_bound, propose

CURRENT, FLOOR = 0.92, 0.385


def ratings(*groups: tuple[float, int, int]) -> list[Rating]:
    """Ratings from (score, right, wrong)."""
    made = [[Rating(score, True)] * right + [Rating(score, False)] * wrong for score, right, wrong in groups]
    return [one for group in made for one in group]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([(0.85, 30, 0)], (0.85, 30, 30)),
        ([(0.85, 29, 0)], None),  # too few
        ([(0.85, 30, 1)], None),  # not sure enough
        ([(0.85, 60, 1)], (0.85, 60, 61)),
        ([(0.85, 25, 0), (0.60, 0, 5)], (0.85, 25, 25)),  # thirty in all, and those above suffice
        ([(0.85, 24, 0), (0.60, 0, 6)], None),
        ([(0.95, 30, 0), (0.85, 0, 10)], (0.95, 30, 30)),  # upwards, too
        ([(0.80, 20, 10), (0.70, 500, 0)], (0.70, 520, 530)),  # all of what lies above counts
        ([(0.859, 30, 0)], (0.85, 30, 30)),  # to the hundredth, downwards
        ([(0.29, 0, 9), (0.45, 30, 0)], (0.45, 30, 30)),  # what lies below the floor counts for nothing
        ([(0.38, 40, 0)], None),
        ([(0.387, 40, 0)], None),  # .38 lies below the floor
        ([(0.92, 40, 0)], None),  # it is so already
        ([(0.91, 40, 0)], (0.91, 40, 40)),
        ([(0.93, 40, 0)], (0.93, 40, 40)),
        ([(1.0, 40, 0)], (1.0, 40, 40)),
        ([(0.85, 0, 40)], None),
        ([], None),
    ],
)
def test_the_lowest_threshold_that_is_sure_enough_is_proposed(groups, found):
    proposal = propose(ratings(*groups), CURRENT, FLOOR)
    assert (proposal and (proposal.threshold, proposal.right, proposal.total)) == found


def test_a_threshold_nearer_than_a_hundredth_to_the_current_one_is_not_proposed():
    assert propose(ratings((0.92, 40, 0)), 0.9242, FLOOR) is None
    assert propose(ratings((0.92, 40, 0)), 0.9301, FLOOR) is not None


@given(st.lists(st.builds(Rating, st.integers(0, 1000).map(lambda n: n / 1000), st.booleans()), max_size=120))
def test_a_proposal_says_what_speaks_for_it_and_nothing_lower_does(some):
    proposal = propose(some, CURRENT, FLOOR)
    if proposal is None:
        return
    above = [rating.right for rating in some if rating.score >= proposal.threshold]
    assert (sum(above), len(above)) == (proposal.right, proposal.total)
    assert proposal.lower_bound == lower_bound(proposal.right, proposal.total) >= TARGET
    assert proposal.threshold >= FLOOR
    assert abs(proposal.threshold - proposal.current) > 0.0099
    lower = [rating.score for rating in some if FLOOR + 0.01 <= rating.score < proposal.threshold]
    for score in lower:
        from_there = [rating.right for rating in some if rating.score >= int(round(score * 1000) // 10) / 100]
        assert lower_bound(sum(from_there), len(from_there)) < TARGET


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(1, total), st.just(total))))
def test_the_bound_is_the_share_that_would_bring_so_many_by_the_rarest_twentieth_of_chances(counts):
    right, total = counts
    bound = lower_bound(right, total)
    deviation = (bound * (1 - bound) / total) ** 0.5
    assert right / total == pytest.approx(bound + 1.6449 * deviation)  # Wilson's equation


def test_the_target_is_within_reach_of_the_fewest_ratings_and_a_higher_one_is_not():
    assert lower_bound(MIN_RATINGS, MIN_RATINGS) == pytest.approx(0.917, abs=0.001)
    assert lower_bound(51, 51) < 0.95 < lower_bound(52, 52)
    assert lower_bound(0, 30) == 0
