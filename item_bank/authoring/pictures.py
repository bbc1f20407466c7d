"""Pictures in a question's words: what they must say of themselves, and which files a question needs."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from html import escape

from item_bank.formats.media import medium_named
from item_bank.formats.of_qti import said_by
from item_bank.formats.questions import Content, Medium, Question
from item_bank.items import plain_path
from item_bank.qti.model.nodes import Node
from item_bank.qti.package import open_folder
from item_bank.qti.package.checks import Wrong, judged
from item_bank.qti.package.references import MEDIA, references

LARGEST_PICTURE = 700_000
"""Bytes: a candidate on a slow line loads it, and it must fit into one field of a form. Larger ones come by import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTrouble:
    """What is wrong with a picture in a text."""

    code: str
    path: str


def trouble_with(content: Content, paths: Set[str]) -> PictureTrouble | None:
    """Return the first thing that is wrong with the files in some words; `paths` are those that are there."""
    for node in _elements(content):
        if node.name == "img" and not node.attributes.get("alt", "").strip():
            return PictureTrouble(code="alt_missing", path=node.attributes.get("src", ""))
        for reference in references(Node(name=node.name, attributes=node.attributes, children=())):
            if reference.use in MEDIA and plain_path(reference.address) not in paths:
                return PictureTrouble(code="picture_missing", path=reference.address[:100])
    return None


def shown_in(question: Question) -> frozenset[str]:
    """Return the paths of the files that a question's words show, each written one way."""
    found = (reference for node in said_by(question) for reference in references(node))
    return frozenset(plain_path(reference.address) for reference in found if reference.use in MEDIA)


def new_picture(name: str, data: bytes) -> Medium | PictureTrouble:
    """Take a picture that an author chose; says what is wrong with one that cannot be shown."""
    medium = medium_named(name, data)
    if len(data) > LARGEST_PICTURE:
        return PictureTrouble(code="picture_too_large", path=name[:100])
    found = judged(open_folder({medium.path: data}).files, medium.path)
    if isinstance(found, Wrong):
        return PictureTrouble(
            code={"unsafe_svg": "unsafe_svg", "too_large": "picture_too_large"}.get(found.code, "no_picture"), path=name[:100]
        )
    if found.kind != "image":
        return PictureTrouble(code="no_picture", path=name[:100])
    return Medium(path=medium.path, data=data, media_type=found.media_type)


def with_picture(typed: str, path: str, alt: str) -> str:
    """Put a picture below what is typed."""
    tag = f'<img src="{escape(path)}" alt="{escape(alt)}">'
    return f"{typed.rstrip()}\n\n{tag}" if typed.strip() else tag


def _elements(content: Iterable[Node | str]) -> Iterator[Node]:
    for piece in content:
        if isinstance(piece, Node):
            yield from piece.walk()
