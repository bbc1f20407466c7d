"""dlib's face recognition ResNet, from the weights that face-api publishes, as ONNX.

The published file has weights but no graph; the graph here is dlib's `anet_type`: a strided 7×7 convolution, a pool, and five
stages of residual blocks, each convolution followed by a learned scale, then the mean over the picture and one projection.
Input: 1×3×150×150, RGB, 0 to 255. Output: the 128 numbers whose Euclidean distance tells people apart.
"""

import json

import numpy as np

from assessment_engine.assets.convert.onnx_graph import GraphBuilder, Tensor
from assessment_engine.assets.convert.weights import read_weights

SIDE = 150
MEAN_RGB, DEPTH = (122.782, 117.001, 104.298), 256.0
FIRST_STAGE = ("conv32_1", "conv32_2", "conv32_3")
# A stage starts by halving the picture; the last one does only that.
LATER_STAGES = (
    ("conv64_down", ("conv64_1", "conv64_2", "conv64_3")),
    ("conv128_down", ("conv128_1", "conv128_2")),
    ("conv256_down", ("conv256_1", "conv256_2")),
    ("conv256_down_out", ()),
)


def convert_face_resnet(*, weights: bytes, manifest: bytes) -> bytes:
    """Return the network as ONNX."""
    described = [entry for group in json.loads(manifest) for entry in group["weights"]]
    return _FaceResNet(read_weights(described, weights)).serialize()


class _FaceResNet:
    """Writes the network down layer by layer, keeping track of the picture's side: an odd one decides a padding."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._weights = weights
        self._graph = GraphBuilder()
        self._side = SIDE

    def serialize(self) -> bytes:
        value = self._stem()
        for block in FIRST_STAGE:
            value = self._residual(value, block)
        for halving, blocks in LATER_STAGES:
            value = self._halving_residual(value, halving)
            for block in blocks:
                value = self._residual(value, block)
        mean = self._graph.add("ReduceMean", [value, self._graph.integers([2, 3])], keepdims=0)
        self._graph.add("MatMul", [mean, self._graph.constant(self._weights["fc"])], "embedding")
        return self._graph.serialize("face_recognition", {"input": (1, 3, SIDE, SIDE)}, {"embedding": (1, self._weights["fc"].shape[1])})

    def _stem(self) -> str:
        mean = self._graph.constant(np.array(MEAN_RGB, dtype=np.float32).reshape(1, 3, 1, 1))
        centred = self._graph.add("Sub", ["input", mean])
        scaled = self._graph.add("Div", [centred, self._graph.constant(np.array(DEPTH, dtype=np.float32))])
        filtered = self._rectified(self._convolution(scaled, "conv32_down", stride=2))
        self._side = _strided(_strided(self._side, 7), 3)
        return self._graph.add("MaxPool", [filtered], kernel_shape=[3, 3], strides=[2, 2])

    def _residual(self, value: str, block: str) -> str:
        inner = self._rectified(self._convolution(value, f"{block}/conv1"))
        return self._rectified(self._graph.add("Add", [self._convolution(inner, f"{block}/conv2"), value]))

    def _halving_residual(self, value: str, block: str) -> str:
        """Halve the picture on both ways round; the shorter side and the missing channels are filled with zeros."""
        inner = self._convolution(self._rectified(self._convolution(value, f"{block}/conv1", stride=2)), f"{block}/conv2")
        shortcut = self._graph.add("AveragePool", [value], kernel_shape=[2, 2], strides=[2, 2])
        filtered_side, pooled_side = _strided(self._side, 3), self._side // 2
        if filtered_side < pooled_side:
            inner = self._padded(inner, sides=pooled_side - filtered_side)
        channels_in, channels_out = self._weights[f"{block}/conv1/conv/filters"].shape[2:]
        if channels_in < channels_out:
            shortcut = self._padded(shortcut, channels=channels_out - channels_in)
        self._side = max(filtered_side, pooled_side)
        return self._rectified(self._graph.add("Add", [shortcut, inner]))

    def _convolution(self, value: str, layer: str, stride: int = 1) -> str:
        """Convolve and scale in one: the learned scale is folded into the filters."""
        filters, bias = self._weights[f"{layer}/conv/filters"], self._weights[f"{layer}/conv/bias"]
        scale, shift = self._weights[f"{layer}/scale/weights"], self._weights[f"{layer}/scale/biases"]
        kernel = self._graph.constant(np.multiply(filters, scale).transpose(3, 2, 0, 1))
        offset = self._graph.constant(np.add(np.multiply(bias, scale), shift))
        padding = 0 if stride == 2 else (filters.shape[0] - 1) // 2
        return self._graph.add("Conv", [value, kernel, offset], strides=[stride] * 2, pads=[padding] * 4)

    def _padded(self, value: str, *, channels: int = 0, sides: int = 0) -> str:
        return self._graph.add("Pad", [value, self._graph.integers([0, 0, 0, 0, 0, channels, sides, sides])])

    def _rectified(self, value: str) -> str:
        return self._graph.add("Relu", [value])


def _strided(side: int, window: int) -> int:
    """Return the side of a picture after a window has gone over it in steps of two, without padding."""
    return (side - window) // 2 + 1
