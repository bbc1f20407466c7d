"""Scripts: sessions written down as JSON."""

from collections.abc import Mapping
from typing import cast

import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, TooLarge
from item_bank.qti.session import run_script
from tests.item_bank.qti.session.papers import outcome, part, qti_item, qti_test, question, ref, refs, response, section
from tests.item_bank.qti.session.test_item import ADAPTIVE
from tests.item_bank.qti.session.test_outcomes import ITEMS

A, B = {"RESPONSE": "A"}, {"RESPONSE": "B"}


def steps(told: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    return cast("list[Mapping[str, Json]]", told["steps"])


def test_attempts_at_an_adaptive_item_are_run_one_after_another() -> None:
    told = run_script(
        ADAPTIVE,
        {
            "attempts": [
                B,
                {"responses": {"HINT": True}, "expect": {"feedback": ["HINTED"], "completionStatus": "incomplete"}},
                {"responses": A, "seconds": 20, "expect": {"completion status": "completed", "numAttempts": 3, "outcomes": {"SCORE": 0}}},
            ],
            "expect": {"outcomes": {"SCORE": 0.0, "WRONGS": 1}, "state": "closed", "duration": 20},
        },
    )

    assert told["ok"] is True, told
    assert (told["completionStatus"], cast("Mapping[str, Json]", told["outcomes"])["SCORE"]) == ("completed", 0.0)
    assert [step["do"] for step in steps(told)] == ["start", "submit", "submit", "submit"]


def test_what_differs_is_told() -> None:
    told = run_script(question(), {"attempts": [{"responses": B, "expect": {"outcomes": {"SCORE": 1}, "numAttempts": 2}}]})

    assert told["ok"] is False
    assert steps(told)[1]["wrong"] == [{"what": "SCORE", "expected": 1, "got": 0.0}, {"what": "numAttempts", "expected": 2, "got": 1}]


def test_a_refusal_can_be_expected() -> None:
    case: dict[str, Json] = {"max_attempts": 1, "attempts": [A, {"responses": A, "expect": {"refused": "no_more_attempts"}}]}

    assert run_script(question(), case)["ok"] is True
    assert run_script(question(), {**case, "max_attempts": 2})["ok"] is False


def test_a_refusal_that_was_not_expected_is_wrong() -> None:
    told = run_script(question(), {"max_attempts": 1, "attempts": [A, {"responses": A, "expect": {"numAttempts": 1}}]})

    assert steps(told)[2]["wrong"] == [{"what": "refused", "expected": None, "got": "no_more_attempts"}]


def test_a_whole_test_is_run() -> None:
    test = qti_test(
        part(section("S", refs("A B")), "P", "nonlinear") + part(ref("C"), "Q"),
        declarations=outcome("TOTAL"),
        processing='<setOutcomeValue identifier="TOTAL"><sum><testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue>',
    )
    told = run_script(
        (test, ITEMS),
        {
            "steps": [
                {"do": "start", "expect": {"item": "A", "part": "P", "state": "running", "plan": ["A", "B", "C"]}},
                {"do": "select item", "item": "B", "seconds": 5, "expect": {"item": "B"}},
                {"do": "respond", "responses": A, "expect": {"outcomes": {"TOTAL": 0}, "variables": {"B.RESPONSE": "A"}}},
                {"do": "end attempt", "expect": {"outcomes": {"TOTAL": 1, "B.SCORE": 1}}},
                {"do": "select", "item": "C", "expect": {"refused": "unknown_item"}},
                {"do": "end_part", "expect": {"state": "part_ended", "item": None}},
                {"do": "advance", "expect": {"item": "C", "part": "Q"}},
                {"do": "submit", "responses": {"RESPONSE": "A"}},
                {"do": "tick", "seconds": 30},
                {"do": "next"},
                {"expect": {"state": "ended", "time": 35, "variables": {"Q.duration": 30, "P.duration": 5}}},
            ],
            "expect": {"outcomes": {"TOTAL": 2}},
        },
    )

    assert told["ok"] is True, told


def test_the_seed_and_the_control_come_from_the_case() -> None:
    shuffled = qti_test(part(section("S", '<ordering shuffle="true"/>' + refs("A B C D"))))

    plans = {str(run_script((shuffled, ITEMS), {"seed": seed, "steps": []})["plan"]) for seed in range(10)}
    assert len(plans) > 3
    told = run_script(
        question(), {"control": {"showSolution": True}, "max_attempts": 1, "steps": [{"do": "submit", "responses": B}, {"do": "solution"}]}
    )
    assert cast("Mapping[str, Json]", steps(told)[2]["seen"])["solution"] == {"RESPONSE": "A"}


def test_an_unknown_step_is_refused_and_the_script_goes_on() -> None:
    told = run_script(question(), {"steps": [{"do": "dance"}, {"do": "submit", "responses": A}]})

    assert [step["refused"] for step in steps(told)] == [None, "unknown_step", None]
    assert cast("Mapping[str, Json]", told["outcomes"])["SCORE"] == 1.0


@pytest.mark.parametrize("case", [{"steps": "A"}, {"attempts": {"RESPONSE": "A"}}, {"steps": ["start"]}])
def test_a_case_that_is_no_script_is_refused(case: dict[str, Json]) -> None:
    with pytest.raises(Invalid):
        run_script(question(), case)


def test_a_script_without_end_is_refused() -> None:
    with pytest.raises(TooLarge):
        run_script(question(), {"attempts": [A] * 10_001})


def test_values_are_told_as_json() -> None:
    item = qti_item(
        response("P", base_type="pair"),
        '<responseDeclaration identifier="M" cardinality="multiple" baseType="integer"/>',
        response("B", base_type="boolean"),
        response("X", base_type="point"),
    )

    told = run_script(item, {"attempts": [{"P": "A B", "M": ["1", "2"], "B": "true", "X": "1 2"}]})

    variables = cast("Mapping[str, Json]", told["variables"])
    assert [variables[name] for name in "PMBX"] == ["A B", [1, 2], True, "1 2"]
    assert (variables["numAttempts"], variables["completionStatus"]) == (1, "unknown")


def test_the_plan_is_expected_in_its_order() -> None:
    test = qti_test(part(section("S", refs("A B"))))

    assert run_script((test, ITEMS), {"steps": [], "expect": {"plan": ["A", "B"]}})["ok"] is True
    assert run_script((test, ITEMS), {"steps": [], "expect": {"plan": ["B", "A"]}})["ok"] is False


def test_an_ordered_variable_is_expected_in_its_order() -> None:
    choices = '<simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B">b</simpleChoice>'
    declared = response().replace('cardinality="single"', 'cardinality="ordered"')
    ordering = qti_item(declared, body=f'<orderInteraction responseIdentifier="RESPONSE">{choices}</orderInteraction>')
    steps: list[Json] = [{"do": "submit", "responses": {"RESPONSE": ["A", "B"]}}]

    told = [run_script(ordering, {"steps": steps, "expect": {"variables": {"RESPONSE": want}}})["ok"] for want in (["A", "B"], ["B", "A"])]

    assert told == [True, False]
