"""Outcome processing: what a test makes of its items."""

import pytest

from item_bank.qti.model import QtiItem
from item_bank.qti.session import TestSession, TestState
from item_bank.qti.values import BaseType, Value, integer, number, single
from tests.item_bank.qti.session.papers import (
    MATCH,
    RIGHT,
    WRONG,
    begun,
    condition,
    current,
    outcome,
    part,
    qti_item,
    qti_test,
    question,
    ref,
    response,
    score_of,
    section,
    word,
)

UNKEYED = qti_item(response(), outcome(), outcome("LEVEL", "string", "low"), MATCH)
ITEMS: dict[str, QtiItem] = {
    "A.xml": question(),
    "B.xml": question(maximum="2"),
    "C.xml": question(),
    "D.xml": UNKEYED,
}
PAPER = section(
    "S",
    ref("A", '<weight identifier="W" value="2"/>', category="easy read")
    + ref("B", '<weight identifier="W" value="0.5"/>', category="hard")
    + section("T", ref("C", category="easy") + ref("D", category="read")),
)


def took(expression: str, base_type: str = "float", cardinality: str = "single", answers: str = "+-") -> Value | None:
    """Answer the first items rightly or wrongly, and return what the expression then comes to."""
    test = qti_test(
        part(PAPER),
        declarations=outcome("X", base_type, cardinality=cardinality),
        processing=f'<setOutcomeValue identifier="X">{expression}</setOutcomeValue>',
    )
    session = begun(test, ITEMS).start(0)
    for answer in answers:
        session = session.attempt(RIGHT if answer == "+" else WRONG, 0).next(0)
    return session.outcomes["X"]


COUNTS = [
    ("<numberSelected/>", "+-", 4),
    ("<numberPresented/>", "+", 1),
    ("<numberPresented/>", "+-", 2),
    ("<numberResponded/>", "+-", 2),
    ("<numberCorrect/>", "+-", 1),
    ("<numberIncorrect/>", "+-", 1),
    ("<numberIncorrect/>", "+-+", 1),
    ("<numberCorrect/>", "+++", 3),
    ('<numberSelected includeCategory="easy"/>', "+", 2),
    ('<numberSelected includeCategory="easy hard"/>', "+", 3),
    ('<numberSelected excludeCategory="read"/>', "+", 2),
    ('<numberSelected includeCategory="easy" excludeCategory="read"/>', "+", 1),
    ('<numberSelected sectionIdentifier="T"/>', "+", 2),
    ('<numberSelected sectionIdentifier="S"/>', "+", 4),
    ('<numberSelected sectionIdentifier="NONE"/>', "+", 0),
    ('<numberCorrect sectionIdentifier="T"/>', "+++", 1),
]


@pytest.mark.parametrize(("expression", "answers", "count"), COUNTS)
def test_items_are_counted(expression: str, answers: str, count: int) -> None:
    assert took(expression, "integer", answers=answers) == integer(count)


VALUES = [
    ('<sum><testVariables variableIdentifier="SCORE"/></sum>', "+-", 1.0),
    ('<sum><testVariables variableIdentifier="SCORE"/></sum>', "+++", 3.0),
    ('<sum><testVariables variableIdentifier="SCORE" weightIdentifier="W"/></sum>', "+++", 3.5),
    ('<sum><testVariables variableIdentifier="SCORE" includeCategory="easy"/></sum>', "+++", 2.0),
    ('<sum><testVariables variableIdentifier="SCORE" excludeCategory="easy"/></sum>', "+++", 1.0),
    ('<sum><testVariables variableIdentifier="SCORE" sectionIdentifier="T"/></sum>', "+++", 1.0),
    ('<sum><testVariables variableIdentifier="SCORE" baseType="float"/></sum>', "++", 2.0),
    ('<sum><testVariables variableIdentifier="numAttempts"/></sum>', "++", 2.0),
    ('<variable identifier="A.SCORE"/>', "+", 1.0),
    ('<variable identifier="A.SCORE" weightIdentifier="W"/>', "+", 2.0),
    ('<variable identifier="A.SCORE" weightIdentifier="NONE"/>', "+", 1.0),
    ('<variable identifier="C.SCORE"/>', "+", 0.0),
    ('<sum><outcomeMinimum outcomeIdentifier="SCORE"/></sum>', "+", -3.0),
    ('<sum><outcomeMinimum outcomeIdentifier="SCORE" weightIdentifier="W"/></sum>', "+", -3.5),
    ('<sum><outcomeMaximum outcomeIdentifier="SCORE" excludeCategory="read"/></sum>', "+", 3.0),
    ('<sum><outcomeMaximum outcomeIdentifier="SCORE" weightIdentifier="W" includeCategory="hard"/></sum>', "+", 1.0),
]


