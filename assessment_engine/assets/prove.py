"""Does an installed file do what it must? Each model answers one reference input; its answer is held against stored figures.

A hash says that a file is the published one; this says that it works here: the conversion is right and the runtime can run it.
The reference input is made from whole numbers in code, so that it is the same on every machine. The figures of converted models
were taken from independent conversions of the same weights.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assessment_engine.assets.manifest import Conversion
from assessment_engine.kernel.errors import ProofFailed

Floats = npt.NDArray[np.float32]
Runner = Callable[[Path], Sequence[Floats]]

# Processors sum in different orders, so the last digits differ; a broken conversion differs in the first.
TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One output in three numbers: its level, how far it varies, and its level with later values counting for more."""

    mean: float
    spread: float
    tilt: float

    def agrees_with(self, other: "Figure") -> bool:
        """Tell whether both describe the same output, up to rounding on the scale of that output."""
        room = TOLERANCE * (abs(self.mean) + self.spread)
        return max(abs(self.mean - other.mean), abs(self.spread - other.spread), abs(self.tilt - other.tilt)) <= room


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How to run a model on its reference input, and what must come out."""

    run: Runner
    expected: tuple[Figure, ...]


def prove(role: str, conversion: Conversion, path: Path) -> None:
    """Raise ProofFailed unless the file at this path can play its role."""
    if role in PROOFS:
        hold(role, PROOFS[role].run(path), PROOFS[role].expected)
    elif conversion in (Conversion.WEB_FONT_LATIN, Conversion.WEB_FONT_DEVANAGARI):
        _prove_font(role, path, NEEDED_LETTERS[conversion])
    elif path.suffix == ".json":
        _prove_context(role, path)


def hold(role: str, outputs: Sequence[Floats], expected: Sequence[Figure]) -> None:
    """Raise ProofFailed unless every output is as expected."""
    found = [figure(output) for output in outputs]
    if len(found) != len(expected) or not all(want.agrees_with(got) for want, got in zip(expected, found, strict=True)):
        raise ProofFailed(f"The model {role!r} answers its reference input with {found}, not {list(expected)}.", role=role)


def figure(output: Floats) -> Figure:
    """Sum an output up."""
    values = output.astype(np.float64).ravel()
    return Figure(mean=float(values.mean()), spread=float(values.std()), tilt=float((values * np.linspace(0, 1, values.size)).mean()))


def pattern(shape: Sequence[int]) -> Floats:
    """Return the reference input: values from 0 to 1 that no symmetry of an axis leaves alone."""
    places = np.indices(shape)
    slopes = np.arange(len(shape)).reshape(-1, *[1] * len(shape)) * 2 + 3
    return np.asarray((places * slopes).sum(axis=0) % 251 / 250, dtype=np.float32)


def _litert(*shape: int, member: str | None = None) -> Runner:
    """Run a .tflite file, or one inside a bundle."""

    def run(path: Path) -> Sequence[Floats]:
        from proctoring.vision.models import LiteRtNetwork  # the runtimes take seconds to load; only a proof needs them here

        if member is None:
            return LiteRtNetwork(path)(pattern(shape))
        with zipfile.ZipFile(path) as bundle, tempfile.TemporaryDirectory() as folder:
            return LiteRtNetwork(Path(bundle.extract(member, folder)))(pattern(shape))

    return run


def _onnx(*shape: int, scale: float) -> Runner:
    """Run an .onnx file that has one input."""

    def run(path: Path) -> Sequence[Floats]:
        from proctoring.vision.models import OnnxNetwork

        return OnnxNetwork(path)(pattern(shape) * np.float32(scale))

    return run


def _voice(path: Path) -> Sequence[Floats]:
    """Run the voice model, which has a state and a sampling rate beside its sound, in onnx's own reference runtime."""
    from onnx.reference import ReferenceEvaluator

    sound = {"input": pattern((1, 576)), "state": np.zeros((2, 1, 128), dtype=np.float32), "sr": np.array(16_000, dtype=np.int64)}
    return [np.asarray(output) for output in ReferenceEvaluator(str(path)).run(None, sound)]


