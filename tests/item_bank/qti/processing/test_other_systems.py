"""What no version of QTI has, but items of other systems use: it is understood, and strict import refuses it."""

import pytest

from item_bank.qti.values import BaseType, parse_atom
from tests.item_bank.qti.processing.items import SCORE, declared, fetch, item, outcomes, put, wrap
from tests.item_bank.qti.processing.trees import Plain, apply, identifier

EXPRESSIONS = [
    ("not-equal", (1, 2.0), True),
    ("not-equal", (1, None), None),
    ("is-not-null", ("a",), True),
    ("is-not-null", ("",), False),
    ("is-type-of", (1, "integer"), True),
    ("is-type-of", (1, "float"), False),
    ("mod", (-7, 2), -1),
    ("mod", (7.5, 2), 1.5),
    ("mean", ([1, 2, 6],), 3.0),
    ("any-n", (False, True), True),
    ("any-n", (False, None), None),
    ("delete", ([1, 2, 1], 1), [2]),
    ("delete", ([1, 2, 3], [1, 3]), [2]),
]


@pytest.mark.parametrize(("operator", "operands", "expected"), EXPRESSIONS)
def test_expressions_of_other_systems_are_understood(operator: str, operands: tuple[Plain, ...], expected: Plain) -> None:
    assert apply(operator, *operands) == expected


@pytest.mark.parametrize(("most", "expected"), [("1", False), ("2", True), ("", True), ("NOTHING", None)])
def test_all_n_wants_no_more_truths_than_it_says(most: str, expected: bool | None) -> None:
    assert apply("all-n", True, True, None, max=most) is expected


def test_an_outcome_may_be_mapped_and_looked_up_by_its_word() -> None:
    grade = declared("outcome", "GRADE", "identifier", "B", inside='<mapping><mapEntry mapKey="B" mappedValue="2"/></mapping>')
    points = declared("outcome", "POINTS", inside='<matchTable><matchTableEntry sourceValue="B" targetValue="7"/></matchTable>')
    look_up = '<lookupOutcomeValue identifier="POINTS"><variable identifier="GRADE"/></lookupOutcomeValue>'
    one = item(grade + points + SCORE, put("SCORE", '<mapOutcome identifier="GRADE"/>') + look_up)

    assert {name: outcomes(one)[name] for name in ("SCORE", "POINTS")} == {"SCORE": 2.0, "POINTS": 7.0}


def test_a_match_table_keeps_numbers_and_words_apart() -> None:
    table = '<matchTable defaultValue="0"><matchTableEntry sourceValue="1.0" targetValue="5"/></matchTable>'
    look_up = wrap("lookupOutcomeValue", fetch("RESPONSE")).replace("<lookupOutcomeValue>", '<lookupOutcomeValue identifier="SCORE">')
    number, word = (
        item(declared("response", "RESPONSE", kind) + declared("outcome", "SCORE", inside=table), look_up)
        for kind in ("integer", "identifier")
    )

    assert outcomes(number, RESPONSE=1)["SCORE"] == 5.0
    assert outcomes(word, RESPONSE=identifier("1"))["SCORE"] == 0.0


def thresholds(*entries: tuple[int, str, str]) -> str:
    written = (
        f'<interpolationTableEntry sourceValue="{source}" targetValue="{target}" includeBoundary="{included}"/>'
        for source, target, included in entries
    )
    return f'<interpolationTable defaultValue="F">{"".join(written)}</interpolationTable>'


def grade(table: str, points: int) -> Plain:
    look_up = f'<lookupOutcomeValue identifier="GRADE">{fetch("RESPONSE")}</lookupOutcomeValue>'
    one = item(declared("response", "RESPONSE", "integer") + declared("outcome", "GRADE", "identifier", inside=table), look_up)
    return outcomes(one, RESPONSE=points)["GRADE"]


@pytest.mark.parametrize(("points", "expected"), [(49, "F"), (50, "D"), (70, "D"), (71, "B"), (90, "A"), (100, "A")])
def test_thresholds_that_go_up_mean_what_they_mean_going_down(points: int, expected: str) -> None:
    entries = ((50, "D", "true"), (70, "B", "false"), (90, "A", "true"))

    assert grade(thresholds(*entries), points) == grade(thresholds(*reversed(entries)), points) == expected


def test_of_thresholds_in_no_order_the_first_that_is_reached_counts() -> None:
    assert grade(thresholds((90, "A", "true"), (50, "D", "true"), (70, "B", "true")), 80) == "D"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("PT90S", 90.0), ("P1DT1H1M1.5S", 90061.5), ("P1W", 604800.0), ("P1M", 2592000.0), ("P1Y", 31536000.0), ("12.5", 12.5)],
)
def test_a_duration_may_be_written_as_iso_8601_has_it(written: str, seconds: float) -> None:
    assert parse_atom(BaseType.DURATION, written) == seconds


@pytest.mark.parametrize("written", ["P", "PT", "P1DT", "1D", "PT1Y", "P-1D", ""])
def test_what_is_no_duration_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_atom(BaseType.DURATION, written)
