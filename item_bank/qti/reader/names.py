"""QTI 2.x's names and QTI 3.0's: `choiceInteraction` is `qti-choice-interaction`, `maxChoices` is `max-choices`.

QTI 3.0 writes every name of its own in kebab case, elements with the prefix `qti-`; HTML keeps its names (QTI 3.0 Best Practices, "Migrating from
QTI 2.x"). Inside the program there are only 3.0's names.
"""

import re
from functools import lru_cache
from types import MappingProxyType

from item_bank.qti.model.nodes import Version

QTI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
QTI22 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
QTI21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"

VERSIONS = MappingProxyType(
    {
        QTI3: Version.QTI_30,
        QTI22: Version.QTI_22,
        QTI21: Version.QTI_21,
        "http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1": Version.QTI_21,  # APIP 1.0's profile
        "http://www.imsglobal.org/xsd/apip/apipv1p0/qtitest/imsqti_v2p1": Version.QTI_21,
        "http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2": Version.QTI_22,
        "http://www.imsglobal.org/xsd/imsqti_result_v3p0": Version.QTI_30,
        "http://www.imsglobal.org/xsd/imsqti_result_v2p2": Version.QTI_22,
        "http://www.imsglobal.org/xsd/imsqti_result_v2p1": Version.QTI_21,
    }
)
MATHML = frozenset({"http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2010/Math/MathML"})
SSML = frozenset({"http://www.w3.org/2001/10/synthesis", "http://www.w3.org/2010/10/synthesis"})
XINCLUDE = "http://www.w3.org/2001/XInclude"
HTML_SPACES = frozenset({"http://www.w3.org/1999/xhtml", "http://www.imsglobal.org/xsd/imsqtiv2p2_html5_v1p0"})

# The HTML that QTI 2.1, 2.2 (with its HTML5 profile) and 3.0 allow; in QTI 2.x every other name is QTI's own.
HTML = frozenset(
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd details dfn div dl dt em "
    "figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img kbd label li nav object ol p param picture pre q rb rp rt rtc ruby s samp "
    "section small source span strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr".split()
)

_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DASH = re.compile(r"-([a-z0-9])")
_ODD = {"durationLT": "duration-lt", "durationGTE": "duration-gte"}
_ODD_BACK = {kebab: camel for camel, kebab in _ODD.items()}


@lru_cache(maxsize=4096)
def kebab(name: str) -> str:
    """Write a 2.x name in kebab case."""
    return _ODD.get(name) or _CAPITALS.sub("-", name).lower()


@lru_cache(maxsize=4096)
def camel(name: str) -> str:
    """Write a 3.0 name, without its prefix, in camel case."""
    return _ODD_BACK.get(name) or _DASH.sub(lambda dash: dash.group(1).upper(), name)


@lru_cache(maxsize=4096)
def element_name(name: str, version: Version) -> str:
    """Return QTI 3.0's name of an element."""
    return name if version is Version.QTI_30 or name in HTML else f"qti-{kebab(name)}"


@lru_cache(maxsize=4096)
def attribute_name(name: str, element: str, version: Version) -> str:
    """Return QTI 3.0's name of an attribute of an element (by its 3.0 name); HTML's attributes stay."""
    keeps = version is Version.QTI_30 or not element.startswith("qti-") or ":" in name or "-" in name
    return name if keeps else kebab(name)
