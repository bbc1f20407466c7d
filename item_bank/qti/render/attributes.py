"""The attributes of an author's element that reach a page: language, direction, the shared vocabulary's classes, names for who listens.

Ids are made the page's own, and references follow them; one that leads nowhere is left out. Styles, events, `data-*`, addresses never pass.
"""

import re
from collections.abc import Callable, Mapping

from item_bank.qti.render.elements import names
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.render.vocabulary import shared

_LANG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")
_ROLES = names(
    "article blockquote code complementary definition emphasis figure group heading img list listitem math mark none note paragraph "
    "presentation region row rowgroup separator strong subscript superscript table term time"
)
_SCOPES = frozenset({"row", "col", "rowgroup", "colgroup"})
_HIDING = frozenset({"aria-hidden", "role"})


def language(given: Mapping[str, str]) -> dict[str, str]:
    """Return the language and direction that an element names."""
    kept: dict[str, str] = {}
    lang = (given.get("xml:lang") or given.get("lang") or "").strip()
    if _LANG.fullmatch(lang):
        kept["lang"] = lang
    direction = given.get("dir", "").strip().lower()
    if direction in ("ltr", "rtl", "auto"):
        kept["dir"] = direction
    return kept


def common(sheet: Sheet, given: Mapping[str, str], *classes: str, hiding: bool = True) -> dict[str, str]:
    """Return what any element may say; `hiding` is false where controls stand below, which nobody may hide from who listens."""
    if not given:
        return {"class": " ".join(classes)} if classes else {}
    kept = language(given)
    dressed = (*classes, *shared(given.get("class", "").split()))
    if dressed:
        kept["class"] = " ".join(dressed)
    if given.get("id"):
        identity = sheet.claim_author_id(given["id"])
        kept |= {"id": identity} if identity else {}
    for name, read in _READ.items():
        if name in given and (hiding or name not in _HIDING):
            value = read(sheet, given[name].strip())
            kept |= {name: value} if value else {}
    return kept


def references(sheet: Sheet, written: str) -> str:
    """Return the page's ids for a list of the author's; those that the page does not show are left out."""
    return " ".join(known for name in written.split()[:40] if (known := sheet.author_id(name)))


def _itself(_: Sheet, value: str) -> str:
    return value


def _one_of(allowed: frozenset[str]) -> Callable[[Sheet, str], str]:
    return lambda _, value: value.lower() if value.lower() in allowed else ""


def _whole(_: Sheet, value: str) -> str:
    return value if value.isascii() and value.removeprefix("-").isdigit() and len(value) < 6 else ""


def _span(sheet: Sheet, value: str) -> str:
    return "" if value == "0" or value.startswith("-") else _whole(sheet, value)


_READ: Mapping[str, Callable[[Sheet, str], str]] = {
    "title": _itself,
    "role": _one_of(_ROLES),
    "aria-label": _itself,
    "aria-labelledby": references,
    "aria-describedby": references,
    "aria-level": _whole,
    "aria-hidden": _one_of(frozenset({"true"})),
}
_CELL: Mapping[str, Callable[[Sheet, str], str]] = {"colspan": _span, "rowspan": _span, "headers": references}
BY_TAG: Mapping[str, Mapping[str, Callable[[Sheet, str], str]]] = {
    "col": {"span": _span},
    "colgroup": {"span": _span},
    "li": {"value": _whole},
    "ol": {"type": lambda _, value: value if value in ("1", "a", "A", "i", "I") else "", "start": _whole},
    "td": _CELL,
    "th": {**_CELL, "scope": _one_of(_SCOPES), "abbr": _itself},
    "time": {"datetime": _itself},
}


def own(sheet: Sheet, tag: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return what only this kind of element may say."""
    read = BY_TAG.get(tag)
    if not read or not given:
        return {}
    kept = {name: said for name, value in given.items() if name in read and (said := read[name](sheet, value.strip()))}
    return kept | {"reversed": ""} if tag == "ol" and "reversed" in given else kept
