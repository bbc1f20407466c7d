"""Every place where QTI compares strings compares them by docs/adr/0017-when-two-texts-are-the-same.md."""

import pytest

from item_bank.qti.binding import bind
from item_bank.qti.processing import score
from item_bank.qti.reader import read_item
from tests.item_bank.items import ENTRY, MAP, MATCH, mapping, qti, response

KEY = "\u0958\u0932\u092e"
TYPED = "\u0915\u200d\u093c\u0932\u092e\u200c"  # the nukta as a sign of its own, and joiners that nobody sees
OTHER = "\u0915\u0932\u092e"  # without the nukta

GIVEN = '<qti-variable identifier="RESPONSE"/>'
WANTED = f'<qti-base-value base-type="string">{KEY}</qti-base-value>'
ONE = '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value>'


def when(expression: str) -> str:
    condition = f"<qti-response-condition><qti-response-if>{expression}{ONE}</qti-response-if></qti-response-condition>"
    return f"<qti-response-processing>{condition}</qti-response-processing>"


PROCESSING: dict[str, str] = {
    "match_correct": MATCH,
    "map_response": MAP,
    "match": when(f"<qti-match>{GIVEN}{WANTED}</qti-match>"),
    "stringMatch": when(f'<qti-string-match case-sensitive="true">{GIVEN}{WANTED}</qti-string-match>'),
    "stringMatch in any case": when(f'<qti-string-match case-sensitive="false">{GIVEN}{WANTED}</qti-string-match>'),
    "substring": when(f'<qti-substring case-sensitive="true">{WANTED}{GIVEN}</qti-substring>'),
    "member": when(f"<qti-member>{GIVEN}<qti-multiple>{WANTED}</qti-multiple></qti-member>"),
    "contains": when(f"<qti-contains><qti-multiple>{WANTED}</qti-multiple><qti-multiple>{GIVEN}</qti-multiple></qti-contains>"),
    "delete": when(f"<qti-is-null><qti-delete>{GIVEN}<qti-multiple>{WANTED}</qti-multiple></qti-delete></qti-is-null>"),
    "patternMatch": when(f'<qti-pattern-match pattern="{KEY}">{GIVEN}</qti-pattern-match>'),
}


@pytest.mark.parametrize("name", PROCESSING)
def test_a_text_wins_by_how_it_reads(name: str) -> None:
    worth = mapping(case="false", KEY=1).replace("KEY", KEY) if name == "map_response" else ""
    item = read_item(qti(responses=response("string", KEY, mapping=worth), body=ENTRY, processing=PROCESSING[name]))

    assert [score(item, bind(item, text)).score for text in (KEY, TYPED, OTHER)] == [1, 1, 0]