@pytest.mark.parametrize(("expression", "answers", "value"), VALUES)
def test_values_are_gathered(expression: str, answers: str, value: float) -> None:
    assert took(expression, answers=answers) == number(value)


NULLS = [
    '<sum><testVariables variableIdentifier="NONE"/></sum>',
    '<sum><testVariables variableIdentifier="LEVEL"/></sum>',
    '<sum><testVariables variableIdentifier="SCORE" baseType="integer"/></sum>',
    '<variable identifier="A.NONE"/>',
    '<variable identifier="NONE.SCORE"/>',
    '<sum><outcomeMaximum outcomeIdentifier="SCORE"/></sum>',  # D declares no maximum
    '<sum><outcomeMinimum outcomeIdentifier="NONE"/></sum>',
]


@pytest.mark.parametrize("expression", NULLS)
def test_what_nobody_says_is_null(expression: str) -> None:
    assert took(expression) is None


def test_words_of_a_type_are_gathered_too() -> None:
    found = took('<testVariables variableIdentifier="LEVEL" baseType="string"/>', "string", "multiple")

    assert found is not None and found.atoms == ("low",)


def test_a_mapped_variable_has_its_name_of_the_test() -> None:
    test = qti_test(
        part(ref("A", '<variableMapping sourceIdentifier="SCORE" targetIdentifier="POINTS"/>') + ref("B")),
        declarations=outcome("X"),
        processing=condition("X", '<sum><testVariables variableIdentifier="POINTS"/><variable identifier="A.POINTS"/></sum>'),
    )

    assert begun(test, ITEMS).start(0).attempt(RIGHT, 0).outcomes["X"] == number(2.0)


def test_outcomes_start_anew_before_every_run() -> None:
    more = condition("X", '<sum><variable identifier="X"/><baseValue baseType="float">1</baseValue></sum>')
    session = begun(qti_test(part(ref("A") + ref("B")), declarations=outcome("X", default="5"), processing=more), ITEMS).start(0)

    assert session.outcomes["X"] == number(5.0)
    assert session.attempt(RIGHT, 0).next(0).attempt(RIGHT, 0).outcomes["X"] == number(6.0)


def test_conditions_lookups_and_fragments_run() -> None:
    grade = (
        '<outcomeDeclaration identifier="GRADE" cardinality="single" baseType="identifier"><matchTable defaultValue="fail">'
        '<matchTableEntry sourceValue="1" targetValue="pass"/></matchTable></outcomeDeclaration>'
    )
    processing = (
        "<outcomeCondition><outcomeIf>"
        + score_of("A")
        + condition("X", '<baseValue baseType="float">10</baseValue>')
        + "</outcomeIf><outcomeElse>"
        + condition("X", '<baseValue baseType="float">-1</baseValue>')
        + '</outcomeElse></outcomeCondition><outcomeProcessingFragment><lookupOutcomeValue identifier="GRADE"><numberCorrect/>'
        "</lookupOutcomeValue></outcomeProcessingFragment>"
    )
    session = begun(qti_test(part(ref("A") + ref("B")), declarations=outcome("X") + grade, processing=processing), ITEMS).start(0)

    assert session.attempt(RIGHT, 0).outcomes == {"X": number(10.0), "GRADE": word("pass")}
    assert session.attempt(WRONG, 0).outcomes == {"X": number(-1.0), "GRADE": word("fail")}


