"""Fits the heads to a corpus, with scikit-learn."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from bot.claims.features import BUCKETS, Floats, Sparse, count_pieces, count_words, weigh
from bot.claims.heads import Embedder, Heads
from bot.training.corpus import Corpus

_C = 10.0  # inverse strength of regularisation; 5 to 30 rank alike
_MAX_ITERATIONS = 150
_TOLERANCE = 1e-3
_RARE = 2  # a bucket of fewer texts says nothing about others
_LARGEST = 127  # of a signed byte


def embed_all(texts: Sequence[str], embedder: Embedder, report: Callable[[int], None]) -> Floats:
    """The embedding of each text, one at a time: in a batch the encoder's 8-bit arithmetic mixes them."""
    vectors = []
    with ThreadPoolExecutor(2) as pool:
        for vector in pool.map(embedder.embed, texts):
            vectors.append(vector)
            report(1)
    return np.stack(vectors)


def fit(corpus: Corpus, vectors: Floats) -> Heads:
    """Multinomial logistic regression over words, pieces of words and embeddings side by side; deterministic."""
    topics = tuple(sorted({topic for topic in corpus.topics if topic is not None}))
    classes = {topic: number for number, topic in enumerate(topics)}
    wanted = np.array([classes.get(topic or "", len(topics)) for topic in corpus.topics])
    counts = [(count_words(text), count_pieces(text)) for text in corpus.texts]
    idf = _inverse_document_frequency(counts)
    rows = [[weigh(part, idf) for part in parts] for parts in counts]
    regression = LogisticRegression(C=_C, max_iter=_MAX_ITERATIONS, tol=_TOLERANCE)
    regression.fit(hstack([_matrix(rows), csr_matrix(vectors)]).tocsr(), wanted)
    weights = regression.coef_.T.astype(np.float32)
    sparse, dense = weights[: 2 * BUCKETS], weights[2 * BUCKETS :]
    scale = np.maximum(np.abs(sparse).max(axis=0), 1e-9) / _LARGEST
    return Heads(
        topics=topics,
        idf=idf.astype(np.float16).astype(np.float32),
        sparse=np.round(sparse / scale).astype(np.int8),
        sparse_scale=scale.astype(np.float32),
        dense=dense,
        bias=regression.intercept_.astype(np.float32),
    )


def _inverse_document_frequency(counts: Sequence[tuple[Sparse, Sparse]]) -> Floats:
    buckets = np.concatenate([part.buckets for parts in counts for part in parts])
    documents = np.bincount(buckets, minlength=2 * BUCKETS)
    idf = np.log((1 + len(counts)) / (1 + documents)) + 1  # smoothed, as in scikit-learn
    return np.where(documents >= _RARE, idf, 0).astype(np.float32)


def _matrix(rows: Sequence[Sequence[Sparse]]) -> csr_matrix:
    buckets = np.concatenate([part.buckets for parts in rows for part in parts])
    values = np.concatenate([part.values for parts in rows for part in parts])
    ends = np.cumsum([0, *(sum(len(part.buckets) for part in parts) for parts in rows)])
    return csr_matrix((values, buckets, ends), shape=(len(rows), 2 * BUCKETS))
