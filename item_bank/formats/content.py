"""Words between other formats and QTI: plain text, and HTML as authors' tools write it. What QTI has no place for is named, not dropped.

HTML is read as a browser reads it (nh3), kept to the elements that a question is made of, and laid out as QTI allows: no text between
the items of a list, no block inside a phrase. Not here: files that words refer to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from html.entities import html5

import nh3
from lxml import etree
from lxml import html as lxml_html

from item_bank.formats.questions import Content
from item_bank.qti.model.nodes import Node
from item_bank.qti.render.elements import names
from item_bank.qti.render.mathml import BY_TAG, GLOBAL, TAGS

_PHRASES = names("a abbr b bdi bdo big br cite code dfn em i img kbd label q ruby rb rp rt rtc samp small span strong sub sup tt var")
_BLOCKS = names(
    "address article aside blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li nav ol p pre section "
    "table caption col colgroup tbody td tfoot th thead tr ul"
)
_PLAYED = names("audio video source track")
_RENAMED: Mapping[str, str] = {
    **dict.fromkeys(("u", "s", "strike", "del", "ins", "mark", "font", "time", "center"), "span"),
    "main": "div",
}
_HELD_BY: Mapping[str, frozenset[str]] = {
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "table": frozenset({"caption", "colgroup", "col", "thead", "tfoot", "tbody"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "colgroup": frozenset({"col"}),
}
_TEXTUAL = names("p h1 h2 h3 h4 h5 h6 pre address dt caption") | _PHRASES - {"br", "img"}
_RUBY = ("rb", "rt", "rp", "rtc")
_PARTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_RUBY, frozenset({"ruby", "rtc"})),
    **dict.fromkeys(("source", "track"), frozenset({"audio", "video"})),
    "figcaption": frozenset({"figure"}),
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    **dict.fromkeys(("caption", "colgroup", "thead", "tbody", "tfoot"), frozenset({"table"})),
    "col": frozenset({"table", "colgroup"}),
    "tr": frozenset({"thead", "tbody", "tfoot"}),
    **dict.fromkeys(("td", "th"), frozenset({"tr"})),
}
_TOKENS = names("mi mn mo mtext ms")
_COUNTED: Mapping[str, int] = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
_EMPTY = names("br hr img col source track")
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"lang", "dir"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "audio": frozenset({"src", "controls", "loop"}),
    "video": frozenset({"src", "controls", "loop", "width", "height", "poster"}),
    "source": frozenset({"src", "type"}),
    "track": frozenset({"src", "kind", "srclang", "label"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
}
_GONE = names("script style iframe object embed form input button select textarea svg template")
_KNOWN = _PHRASES | _BLOCKS | _PLAYED | TAGS | frozenset(_RENAMED)
_CLEANER = nh3.Cleaner(
    tags=set(_KNOWN),
    clean_content_tags={"script", "style", "template"},
    attributes={
        **{tag: set(names) for tag, names in _ATTRIBUTES.items()},
        **{tag: {*GLOBAL, *BY_TAG.get(tag, ())} for tag in TAGS},
    },
    link_rel=None,
    url_schemes={"http", "https", "mailto", "data"},
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})(?=[\s/>])([^<>]{0,2000})")
_SAID = re.compile(r"=\s*(\"[^\"]*\"?|'[^']*'?)")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:-]*)\s*=")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|(\w{2,31}));")
_WHOLE = re.compile(r"[0-9]{1,5}")


def looks_like_html(text: str) -> bool:
    """Tell whether a text has an element of HTML, or an entity, in it: `a < b` has none."""
    tags = (found[2].lower() for found in _TAG.finditer(text))
    return any(tag in _KNOWN or tag in _GONE for tag in tags) or any(
        found[1] is None or f"{found[1]};" in html5 for found in _ENTITY.finditer(text)
    )


def from_text(text: str) -> Content:
    """Lay out plain text: a blank line parts paragraphs, a line break stays one."""
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.strip())]
    paragraphs = [_broken(part) for part in parts if part.strip()]
    if len(paragraphs) < 2:
        return paragraphs[0] if paragraphs else ()
    return tuple(Node(name="p", attributes={}, children=each) for each in paragraphs)


def _broken(text: str) -> Content:
    pieces: list[Node | str] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            pieces.append(Node(name="br", attributes={}, children=()))
        if line:
            pieces.append(line)
    return tuple(pieces)


def to_text(content: Content) -> str | None:
    """Write words as plain text; None when there is more in them than paragraphs and line breaks."""
    if content and all(isinstance(piece, Node) and piece.name == "p" for piece in content):
        lines = [_line(piece.children) for piece in content if isinstance(piece, Node) and not piece.attributes]
        return "\n\n".join(line for line in lines if line) if len(lines) == len(content) and None not in lines else None
    return _line(content)


def _line(pieces: Iterable[Node | str]) -> str | None:
    written: list[str] = []
    for piece in pieces:
        if isinstance(piece, Node) and (piece.name != "br" or piece.attributes):
            return None
        written.append("\n" if isinstance(piece, Node) else " ".join(re.split(r"[ \t\n]+", piece)))
    return re.sub(r" ?\n ?", "\n", "".join(written)).strip()


def words(content: Content) -> str:
    """Return the words alone, in one line."""
    return " ".join("".join(_spoken(content)).split())


def _spoken(content: Iterable[Node | str]) -> Iterator[str]:
    for piece in content:
        if isinstance(piece, str):
            yield piece
        else:
            yield from _spoken(piece.children)
            yield " " if piece.name in _BLOCKS or piece.name == "br" else ""


def to_html(content: Content) -> str:
    """Write words as HTML."""
    return "".join(map(_written, content))


def _written(piece: Node | str) -> str:
    if isinstance(piece, str):
        return escape(piece, quote=False)
    attributes = "".join(f' {name.replace("xml:lang", "lang")}="{escape(value)}"' for name, value in piece.attributes.items())
    if piece.name in _EMPTY:
        return f"<{piece.name}{attributes}>"
    inner = to_html(piece.children)
    first = "\n" if piece.name == "pre" and inner.startswith("\n") else ""  # a browser skips the first line break
    return f"<{piece.name}{attributes}>{first}{inner}</{piece.name}>"


def from_html(html: str) -> tuple[Content, tuple[str, ...]]:
    """Read HTML; returns the words, and in words what of it was not kept."""
    lost = tuple(sorted(set(_lost(html))))
    cleaned = _CLEANER.clean(html)
    if not cleaned.strip():
        return (), lost
    parsed = lxml_html.fragment_fromstring(cleaned, create_parent="div")
    return laid_out(_pieces(parsed)), lost


def _lost(html: str) -> Iterator[str]:
    for found in _TAG.finditer(html):
        tag = found[2].lower()
        if found[1]:
            continue
        if tag not in _KNOWN:
            yield f"the element {tag}"
        for name in _ATTRIBUTE.findall(_SAID.sub("=", found[3])):
            allowed = GLOBAL | BY_TAG.get(tag, frozenset()) if tag in TAGS else _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag, frozenset())
            if name.lower() not in allowed and name.lower() not in ("xmlns", "role", "id", "rel", "target"):
                yield f"the attribute {name.lower()}"


def _pieces(element: etree._Element) -> Iterator[Node | str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _piece(child)
        if child.tail:
            yield child.tail


def _piece(element: etree._Element) -> Iterator[Node | str]:
    tag = str(element.tag)
    children = tuple(_pieces(element))
    if tag in TAGS:
        if _inside_math(element):
            yield _math("mrow" if tag == "math" else tag, dict(_plain(element)), children)
        elif tag == "math":
            yield _math(tag, dict(_plain(element)), children)
        else:
            yield from children
        return
    name = _RENAMED.get(tag, tag)
    if name in _PARTS and not _has_its_place(element, name):
        name = "div" if name in ("li", "dt", "dd", "figcaption", "caption") else ""
    attributes = dict(_kept(name, element))
    if (name == "img" and "src" not in attributes) or (name in ("source", "track") and "src" not in attributes):
        return
    if not name:
        yield from children
        return
    if (name == "a" and "href" not in attributes) or (name == "span" and not attributes):
        yield from children
        return
    yield from shaped(Node(name=name, attributes=attributes, children=() if name in _EMPTY else children))


def _math(tag: str, attributes: Mapping[str, str], children: Content) -> Node:
    """Make an element of MathML: words stand in tokens alone, a fraction has two parts."""
    if tag not in _TOKENS:
        told = (child if isinstance(child, Node) and child.namespace else words((child,)) for child in children)
        kept = tuple(each for each in told if each)
        children = tuple(each if isinstance(each, Node) else _math("mtext", {}, (each,)) for each in kept)
        if tag in _COUNTED and len(children) != _COUNTED[tag]:
            tag, attributes = "mrow", {}
    else:
        children = tuple(filter(None, (words(children),)))
    return Node(name=tag, attributes=attributes, children=children, namespace="mathml")


def _has_its_place(element: etree._Element, name: str) -> bool:
    """Tell whether a part of a list, a table, a figure, a ruby or a player stands in one."""
    parent = element.getparent()
    return parent is not None and str(parent.tag) in _PARTS[name]


def _inside_math(element: etree._Element) -> bool:
    return any(each.tag == "math" for each in element.iterancestors())


def _plain(element: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in element.items())


def _kept(name: str, element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes as QTI has them; a picture has an alternative, a size is a number."""
    for key, value in _plain(element):
        if key in ("width", "height", "colspan", "rowspan") and not _WHOLE.fullmatch(value.strip()):
            continue
        if key == "dir" and value.strip().lower() not in ("ltr", "rtl", "auto"):
            continue
        if key == "scope" and value not in ("row", "col", "rowgroup", "colgroup"):
            continue
        if key in ("controls", "loop"):
            value = "true"
        if key in ("href", "src", "poster") and not value.strip():
            continue
        if key == "lang" and not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value):
            continue
        yield ("xml:lang" if key == "lang" else key), value.strip()
    if name == "img" and "alt" not in element.attrib:
        yield "alt", ""


