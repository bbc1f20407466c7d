"""QTI 2.x's names and QTI 3.0's: `choiceInteraction` is `qti-choice-interaction`, `maxChoices` is `max-choices`.

QTI 3.0 writes every name of its own in kebab case, elements with the prefix `qti-`; HTML keeps its names (QTI 3.0 Best Practices,
"Migrating from QTI 2.x"). Inside the program there are only 3.0's names.
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
        "http://www.imsglobal.org/xsd/apip/apipv1p0/qtisection/imsqti_v2p1": Version.QTI_21,
        "http://www.imsglobal.org/xsd/imsqti_result_v3p0": Version.QTI_30,
        "http://www.imsglobal.org/xsd/imsqti_result_v2p2": Version.QTI_22,
        "http://www.imsglobal.org/xsd/imsqti_result_v2p1": Version.QTI_21,
    }
)
ROOTS = frozenset(
    "assessmentItem assessmentTest assessmentSection assessmentStimulus "  # noqa: SIM905
    "qti-assessment-item qti-assessment-test qti-assessment-section qti-assessment-stimulus".split()
)
MATHML = frozenset({"http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2010/Math/MathML"})
SSML = frozenset({"http://www.w3.org/2001/10/synthesis", "http://www.w3.org/2010/10/synthesis"})
XINCLUDE = "http://www.w3.org/2001/XInclude"
HTML5 = "http://www.imsglobal.org/xsd/imsqtiv2p2_html5_v1p0"
HTML_SPACES = frozenset({"http://www.w3.org/1999/xhtml", HTML5})

# The HTML that QTI 2.1, 2.2 (with its HTML5 profile) and 3.0 allow; in QTI 2.x every other name is QTI's own.
HTML = frozenset(
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd details dfn div dl "  # noqa: SIM905
    "dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img kbd label li nav object ol p param picture pre q rb rp rt rtc ruby s "
    "samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr".split()
)

# QTI's own names of several words: programs that write HTML lower all names, and only a list tells where the words end.
_COMPOUND = (
    "adaptive-engine-ref adaptive-selection adaptive-settings-ref any-n area-map-entry area-mapping assessment-item "
    "assessment-item-ref assessment-section assessment-section-ref assessment-stimulus assessment-stimulus-ref assessment-test "
    "associable-hotspot associate-interaction base-value branch-rule calculator-info calculator-type card-entry catalog-info "
    "choice-interaction companion-materials-info container-size context-declaration context-variable correct-response "
    "custom-interaction custom-operator default-value digital-material drawing-interaction duration-gte duration-lt "
    "end-attempt-interaction equal-rounded exit-response exit-template exit-test extended-text-interaction feedback-block "
    "feedback-body feedback-inline field-value file-href gap-img gap-match-interaction gap-text graphic-associate-interaction "
    "graphic-gap-match-interaction graphic-order-interaction hotspot-choice hotspot-interaction hottext-interaction html-content "
    "increment-si increment-us info-control inline-choice inline-choice-interaction integer-divide integer-modulus integer-to-float "
    "interaction-markup interaction-module interaction-modules interpolation-table interpolation-table-entry is-null item-body "
    "item-session-control lookup-outcome-value major-increment map-entry map-response map-response-point match-interaction "
    "match-table match-table-entry math-constant math-operator media-interaction metadata-ref minimum-length minor-increment "
    "modal-body modal-feedback number-correct number-incorrect number-presented number-responded number-selected order-interaction "
    "outcome-condition outcome-declaration outcome-else outcome-else-if outcome-if outcome-maximum outcome-minimum outcome-processing "
    "outcome-processing-fragment pattern-match physical-material portable-custom-interaction position-object-interaction "
    "position-object-stage pre-condition printed-variable random-float random-integer resource-icon response-condition "
    "response-declaration response-else response-else-if response-if response-processing response-processing-fragment round-to "
    "rubric-block rubric-body rubric-template-block rubric-template-inline rule-system-si rule-system-us select-point-interaction "
    "set-correct-response set-default-value set-outcome-value set-template-value simple-associable-choice simple-choice "
    "simple-match-set slider-interaction stats-operator stimulus-body string-match template-block template-body template-condition "
    "template-constraint template-declaration template-default template-else template-else-if template-feedback-block template-if "
    "template-inline template-processing template-variable test-body test-feedback test-part test-variables text-entry-interaction "
    "time-limits upload-interaction usagedata-ref variable-mapping "
)
_BARE = MappingProxyType({name.replace("-", ""): name for name in _COMPOUND.split()})

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
    """Return QTI 3.0's name of an element; one in another case is known all the same (validity/ looks at how it is written)."""
    if version is Version.QTI_30 or name in HTML:
        return name
    lower = name.lower()
    return lower if lower in HTML else f"qti-{_BARE.get(lower) or kebab(name)}"


@lru_cache(maxsize=4096)
def attribute_name(name: str, element: str, version: Version) -> str:
    """Return QTI 3.0's name of an attribute of an element (by its 3.0 name); HTML's attributes stay, and those in another case."""
    if version is Version.QTI_30 or not element.startswith("qti-") or ":" in name or "-" in name:
        return name
    read = kebab(name)
    return read if camel(read) == name else name


def version_of(address: str | None, root: str) -> Version:
    """Return the version that a root's namespace names; where it names none, or one that has no such root, the root's own name tells."""
    known = VERSIONS.get(address or "")
    of_three = root.startswith("qti-")
    fits = known is not None and (root not in ROOTS or of_three is (known is Version.QTI_30))
    return known if known and fits else Version.QTI_30 if of_three else Version.QTI_22


@lru_cache(maxsize=256)
def namespace_of(address: str | None) -> str:
    """Return "" for QTI (whatever its version) and HTML, "mathml", "ssml" or "xinclude" for those, else the address itself."""
    if address is None or address in VERSIONS or address in HTML_SPACES or _is_like_qti(address):
        return ""
    if address in MATHML:
        return "mathml"
    return "ssml" if address in SSML else "xinclude" if address == XINCLUDE else address


def is_meant(address: str, root: str) -> bool:
    """Tell whether a root's namespace means QTI, misspelt as it may be: it then is QTI's for all that stands below."""
    return root in ROOTS and any(word in address.lower() for word in ("qti", "imsglobal", "1edtech"))


def _is_like_qti(address: str) -> bool:
    """Some systems write namespaces of QTI that there are not, or QTI 2.0's: they are read all the same."""
    return (
        "imsglobal.org/xsd/" in address
        and "imsqti" in address
        and not any(word in address for word in ("metadata", "apip", "cpext", "usage"))
    )


_SPOKEN = MappingProxyType({Version.QTI_22: "http://www.w3.org/2010/10/synthesis", Version.QTI_30: "http://www.w3.org/2001/10/synthesis"})


@lru_cache(maxsize=1024)
def prefix_of(address: str | None, root: str | None, version: Version) -> str:
    """Return what shows an element's namespace before its name: "" for the root's own and those that its version expects."""
    namespace = namespace_of(address)
    if not namespace:
        return "" if address == root else "qh5:" if address == HTML5 and version is not Version.QTI_30 else "other:"
    if namespace == "mathml":
        return "" if address == "http://www.w3.org/1998/Math/MathML" else "m3:"
    return "" if namespace != "ssml" or _SPOKEN.get(version) == address else "other:"
