"""The second fence: nh3 parses the finished HTML as a browser would and keeps only what this list names.

The first fence is the writing itself, which names every tag and attribute it writes; so nh3 must never change anything; a test compares.
Links go to anchors of the page, files come from our own server, and there are no scripts, styles, events, forms or frames.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import nh3

from item_bank.qti.render import mathml
from item_bank.qti.render.elements import names

HTML_TAGS = names(
    "a abbr address article aside audio b bdi bdo blockquote br button caption cite code col colgroup dd details dfn div dl dt em fieldset "
    "figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img input kbd label legend li ol option output p pre q rb rp rt rtc ruby s "
    "samp section select small source span strong sub summary sup table tbody td textarea tfoot th thead time tr track u ul var video wbr"
)
SVG_TAGS = names("svg circle ellipse polygon rect")
_DROPPED = names("script style template iframe object embed noscript noembed noframes xmp plaintext title")  # with all they hold
_ANYWHERE = names("id class lang dir title hidden role aria-label aria-labelledby aria-describedby aria-hidden aria-level")
_DATA = names(
    "response cardinality base-type kind first second order row part axis untouched kind-of max min keyboard for choice name text natural "
    "centre autostart orientation reverse count-attempt min-selections-message max-selections-message patternmask-message"
)
_BY_TAG: Mapping[str, AbstractSet[str]] = {
    "a": {"href"},
    "audio": {"src", "controls", "loop", "preload"},
    "button": {"type", "value", "disabled"},
    "circle": {"cx", "cy", "r"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "fieldset": set(),
    "img": {"src", "alt", "width", "height"},
    "input": names("type name value checked disabled readonly inputmode autocomplete spellcheck size placeholder min max step accept"),
    "label": {"for"},
    "li": {"value"},
    "ol": {"type", "start", "reversed"},
    "option": {"value", "selected", "disabled"},
    "output": {"for", "name"},
    "polygon": {"points"},
    "rect": {"x", "y", "width", "height"},
    "select": {"name", "disabled"},
    "source": {"src", "type"},
    "svg": {"viewBox", "preserveAspectRatio"},
    "td": {"colspan", "rowspan", "headers"},
    "textarea": {"name", "rows", "cols", "disabled", "readonly", "spellcheck", "placeholder"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "controls", "loop", "preload", "poster", "width", "height"},
}


def _ours(address: str) -> str | None:
    """A relative address that stays on our server."""
    return None if address.startswith(("//", "\\", "/\\")) else address


_CLEANER = nh3.Cleaner(
    tags=set(HTML_TAGS | SVG_TAGS | mathml.TAGS),
    clean_content_tags=set(_DROPPED),
    attributes={
        "*": {*_ANYWHERE, *(f"data-{name}" for name in _DATA)},
        **{tag: set(allowed) for tag, allowed in _BY_TAG.items()},
        **{tag: {*mathml.GLOBAL, *mathml.BY_TAG.get(tag, ())} for tag in mathml.TAGS},
    },
    link_rel=None,
    url_schemes=set(),
    url_relative=_ours,
    generic_attribute_prefixes=set(),
)


def sanitised(html: str) -> str:
    """Return HTML with nothing in it but the tags and attributes that questions are made of."""
    clean = _CLEANER.clean(html)
    # What a table cannot hold a parser puts before it, where it has read already: only a second reading leaves that as it stands.
    return _CLEANER.clean(clean) if "<table" in clean else clean
