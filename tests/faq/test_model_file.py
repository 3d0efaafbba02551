"""The matcher's coefficients as a file: what was written is read, and what cannot be read is told with the remedy."""

from dataclasses import replace

import numpy as np
import pytest

from bot.errors import ModelError
from bot.faq.model_file import model_path, phrasings_hash, read_model, write_model
from bot.faq.ranker import ranker_or_reason
from tests.support import CLAIM_TOPIC


@pytest.fixture(scope="module")
def shipped():
    return read_model(model_path())


def test_the_shipped_coefficients_were_fitted_to_the_shipped_claims(shipped, explainers):
    assert shipped.trained_on == phrasings_hash(explainers.values())
    assert set(shipped.heads.topics) == set(explainers)


def test_what_was_written_is_read_again_and_gives_the_same_bytes(shipped, tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    write_model(first, shipped)
    again = read_model(first)
    write_model(second, again)
    assert first.read_bytes() == second.read_bytes()
    assert (again.calibration, again.negatives, again.heads.topics) == (
        shipped.calibration,
        shipped.negatives,
        shipped.heads.topics,
    )
    assert np.array_equal(again.heads.sparse, shipped.heads.sparse)


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_missing_or_broken_is_told_with_the_remedy(tmp_path, content):
    path = tmp_path / "matcher.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="reinstall Copydesk, or run `python -m bot faq train`"):
        read_model(path)


def test_a_changed_claim_changes_the_hash_and_changed_prose_does_not(explainers):
    known = phrasings_hash(explainers.values())
    explainer = explainers[CLAIM_TOPIC]
    others = [found for slug, found in explainers.items() if slug != CLAIM_TOPIC]
    assert phrasings_hash([*others, replace(explainer, settled="Other words.")]) == known
    assert phrasings_hash([*others, replace(explainer, claims=(*explainer.claims, "one more"))]) != known
    assert phrasings_hash(reversed([*explainers.values()])) == known


def test_a_claim_that_was_not_trained_is_found_too_and_the_log_says_what_to_do(explainers, caplog):
    explainer = explainers[CLAIM_TOPIC]
    changed = {
        **explainers,
        CLAIM_TOPIC: replace(explainer, claims=(*explainer.claims, "the quokka pays no toll here")),
    }
    ranker = ranker_or_reason(changed)
    assert ranker.rank("the quokka pays no toll here")[0].phrase == "the quokka pays no toll here"
    assert "have changed since the matcher was trained: see CONTRIBUTING.md" in caplog.text


def test_a_topic_that_was_not_trained_matches_by_nearness(explainers):
    claim = "the committee bans every generated poster from the spring fair"
    added = replace(explainers[CLAIM_TOPIC], slug="spring-fair", claims=(claim,))
    best = ranker_or_reason({**explainers, "spring-fair": added}).rank(claim)[0]
    assert (best.slug, best.score > 0.9) == ("spring-fair", True)


def test_a_trained_topic_whose_explainer_is_gone_does_no_harm(explainers):
    rest = {slug: explainer for slug, explainer in explainers.items() if slug != CLAIM_TOPIC}
    assert ranker_or_reason(rest).rank("you can't own a style, cope")[0].slug == "style-not-protected"