def test_exit_test_ends_the_test_at_once() -> None:
    processing = (
        "<outcomeCondition><outcomeIf>"
        + score_of("A")
        + "<exitTest/></outcomeIf></outcomeCondition>"
        + condition("X", '<baseValue baseType="float">1</baseValue>')
    )
    session = begun(qti_test(part(ref("A") + ref("B")), declarations=outcome("X"), processing=processing), ITEMS).start(0)

    assert session.attempt(RIGHT, 0).state is TestState.ENDED
    assert session.attempt(RIGHT, 0).outcomes["X"] == number(0.0)
    assert session.attempt(WRONG, 0).state is TestState.RUNNING
    assert session.attempt(WRONG, 0).outcomes["X"] == number(1.0)


def again(submission: str, expression: str) -> TestSession:
    drill = section("S", '<selection select="2" withReplacement="true"/>' + ref("A"))
    processing = condition("X", expression)
    test = qti_test(part(drill, submission=submission), declarations=outcome("X"), processing=processing)
    return begun(test, ITEMS).start(0).attempt(RIGHT, 0).next(0).attempt(WRONG, 0).next(0)


@pytest.mark.parametrize(
    ("submission", "name", "value"),
    [
        ("individual", "A.1.SCORE", 1.0),
        ("individual", "A.2.SCORE", 0.0),
        ("individual", "A.SCORE", None),
        ("simultaneous", "A.1.SCORE", 1.0),
        ("simultaneous", "A.SCORE", 0.0),
    ],
)
def test_instances_of_one_item_have_numbers(submission: str, name: str, value: float | None) -> None:
    assert again(submission, f'<variable identifier="{name}"/>').outcomes["X"] == (None if value is None else number(value))


def test_time_is_a_variable_of_tests_parts_sections_and_items() -> None:
    names = ("duration", "P.duration", "S.duration", "T.duration", "A.duration")
    test = qti_test(
        part(section("S", ref("A") + section("T", ref("B")))),
        declarations="".join(outcome(f"X{at}", "duration") for at in range(5)),
        processing="".join(condition(f"X{at}", f'<variable identifier="{name}"/>') for at, name in enumerate(names)),
    )

    session = begun(test, ITEMS).start(100).attempt(RIGHT, 110).next(115).attempt(RIGHT, 140)

    spent = [40.0, 40.0, 40.0, 25.0, 10.0]
    assert [session.outcomes[f"X{at}"] for at in range(5)] == [single(BaseType.DURATION, seconds) for seconds in spent]


def test_a_template_default_can_come_from_what_was_answered_before() -> None:
    clone = qti_item(
        '<templateDeclaration identifier="N" cardinality="single" baseType="float"><defaultValue><value>7</value></defaultValue>'
        "</templateDeclaration>",
        response(correct="A"),
        outcome(),
        MATCH,
    )
    given = '<templateDefault templateIdentifier="N"><variable identifier="A.SCORE"/></templateDefault>'
    session = begun(qti_test(part(ref("A") + ref("N", given))), {**ITEMS, "N.xml": clone}).start(0).attempt(RIGHT, 0).next(0)

    assert session.sessions["N"].values["N"] == number(1.0)


def test_feedback_is_read_while_the_test_goes_on_or_when_it_has_ended() -> None:
    def feedback(identifier: str, access: str, show: str = "show") -> str:
        return f'<testFeedback access="{access}" outcomeIdentifier="X" identifier="{identifier}" showHide="{show}"><p>.</p></testFeedback>'

    test = qti_test(
        part(ref("A") + feedback("good", "during") + feedback("good", "atEnd") + feedback("good", "during", "hide"), "P")
        + part(ref("B"), "Q"),
        declarations=outcome("X", "identifier"),
        processing="<outcomeCondition><outcomeIf>" + score_of("A") + condition("X", '<baseValue baseType="identifier">good</baseValue>')
        + "</outcomeIf></outcomeCondition>",
        rest=feedback("good", "atEnd"),
    )  # fmt: skip
    started = begun(test, ITEMS).start(0)
    answered = started.attempt(RIGHT, 0)
    between = answered.next(0)
    ended = between.advance(0).next(0)

    def shown(session: TestSession) -> list[tuple[str, bool]]:
        return [("show" if each.shown.show else "hide", each.at_end) for each in session.feedbacks]

    assert shown(started) == [("hide", False)]
    assert shown(answered) == [("show", False)]
    assert (between.state, current(between), shown(between)) == (TestState.PART_ENDED, None, [("show", True)])
    assert (ended.state, shown(ended)) == (TestState.ENDED, [("show", True)])
