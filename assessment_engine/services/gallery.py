"""The gallery of question types: the sample questions that come with the engine, one of every kind, in English and Hindi.

They are files of the package (assessment_engine/demo/interactions), read here as data. Trying them: tryout.py.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.tryout import Tryout, tryout
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.reader import read_item, read_stimulus
from item_bank.qti.render import Page

LANGUAGES = ("en", "hi")
# the order of the gallery: from the plainest to the most of one's own
KINDS = (
    "choice", "choice-multiple", "inline-choice", "text-entry", "extended-text", "order", "associate", "match", "gap-match", "hottext",
    "hotspot", "graphic-order", "graphic-associate", "graphic-gap-match", "select-point", "position-object", "slider", "media", "upload",
    "drawing", "end-attempt", "template", "mathml", "stimulus", "custom",
)  # fmt: skip
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".wav": "audio/wav", ".mp3": "audio/mpeg"}
_SAMPLES = files("assessment_engine") / "demo" / "interactions"


def gallery(actor: Actor, lang: str) -> tuple[tuple[str, Tryout], ...]:
    """Return every sample with its name, untried."""
    return tuple((name, sample(actor, name, lang)) for name in names())


def sample(actor: Actor, name: str, lang: str, attempts: Sequence[Json] = (), *, seed: int = 1) -> Tryout:
    """Return one sample after these attempts; `seed` chooses the copy of an item with random numbers. Raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    item = _item(name, _spoken(lang))
    page = Page(lang=item.lang, prefix=f"{name}-", order_seed=f"gallery-{seed}", address=_address, stimuli=_stimuli(name, _spoken(lang)))
    return tryout(item, page, attempts, seed=seed)


def picture(name: str) -> tuple[bytes, str]:
    """Return a file that a sample shows, and its media type; raises NotFound."""
    known = {entry.name: entry for entry in (_SAMPLES / "media").iterdir()}
    suffix = name[name.rfind(".") :]
    if name not in known or suffix not in MEDIA_TYPES:
        raise NotFound("no such file")
    return known[name].read_bytes(), MEDIA_TYPES[suffix]


@cache
def names() -> tuple[str, ...]:
    """Return the names of the samples, in the order of the gallery; a kind that is not listed comes last."""
    there = {entry.name.split(".")[0] for entry in _SAMPLES.iterdir() if entry.name.endswith(".en.xml")} - {"stimulus-passage"}
    return tuple([name for name in KINDS if name in there] + sorted(there - set(KINDS)))


def _spoken(lang: str) -> str:
    return lang if lang in LANGUAGES else "en"


@cache
def _item(name: str, lang: str) -> QtiItem:
    if name not in names():
        raise NotFound("no such sample")
    return read_item((_SAMPLES / f"{name}.{lang}.xml").read_bytes())


@cache
def _stimuli(name: str, lang: str) -> tuple[Stimulus, ...]:
    wanted = (ref.href for ref in _item(name, lang).stimuli)
    return tuple(read_stimulus((_SAMPLES / href).read_bytes()) for href in wanted if "/" not in href)


def _address(path: str) -> str | None:
    folder, _, name = path.rpartition("/")
    return f"/cell/items/gallery/media/{name}" if folder == "media" else None
