"""Training, on a small corpus: what it gathers, fits and calibrates."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bot.backtest.read import Labelled
from bot.claims.features import count_pieces, count_words, weigh
from bot.claims.heads import log_odds
from bot.claims.semantic import Evidence, Findings, SemanticRanker
from bot.errors import InputError
from bot.faq.model_file import read_model, write_model
from bot.training.calibrate import UNCALIBRATED, Judged, calibrate
from bot.training.command import calibrated, trained
from bot.training.corpus import BACKGROUND, Corpus, gather
from bot.training.fit import embed_all, fit
from tests.support import CLAIM_TOPIC

TEXTS = {
    "tram": ["the tram is late", "no tram today", "a tram broke down", "trams never come"],
    "books": ["seven million books", "they took the books", "books were scanned", "a shelf of books"],
    None: ["good morning", "see you tomorrow", "nice weather", "what a game"],
}


class Letters:
    """An ``Embedder`` that counts letters."""

    def embed(self, text):
        vector = np.array([text.count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"], np.float32)
        return vector / np.linalg.norm(vector)


@pytest.fixture
def corpus():
    pairs = [(text, topic) for topic, texts in TEXTS.items() for text in texts]
    return Corpus(tuple(text for text, _ in pairs), tuple(topic for _, topic in pairs), len(pairs))


@pytest.fixture
def chat(tmp_path):
    def write(number):
        path = tmp_path / "chat.jsonl"
        rows = [json.dumps({"id": n, "text": f"ordinary chat number {n} > about trams"}) for n in range(number)]
        path.write_text("\n".join([*rows, json.dumps({"id": "short", "text": "too short"})]))
        return path

    return write


def test_the_corpus_holds_phrasings_near_misses_negatives_and_a_fixed_sample_of_chat(explainers, chat):
    explainer = replace(
        explainers[CLAIM_TOPIC], title="Title?", claims=("a claim", "> quoted only"), not_claims=("miss",)
    )
    corpus = gather([explainer], ["a negative"], chat(BACKGROUND + 50))
    assert list(zip(corpus.texts, corpus.topics, strict=True))[: corpus.own] == [
        ("Title?", CLAIM_TOPIC),
        ("a claim", CLAIM_TOPIC),
        ("miss", None),
        ("a negative", None),
    ]
    assert len(set(corpus.texts[corpus.own :])) == BACKGROUND
    assert corpus == gather([explainer], ["a negative"], chat(BACKGROUND + 50))


def test_too_little_ordinary_chat_is_refused_with_the_number_that_is_needed(explainers, chat):
    with pytest.raises(InputError, match=rf"10 posts of 3 words or more; at least {BACKGROUND} are needed"):
        gather([explainers[CLAIM_TOPIC]], [], chat(10))


def test_the_fitted_heads_find_the_topic_of_a_new_text(corpus):
    progress = []
    heads = fit(corpus, embed_all(corpus.texts, Letters(), progress.append))
    assert (heads.topics, sum(progress)) == (("books", "tram"), len(corpus.texts))

    def best(text):
        words, pieces = weigh(count_words(text), heads.idf), weigh(count_pieces(text), heads.idf)
        odds = log_odds(heads.log_shares(words, pieces, Letters().embed(text)))
        return (*heads.topics, None)[int(odds.argmax())]

    assert [best(text) for text in ("where is the tram", "all those books", "good morning to you")] == [
        "tram",
        "books",
        None,
    ]


def test_fitting_twice_gives_the_same_heads(corpus):
    vectors = embed_all(corpus.texts, Letters(), lambda _: None)
    first, second = fit(corpus, vectors), fit(corpus, vectors)
    assert np.array_equal(first.sparse, second.sparse)
    assert np.array_equal(first.dense, second.dense)


def test_a_trained_model_ranks_its_topics_and_keeps_no_text_or_vector_of_chat(explainers, chat, tmp_path):
    two = {
        slug: replace(
            explainers[CLAIM_TOPIC], slug=slug, title=TEXTS[slug][0], claims=tuple(TEXTS[slug]), not_claims=("miss",)
        )
        for slug in ("tram", "books")
    }
    corpus = gather(two.values(), TEXTS[None], chat(BACKGROUND))
    model = trained(corpus, embed_all(corpus.texts, Letters(), lambda _: None), two, tuple(TEXTS[None]))
    labelled = [
        *(Labelled(f"{text} again", None, frozenset({topic})) for topic in two for text in TEXTS[topic]),
        *(Labelled(f"{text} all", None, frozenset()) for text in TEXTS[None]),
    ]
    path = tmp_path / "matcher.npz"
    write_model(path, calibrated(model, Letters(), two, labelled))
    assert b"ordinary chat" not in path.read_bytes()
    assert not any("ordinary chat" in text for text in model.vectors)
    ranker = SemanticRanker(read_model(path), Letters(), two)
    assert [ranker.rank(text)[0].slug for text in ("where is the tram", "all those books")] == ["tram", "books"]
    assert ranker.calibration != UNCALIBRATED


def judged(value, right, *, nearness=None):
    evidence = {"a": Evidence(value, "a"), "b": Evidence(value - 5, "b")}
    near = {"a": Evidence(value / 10 if nearness is None else nearness, "a")}
    return Judged(Findings(evidence, near), frozenset({"a"} if right else {"c"}))


def test_calibration_answers_from_where_nearly_all_are_right_and_suggests_from_where_most_are():
    messages = [judged(-3 + n / 20, right=n > 40 or n % 3 == 0) for n in range(160)]
    calibration = calibrate(messages)
    assert 0 < calibration.suggest < calibration.answer < 1
    assert calibration.trained.slope > 0 < calibration.untrained.slope

    def share(threshold):
        scores = [(calibration.trained.probability(m.findings.trained["a"].value), "a" in m.right) for m in messages]
        kept = [right for score, right in scores if score >= threshold]
        return sum(kept) / len(kept)

    assert share(calibration.answer) >= 0.99
    assert share(calibration.suggest) >= 0.9


def test_where_the_surest_is_wrong_nothing_is_answered():
    messages = [judged(n / 10, right=10 < n < 38) for n in range(40)]
    assert calibrate(messages).answer == 1.0