def _prove_font(role: str, path: Path, letters: str) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(path) as font:
        missing = {letter for letter in letters if ord(letter) not in font.getBestCmap()}
        shaping = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    if missing or not shaping:
        raise ProofFailed(f"The font {role!r} lacks {sorted(missing) or 'its shaping rules'}.", role=role)


def _prove_context(role: str, path: Path) -> None:
    document = json.loads(path.read_bytes())
    if not isinstance(document, dict) or not document.get("@context"):
        raise ProofFailed(f"The file of {role!r} holds no JSON-LD context.", role=role)


NEEDED_LETTERS: Mapping[Conversion, str] = {
    Conversion.WEB_FONT_LATIN: "AZaz09āṭ₹–…",
    Conversion.WEB_FONT_DEVANAGARI: "कषज्ञाि०९।₹\u200c\u200d",
}

PROOFS: Mapping[str, Proof] = {
    "face_mesh": Proof(
        run=_litert(1, 192, 192, 3),
        expected=(Figure(mean=66.664, spread=52.6093, tilt=35.2091), Figure(mean=-8.66911, spread=0, tilt=0)),
    ),
    "iris": Proof(
        run=_litert(1, 64, 64, 3),
        expected=(Figure(mean=21.9012, spread=17.6188, tilt=10.6193), Figure(mean=18.6054, spread=24.7382, tilt=8.06616)),
    ),
    "face_near": Proof(
        run=_litert(1, 128, 128, 3),
        expected=(Figure(mean=7.40413, spread=20.753, tilt=4.74086), Figure(mean=-6.72396, spread=5.65748, tilt=-4.03116)),
    ),
    "face_far": Proof(
        run=_litert(1, 192, 192, 3),
        expected=(Figure(mean=1.27503, spread=10.3206, tilt=0.741915), Figure(mean=-7.38007, spread=4.10041, tilt=-3.87572)),
    ),
    "face_reference": Proof(
        run=_litert(1, 256, 256, 3, member="face_landmarks_detector.tflite"),
        expected=(
            Figure(mean=91.9725, spread=71.3961, tilt=47.7776),
            Figure(mean=-24.9714, spread=0, tilt=0),
            Figure(mean=0.999993, spread=0, tilt=0),
        ),
    ),
    "identity": Proof(run=_onnx(1, 3, 150, 150, scale=255), expected=(Figure(mean=-0.00253327, spread=0.123545, tilt=0.00206945),)),
    "identity_in_integers": Proof(
        run=_onnx(1, 3, 150, 150, scale=255), expected=(Figure(mean=-0.00257242, spread=0.124417, tilt=0.00232355),)
    ),
    "objects": Proof(
        run=_onnx(1, 3, 416, 416, scale=1),
        expected=(
            Figure(mean=0.0117593, spread=0.0183408, tilt=0.00607239),
            Figure(mean=-3.50243e-05, spread=1.70569, tilt=-0.000215015),
            Figure(mean=0.00834147, spread=0.00739648, tilt=0.00447555),
            Figure(mean=0.00333396, spread=0.00379077, tilt=0.00176009),
            Figure(mean=-2.02336e-05, spread=1.14859, tilt=-5.47213e-05),
            Figure(mean=-3.55635e-07, spread=1.18675, tilt=-1.49003e-05),
        ),
    ),
    # Of a pattern that is no picture integers make up to a fifth more or less than floats; of pictures the same (tests).
    "objects_in_integers": Proof(
        run=_onnx(1, 3, 224, 288, scale=1),
        expected=(
            Figure(mean=0.0153144, spread=0.0200912, tilt=0.00776974),
            Figure(mean=-2.60154e-05, spread=1.40112, tilt=-0.000798368),
            Figure(mean=0.0121342, spread=0.0106267, tilt=0.00649155),
            Figure(mean=0.00532697, spread=0.00529592, tilt=0.00282155),
            Figure(mean=-2.14929e-05, spread=1.28795, tilt=-0.000163567),
            Figure(mean=1.11054e-06, spread=1.23274, tilt=-3.77798e-05),
        ),
    ),
    "voice": Proof(
        run=_voice,
        expected=(Figure(mean=0.0349896, spread=0, tilt=0), Figure(mean=-0.0679479, spread=0.421546, tilt=-0.0323837)),
    ),
}
