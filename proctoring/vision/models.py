"""Which network files see and hear for us: verified by hash, loaded once, one thread each.

A role whose file is absent or has another hash is missing: its signal is off, and `Models.missing` says so. Fetching and converting
files belongs to assessment_engine/assets.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from assessment_engine.kernel.errors import HashMismatch, Invalid, ModelMissing, UnreadableFile
from proctoring.vision import flatter, nanodet

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any]  # floats, or bytes where a network takes them

FACE_MESH, IRIS, FACE_NEAR, FACE_FAR, IDENTITY, OBJECTS = "face_mesh", "iris", "face_near", "face_far", "identity", "objects"
VOICE = "voice"
ROLES = (FACE_MESH, IRIS, FACE_NEAR, FACE_FAR, IDENTITY, OBJECTS, VOICE)
OBJECTS_IN_INTEGERS, IDENTITY_IN_INTEGERS = "objects_in_integers", "identity_in_integers"
IN_INTEGERS = {OBJECTS: OBJECTS_IN_INTEGERS, IDENTITY: IDENTITY_IN_INTEGERS}  # no roles of their own: play these where that is quicker
FETCHED = (*ROLES, *IN_INTEGERS.values())
OWN = "own-models.json"
NEEDED = (FACE_MESH, FACE_NEAR)
OBJECT_SIZE = (224, 288)  # of the object network's picture, shaped as a camera's; a third of the time of the 416² it was written for
_CONVOLUTIONAL = {
    "Add", "Concat", "Constant", "Conv", "Identity", "LeakyRelu", "MaxPool", "Mul", "Pad", "Relu", "Resize", "Shape", "Sigmoid", "Slice",
    "Split", "Transpose",
}  # fmt: skip

# Features by OpenCV's numbers (cv2/core/cvdef.h). AVX2 multiplies bytes and sums two products in sixteen bits; AVX-512 VNNI, and Arm's dot
# product, sum them in thirty-two.
_AVX2, _EXACTLY = 11, (23, 101)
_FITS = 64  # of a weight, so that the sum of two products with bytes (up to 255) is less than 2¹⁵

# What the runtimes and the graph's reader say of a file that is no network, or one with parts that they do not know.
_UNRUNNABLE = (
    ValueError, IndexError, DecodeError, runtime.Fail, runtime.InvalidArgument, runtime.InvalidGraph, runtime.InvalidProtobuf,
    runtime.NotImplemented,
)  # fmt: skip

onnxruntime.set_default_logger_severity(3)


class Network(Protocol):
    """One batch in, the outputs in the file's order."""

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Run once."""


class LiteRtNetwork:
    """A .tflite file, run by XNNPACK on the calling thread; `rows` is the height of its picture where that is not the file's own."""

    def __init__(self, path: Path, *, rows: int | None = None) -> None:
        self._path = path
        source = {"model_path": str(path)} if rows is None else {"model_content": flatter.with_rows(path.read_bytes(), rows)}
        self._interpreter = Interpreter(**source, num_threads=1, experimental_op_resolver_type=OpResolverType.AUTO)
        given = self._interpreter.get_input_details()[0]
        self._input = given["index"]
        if rows is not None:
            self._interpreter.resize_tensor_input(self._input, [given["shape"][0], rows, *given["shape"][2:]], strict=False)
        self._interpreter.allocate_tensors()
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def flatter(self, rows: int) -> "LiteRtNetwork | None":
        """Return the same network for pictures of so many rows, None when it takes its own only."""
        try:
            return LiteRtNetwork(self._path, rows=rows)
        except (ValueError, RuntimeError, OSError):  # the runtime's own words for a graph that has a size somewhere, or no file any more
            return None

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Run once; the arrays are copies."""
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


class OnnxNetwork:
    """An .onnx file on the calling thread. `size` is height and width of its input, 0 where the file leaves them open.

    Integers whose products need more than sixteen bits take longer on a processor that has no more for them, and are right.
    """

    def __init__(self, path: Path, *, size: tuple[int, int] | None = None, made: Callable[[bytes], bytes] = bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        graph = made(resized(path, size) if size is not None else path.read_bytes())
        if not any(map(cv2.checkHardwareSupport, _EXACTLY)) and are_wide(graph):
            options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        first, *others = self._session.get_inputs()
        # DETR exports ask how large the picture was; boxes come as fractions of a picture of 1 × 1.
        self._input, self._others = first.name, {other.name: np.ones((1, 2), np.int64) for other in others}
        sides = first.shape[1:3] if first.type == "tensor(uint8)" else first.shape[-2:]  # bytes come pixel by pixel
        height, width = (side if isinstance(side, int) else 0 for side in sides)
        self.size: tuple[int, int] = size if size is not None and not (height and width) else (height, width)
        self.outputs: Sequence[str] = tuple(output.name for output in self._session.get_outputs())
        self.metadata: Mapping[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)

    def __call__(self, batch: Numbers) -> Sequence[Floats]:
        """Run once."""
        outputs: Sequence[Floats] = self._session.run(None, {self._input: batch, **self._others})
        return outputs


class Voice(OnnxNetwork):
    """Silero's voice activity file for 16 kHz: it is handed what it remembers, and hands it back, so one serves every candidate."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if names := {"input", "state", "sr"} ^ {self._input, *self._others}:
            raise Invalid(f"{path.name} is no voice network as Silero exports it: {', '.join(sorted(names))}", role=VOICE)
        self._others = {"sr": np.array(16_000, np.int64)}

    def listen(self, window: Floats, memory: Floats) -> tuple[float, Floats]:
        """Return how likely (0–1) a window of (1, 576) samples is speech, and the memory (2, 1, 128) for the next one."""
        likely, after = self._session.run(None, {"input": window, "state": memory, **self._others})
        return float(likely[0, 0]), after

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Hear one window as if it were the first."""
        likely, after = self.listen(batch, np.zeros((2, 1, 128), np.float32))
        return [np.array([[likely]], np.float32), after]


def are_wide(graph: bytes) -> bool:
    """Say whether two products of a graph's bytes may need more than sixteen bits: weights beyond 64 do, and those without a sign."""
    if b"QLinear" not in graph:
        return b"Integer" in graph or b"DequantizeLinear" in graph
    import onnx

    whole = (onnx.numpy_helper.to_array(one) for one in onnx.load_from_string(graph).graph.initializer)
    return any(
        one.dtype == np.uint8 or int(np.abs(one.astype(np.int16)).max()) > _FITS for one in whole if one.itemsize == 1 and one.ndim > 1
    )


