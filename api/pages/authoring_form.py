"""What an author's form sent: its fields, its pictures, and which button was pressed. Nothing typed is lost, whatever is wrong with it."""

import base64
import binascii
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services.authoring import Draft
from item_bank.authoring.fields import LINES, asked_of, languages_of
from item_bank.authoring.lines import raised, removed
from item_bank.authoring.pictures import LARGEST_PICTURE, PictureTrouble, new_picture, with_picture
from item_bank.authoring.reading import Trouble
from item_bank.formats.questions import Medium

PICTURE = "picture:"
"""A field of this name and a path holds a picture that is not saved yet, as base64; empty where only its path is sent."""

_OURS = frozenset({"_csrf", "do", "base", "since", "mine", "look_lang", "response_json", "file", "at"})
_PATH = re.compile(r"media/[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
MOST_PICTURES = 10


async def _sent(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as form:  # which closes the files in it
        yield form


AuthorsForm = Annotated[FormData, Depends(_sent)]


def draft_of(form: FormData, *, named: bool = False) -> Draft:
    """Read a form's fields and the pictures that it carries; `named` ones come by their names alone, for a look."""
    values: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in _OURS and not name.startswith((PICTURE, "alt-")):
            values[name] = f"{values[name]} {value}" if name in values else value
    pictures, base, since = _pictures(form, named), _version(form, "base"), _version(form, "since")
    return Draft(values=values, pictures=pictures, base=base, since=since, mine=_mine(form) if since else {})


def _mine(form: FormData) -> dict[str, str]:
    """Read what a form carries of what was typed before somebody else was heard of; nothing where it is not what a page wrote."""
    try:
        found = json.loads(text(form, "mine") or "{}")
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def text(form: FormData, name: str) -> str:
    """Return a field that is not the question's."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _version(form: FormData, name: str) -> ItemVersionId | None:
    value = text(form, name)
    return ItemVersionId(value) if value else None


def _pictures(form: FormData, named: bool) -> tuple[Medium, ...]:
    found: list[Medium] = []
    for name, value in form.multi_items():
        path = name.removeprefix(PICTURE)
        if path != name and _PATH.fullmatch(path) and isinstance(value, str) and len(found) < MOST_PICTURES:
            made = _kept(path, value) if value else Medium(path=path, data=b"") if named else None
            if made is not None:
                found.append(made)
    return tuple(found)


def _kept(path: str, encoded: str) -> Medium | None:
    """Read a picture back that a page carried; one that is no picture any more is dropped, and missed where words show it."""
    try:
        made = new_picture(path.rpartition("/")[2], base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        return None
    return None if isinstance(made, PictureTrouble) else replace(made, path=path)


def with_chosen_picture(form: FormData, draft: Draft, *, asked: bool) -> tuple[Draft, tuple[Trouble, ...]]:
    """Put a picture that was chosen below the text that was chosen for it, in every language that is written; says what keeps it out."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return draft, (Trouble(field="file", code="picture_not_chosen", details={}),) if asked else ()
    langs = [lang for lang in languages_of(draft.values) if draft.values.get(f"stem-{lang}", "").strip()] or [languages_of(draft.values)[0]]
    alts = {lang: " ".join(text(form, f"alt-{lang}").split()) for lang in langs}
    troubles = [Trouble(field=f"alt-{lang}", code="missing", details={}) for lang, alt in alts.items() if not alt]
    made = new_picture(file.filename, file.file.read(LARGEST_PICTURE + 1))
    if isinstance(made, PictureTrouble):
        troubles.append(Trouble(field="file", code=made.code, details={}))
    if troubles or isinstance(made, PictureTrouble):
        return draft, tuple(troubles)
    at = text(form, "at") or "stem"
    put = {f"{at}-{lang}": with_picture(draft.values.get(f"{at}-{lang}", ""), made.path, alt) for lang, alt in alts.items()}
    others = tuple(each for each in draft.pictures if each.path != made.path)
    return replace(draft, values={**draft.values, **put}, pictures=(*others, made)), ()


def changed_lines(draft: Draft, do: str) -> tuple[Draft, str, int]:
    """Do what a button beside a line says; returns which line has one more, and how many ("" and 0 for none)."""
    verb, _, place = do.partition(":")
    line, _, number = place.partition("-")
    if line not in LINES[asked_of(draft.values)]:
        return draft, "", 0
    if verb == "more":
        return draft, line, 1
    if not (number.isascii() and number.isdecimal() and 0 < int(number) < 100):
        return draft, "", 0
    act = removed if verb == "remove" else raised
    return replace(draft, values=act(draft.values, line, int(number))), "", 0
