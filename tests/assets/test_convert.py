"""Conversions, on graphs and weights small enough to work out by hand (or by numpy), run in onnx's reference runtime."""

import base64
import json
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from onnx.reference import ReferenceEvaluator

from assessment_engine.assets.convert.contexts import read_context_module
from assessment_engine.assets.convert.face_resnet import FIRST_STAGE, LATER_STAGES, convert_face_resnet
from assessment_engine.assets.convert.fonts import DEVANAGARI, subset_for_pages
from assessment_engine.assets.convert.tfjs import convert_graph
from assessment_engine.assets.convert.weights import read_weights
from assessment_engine.kernel.errors import UnreadableFile

Floats = npt.NDArray[np.float32]
Nodes = list[tuple[str, list[str], dict[str, Any]]]


def test_a_picture_is_convolved_as_tensorflow_does() -> None:
    kernel = np.arange(8, dtype=np.float32).reshape(2, 2, 1, 2)
    picture = np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)

    got = _run([("Conv2D", ["in", "kernel"], _window(1, "VALID"))], {"kernel": kernel}, picture, (1, 2, 2, 2))

    by_hand = [[sum(picture[0, y + i, x + j, 0] * kernel[i, j, 0] for i in (0, 1) for j in (0, 1)) for x in (0, 1)] for y in (0, 1)]
    np.testing.assert_allclose(got, np.array([by_hand]))


def test_a_window_of_same_padding_keeps_the_side() -> None:
    picture = np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)

    got = _run([("MaxPool", ["in"], {**_window(1, "SAME"), "ksize": _integers(1, 2, 2, 1)})], {}, picture, (1, 3, 3, 1))

    np.testing.assert_allclose(got[0, :, :, 0], [[4, 5, 5], [7, 8, 8], [7, 8, 8]])


def test_padding_puts_the_value_where_tensorflow_does() -> None:
    weights = {"around": np.array([[0, 0], [1, 2]], dtype=np.int32), "value": np.array(9, dtype=np.float32)}

    got = _run([("PadV2", ["in", "around", "value"], {})], weights, np.ones((1, 1), dtype=np.float32), (1, 4))

    np.testing.assert_allclose(got, [[9, 1, 9, 9]])


def test_the_second_part_of_a_split_is_not_the_first() -> None:
    weights = {"lengths": np.array([1, 2], dtype=np.int32), "axis": np.array(1, dtype=np.int32)}
    joined: Nodes = [("SplitV", ["in", "lengths", "axis"], {}), ("ConcatV2", ["node0:1", "node0", "axis"], {})]

    got = _run(joined, weights, np.array([[1, 2, 3]], dtype=np.float32), (1, 3))

    np.testing.assert_allclose(got, [[2, 3, 1]])


def test_a_shape_that_the_graph_puts_together_is_worked_out() -> None:
    weights = {
        "where": np.array([[1]], dtype=np.int32),
        "length": np.array([2], dtype=np.int32),
        "value": np.array([4], dtype=np.int32),
        "rest": np.array(0, dtype=np.int32),
        "start": np.array([3, 0], dtype=np.int32),
    }
    shaped: Nodes = [
        ("SparseToDense", ["where", "length", "value", "rest"], {}),
        ("AddV2", ["start", "node0"], {}),
        ("Reshape", ["in", "node1"], {}),
    ]

    assert _run(shaped, weights, np.zeros((1, 12), dtype=np.float32), (3, 4)).shape == (3, 4)


def test_a_picture_is_enlarged_between_pixel_centres() -> None:
    picture = np.array([0, 4], dtype=np.float32).reshape(1, 1, 2, 1)
    weights = {"size": np.array([1, 4], dtype=np.int32)}

    got = _run([("ResizeBilinear", ["in", "size"], {"half_pixel_centers": {"b": True}})], weights, picture, (1, 1, 4, 1))

    np.testing.assert_allclose(got.ravel(), [0, 1, 3, 4])


def test_a_chain_of_small_operations_is_kept_in_order() -> None:
    weights = {"turn": np.array([1, 0], dtype=np.int32), "one": np.array([1], dtype=np.float32)}
    chain: Nodes = [
        ("Transpose", ["in", "turn"], {}),
        ("LeakyRelu", ["node0"], {"alpha": {"f": 0.5}}),
        ("Add", ["node1", "one"], {}),
        ("Sigmoid", ["node2"], {}),
        ("Identity", ["node3"], {}),
    ]

    got = _run(chain, weights, np.array([[-2, 2]], dtype=np.float32), (2, 1))

    np.testing.assert_allclose(got, 1 / (1 + np.exp([[0.0], [-3.0]])), rtol=1e-6)


def test_an_unknown_operation_is_named() -> None:
    with pytest.raises(UnreadableFile, match="'Dream' of 'node0'"):
        _run([("Dream", ["in"], {})], {}, np.zeros((1, 1), dtype=np.float32), (1, 1))


def test_a_graph_that_runs_in_a_circle_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="in a circle"):
        _run([("Add", ["node1", "in"], {}), ("Add", ["node0", "in"], {})], {}, np.zeros((1, 1), dtype=np.float32), (1, 1))


