"""Words of a field, and the content that they mean.

Plain text is plain text: a blank line parts paragraphs, a line break stays one. Marks of HTML may stand in it (<b>, <sub>, <img>, MathML);
once a block does (a list, a table), the whole is HTML and its line breaks are none.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from item_bank.formats.content import from_html, from_text, is_block, looks_like_html, to_html, to_text
from item_bank.formats.findings import Unfit
from item_bank.formats.questions import Content, plain
from item_bank.formats.reading import number_of
from item_bank.formats.scoring import decimal_of
from item_bank.qti.model.nodes import Node

_PARTING = re.compile(r"\n[ \t]*\n")
_SPACES = re.compile(r"[ \t\n\r]+")
_PARTS = (3, 6, 7, 9)


def content_of(typed: str) -> tuple[Content, tuple[str, ...]]:
    """Return what a field says, and in words what of it cannot be kept."""
    text = typed.replace("\r\n", "\n").strip()
    if not looks_like_html(text):
        return settled(from_text(text)), ()
    content, lost = from_html(text)
    if any(map(is_block, content)):
        return settled(content), lost
    paragraphs = ("<br>".join(part.strip("\n").split("\n")) for part in _PARTING.split(text) if part.strip())
    return settled(from_html("".join(f"<p>{each}</p>" for each in paragraphs))[0]), lost


def text_of(content: Content) -> str:
    """Return how a field says it; `content_of` gives the content back."""
    content = settled(content)
    text = to_text(content)
    if text is not None and not looks_like_html(text):
        return text
    paragraphs = _paragraphs(content)
    if paragraphs is None:
        return "\n".join(to_html((piece,)) for piece in content)
    return "\n\n".join(re.sub(r"[ \t]*<br>[ \t]*", "\n", to_html(each)).strip() for each in paragraphs)


def _paragraphs(content: Content) -> list[Content] | None:
    """Return the words of each paragraph; None where there are other blocks."""
    if not any(map(is_block, content)):
        return [content]
    if all(isinstance(piece, Node) and piece.name == "p" and not piece.attributes for piece in content):
        return [piece.children for piece in content if isinstance(piece, Node)]
    return None


def settled(content: Iterable[Node | str], *, kept: bool = False) -> Content:
    """Return words with every run of white space as one space, as a page shows it; the lines of a `pre` stay."""
    found: list[Node | str] = []
    for piece in content:
        if isinstance(piece, Node):
            found.append(replace(piece, children=settled(piece.children, kept=kept or piece.name == "pre")))
        elif found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(piece if kept or isinstance(piece, Node) else _SPACES.sub(" ", piece) for piece in found)


def marks_of(typed: str) -> Decimal:
    """Read marks: a number, or a fraction such as 1/3, in digits of any script; raises Unfit."""
    above, slash, below = typed.partition("/")
    if not slash:
        return number_of(typed, 0)
    try:
        return decimal_of(float(number_of(above, 0) / number_of(below, 0)))
    except (InvalidOperation, ZeroDivisionError, OverflowError):
        raise Unfit("not_a_number", f"{typed.strip()[:60]!r} is no number", "Write digits, with a point before decimals.") from None


def marks_text(marks: Decimal) -> str:
    """Write marks as an author would: 1/3 where the number is a third."""
    if len(plain(marks).partition(".")[2]) > 6:
        for below in _PARTS:
            above = Decimal(round(marks * below))
            if above and decimal_of(float(above / below)) == marks:
                return f"{above}/{below}"
    return plain(marks)