def resized(path: Path, size: tuple[int, int]) -> bytes:
    """Return a convolutional graph that was written for pictures of one size, for another (height, width); any other graph as it is.

    Only sizes change: of the input, and of what is resized in between. A graph with a size anywhere else is left alone.
    """
    import onnx  # a third of a second, and only where objects are looked for

    model = onnx.load_from_string(path.read_bytes())
    graph, numbers = model.graph, {one.name: one for one in model.graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    sides = graph.input[0].type.tensor_type.shape.dim[2:]
    given = np.array([side.dim_value for side in sides])
    scaled = [_constant_part(node, made_by, numbers) for node in graph.node if node.op_type == "Resize"]
    if not given.all() or tuple(given) == size or None in scaled or not all(_any_length(node, numbers) for node in graph.node):
        return path.read_bytes()
    for part in scaled:
        assert part is not None
        part.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(part) * np.array(size) // given, part.name))
    for dimension, side in zip(sides, size, strict=True):
        dimension.dim_value = side
    del graph.value_info[:]
    for output in graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"cells_{output.name}"
    return bytes(model.SerializeToString())


def _constant_part(resize: "NodeProto", made_by: Mapping[str, "NodeProto"], numbers: Mapping[str, "TensorProto"]) -> "TensorProto | None":
    """Return height and width to which a node resizes, if they are numbers of their own."""
    maker = made_by.get(resize.input[3]) if len(resize.input) > 3 else None
    found = [numbers[name] for name in maker.input if name in numbers] if maker is not None and maker.op_type == "Concat" else []
    return found[0] if len(found) == 1 else None


def _any_length(node: "NodeProto", numbers: Mapping[str, "TensorProto"]) -> bool:
    """Say whether a node takes pictures of any size: of what may stand in a convolutional graph, only a reshape can refuse one."""
    from onnx import numpy_helper

    if node.op_type == "Reshape":
        return node.input[1] in numbers and -1 in numpy_helper.to_array(numbers[node.input[1]])
    return node.op_type in _CONVOLUTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """Where a role's file lies and which hash it must have; an empty hash pins nothing (a developer's own file)."""

    path: Path
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The networks that are there, the hash of each, and the roles that are missing."""

    networks: Mapping[str, Network]
    sha256: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def need(self, role: str) -> Network:
        """Return the role's network, or raise ModelMissing."""
        if role not in self.networks:
            raise ModelMissing(f"no model for the role {role}", role=role)
        return self.networks[role]


def load(files: Mapping[str, tuple[Path, str] | ModelFile]) -> Models:
    """Load every role that has a file; another hash raises HashMismatch, no network UnreadableFile, no file makes the role missing."""
    networks: dict[str, Network] = {}
    hashes: dict[str, str] = {}
    for role in ROLES:
        file = _as_file(files[role]) if role in files else None
        if file is None or not file.path.is_file():
            continue
        hashes[role] = _verified(role, file)
        networks[role] = _opened(role, file.path)
    missing = tuple(role for role in ROLES if role not in networks)
    if unusable := [role for role in NEEDED if role in missing]:
        raise ModelMissing(f"nothing can be seen without {', '.join(unusable)}", roles=", ".join(unusable))
    return Models(networks=networks, sha256=hashes, missing=missing)


def load_folder(folder: Path) -> Models:
    """Load what a folder of `role/file` holds, as `assets fetch` leaves it, and a deployment's own; the former's hashes are not pinned."""
    found = {role: next((p for p in sorted((folder / role).glob("*")) if p.suffix in {".tflite", ".onnx"}), None) for role in FETCHED}
    return load_fetched({role: ModelFile(path=path) for role, path in found.items() if path is not None}, folder)


def load_fetched(files: Mapping[str, tuple[Path, str] | ModelFile], folder: Path, *, integers: bool | None = None) -> Models:
    """Load what was fetched, in `integers` what there is (left out: where that is quicker), and what a deployment lists as its own."""
    chosen = dict(files)
    for role, name in IN_INTEGERS.items():
        quicker = chosen.pop(name, None)
        if quicker is not None and role in chosen and (multiplies_bytes() if integers is None else integers):
            chosen[role] = quicker
    return load({**chosen, **own(folder)})


def multiplies_bytes() -> bool:
    """Say whether this processor sums products of bytes, without which integers are no quicker than floats."""
    return any(map(cv2.checkHardwareSupport, (_AVX2, *_EXACTLY)))


def own(folder: Path) -> dict[str, ModelFile]:
    """Return the files that a deployment puts in place of ours, as OWN in the folder lists them; raises UnreadableFile."""
    listed = folder / OWN
    if not listed.is_file():
        return {}
    try:
        given = json.loads(listed.read_bytes())
        files = {role: ModelFile(path=folder / one["path"], sha256=one["sha256"]) for role, one in given.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as broken:
        raise UnreadableFile(f"{OWN} must say a path and a sha256 for each role") from broken
    if unknown := [role for role in files if role not in ROLES]:
        raise UnreadableFile(f"{OWN} names {', '.join(unknown)}; roles are {', '.join(ROLES)}", roles=", ".join(unknown))
    if unpinned := [role for role, file in files.items() if not file.sha256]:
        raise UnreadableFile(f"{OWN} has no sha256 for {', '.join(unpinned)}", roles=", ".join(unpinned))
    return files


def _opened(role: str, path: Path) -> Network:
    """Return the network of a file; one that no runtime can run raises UnreadableFile."""
    try:
        return _network(role, path)
    except _UNRUNNABLE as broken:
        raise UnreadableFile(f"{path.name} ({role}) is no network that can be run here", role=role) from broken


def _network(role: str, path: Path) -> Network:
    if role == OBJECTS:
        return OnnxNetwork(path, size=OBJECT_SIZE, made=nanodet.shorter)
    if role == VOICE:
        return Voice(path)
    return LiteRtNetwork(path) if path.suffix == ".tflite" else OnnxNetwork(path)


def _as_file(given: tuple[Path, str] | ModelFile) -> ModelFile:
    return ModelFile(path=given[0], sha256=given[1]) if isinstance(given, tuple) else given


def _verified(role: str, file: ModelFile) -> str:
    with file.path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if file.sha256 and found != file.sha256:
        raise HashMismatch(f"{file.path.name} ({role}) has hash {found}, not {file.sha256}", role=role, expected=file.sha256, found=found)
    return found
