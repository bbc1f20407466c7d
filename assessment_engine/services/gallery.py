"""The gallery of question types: the sample questions that come with the engine (samples.py), to look at and to try (tryout.py)."""

from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.samples import KINDS, LANGUAGES, sample_files, samples
from assessment_engine.services.tryout import Tryout, tryout
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.package.media import ENDINGS
from item_bank.qti.reader import read_item, read_stimulus
from item_bank.qti.render import Page


def gallery(actor: Actor, lang: str) -> tuple[tuple[str, Tryout], ...]:
    """Return every sample with its kind, untried."""
    return tuple((kind, sample(actor, kind, lang)) for kind in KINDS)


def sample(actor: Actor, kind: str, lang: str, attempts: Sequence[Json] = (), *, seed: int = 1) -> Tryout:
    """Return one sample after these attempts; `seed` chooses the copy of an item with random numbers. Raises NotFound."""
    require(actor, Role.CELL_OFFICER)
    item, stimuli = _read(kind, lang if lang in LANGUAGES else "en")
    page = Page(lang=item.lang, prefix=f"{kind}-", order_seed=f"gallery-{seed}", address=_address, stimuli=stimuli)
    return tryout(item, page, attempts, seed=seed)


def picture(name: str) -> tuple[bytes, str]:
    """Return a file that a sample shows, and its media type; raises NotFound."""
    data, suffix = sample_files().get(f"media/{name}"), PurePosixPath(name).suffix
    if data is None or suffix not in ENDINGS:
        raise NotFound("no such file")
    return data, ENDINGS[suffix]


@cache
def _read(kind: str, lang: str) -> tuple[QtiItem, tuple[Stimulus, ...]]:
    if kind not in samples():
        raise NotFound("no such sample")
    found = samples()[kind]
    return read_item(found.variants[lang]), tuple(read_stimulus(xml) for xml in found.stimuli.get(lang, {}).values())


def _address(path: str) -> str | None:
    folder, _, name = path.rpartition("/")
    return f"/cell/items/gallery/media/{name}" if folder == "media" else None
