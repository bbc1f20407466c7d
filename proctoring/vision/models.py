"""Which network files see for us: verified by hash, loaded once, one thread each.

A role whose file is absent or has another hash is missing: its signal is off, and `Models.missing` says so. Fetching and converting
files belongs to assessment_engine/assets.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from assessment_engine.kernel.errors import HashMismatch, ModelMissing

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

FACE_MESH, IRIS, FACE_NEAR, FACE_FAR, IDENTITY, OBJECTS = "face_mesh", "iris", "face_near", "face_far", "identity", "objects"
ROLES = (FACE_MESH, IRIS, FACE_NEAR, FACE_FAR, IDENTITY, OBJECTS)
NEEDED = (FACE_MESH, FACE_NEAR)

onnxruntime.set_default_logger_severity(3)


class Network(Protocol):
    """One batch in, the outputs in the file's order."""

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Run once."""


class LiteRtNetwork:
    """A .tflite file, run by XNNPACK on the calling thread."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(str(path), num_threads=1, experimental_op_resolver_type=OpResolverType.AUTO)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Run once; the arrays are copies."""
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


class OnnxNetwork:
    """An .onnx file on the calling thread."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """Run once."""
        outputs: Sequence[Floats] = self._session.run(None, {self._input: batch})
        return outputs


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
    """Load every role that has a file; a wrong hash raises HashMismatch, an absent file makes the role missing."""
    networks: dict[str, Network] = {}
    hashes: dict[str, str] = {}
    for role in ROLES:
        file = _as_file(files.get(role))
        if file is None or not file.path.is_file():
            continue
        hashes[role] = _verified(role, file)
        networks[role] = LiteRtNetwork(file.path) if file.path.suffix == ".tflite" else OnnxNetwork(file.path)
    missing = tuple(role for role in ROLES if role not in networks)
    if unusable := [role for role in NEEDED if role in missing]:
        raise ModelMissing(f"nothing can be seen without {', '.join(unusable)}", roles=", ".join(unusable))
    return Models(networks=networks, sha256=hashes, missing=missing)


def load_folder(folder: Path) -> Models:
    """Load what a folder of `role/file` holds, as `assets fetch` leaves it; hashes are reported, not pinned."""
    found = {role: next((p for p in sorted((folder / role).glob("*")) if p.suffix in {".tflite", ".onnx"}), None) for role in ROLES}
    return load({role: ModelFile(path=path) for role, path in found.items() if path is not None})


def _as_file(given: tuple[Path, str] | ModelFile | None) -> ModelFile | None:
    return ModelFile(path=given[0], sha256=given[1]) if isinstance(given, tuple) else given


def _verified(role: str, file: ModelFile) -> str:
    with file.path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if file.sha256 and found != file.sha256:
        raise HashMismatch(f"{file.path.name} ({role}) has hash {found}, not {file.sha256}", role=role, expected=file.sha256, found=found)
    return found
