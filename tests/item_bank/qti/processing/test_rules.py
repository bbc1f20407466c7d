import pytest

from item_bank.qti.values import Point
from tests.item_bank.qti.processing.items import SCORE, declared, fetch, item, literal, outcomes, put, wrap
from tests.item_bank.qti.processing.trees import Plain, alike, identifier, identifiers

R = declared("response", "R", "integer")


def one(number: int) -> str:
    return literal("integer", str(number))


CHAIN = (
    f"<responseCondition><responseIf><lt>{fetch('R')}{one(0)}</lt>{put('SCORE', one(-1))}</responseIf>"
    f"<responseElseIf><lt>{fetch('R')}{one(10)}</lt>{put('SCORE', one(1))}</responseElseIf>"
    f"<responseElseIf><lt>{fetch('R')}{one(20)}</lt>{put('SCORE', one(2))}</responseElseIf>"
    f"<responseElse>{put('SCORE', one(3))}</responseElse></responseCondition>"
)


@pytest.mark.parametrize(("answer", "expected"), [(-5, -1), (5, 1), (15, 2), (25, 3), (None, 3)])
def test_the_first_branch_that_holds_runs_and_null_never_holds(answer: Plain, expected: float) -> None:
    assert outcomes(item(R + SCORE, CHAIN), R=answer)["SCORE"] == expected


CONDITIONS = [
    (literal("boolean", "true"), True),
    (literal("boolean", "false"), False),
    ("<null/>", False),
    (one(2), True),
    (one(0), False),
    (literal("float", "0.0"), False),
    (literal("string", "x"), True),
    (f"<multiple>{one(0)}</multiple>", True),
    ("<nonsense/>", False),
]


@pytest.mark.parametrize(("test", "met"), CONDITIONS)
@pytest.mark.parametrize("kind", ["response", "outcome"])
def test_a_condition_is_met_by_what_is_true_or_not_zero(test: str, met: bool, kind: str) -> None:
    rule = f"<{kind}Condition><{kind}If>{test}{put('SCORE', one(1))}</{kind}If></{kind}Condition>"

    assert outcomes(item(SCORE, rule, kind=kind))["SCORE"] == met


def test_a_condition_with_only_an_else_runs_it() -> None:
    rule = f"<responseCondition><responseElse>{put('SCORE', one(1))}</responseElse></responseCondition>"

    assert outcomes(item(SCORE, rule))["SCORE"] == 1


def test_exit_response_leaves_the_rest_out_but_not_outcome_processing() -> None:
    leave = "<responseCondition><responseElse><exitResponse/></responseElse></responseCondition>"
    rules = put("SCORE", one(1)) + leave + put("SCORE", one(2))
    total = put("TOTAL", wrap("sum", fetch("SCORE"), one(10)))
    more = wrap("outcomeProcessing", total, "<exitTest/>", put("TOTAL", one(0)))

    got = outcomes(item(SCORE + declared("outcome", "TOTAL"), rules, more=more))

    assert (got["SCORE"], got["TOTAL"]) == (1, 11)


def test_fragments_run_where_they_stand_and_an_inclusion_does_nothing() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="rules.xml"/>'
    inner = wrap("responseProcessingFragment", put("SCORE", wrap("sum", fetch("SCORE"), one(1))))
    rules = wrap("responseProcessingFragment", put("SCORE", one(1)), include, inner)

    assert outcomes(item(SCORE, rules))["SCORE"] == 2


def test_rules_and_expressions_that_nobody_knows_do_nothing() -> None:
    rules = f"<magic/>{put('SCORE', one(1))}{put('OTHER', '<magic/>')}<setOutcomeValue identifier='SCORE'/><setOutcomeValue/>"

    got = outcomes(item(SCORE + declared("outcome", "OTHER", "float", "5"), rules))

    assert (got["SCORE"], got["OTHER"]) == (1, None)


