"""What detection networks answer, made into one form: scores of COCO's eighty classes, and boxes. The usual ONNX exports.

The family is read from the graph: from its metadata entry `detector`, else from the names and shapes of its outputs. A box is four
fractions of the picture that was given: left, top, right, bottom.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeAlias

import cv2
import numpy as np

from assessment_engine.kernel.errors import UnreadableFile
from proctoring.vision import nanodet
from proctoring.vision.models import Floats, Numbers, Pixels

Size: TypeAlias = tuple[int, int]
CLASSES = 80
_STRIDES = (8, 16, 32)
_GREY = 114  # YOLOX pads with this
_WORTH = 0.2  # score below which a cell's box is not worked out: a little under what anybody asks for
_WORTH_BEFORE = math.log(_WORTH / (1 - _WORTH))  # the same of what a score is made of,
_ABSURD = 80.0  # and from where that is no number that a network in its right mind answers


class DetectorNetwork(Protocol):
    """An ONNX file as these readers need it."""

    size: tuple[int, int]
    outputs: Sequence[str]
    metadata: Mapping[str, str]

    def __call__(self, batch: Numbers) -> Sequence[Floats]:
        """Run once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The boxes of one picture that may be something: n × 80 scores (0–1) and n × 4 edges."""

    scores: Floats
    boxes: Floats


def find(network: DetectorNetwork, family: str, picture: Pixels) -> Found:
    """Return what a network of a family finds in a picture; a score that is none from 0 to 1 is 0."""
    prepare, read = _FAMILIES[family]
    scores, boxes = read(network(prepare(picture, network.size)), network.size, picture.shape)
    fair = np.where((scores >= 0) & (scores <= 1), scores, np.float32(0))
    return Found(scores=fair, boxes=np.where(np.isfinite(boxes), boxes, np.float32(0)))


def family_of(network: DetectorNetwork) -> str:
    """Return nanodet, yolox or detr; a graph that answers in no form known here raises UnreadableFile."""
    named = network.metadata.get("detector")
    if named is not None:
        if named not in _FAMILIES:
            raise UnreadableFile(f"the object network calls itself {named}; known are {', '.join(_FAMILIES)}", detector=named)
        return named
    if {"boxes", "scores", "labels"} <= set(network.outputs) or {"logits", "pred_boxes"} <= set(network.outputs):
        return "detr"
    # What neither says in words is tried once on an empty picture.
    shapes = [output.shape for output in network(np.zeros((1, 3, *network.size), np.float32))]
    return _family_by_shape(shapes, network.size)


def _family_by_shape(shapes: Sequence[tuple[int, ...]], size: Size) -> str:
    cells = _count(size, _STRIDES)
    widths = sorted(shape[-1] for shape in shapes)
    if len(shapes) == 1 and shapes[0][1] == cells and widths[0] == CLASSES + 5:
        return "yolox"
    if len(shapes) == 2 and widths[0] == 4 and widths[1] >= CLASSES:
        return "detr"
    if len(shapes) == 1 and widths[0] > CLASSES + 5 and (widths[0] - CLASSES) % 4 == 0:
        return "nanodet"
    if len(shapes) >= 2 * len(_STRIDES) and CLASSES in widths and widths[0] % 4 == 0:
        return "nanodet"
    raise UnreadableFile("the object network answers in no known form", outputs=str(list(shapes)))


def nanodet_input(picture: Pixels, size: Size) -> Floats:
    """Scale linearly, as in its training, which costs a ninth of averaging and finds the same; plane by plane, without copies."""
    batch = np.empty((1, 3, *size), np.float32)
    for plane, colour in enumerate(cv2.split(cv2.resize(picture, size[::-1], interpolation=cv2.INTER_LINEAR))):
        np.multiply(colour, 1 / nanodet.SPREAD[plane], out=batch[0, plane])
        batch[0, plane] -= nanodet.MEAN[plane] / nanodet.SPREAD[plane]
    return batch


def _nanodet(outputs: Sequence[Floats], size: Size, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Read each box's edges as four distributions over distances: Li et al., Generalized Focal Loss, 2020, as NanoDet has it."""
    scores, edges = _joined(outputs)
    plus = len(edges) == _count(size, (*_STRIDES, 64))  # NanoDet-Plus has a fourth scale
    places, strides = _cells(size, (*_STRIDES, 64) if plus else _STRIDES)
    kept = np.unique(np.flatnonzero(scores >= _WORTH) // CLASSES)  # a fifth of the time of each cell's best score
    return scores[kept], _nanodet_boxes(edges[kept], places[kept], strides[kept])


def _nanodet_planes(outputs: Sequence[Floats], size: Size, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Read the same, plane by plane and before scores are made of it; of cells that are worth nothing nothing is worked out."""
    finest_first = sorted((output[0].reshape(output.shape[1], -1) for output in outputs), key=lambda planes: -planes.shape[1])
    kept = [np.flatnonzero(planes[:CLASSES].max(axis=0) >= _WORTH_BEFORE) for planes in finest_first]
    answers = np.concatenate([planes[:, cells].T for planes, cells in zip(finest_first, kept, strict=True)])
    known = [_cells(size, (stride,)) for stride in (*_STRIDES, 64)[: len(outputs)]]
    places, strides = (np.concatenate([one[cells] for one, cells in zip(each, kept, strict=True)]) for each in zip(*known, strict=True))
    before = np.where(np.abs(answers[:, :CLASSES]) < _ABSURD, answers[:, :CLASSES], np.float32(-_ABSURD))
    return np.asarray(1 / (1 + np.exp(-before)), np.float32), _nanodet_boxes(answers[:, CLASSES:], places, strides)


def _nanodet_boxes(edges: Floats, places: Floats, strides: Floats) -> Floats:
    spread = edges.reshape(len(edges), 4, edges.shape[1] // 4)
    weights = np.exp(spread - spread.max(axis=2, keepdims=True))
    bins = np.arange(spread.shape[2], dtype=np.float32)
    away = (weights @ bins) / weights.sum(axis=2)
    away *= np.tile(strides, 2)
    return np.concatenate([places - away[:, :2], places + away[:, 2:]], axis=1)


def _joined(outputs: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return scores and edges over all scales, finest first, from one output or from a pair for each scale."""
    if len(outputs) == 1:
        return outputs[0][0][:, :CLASSES], outputs[0][0][:, CLASSES:]
    by_size = sorted(outputs, key=lambda output: -output.shape[1])
    scores = [output[0] for output in by_size if output.shape[2] == CLASSES]
    edges = [output[0] for output in by_size if output.shape[2] != CLASSES]
    return np.concatenate(scores), np.concatenate(edges)


def _yolox_input(picture: Pixels, size: Size) -> Floats:
    scale = _yolox_scale(picture.shape, size)
    fitted = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    padded = np.full((*size, 3), _GREY, np.uint8)
    padded[: fitted[1], : fitted[0]] = cv2.resize(picture, fitted, interpolation=_scaling(picture, size))
    return np.ascontiguousarray(padded.astype(np.float32).transpose(2, 0, 1)[None])


def _yolox(outputs: Sequence[Floats], size: Size, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Read centre, logarithm of the size, objectness and classes of each cell: Ge et al., YOLOX, 2021."""
    raw = outputs[0][0]
    places, strides = _cells(size, _STRIDES)
    centres = raw[:, :2] * strides + places - strides / 2
    halves = np.exp(np.clip(raw[:, 2:4], -20, 20)) * strides / 2
    sides = np.array(size[::-1], np.float32)
    stretch = sides / (np.array([shape[1], shape[0]], np.float32) * _yolox_scale(shape, size))
    return raw[:, 4:5] * raw[:, 5:], np.concatenate([(centres - halves) * stretch, (centres + halves) * stretch], axis=1)


def _yolox_scale(shape: tuple[int, ...], size: Size) -> float:
    return min(size[0] / shape[0], size[1] / shape[1])


def _detr_input(picture: Pixels, size: Size) -> Floats:
    small = cv2.resize(picture, size[::-1], interpolation=_scaling(picture, size))
    return np.ascontiguousarray((small[..., ::-1].astype(np.float32) / 255).transpose(2, 0, 1)[None])


def _detr(outputs: Sequence[Floats], size: Size, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Read queries: finished (labels, boxes, scores; asked for in a picture of 1 × 1) or raw (logits and centre-size boxes)."""
    if len(outputs) == 3:
        labels = next(o for o in outputs if o.dtype.kind == "i")[0]
        boxes = next(o for o in outputs if o.ndim == 3)[0]
        scores = next(o for o in outputs if o.ndim == 2 and o.dtype.kind == "f")[0]
        each = np.zeros((len(labels), CLASSES), np.float32)
        known = (labels >= 0) & (labels < CLASSES)
        each[np.flatnonzero(known), labels[known]] = scores[known]
        return each, boxes
    boxes, logits = sorted((output[0] for output in outputs), key=lambda output: output.shape[1])
    halves = boxes[:, 2:] / 2
    scores = 1 / (1 + np.exp(-np.clip(logits[:, :CLASSES], -80, 80)))
    return scores, np.concatenate([boxes[:, :2] - halves, boxes[:, :2] + halves], axis=1)


@cache
def _cells(size: Size, strides: Sequence[int]) -> tuple[Floats, Floats]:
    """Return the middle of each cell and its stride (across, down), as fractions of the picture, scale by scale."""
    places, steps = [], []
    for stride in strides:
        rows, columns = (-(-side // stride) for side in size)
        across, down = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        step = np.array([stride / size[1], stride / size[0]], np.float32)
        places.append((np.stack([across.ravel(), down.ravel()], axis=1) + np.float32(0.5)) * step)
        steps.append(np.tile(step, (rows * columns, 1)))
    return np.concatenate(places), np.concatenate(steps)


def _count(size: Size, strides: Sequence[int]) -> int:
    return sum(-(-size[0] // stride) * -(-size[1] // stride) for stride in strides)


def _scaling(picture: Pixels, size: Size) -> int:
    return int(cv2.INTER_AREA if picture.shape[0] > size[0] else cv2.INTER_LINEAR)


_FAMILIES: Mapping[
    str, tuple[Callable[[Pixels, Size], Numbers], Callable[[Sequence[Floats], Size, tuple[int, ...]], tuple[Floats, Floats]]]
] = {
    "nanodet": (nanodet_input, _nanodet),
    nanodet.FAMILY: (nanodet.as_bytes, _nanodet_planes),
    "yolox": (_yolox_input, _yolox),
    "detr": (_detr_input, _detr),
}