def shaped(node: Node) -> Iterator[Node | str]:
    """Yield an element as QTI allows it to stand: its own kind of children, or its children without it."""
    if node.name in _HELD_BY:
        children = tuple(_held(node))
        if node.name == "table":
            children = _ordered(children)
        if children or node.name in ("ul", "ol", "dl"):
            yield _with(node, children)
        return
    if node.name in ("audio", "video"):
        sources = tuple(each for each in node.children if isinstance(each, Node) and each.name in ("source", "track"))
        if sources or "src" in node.attributes:
            yield _with(node, sources)
    elif node.name == "div" and not node.attributes:
        content = laid_out(node.children)
        yield from content if not content or is_block(content[0]) else (Node(name="p", attributes={}, children=content),)
    elif node.name == "blockquote":
        yield _with(node, as_blocks(laid_out(node.children)))
    elif node.name in _TEXTUAL and any(is_block(child) for child in node.children):
        for child in node.children:
            yield from child.children if isinstance(child, Node) and child.name in _RUBY else (child,)
    else:
        yield _with(node, tuple(_joined(node.children)))


def _held(node: Node) -> Iterator[Node]:
    """Yield the children that an element may have; words between the items of a list become one."""
    wrapped = {"ul": "li", "ol": "li", "dl": "dd"}.get(node.name)
    for child in node.children:
        if isinstance(child, Node) and child.name in _HELD_BY[node.name]:
            yield child
        elif wrapped and not _is_space(child):
            yield Node(name=wrapped, attributes={}, children=(child,))


