"""The HTML that QTI 2.1 knows, its attributes, and what stands for the rest (QTI 2.1 information model, "XHTML Elements"). Tables only."""

from collections.abc import Mapping

from item_bank.qti.model.nodes import Version

_PHRASES = frozenset({"abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small", "span", "strong"})
_SIGNS = frozenset({"a", "br", "img", "object", "param", "sub", "sup", "tt", "var"})
_BLOCKS = frozenset({"address", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre"})
_LISTS = frozenset({"dd", "dl", "dt", "li", "ol", "ul"})
_TABLES = frozenset({"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
KNOWN = _PHRASES | _SIGNS | _BLOCKS | _LISTS | _TABLES
# HTML5 that QTI 2.1 has no word for: its class says what it was. A block stays a block, a phrase a phrase.
_BLOCKS5 = ("article", "aside", "figcaption", "figure", "footer", "header", "main", "nav", "section")
_PHRASES5 = ("bdi", "bdo", "label", "mark", "rb", "rp", "rt", "rtc", "ruby", "s", "time", "u")
REPLACED: Mapping[str, str] = {**dict.fromkeys(_BLOCKS5, "div"), **dict.fromkeys(_PHRASES5, "span")}

_COMMON = frozenset({"id", "class", "label", "xml:lang", "xml:base"})
_CELL = frozenset({"headers", "scope", "abbr", "axis", "rowspan", "colspan", "align", "valign"})
_OWN: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "type"}),
    "blockquote": frozenset({"cite"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "img": frozenset({"src", "alt", "longdesc", "height", "width"}),
    "object": frozenset({"data", "type", "height", "width"}),
    "param": frozenset({"name", "value", "valuetype", "type"}),
    "q": frozenset({"cite"}),
    "table": frozenset({"summary"}),
    "td": _CELL,
    "th": _CELL,
}
# HTML's attributes that QTI 3.0 allows on its own elements and QTI 2.1 does not
_GLOBAL = frozenset({"accesskey", "dir", "draggable", "hidden", "lang", "role", "spellcheck", "style", "tabindex", "title", "translate"})
_TITLED = frozenset(
    {
        "qti-assessment-item",
        "qti-assessment-test",
        "qti-assessment-section",
        "qti-assessment-stimulus",
        "qti-modal-feedback",
        "qti-test-feedback",
        "qti-end-attempt-interaction",
        "qti-info-control",
        "qti-stylesheet",
    }
)


def may_say(element: str, attribute: str, version: Version) -> bool:
    """Tell whether an element may have an attribute in QTI 2.1 or 2.2, as far as HTML is concerned."""
    if version is Version.QTI_22 and (attribute.startswith("aria-") or attribute in ("dir", "role")):
        return True
    if not element.startswith("qti-"):
        return attribute in _COMMON or attribute in _OWN.get(element, frozenset())
    if attribute == "title":
        return element in _TITLED
    return not attribute.startswith(("data-", "aria-")) and attribute not in _GLOBAL
