"""Navigation and submission modes, item session control, time limits, ends."""

import pytest

from assessment_engine.kernel.errors import AfterTime, AssessmentError, IllegalTransition, NotYet, WrongResponse
from item_bank.qti.model.results import VariableKind
from item_bank.qti.reader import read_results
from item_bank.qti.session import TestSession, TestState, report
from item_bank.qti.values import number
from item_bank.qti.writer import write_results
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
    ref,
    refs,
    response,
    section,
)

TOTAL = {"declarations": outcome("TOTAL"), "processing": condition("TOTAL", '<sum><testVariables variableIdentifier="SCORE"/></sum>')}


def paper(inner: str, navigation: str = "nonlinear", submission: str = "individual") -> TestSession:
    return begun(qti_test(part(inner, navigation=navigation, submission=submission), **TOTAL)).start(0)


def limits(**seconds: str) -> str:
    return "<timeLimits " + " ".join(f'{name}="{value}"' for name, value in seconds.items()) + "/>"


def total(session: TestSession) -> object:
    return session.outcomes["TOTAL"]


def test_a_nonlinear_part_is_walked_freely_until_it_is_ended() -> None:
    session = paper(refs("A B C")).select("C", 0).attempt(RIGHT, 0).select("A", 0).attempt(RIGHT, 0)

    assert (total(session), current(session), session.state) == (number(2.0), "A", TestState.RUNNING)
    assert session.end_part(0).state is TestState.ENDED


def test_behind_the_last_item_of_a_nonlinear_part_there_is_nothing() -> None:
    with pytest.raises(IllegalTransition):
        paper(refs("A")).next(0)


def test_in_simultaneous_mode_nothing_is_scored_before_the_part_ends() -> None:
    session = paper(refs("A B"), submission="simultaneous").attempt(WRONG, 0).attempt(RIGHT, 0).next(0).attempt(RIGHT, 0)

    assert total(session) == number(0.0)
    assert session.sessions["A"].num_attempts == 0
    ended = session.end_part(0)
    assert (total(ended), ended.sessions["A"].num_attempts) == (number(2.0), 1)


def test_in_simultaneous_mode_what_was_shown_and_not_answered_is_submitted_empty() -> None:
    ended = paper(refs("A B"), submission="simultaneous").end_part(0)

    assert [ended.sessions[key].num_attempts for key in "AB"] == [1, 0]


def test_a_linear_simultaneous_part_is_scored_behind_its_last_item() -> None:
    session = paper(refs("A B"), "linear", "simultaneous").attempt(RIGHT, 0).next(0).attempt(RIGHT, 0)

    assert (total(session), total(session.next(0))) == (number(0.0), number(2.0))


def test_an_answer_that_was_held_is_submitted_when_the_candidate_leaves_for_good() -> None:
    held = paper(refs("A B"), "linear").hold(RIGHT, 0)

    assert total(held) == number(0.0)
    assert total(held.next(0)) == number(1.0)
    assert total(held.exit(0)) == number(1.0)
    free = paper(refs("A B")).hold(RIGHT, 0).select("B", 0)
    assert (total(free), total(free.end_part(0))) == (number(0.0), number(1.0))


def test_an_answer_that_was_held_is_submitted_when_another_one_ends_the_test() -> None:
    leaves = '<outcomeCondition><outcomeIf><gte><variable identifier="B.SCORE"/><baseValue baseType="float">1</baseValue></gte><exitTest/>'
    processing = TOTAL["processing"] + leaves + "</outcomeIf></outcomeCondition>"
    test = qti_test(part(refs("A B"), navigation="nonlinear"), declarations=TOTAL["declarations"], processing=processing)

    ended = begun(test).start(0).hold(RIGHT, 0).select("B", 0).attempt(RIGHT, 0)

    assert (ended.state, total(ended)) == (TestState.ENDED, number(2.0))


NO_SKIPPING = '<itemSessionControl allowSkipping="false"/>'


def test_what_may_not_be_skipped_is_in_the_way() -> None:
    session = paper(NO_SKIPPING + refs("A B"), "linear")

    with pytest.raises(NotYet):
        session.next(0)
    with pytest.raises(NotYet):
        session.attempt({}, 0)
    assert current(session.attempt(WRONG, 0).next(0)) == "B"


