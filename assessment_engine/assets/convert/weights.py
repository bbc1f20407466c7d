"""The weight files of TensorFlow.js and face-api: one binary, described by a list of names, shapes and quantisations."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assessment_engine.assets.convert.onnx_graph import Tensor
from assessment_engine.kernel.errors import UnreadableFile

DTYPES: Mapping[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "int32": np.dtype("<i4"),
    "float16": np.dtype("<f2"),
    "uint8": np.dtype("u1"),
    "uint16": np.dtype("<u2"),
}


def read_weights(described: Sequence[dict[str, Any]], blob: bytes) -> dict[str, Tensor]:
    """Cut the binary into named tensors; every byte of it must be spoken for."""
    weights: dict[str, Tensor] = {}
    position = 0
    for entry in described:
        stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
        if stored not in DTYPES:
            raise UnreadableFile(f"Weight {entry['name']!r} has the unknown type {stored!r}.")
        count = math.prod(entry["shape"])
        end = position + count * DTYPES[stored].itemsize
        if end > len(blob):
            raise UnreadableFile(f"The weight file ends before {entry['name']!r} does.")
        raw = np.frombuffer(blob, DTYPES[stored], count, position)
        weights[entry["name"]] = _restored(raw, entry.get("quantization")).reshape(entry["shape"])
        position = end
    if position != len(blob):
        raise UnreadableFile(f"The weight file has {len(blob) - position} bytes that belong to no weight.")
    return weights


def _restored(raw: Tensor, quantization: dict[str, Any] | None) -> Tensor:
    """Undo the quantisation: half floats are widened, integers lie evenly between a minimum and a maximum."""
    if quantization is None:
        return raw
    wide = raw.astype(np.float32)
    if "scale" not in quantization:
        return wide
    return wide * np.float32(quantization["scale"]) + np.float32(quantization["min"])
