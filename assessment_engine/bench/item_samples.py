"""Items for `bench items`, each with responses and the scores they are worth."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.canonical import Json

_STEMS = {
    "en": "A department had a budget of {n} lakh rupees and spent {m} lakh. Which statement about the balance is right?",
    "hi": "किसी विभाग का बजट {n} लाख रुपये था और उसने {m} लाख खर्च किए। शेष राशि के बारे में कौन-सा कथन सही है?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item's file, its language, and what some responses are worth."""

    xml: bytes
    lang: str
    cases: Sequence[tuple[Json, float]]


def samples(count: int) -> Iterator[Sample]:
    """Yield `count` items of all kinds, no two alike."""
    makers: Sequence[Callable[[int], Sample]] = (choice_item, number_item, match_item)
    return (makers[index % 3](index) for index in range(count))


def choice_item(index: int) -> Sample:
    """One right answer of four, by the standard template."""
    lang = "hi" if index % 2 else "en"
    stem = _STEMS[lang].format(n=100 + index, m=40 + index % 50)
    options = "".join(f'<qti-simple-choice identifier="{name}"><p>{name}: {stem[:40]}</p></qti-simple-choice>' for name in "ABCD")
    key = "ABCD"[index % 4]
    wrong = "ABCD"[(index + 1) % 4]
    body = (
        f"<p>{stem}</p><qti-choice-interaction response-identifier='RESPONSE' max-choices='1' shuffle='true'>"
        f"<qti-prompt>{stem}</qti-prompt>{options}</qti-choice-interaction>"
    )
    declared = f"<qti-correct-response><qti-value>{key}</qti-value></qti-correct-response>"
    template = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"
    xml = _item(index, lang, ("single", "identifier", declared), body, f'<qti-response-processing template="{template}"/>')
    return Sample(xml=xml, lang=lang, cases=[({"RESPONSE": key}, 1.0), ({"RESPONSE": wrong}, 0.0), ({"RESPONSE": None}, 0.0)])


def number_item(index: int) -> Sample:
    """A number within a tolerance for 2 marks, nearly for 1: custom processing."""
    lang, value = ("hi" if index % 2 else "en"), 60 + index % 50
    body = f"<p>{_STEMS[lang].format(n=100 + index, m=value)} <qti-text-entry-interaction response-identifier='RESPONSE'/></p>"
    declared = f"<qti-correct-response><qti-value>{value}</qti-value></qti-correct-response>"
    processing = f"""<qti-response-processing><qti-response-condition><qti-response-if>
      <qti-and><qti-not><qti-is-null><qti-variable identifier="RESPONSE"/></qti-is-null></qti-not>
        <qti-equal tolerance-mode="absolute" tolerance="0.5 0.5">
          <qti-correct identifier="RESPONSE"/><qti-variable identifier="RESPONSE"/></qti-equal>
      </qti-and>{_set("2")}</qti-response-if>
      <qti-response-else-if><qti-lte><qti-variable identifier="RESPONSE"/><qti-sum><qti-correct identifier="RESPONSE"/>
        <qti-base-value base-type="float">5</qti-base-value></qti-sum></qti-lte>{_set("1")}</qti-response-else-if>
      <qti-response-else>{_set("0")}</qti-response-else></qti-response-condition></qti-response-processing>"""
    xml = _item(index, lang, ("single", "float", declared), body, processing)
    cases: list[tuple[Json, float]] = [({"RESPONSE": str(value)}, 2.0), ({"RESPONSE": str(value + 3)}, 1.0), ({"RESPONSE": "९९९"}, 0.0)]
    return Sample(xml=xml, lang=lang, cases=cases)


def match_item(index: int) -> Sample:
    """Pairs with a mapping, and a bonus when all are right: custom processing."""
    lang = "hi" if index % 2 else "en"
    rows = "".join(f'<qti-simple-associable-choice identifier="R{n}" match-max="1">{n}</qti-simple-associable-choice>' for n in range(4))
    columns = "".join(f'<qti-simple-associable-choice identifier="C{n}" match-max="4">{n}</qti-simple-associable-choice>' for n in range(4))
    body = (
        f"<p>{_STEMS[lang].format(n=index, m=index % 50)}</p><qti-match-interaction response-identifier='RESPONSE' max-associations='4'>"
        f"<qti-simple-match-set>{rows}</qti-simple-match-set><qti-simple-match-set>{columns}</qti-simple-match-set></qti-match-interaction>"
    )
    pairs = [f"R{n} C{(n + index) % 4}" for n in range(4)]
    key = "".join(f"<qti-value>{pair}</qti-value>" for pair in pairs)
    entries = "".join(f'<qti-map-entry map-key="{pair}" mapped-value="1"/>' for pair in pairs)
    declared = f'<qti-correct-response>{key}</qti-correct-response><qti-mapping default-value="-1" lower-bound="0">{entries}</qti-mapping>'
    processing = """<qti-response-processing>
      <qti-set-outcome-value identifier="SCORE"><qti-map-response identifier="RESPONSE"/></qti-set-outcome-value>
      <qti-response-condition><qti-response-if>
        <qti-match><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>
        <qti-set-outcome-value identifier="SCORE"><qti-sum><qti-variable identifier="SCORE"/>
        <qti-base-value base-type="float">1</qti-base-value></qti-sum></qti-set-outcome-value></qti-response-if>
      </qti-response-condition></qti-response-processing>"""
    xml = _item(index, lang, ("multiple", "directedPair", declared), body, processing)
    wrong = f"R0 C{(index + 1) % 4}"
    return Sample(xml=xml, lang=lang, cases=[({"RESPONSE": [*pairs]}, 5.0), ({"RESPONSE": [pairs[1]]}, 1.0), ({"RESPONSE": [wrong]}, 0.0)])


def _set(value: str) -> str:
    return f'<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">{value}</qti-base-value></qti-set-outcome-value>'


def _item(index: int, lang: str, response: tuple[str, str, str], body: str, processing: str) -> bytes:
    cardinality, base_type, declared = response
    return (
        f'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="bench-{index}" title="Item {index}" '
        f'adaptive="false" time-dependent="false" xml:lang="{lang}">'
        f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}">{declared}'
        '</qti-response-declaration><qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="5"/>'
        f"<qti-item-body>{body}</qti-item-body>{processing}</qti-assessment-item>"
    ).encode()
