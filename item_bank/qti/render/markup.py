"""HTML of a body: every element of QTI 2 and 3, written so that a browser's parser leaves it as it stands.

A paragraph (or heading) that holds a block becomes a `div`; inside labels and legends a paragraph becomes a line. Links open nothing: an
exam has no way out, only anchors on the page. MathML is mathml.py, pictures and sounds are pictures.py.
"""

from collections.abc import Callable, Mapping

from item_bank.qti.model import (
    Block,
    Blocks,
    EndAttemptInteraction,
    Feedback,
    Hottext,
    InlineChoiceInteraction,
    Interaction,
    Markup,
    RubricBlock,
    TextEntryInteraction,
    nested,
)
from item_bank.qti.render import mathml, pictures
from item_bank.qti.render.attributes import common, own
from item_bank.qti.render.elements import element, names
from item_bank.qti.render.sheet import Sheet

INLINE = (InlineChoiceInteraction, TextEntryInteraction, EndAttemptInteraction)
BLOCKS = names(
    "address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li nav ol p pre "
    "section summary table ul"
)
_WORDS_ONLY = names("h1 h2 h3 h4 h5 h6 p pre")
_LINES = names("address article aside blockquote div footer h1 h2 h3 h4 h5 h6 header nav p section")
_RENAMED: Mapping[str, str] = {"acronym": "abbr", "big": "span", "center": "div", "label": "span", "tt": "code", "nav": "div"}
_NO_LINES = names("figure dl ul ol table pre hr details")  # what no line of words can stand for


def is_block(block: Block) -> bool:
    """Tell whether HTML writes this on lines of its own: a block, or words with one among them."""
    if isinstance(block, str):
        return False
    if isinstance(block, Markup):
        return not block.namespace and (block.tag in BLOCKS or any(map(is_block, block.children)))
    if isinstance(block, Feedback):
        return not block.inline or any(map(is_block, block.content))
    if isinstance(block, Hottext):
        return any(map(is_block, block.content))
    return isinstance(block, RubricBlock) or (isinstance(block, Interaction) and not isinstance(block, INLINE))


def fits_a_label(blocks: Blocks) -> bool:
    """Tell whether blocks can stand in a label or a legend: words, and paragraphs that become lines, but no tables, lists or questions."""
    return all(isinstance(block, str) or _fits_a_label(block) for block in blocks)


def _fits_a_label(block: Block) -> bool:
    if isinstance(block, Markup):
        return bool(block.namespace) or (block.tag not in _NO_LINES and fits_a_label(block.children))
    if isinstance(block, Feedback):
        return fits_a_label(block.content)
    return not isinstance(block, Interaction | RubricBlock)


def markup(sheet: Sheet, block: Markup) -> str:
    """Write one element and what is below it."""
    if block.namespace:
        return mathml.math(sheet, block) if block.namespace == "mathml" else sheet.blocks(block.children)  # of SSML the words
    special = _SPECIAL.get(block.tag)
    if special is not None:
        return special(sheet, block)
    tag, dress = _RENAMED.get(block.tag, block.tag), ""
    if sheet.flat and block.tag in _LINES:
        tag, dress = "span", "qti-line"
    elif block.tag in _WORDS_ONLY and any(map(is_block, block.children)):
        tag, dress = "div", "qti-p"
    attributes = _attributes(sheet, tag, block, *dress.split())
    return element(tag, attributes, sheet.blocks(block.children))


def _attributes(sheet: Sheet, tag: str, block: Markup, *classes: str) -> dict[str, str]:
    given = block.attributes
    if not given:
        return {"class": " ".join(classes)} if classes else {}
    hiding = not ({"aria-hidden", "role"} & given.keys() and any(isinstance(each, Interaction | Hottext) for each in nested((block,))))
    bordered = ("qti-bordered",) if tag == "table" and given.get("border", "0").strip() not in ("", "0") else ()
    return {**common(sheet, given, *classes, *bordered, hiding=hiding), **own(sheet, tag, given)}


def _link(sheet: Sheet, block: Markup) -> str:
    """A link leads to an anchor of this page or nowhere; inside a label, where it would take the label's press, it is words."""
    href = block.attributes.get("href", "").strip()
    anchor = sheet.author_id(href[1:]) if href.startswith("#") and not sheet.flat else None
    attributes = common(sheet, block.attributes)
    if anchor is None:
        return element("span", attributes, sheet.blocks(block.children)) if attributes else sheet.blocks(block.children)
    return element("a", {"href": f"#{anchor}", **attributes}, sheet.blocks(block.children))


def _details(sheet: Sheet, block: Markup) -> str:
    shown = {"open": ""} if "open" in block.attributes else {}
    return element("details", {**_attributes(sheet, "details", block), **shown}, sheet.blocks(block.children))


def _summary(sheet: Sheet, block: Markup) -> str:
    return element("summary", common(sheet, block.attributes), sheet.phrasing(block.children))


def _void(sheet: Sheet, block: Markup) -> str:
    return element(block.tag, {**common(sheet, block.attributes), **own(sheet, block.tag, block.attributes)})


def _preformatted(sheet: Sheet, block: Markup) -> str:
    """A parser eats the first line break of a `pre`, and two parsers eat two."""
    html = sheet.blocks(block.children)
    if any(map(is_block, block.children)):
        return element("div", common(sheet, block.attributes, "qti-p"), html)
    return element("pre", common(sheet, block.attributes), f"\n\n{html}" if html.startswith("\n") else html)


def _nothing(_: Sheet, __: Markup) -> str:
    return ""


_SPECIAL: Mapping[str, Callable[[Sheet, Markup], str]] = {
    "a": _link,
    "audio": pictures.media,
    "br": _void,
    "col": _void,
    "details": _details,
    "hr": _void,
    "img": pictures.img,
    "object": pictures.unknown_object,
    "param": _nothing,
    "picture": pictures.picture,
    "pre": _preformatted,
    "source": _nothing,
    "summary": _summary,
    "track": _nothing,
    "video": pictures.media,
    "wbr": _void,
}