@pytest.mark.parametrize(
    ("operation", "attributes"),
    [
        ("ResizeBilinear", {"align_corners": {"b": True}}),
        ("MaxPool", {"padding": {"s": base64.b64encode(b"EXPLICIT").decode()}, "data_format": {"s": base64.b64encode(b"NHWC").decode()}}),
    ],
)
def test_a_variant_that_would_come_out_wrong_is_refused(operation: str, attributes: dict[str, Any]) -> None:
    picture = np.zeros((1, 2, 2, 1), dtype=np.float32)

    with pytest.raises(UnreadableFile, match="cannot be converted"):
        _run([(operation, ["in"], {"ksize": _integers(1, 2, 2, 1), **attributes})], {}, picture, (1, 2, 2, 1))


def test_every_weight_is_read_as_it_was_stored() -> None:
    half = np.array([0.5, -2], dtype="<f2")
    stored: list[dict[str, Any]] = [
        {"name": "half", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
        {"name": "even", "shape": [1, 2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
        {"name": "whole", "shape": [], "dtype": "int32"},
    ]

    weights = read_weights(stored, half.tobytes() + bytes([0, 4]) + (7).to_bytes(4, "little"))

    assert {name: value.tolist() for name, value in weights.items()} == {"half": [0.5, -2.0], "even": [[-1.0, 1.0]], "whole": 7}


@pytest.mark.parametrize(("blob", "complaint"), [(bytes(3), "ends before 'a'"), (bytes(9), "5 bytes that belong to no weight")])
def test_a_weight_file_of_another_length_is_refused(blob: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableFile, match=complaint):
        read_weights([{"name": "a", "shape": [1], "dtype": "float32"}], blob)


def test_the_face_network_is_dlibs_layer_by_layer() -> None:
    weights = _face_weights(np.random.default_rng(7))
    manifest, blob = _stored(weights)

    network = onnx.load_from_string(convert_face_resnet(weights=blob, manifest=json.dumps([{"weights": manifest}]).encode()))

    face = np.random.default_rng(8).uniform(0, 255, (1, 3, 150, 150)).astype(np.float32)
    (got,) = ReferenceEvaluator(network).run(None, {"input": face})
    np.testing.assert_allclose(np.asarray(got)[0], _dlib(face[0].transpose(1, 2, 0), weights), rtol=1e-3, atol=1e-5)


def test_a_context_comes_out_of_its_module() -> None:
    module = (
        b'/* A licence, {with braces}. */\n\'use strict\';\n\nmodule.exports = {\n  "@context": {"name": "https://schema.org/name"}\n};\n'
    )

    assert json.loads(read_context_module(module)) == {"@context": {"name": "https://schema.org/name"}}


@pytest.mark.parametrize("module", [b"export default {}", b"module.exports = {a: require('b')};"])
def test_a_module_that_is_not_plain_json_is_refused(module: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_context_module(module)


def test_a_page_font_keeps_its_letters_and_how_they_join() -> None:
    published = _a_font("कषक्षA字")

    subset = TTFont(BytesIO(subset_for_pages(published, DEVANAGARI)))

    assert subset.flavor == "woff2"
    assert {"क", "ष", "A"} <= {chr(code) for code in subset.getBestCmap()}
    assert ord("字") not in subset.getBestCmap()
    assert [record.FeatureTag for record in subset["GSUB"].table.FeatureList.FeatureRecord] == ["akhn"]
    assert len(subset.getGlyphOrder()) == len({".notdef", "क", "ष", "्", "A", "conjunct"})
    assert subset_for_pages(published, DEVANAGARI) == subset_for_pages(published, DEVANAGARI)


def _run(nodes: Nodes, weights: dict[str, Any], given: Floats, shape: tuple[int, ...]) -> Floats:
    """Convert a graph whose nodes are called node0, node1, …, the last being its output, and run it."""
    described, blob = _stored(weights)
    topology: list[dict[str, Any]] = [{"name": "in", "op": "Placeholder"}, *({"name": name, "op": "Const"} for name in weights)]
    topology += [{"name": f"node{i}", "op": op, "input": inputs, "attr": attr} for i, (op, inputs, attr) in enumerate(nodes)]
    output = f"node{len(nodes) - 1}:0"
    model: dict[str, Any] = {
        "modelTopology": {"node": topology},
        "weightsManifest": [{"weights": described}],
        "signature": {"inputs": {"in:0": _sides(given.shape)}, "outputs": {output: _sides(shape)}},
    }
    converted = onnx.load_from_string(convert_graph(model=json.dumps(model).encode(), weights=blob))
    (got,) = ReferenceEvaluator(converted).run(None, {"in": given})
    return np.asarray(got)


def _stored(weights: dict[str, Any]) -> tuple[list[dict[str, Any]], bytes]:
    described = [{"name": name, "shape": list(value.shape), "dtype": str(value.dtype)} for name, value in weights.items()]
    return described, b"".join(value.tobytes() for value in weights.values())


def _sides(shape: tuple[int, ...]) -> dict[str, Any]:
    return {"tensorShape": {"dim": [{"size": str(side)} for side in shape]}}


def _integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def _window(stride: int, padding: str) -> dict[str, Any]:
    layout = {"padding": {"s": base64.b64encode(padding.encode()).decode()}, "data_format": {"s": base64.b64encode(b"NHWC").decode()}}
    return {**layout, "strides": _integers(1, stride, stride, 1), "dilations": _integers(1, 1, 1, 1)}


def _face_weights(rng: np.random.Generator) -> dict[str, Floats]:
    """Make weights for the real layers with one channel for every 32: the same graph, quick to run."""
    weights: dict[str, Floats] = {}

    def layer(name: str, side: int, channels_in: int, channels_out: int) -> None:
        shape = (side, side, channels_in, channels_out)
        weights[f"{name}/conv/filters"] = rng.normal(0, 0.5, shape).astype(np.float32)
        for part in ("conv/bias", "scale/weights", "scale/biases"):
            weights[f"{name}/{part}"] = rng.normal(0.5, 0.2, channels_out).astype(np.float32)

    layer("conv32_down", 7, 3, 1)
    channels = 1
    for block in FIRST_STAGE:
        layer(f"{block}/conv1", 3, 1, 1)
        layer(f"{block}/conv2", 3, 1, 1)
    for halving, blocks in LATER_STAGES:
        wider = int(halving.split("_")[0].removeprefix("conv")) // 32
        layer(f"{halving}/conv1", 3, channels, wider)
        layer(f"{halving}/conv2", 3, wider, wider)
        channels = wider
        for block in blocks:
            layer(f"{block}/conv1", 3, channels, channels)
            layer(f"{block}/conv2", 3, channels, channels)
    weights["fc"] = rng.normal(0, 1, (channels, 4)).astype(np.float32)
    return weights


def _dlib(face: Floats, weights: dict[str, Floats]) -> npt.NDArray[np.float64]:
    """Work the network out in numpy, channels last, straight from its description."""
    value = (face.astype(np.float64) - [122.782, 117.001, 104.298]) / 256
    value = np.maximum(_layer(value, weights, "conv32_down", stride=2), 0)
    value = _windows(value, 3, 2).max(axis=(3, 4))
    for block in FIRST_STAGE:
        value = _block(value, weights, block)
    for halving, blocks in LATER_STAGES:
        inner = np.maximum(_layer(value, weights, f"{halving}/conv1", stride=2), 0)
        inner = _layer(inner, weights, f"{halving}/conv2")
        pooled = _windows(value, 2, 2).mean(axis=(3, 4))
        side, depth = max(inner.shape[0], pooled.shape[0]), inner.shape[2]
        value = np.maximum(_grown(inner, side, depth) + _grown(pooled, side, depth), 0)
        for block in blocks:
            value = _block(value, weights, block)
    return np.asarray(value.mean(axis=(0, 1)) @ weights["fc"])


def _block(value: npt.NDArray[np.float64], weights: dict[str, Floats], name: str) -> npt.NDArray[np.float64]:
    inner = np.maximum(_layer(value, weights, f"{name}/conv1"), 0)
    return np.maximum(_layer(inner, weights, f"{name}/conv2") + value, 0)


def _layer(value: npt.NDArray[np.float64], weights: dict[str, Floats], name: str, stride: int = 1) -> npt.NDArray[np.float64]:
    kernel = weights[f"{name}/conv/filters"]
    around = kernel.shape[0] // 2 if stride == 1 else 0
    windows = _windows(np.pad(value, ((around, around), (around, around), (0, 0))), kernel.shape[0], stride)
    filtered = np.einsum("yxcij,ijco->yxo", windows, kernel) + weights[f"{name}/conv/bias"]
    return np.asarray(filtered * weights[f"{name}/scale/weights"] + weights[f"{name}/scale/biases"])


def _windows(value: npt.NDArray[np.float64], side: int, stride: int) -> npt.NDArray[np.float64]:
    return np.lib.stride_tricks.sliding_window_view(value, (side, side), axis=(0, 1))[::stride, ::stride]


def _grown(value: npt.NDArray[np.float64], side: int, depth: int) -> npt.NDArray[np.float64]:
    return np.pad(value, ((0, side - value.shape[0]), (0, side - value.shape[1]), (0, depth - value.shape[2])))


def _a_font(letters: str) -> bytes:
    """Make a font of empty glyphs in which two letters join into a conjunct."""
    names = {ord(letter): f"letter{ord(letter):x}" for letter in letters}
    order = [".notdef", *names.values(), "conjunct"]
    font = FontBuilder(1000)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(names)
    font.setupGlyf({name: Glyph() for name in order})
    font.setupHorizontalMetrics(dict.fromkeys(order, (500, 0)))
    font.setupHorizontalHeader()
    font.setupOS2()
    font.setupPost()
    font.setupNameTable({"familyName": "Tiny", "styleName": "Regular"})
    font.addOpenTypeFeatures(f"feature akhn {{ sub {names[ord('क')]} {names[ord('ष')]} by conjunct; }} akhn;")
    written = BytesIO()
    font.save(written)
    return written.getvalue()