def test_a_nonlinear_part_cannot_be_ended_before_everything_is_answered_that_must_be() -> None:
    session = paper(NO_SKIPPING + refs("A B")).attempt(RIGHT, 0)

    with pytest.raises(NotYet):
        session.end_part(0)
    assert current(session.select("B", 0)) == "B"
    assert session.select("B", 0).attempt(WRONG, 0).end_part(0).state is TestState.ENDED
    assert session.exit(0).state is TestState.ENDED


def test_skipping_means_nothing_in_simultaneous_mode() -> None:
    assert paper(NO_SKIPPING + refs("A B"), submission="simultaneous").end_part(0).state is TestState.ENDED


CHOICE = '<choiceInteraction responseIdentifier="RESPONSE" minChoices="1"><simpleChoice identifier="A">A</simpleChoice></choiceInteraction>'


def test_responses_are_validated_in_individual_mode_only() -> None:
    item = qti_item(response(correct="A"), outcome(), MATCH, body=CHOICE)
    strict = '<itemSessionControl validateResponses="true"/>' + refs("A")

    def started(submission: str) -> TestSession:
        return begun(qti_test(part(strict, navigation="nonlinear", submission=submission)), {"A.xml": item}).start(0)

    with pytest.raises(WrongResponse):
        started("individual").attempt({}, 0)
    with pytest.raises(WrongResponse):
        started("individual").end_part(0)
    assert started("simultaneous").attempt({}, 0).end_part(0).state is TestState.ENDED


def test_attempts_are_limited_by_the_control_around_the_item() -> None:
    session = paper('<itemSessionControl maxAttempts="2"/>' + refs("A")).attempt(WRONG, 0).attempt(RIGHT, 0)

    assert total(session) == number(1.0)
    with pytest.raises(IllegalTransition):
        session.attempt(WRONG, 0)


def test_an_item_that_may_not_be_reviewed_is_not_shown_again() -> None:
    closed = '<itemSessionControl allowReview="false"/>'
    session = paper(refs("A") + ref("B", closed)).select("B", 0)

    assert current(session.select("A", 0).select("B", 0)) == "B"
    with pytest.raises(IllegalTransition) as refused:
        session.attempt(RIGHT, 0).select("A", 0).select("B", 0)
    assert refused.value.details["problem"] == "review_not_allowed"


def test_after_the_end_only_what_was_seen_may_be_reviewed() -> None:
    session = paper(refs("A B C")).select("B", 0).exit(0)

    assert [session.may_review(key) for key in "ABC"] == [True, True, False]