ASSIGNED = [
    ("float", "single", 2, 2.0),
    ("integer", "single", 2.0, 2),
    ("integer", "single", 2.5, 2.5),
    ("float", "single", "2.5", 2.5),
    ("float", "single", "much", None),
    ("integer", "single", "3", 3),
    ("float", "single", None, None),
    ("float", "single", True, None),
    ("boolean", "single", True, True),
    ("boolean", "single", "true", True),
    ("boolean", "single", 1, None),
    ("identifier", "single", "A", "A"),
    ("string", "single", identifier("A"), "A"),
    ("string", "single", 5, "5"),
    ("string", "single", True, "true"),
    ("point", "single", Point(1, 2), Point(1, 2)),
    ("point", "single", 1, None),
    ("identifier", "multiple", identifier("A"), ["A"]),
    ("identifier", "ordered", identifiers("A B"), ("A", "B")),
    ("identifier", "single", identifiers("A"), "A"),
    ("identifier", "single", identifiers("A B"), None),
    ("float", "multiple", [1, 2], [1.0, 2.0]),
    ("float", "single", {"a": 1.0}, None),
    ("float", "single", float("nan"), float("nan")),
    ("integer", "single", float("inf"), float("inf")),
]


@pytest.mark.parametrize(("base_type", "cardinality", "given", "expected"), ASSIGNED)
def test_an_outcome_takes_what_can_be_of_its_type(base_type: str, cardinality: str, given: Plain, expected: Plain) -> None:
    one_item = item(declared("outcome", "X", base_type, cardinality=cardinality), put("X", fetch("GIVEN")))

    assert alike(outcomes(one_item, GIVEN=given)["X"], expected)


def test_an_outcome_that_is_not_declared_is_kept_all_the_same() -> None:
    assert outcomes(item("", put("SCORE", literal("float", "2"))))["SCORE"] == 2


def test_a_record_outcome_takes_records_only() -> None:
    one_item = item('<outcomeDeclaration identifier="X" cardinality="record"/>', put("X", fetch("GIVEN")))

    assert outcomes(one_item, GIVEN={"a": 1})["X"] == {"a": 1}
    assert outcomes(one_item, GIVEN=1)["X"] is None


TABLES = {
    "match": '<matchTable defaultValue="-1"><matchTableEntry sourceValue="1" targetValue="10"/>'
    '<matchTableEntry sourceValue="2" targetValue="20"/></matchTable>',
    "steps": '<interpolationTable defaultValue="-1"><interpolationTableEntry sourceValue="8" targetValue="3"/>'
    '<interpolationTableEntry sourceValue="5" targetValue="2" includeBoundary="false"/>'
    '<interpolationTableEntry sourceValue="0" targetValue="1"/></interpolationTable>',
    "bare": '<matchTable><matchTableEntry sourceValue="1" targetValue="10"/></matchTable>',
}
LOOKED_UP = [
    ("match", 1, 10),
    ("match", 2.0, 20),
    ("match", 3, -1),
    ("match", None, -1),
    ("match", identifier("A"), -1),
    ("bare", 3, None),
    ("steps", 9, 3),
    ("steps", 8, 3),
    ("steps", 5, 1),
    ("steps", 5.01, 2),
    ("steps", -1, -1),
    ("steps", None, -1),
    ("steps", float("nan"), -1),
]


@pytest.mark.parametrize(("table", "source", "expected"), LOOKED_UP)
def test_tables_turn_numbers_into_outcomes(table: str, source: Plain, expected: Plain) -> None:
    grade = declared("outcome", "GRADE", "float", inside=TABLES[table])
    one_item = item(grade, f'<lookupOutcomeValue identifier="GRADE">{fetch("GIVEN")}</lookupOutcomeValue>')

    assert outcomes(one_item, GIVEN=source)["GRADE"] == expected


def test_a_table_may_lead_to_identifiers_and_a_missing_one_leads_nowhere() -> None:
    inside = '<interpolationTable defaultValue="fail"><interpolationTableEntry sourceValue="5" targetValue="pass"/></interpolationTable>'
    rules = "".join(f'<lookupOutcomeValue identifier="{name}">{one(7)}</lookupOutcomeValue>' for name in ("GRADE", "SCORE"))

    got = outcomes(item(declared("outcome", "GRADE", "identifier", inside=inside) + SCORE, rules))

    assert (got["GRADE"], got["SCORE"]) == ("pass", 0)


def test_response_rules_of_other_systems_set_responses_and_go_back_to_defaults() -> None:
    rules = f"<setResponseValue identifier='R'>{one(4)}</setResponseValue>{put('SCORE', fetch('R'))}<setDefaultValue identifier='R'/>"
    last = put("AFTER", fetch("R"))

    got = outcomes(item(R + SCORE + declared("outcome", "AFTER", "integer", "9"), rules + last), R=1)

    assert (got["SCORE"], got["AFTER"]) == (4, None)
