"""MathML Core (W3C): its elements and attributes, and nothing of presentation's older or meaning's other vocabularies.

Annotations are dropped, `mfenced` becomes brackets, what Core does not have becomes an `mrow` with all it holds. Numbers that a template
draws stand in for their names (QTI 3.0, "math-variable").
"""

import re
from collections.abc import Mapping, Sequence

from item_bank.qti.model import Block, Markup
from item_bank.qti.render.elements import element, names, text
from item_bank.qti.render.printed import value_text
from item_bank.qti.render.sheet import Sheet

TAGS = names(
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup "
    "mtable mtd mtext mtr munder munderover"
)
GLOBAL = frozenset({"dir", "displaystyle", "scriptlevel", "mathbackground", "mathcolor", "mathsize", "mathvariant"})
BY_TAG: Mapping[str, frozenset[str]] = {
    "math": frozenset({"display", "alttext"}),
    "mfrac": frozenset({"linethickness"}),
    "mo": names("form lspace rspace stretchy symmetric maxsize minsize largeop movablelimits"),
    "mover": frozenset({"accent"}),
    "mpadded": frozenset({"width", "height", "depth", "lspace", "voffset"}),
    "mspace": frozenset({"width", "height", "depth"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "munder": frozenset({"accentunder"}),
    "munderover": frozenset({"accent", "accentunder"}),
}
_TOKENS = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_DROPPED = frozenset({"annotation", "annotation-xml", "maligngroup", "malignmark", "mglyph"})
_PLAIN = re.compile(r"[\w#.%+ -]{1,60}")


def math(sheet: Sheet, block: Markup) -> str:
    """Write one MathML element and what is below it."""
    tag = block.tag
    if tag in _DROPPED:
        return ""
    if tag in _TOKENS:
        return _token(sheet, block)
    if tag == "mfenced":
        return f"<mrow>{_fenced(sheet, block)}</mrow>"
    if tag == "semantics":  # what it shows is its first child; the others say it again in other languages
        return "".join(math(sheet, child) for child in _elements(block)[:1])
    content = "".join(_child(sheet, child) for child in block.children)
    name = tag if tag in TAGS else "mrow"  # `none` too: MathML Core has an empty mrow for it
    return element(name, _attributes(name, block.attributes), content)


def _child(sheet: Sheet, child: Block) -> str:
    if isinstance(child, str):
        return text(child) if child.strip() else ""
    if isinstance(child, Markup) and child.namespace == "mathml":
        return math(sheet, child)
    words = sheet.words((child,))
    return f"<mtext>{text(words)}</mtext>" if words else ""


def _token(sheet: Sheet, block: Markup) -> str:
    words = " ".join(sheet.words(block.children).split())
    declared = sheet.item.templates.get(words) if block.tag == "mi" else None
    drawn = sheet.page.values.get(words) if declared is not None and declared.math_variable else None
    if drawn is not None:
        return f"<mn>{text(value_text(drawn))}</mn>"
    return element(block.tag, _attributes(block.tag, block.attributes), text(words))


def _fenced(sheet: Sheet, block: Markup) -> str:
    """`mfenced` as the brackets and commas that it stands for (MathML 3, 3.3.8)."""
    opening, closing = block.attributes.get("open", "("), block.attributes.get("close", ")")
    separators = block.attributes.get("separators", ",").replace(" ", "")
    written = ""
    for place, child in enumerate(_elements(block)):
        mark = separators[min(place - 1, len(separators) - 1)] if place and separators else ""
        written += (f"<mo>{text(mark)}</mo>" if mark else "") + math(sheet, child)
    return f"<mo>{text(opening)}</mo>{written}<mo>{text(closing)}</mo>"


def _elements(block: Markup) -> Sequence[Markup]:
    return [child for child in block.children if isinstance(child, Markup) and child.namespace == "mathml"]


def _attributes(tag: str, given: Mapping[str, str]) -> dict[str, str]:
    allowed = BY_TAG.get(tag, frozenset())
    kept = {name: value for name, value in given.items() if (name in GLOBAL or name in allowed) and _PLAIN.fullmatch(value.strip() or "?")}
    if "alttext" in allowed and "alttext" in given:
        kept["alttext"] = given["alttext"]
    return kept


def linear(sheet: Sheet, block: Markup) -> str:
    """Say an element in one line of plain text, for places that hold nothing else (the options of a select)."""
    if block.tag in _DROPPED:
        return ""
    if block.tag in _TOKENS:
        return " ".join(sheet.words(block.children).split())
    parts = [linear(sheet, child) for child in _elements(block)]
    if block.tag == "semantics":
        return parts[0] if parts else ""
    between = _BETWEEN.get(block.tag)
    if between is not None and len(parts) == 2:
        return f"{_bracketed(parts[0])}{between}{_bracketed(parts[1])}"
    if block.tag in ("msqrt", "mroot"):
        return f"√{_bracketed(parts[0] if block.tag == 'mroot' and parts else ''.join(parts))}"
    return "".join(parts)


_BETWEEN: Mapping[str, str] = {"mfrac": "/", "msup": "^", "msub": "_"}


def _bracketed(words: str) -> str:
    return words if len(words) < 2 or words.replace(".", "").isalnum() else f"({words})"