PLACES = {
    "item": ref("A", limits(maxTime="10")) + refs("B"),
    "section": section("S", limits(maxTime="10") + refs("A")) + refs("B"),
    "part": limits(maxTime="10") + refs("A B"),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_answer_after_time_is_refused(place: str) -> None:
    session = paper(PLACES[place], "linear")

    assert total(session.attempt(RIGHT, 10)) == number(1.0)
    with pytest.raises(AfterTime):
        session.attempt(RIGHT, 10.01)
    with pytest.raises(AfterTime):
        session.hold(RIGHT, 11)


@pytest.mark.parametrize(("place", "follows"), [("item", "B"), ("section", "B"), ("part", None)])
def test_when_time_is_over_the_test_goes_on_to_what_has_time_left(place: str, follows: str | None) -> None:
    session = paper(NO_SKIPPING + PLACES[place], "linear").next(20)

    assert current(session) == follows
    assert session.state is (TestState.RUNNING if follows else TestState.ENDED)


def test_when_the_time_of_the_test_is_over_nothing_more_is_entered() -> None:
    test = qti_test(part(refs("A B"), "P") + part(refs("C"), "Q"), declarations=limits(maxTime="60"))

    assert begun(test).start(0).next(61).state is TestState.ENDED


@pytest.mark.parametrize("place", ["item", "section", "part"])
def test_late_answers_are_taken_where_the_limit_allows_them(place: str) -> None:
    inner = PLACES[place].replace('maxTime="10"', 'maxTime="10" allowLateSubmission="true"')

    assert total(paper(inner, "linear").attempt(RIGHT, 50)) == number(1.0)


def test_every_limit_that_is_over_must_allow_late_answers() -> None:
    inner = limits(maxTime="20") + ref("A", limits(maxTime="10", allowLateSubmission="true"))

    assert total(paper(inner, "linear").attempt(RIGHT, 15)) == number(1.0)
    with pytest.raises(AfterTime):
        paper(inner, "linear").attempt(RIGHT, 25)


def test_what_was_answered_in_time_is_kept_when_time_is_over() -> None:
    assert total(paper(PLACES["part"], "linear").hold(RIGHT, 5).next(100)) == number(1.0)


def test_a_minimum_time_holds_in_a_linear_part() -> None:
    inner = ref("A", limits(minTime="30")) + section("S", limits(minTime="60") + refs("B C")) + refs("D")
    session = paper(inner, "linear")

    with pytest.raises(NotYet) as refused:
        session.next(29)
    assert refused.value.details == {"problem": "too_early", "place": "A"}
    inside = session.next(30).next(40)
    assert current(inside) == "C"
    with pytest.raises(NotYet):
        inside.next(89)
    assert current(inside.next(90)) == "D"
    assert current(paper(inner).next(1)) == "B"


def test_time_in_one_item_is_not_time_in_another() -> None:
    session = paper(ref("A", limits(maxTime="10")) + refs("B")).select("B", 5).select("A", 500)

    assert total(session.attempt(RIGHT, 504)) == number(1.0)
    assert session.pass_time(504).sessions["A"].duration == 9.0


def test_time_never_goes_back() -> None:
    session = paper(refs("A B")).pass_time(10).pass_time(5).pass_time(12)

    assert (session.now, session.spent.test) == (12, 12.0)


def test_an_interruption_takes_no_time() -> None:
    session = paper(ref("A", limits(maxTime="10")), "linear").pass_time(4).resume(1000).attempt(RIGHT, 1005)

    assert (session.spent.test, session.sessions["A"].duration) == (9.0, 9.0)


@pytest.mark.parametrize("verb", ["next", "end_part", "advance", "exit"])
def test_nothing_happens_after_the_end(verb: str) -> None:
    ended = paper(refs("A")).exit(0)

    with pytest.raises(AssessmentError):
        getattr(ended, verb)(0)
    with pytest.raises(IllegalTransition):
        ended.attempt(RIGHT, 0)


def test_a_test_begins_once() -> None:
    session = paper(refs("A"))

    with pytest.raises(IllegalTransition):
        session.start(0)


def test_a_linear_part_is_not_ended_before_its_end() -> None:
    session = paper(refs("A B"), "linear")

    with pytest.raises(IllegalTransition):
        session.end_part(0)
    assert session.next(0).end_part(0).state is TestState.ENDED


def test_a_part_that_has_ended_waits_for_the_candidate() -> None:
    test = qti_test(part(refs("A"), "P") + part(refs("B"), "Q", "nonlinear"))
    ended = begun(test).start(0).next(0)

    assert (ended.state, ended.part and ended.part.identifier) == (TestState.PART_ENDED, "P")
    went_on = ended.advance(30)
    assert (went_on.state, current(went_on), went_on.spent.places) == (TestState.RUNNING, "B", {"P": 0.0})
    assert went_on.spent.test == 30.0


def test_a_test_is_reported_as_results() -> None:
    session = paper(refs("A B"), "linear").attempt(RIGHT, 7).next(8).exit(9)

    result = read_results(write_results(report(session, candidate="C1", datestamp="2026-11-25T10:00:00Z", sitting=("us", "S1"))))

    assert (result.candidate, result.sessions) == ("C1", (("us", "S1"),))
    assert result.test is not None and result.test.variables[-1].value == number(1.0)
    first, second = result.items
    assert (first.identifier, first.sequence_index, first.status, second.status) == ("A", 1, "final", "pendingSubmission")
    assert first.named(VariableKind.RESPONSE)["RESPONSE"].value == RIGHT["RESPONSE"]
    assert first.named(VariableKind.RESPONSE)["duration"].written == ("7.0",)
    assert first.named(VariableKind.OUTCOME)["SCORE"].value == number(1.0)
    assert first.named(VariableKind.RESPONSE)["RESPONSE"].correct is None