def _ordered(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """A table's parts in QTI's order, which needs a body."""
    order = ("caption", "col", "colgroup", "thead", "tfoot", "tbody")
    placed = tuple(sorted(children, key=lambda child: order.index(child.name)))
    return placed if any(child.name == "tbody" for child in placed) else ()


def _with(node: Node, children: Content) -> Node:
    return Node(name=node.name, attributes=node.attributes, children=children, namespace=node.namespace)


def is_block(piece: Node | str) -> bool:
    """Tell whether a piece is a block, not words or a phrase."""
    return isinstance(piece, Node) and (piece.name in _BLOCKS or piece.name in ("audio", "video")) and not piece.namespace


def laid_out(pieces: Iterable[Node | str]) -> Content:
    """Bring pieces into one of the two forms: the words of one paragraph, or blocks only."""
    kept = tuple(_joined(pieces))
    if not any(is_block(piece) for piece in kept):
        return _trimmed(kept)
    blocks: list[Node] = []
    line: list[Node | str] = []
    for piece in (*kept, None):
        if piece is not None and not is_block(piece):
            line.append(piece)
            continue
        inline = _trimmed(tuple(line))
        line.clear()
        if inline:
            blocks.append(Node(name="p", attributes={}, children=inline))
        if isinstance(piece, Node):
            blocks.append(_with(piece, _trimmed(piece.children)) if piece.name == "p" else piece)
    full = [block for block in blocks if block.name != "p" or block.children]
    if len(full) == 1 and full[0].name == "p" and not full[0].attributes:
        return full[0].children
    return tuple(full)


def _joined(pieces: Iterable[Node | str]) -> Iterator[Node | str]:
    """Join words that follow each other."""
    said = ""
    for piece in pieces:
        if isinstance(piece, str):
            said += piece
            continue
        if said:
            yield said
            said = ""
        yield piece
    if said:
        yield said


def _trimmed(pieces: Content) -> Content:
    """Take white space and line breaks off both ends."""
    kept = list(pieces)
    while kept and _is_space(kept[0]):
        kept.pop(0)
    while kept and _is_space(kept[-1]):
        kept.pop()
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return tuple(kept)


def _is_space(piece: Node | str) -> bool:
    return not piece.strip() if isinstance(piece, str) else piece.name == "br"


def as_blocks(content: Content) -> tuple[Node, ...]:
    """Return words as blocks, for where QTI allows nothing else."""
    if all(is_block(piece) for piece in content):
        return tuple(piece for piece in content if isinstance(piece, Node))
    return (Node(name="p", attributes={}, children=content),)
