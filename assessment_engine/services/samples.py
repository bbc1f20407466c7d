"""Sample questions, one of every kind of interaction, in English and Hindi: for the gallery (gallery.py), and for tests of item_bank/qti.

The data is in the folder assessment_engine/demo/interactions: KIND.LANGUAGE.xml (QTI 3.0), the stimulus that one of them stands beside,
and media/ with our own pictures. Nothing is parsed or rendered here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "hi")
# the order of the gallery: from the plainest to the most of one's own
KINDS = (
    "choice", "choice-multiple", "inline-choice", "text-entry", "extended-text", "order", "associate", "match", "gap-match", "hottext",
    "hotspot", "graphic-order", "graphic-associate", "graphic-gap-match", "select-point", "position-object", "slider", "media", "upload",
    "drawing", "end-attempt", "template", "mathml", "stimulus", "custom",
)  # fmt: skip
FOLDER = files("assessment_engine") / "demo" / "interactions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question: its QTI XML by language, and the XML of the stimuli it names, by language and href."""

    kind: str
    variants: Mapping[str, bytes]
    stimuli: Mapping[str, Mapping[str, bytes]]


@cache
def samples() -> Mapping[str, Sample]:
    """Read all samples, by kind, in the order of the gallery."""
    return {kind: _sample(kind) for kind in KINDS}


@cache
def sample_files() -> Mapping[str, bytes]:
    """Read the pictures and sounds, by the path that the items name them by (`media/…`)."""
    return {f"media/{file.name}": file.read_bytes() for file in sorted((FOLDER / "media").iterdir(), key=lambda file: file.name)}


def _sample(kind: str) -> Sample:
    variants = {lang: (FOLDER / f"{kind}.{lang}.xml").read_bytes() for lang in LANGUAGES}
    passages = {lang: f"stimulus-passage.{lang}.xml" for lang in LANGUAGES if kind == "stimulus"}
    stimuli = {lang: {href: (FOLDER / href).read_bytes()} for lang, href in passages.items()}
    return Sample(kind=kind, variants=variants, stimuli=stimuli)
