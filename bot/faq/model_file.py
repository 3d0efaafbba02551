"""The matcher's coefficients as a file: what ``faq train`` writes and the bot reads at its start.

One NumPy archive without pickled objects: reading it runs nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from bot.claims.heads import Calibration, Heads, Line
from bot.claims.semantic import Model
from bot.errors import ModelError
from bot.faq.files import explainers_folder
from bot.model import Explainer

_FORMAT = 1  # raise it when the file, the features or the encoder change their meaning
_STEP = 127  # signed bytes per unit of a vector's number


def model_path() -> Path:
    """The coefficients that came with this installation."""
    return explainers_folder().parent / "matcher.npz"


def phrasings_hash(explainers: Iterable[Explainer]) -> str:
    """A hash over what the heads learn from the explainers; their prose may change without a new training."""
    digest = sha256(str(_FORMAT).encode())
    for explainer in sorted(explainers, key=lambda explainer: explainer.slug):
        rows = (explainer.slug, explainer.title, explainer.claims, explainer.not_claims)
        digest.update(json.dumps(rows, ensure_ascii=False).encode())
    return digest.hexdigest()


def write_model(path: Path, model: Model) -> None:
    """Write the file; the same model gives the same bytes."""
    heads = model.heads
    about = {
        "format": _FORMAT,
        "trained_on": model.trained_on,
        "topics": heads.topics,
        "calibration": asdict(model.calibration),
        "negatives": model.negatives,
        "texts": list(model.vectors),
    }
    np.savez_compressed(
        path,
        about=np.frombuffer(json.dumps(about, ensure_ascii=False, sort_keys=True).encode(), np.uint8),
        idf=heads.idf.astype(np.float16),
        sparse=heads.sparse,
        sparse_scale=heads.sparse_scale,
        dense=heads.dense.astype(np.float16),
        bias=heads.bias,
        vectors=np.round(np.stack(list(model.vectors.values())) * _STEP).astype(np.int8),
    )


def read_model(path: Path) -> Model:
    """Read the file; blocking.

    Raises:
        ModelError: it is missing, or not of this version.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays["about"].tobytes())
        return _model(about, arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ModelError(
            f"{path}: the matcher's coefficients cannot be read ({error}):"
            " reinstall Copydesk, or run `python -m bot faq train`"
        ) from error


def _model(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Model:
    if about["format"] != _FORMAT:
        raise ValueError(f"they have format {about['format']}, this version reads {_FORMAT}")
    calibration = about["calibration"]
    vectors = arrays["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Model(
        heads=Heads(
            topics=tuple(about["topics"]),
            idf=arrays["idf"].astype(np.float32),
            sparse=arrays["sparse"],
            sparse_scale=arrays["sparse_scale"],
            dense=arrays["dense"].astype(np.float32),
            bias=arrays["bias"],
        ),
        calibration=Calibration(
            trained=Line(**calibration["trained"]),
            untrained=Line(**calibration["untrained"]),
            answer=calibration["answer"],
            suggest=calibration["suggest"],
        ),
        negatives=tuple(about["negatives"]),
        vectors=dict(zip(about["texts"], vectors, strict=True)),
        trained_on=about["trained_on"],
    )
