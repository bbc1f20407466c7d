"""QTI and QuML files outside any bank, for the console script: score one, bind one, render one. Files of cases: item_cases.py."""

import os
from html import escape
from pathlib import Path
from urllib.parse import unquote

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, UnreadableFile
from item_bank.formats import guess
from item_bank.formats.quml import one_as_sent
from item_bank.formats.to_qti import to_xml
from item_bank.qti.binding import bind, shortcomings
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.processing import copy_of, score
from item_bank.qti.reader import read_item, read_stimulus
from item_bank.qti.render import Page, render
from item_bank.qti.session import opening_values
from item_bank.qti.values import values_json


def score_file(path: Path, responses: Json, *, seed: int = 0, lenient: bool = False) -> dict[str, Json]:
    """Score an item's file; returns every outcome variable as JSON. Raises UnreadableFile, WrongResponse."""
    item = item_at(path)
    return values_json(score(item, bind(item, responses, lenient=lenient), seed=seed).values)


def bind_file(path: Path, responses: Json, *, lenient: bool = False) -> dict[str, Json]:
    """Type the responses to an item's file, and name those that break a constraint which a candidate may leave broken."""
    item = item_at(path)
    bound = bind(item, responses, lenient=lenient)
    return {"responses": values_json(bound), "shortcomings": list(shortcomings(item, bound))}


def render_file(path: Path, lang: str | None = None, *, seed: int = 0, beside: Path | None = None) -> str:
    """Render an item's file as a candidate would see it; its media are addressed as seen from the folder `beside` (the item's own)."""
    item = item_at(path)

    def address(source: str) -> str | None:
        named = _beside(path, source)
        return None if named is None else Path(os.path.relpath(named, beside or path.parent)).as_posix()

    page = Page(
        lang=lang or item.lang or "en",
        order_seed=str(seed),
        values=opening_values(item, copy_of(item, seed)),
        address=address,
        stimuli=_stimuli(item, path),
    )
    return render(item, page)


def page_of(path: Path, html: str, lang: str | None = None) -> str:
    """Put a rendered item into a whole HTML document that a browser opens."""
    item = item_at(path)
    title, spoken = escape(item.title or item.identifier), escape(lang or item.lang or "en")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f'<!doctype html>\n<html lang="{spoken}"><head>{head}</head>\n<body><main>{html}</main></body></html>\n'


def _stimuli(item: QtiItem, path: Path) -> tuple[Stimulus, ...]:
    """Read the stimuli that the item stands beside, those that can be read."""
    read: list[Stimulus] = []
    for reference in item.stimuli:
        named = _beside(path, unquote(reference.href))
        try:
            read.extend(() if named is None else (read_stimulus(bytes_of(named)),))
        except AssessmentError:
            continue  # the page says that it is missing; what is wrong with it is a matter of import
    return tuple(read)


def _beside(path: Path, source: str) -> Path | None:
    """Return where a file that an item names should be; None for an address elsewhere."""
    plain = source.partition("?")[0].partition("#")[0]
    return None if not plain or ":" in plain or plain.startswith(("/", "\\")) or "\0" in plain else path.parent / plain


def item_at(path: Path) -> QtiItem:
    """Read an item's file: QTI, or QuML with one question, its choices and response by QuML's names; raises UnreadableFile, TooLarge."""
    data = bytes_of(path)
    return read_item(to_xml(one_as_sent(data, path.name))) if guess(path.name, data) == "quml" else read_item(data)


def bytes_of(path: Path) -> bytes:
    """Read a file; raises UnreadableFile."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path}: {getattr(error, 'strerror', None) or error}", file=str(path)) from error
