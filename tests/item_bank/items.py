"""Small QTI items for the tests of this folder, and the demonstration's items."""

from assessment_engine.demo.content import demo_exam
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item

MATCH = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
MAP = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>'
SCORE = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
ENTRY = '<p>How many? <qti-text-entry-interaction response-identifier="RESPONSE"/></p>'


def qti(*, responses: str, body: str, processing: str = MATCH, outcomes: str = SCORE, lang: str = "en", title: str = "Title") -> bytes:
    """The XML of an item made of these parts."""
    return (
        f'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="item-1" title="{title}" '
        f'adaptive="false" time-dependent="false" xml:lang="{lang}">\n{responses}\n{outcomes}\n'
        f"<qti-item-body>{body}</qti-item-body>\n{processing}\n</qti-assessment-item>"
    ).encode()


def response(base_type: str, *correct: str, cardinality: str = "single", mapping: str = "") -> str:
    """The declaration of RESPONSE."""
    values = "".join(f"<qti-value>{value}</qti-value>" for value in correct)
    key = f"<qti-correct-response>{values}</qti-correct-response>" if correct else ""
    typed = f'identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}"'
    return f"<qti-response-declaration {typed}>{key}{mapping}</qti-response-declaration>"


def choice(*choices: str, max_choices: int = 1, extra: str = "") -> str:
    """A choice interaction for RESPONSE."""
    options = "".join(f'<qti-simple-choice identifier="{name}">Option {name}</qti-simple-choice>' for name in choices)
    return (
        f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{max_choices}" {extra}>'
        f"<qti-prompt>Which?</qti-prompt>{options}</qti-choice-interaction>"
    )


def mapping(*, lower: str = "", upper: str = "", default: str = "0", case: str = "true", **worth: float) -> str:
    """A mapping from keys to numbers."""
    bounds = (f' lower-bound="{lower}"' if lower else "") + (f' upper-bound="{upper}"' if upper else "")
    entries = "".join(f'<qti-map-entry map-key="{key}" mapped-value="{value}" case-sensitive="{case}"/>' for key, value in worth.items())
    return f'<qti-mapping default-value="{default}"{bounds}>{entries}</qti-mapping>'


def single_choice() -> QtiItem:
    """A or B; A is right."""
    return read_item(qti(responses=response("identifier", "A"), body=choice("A", "B")))


def multiple_choice(max_choices: int = 0) -> QtiItem:
    """A and C are worth 1 each, B and D cost 1; between 0 and 2."""
    worth = mapping(lower="0", upper="2", A=1, B=-1, C=1, D=-1)
    declared = response("identifier", "A", "C", cardinality="multiple", mapping=worth)
    return read_item(qti(responses=declared, body=choice("A", "B", "C", "D", max_choices=max_choices), processing=MAP))


def text_entry() -> QtiItem:
    """Two spellings of one word, in any case."""
    declared = response("string", mapping=mapping(case="false", Sabha=1, सभा=1))
    return read_item(qti(responses=declared, body=ENTRY, processing=MAP))


def numeric(tolerance: str, *, mode: str = "absolute", correct: str = "9.5", more: str = "") -> QtiItem:
    """A number within a tolerance."""
    processing = (
        "<qti-response-processing><qti-response-condition><qti-response-if>"
        f'<qti-equal tolerance-mode="{mode}" tolerance="{tolerance}" {more}><qti-correct identifier="RESPONSE"/>'
        '<qti-variable identifier="RESPONSE"/></qti-equal><qti-set-outcome-value identifier="SCORE">'
        '<qti-base-value base-type="float">2</qti-base-value></qti-set-outcome-value>'
        "</qti-response-if></qti-response-condition></qti-response-processing>"
    )
    return read_item(qti(responses=response("float", correct), body=ENTRY, processing=processing))


def demo_items() -> dict[str, dict[str, QtiItem]]:
    """Every item of the demonstration, by identifier and language."""
    items = [item for section in demo_exam().sections for item in section.items]
    return {item.identifier: {lang: read_item(xml) for lang, xml in item.variants.items()} for item in items}
