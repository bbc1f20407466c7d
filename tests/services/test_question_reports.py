"""A reported question reaches the examination cell with its version, language and words, once, and nobody else reads it."""

from typing import Any

import pytest
from sqlalchemy import text

from assessment_engine.delivery.question_reports import (
    LONGEST_TEXT,
    MOST_OF_SITTING,
    TRANSITIONS,
    NewReport,
    QuestionReport,
    ReportState,
    ReportVerb,
)
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, NotYet, UnknownItem
from assessment_engine.kernel.ids import ItemVersionId, OrganisationId, PersonId, QuestionReportId, SittingId
from assessment_engine.people import Role
from assessment_engine.services import question_reports
from assessment_engine.services.engine import Engine
from tests.builders import NOON, World, a_person, a_stored_sitting, a_world, an_organisation, steer


def a_report(world: World, **changes: Any) -> NewReport:
    plain = {"item_id": world.items[0], "language": "hi", "text": "Two answers are right."}
    return NewReport(**{**plain, **changes})


def test_a_report_reaches_the_cell_with_version_language_words_and_time(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)

    report = question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))

    (card,) = question_reports.reports(any_engine, officer)
    assert card.report == report
    assert (card.version.id, card.report.language, card.report.text) == (world.items[0], "hi", "Two answers are right.")
    assert (card.report.reported_at, card.report.state, card.of_version) == (any_engine.clock.now(), ReportState.NEW, 1)


def test_the_exam_event_knows_of_the_report_and_not_its_words(any_engine: Engine) -> None:
    world = a_world(any_engine)

    question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))

    with any_engine.store.read() as tx:
        (event,) = tx.events.of_sitting(world.sitting_id)
    assert (event.kind, event.subject, event.data["language"]) == ("question_reported", world.items[0], "hi")
    assert "Two answers" not in str(event.data)


def test_the_same_words_again_are_the_same_report(any_engine: Engine) -> None:
    world = a_world(any_engine)

    first = question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))
    again = question_reports.report_question(
        any_engine, world.candidate, world.sitting_id, a_report(world, text=" Two answers are right. ")
    )

    assert first == again
    assert question_reports.of_sitting(any_engine, world.candidate, world.sitting_id) == [first]


def test_a_version_counts_the_sittings_that_reported_it(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    neighbour = a_person(any_engine, world.organisation_id, name="Bina Das")
    other = a_stored_sitting(any_engine, neighbour, world.exam_id, world.session_id, world.form_id)

    for words in ("one thing", "another thing"):
        question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world, text=words))
    question_reports.report_question(any_engine, neighbour, other, a_report(world))

    assert {card.of_version for card in question_reports.reports(any_engine, officer)} == {2}


def test_a_bad_report_is_refused_and_nothing_is_kept(any_engine: Engine) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, world.organisation_id, name="Bina Das")

    def report(actor: Any = world.candidate, **changes: Any) -> None:
        question_reports.report_question(any_engine, actor, world.sitting_id, a_report(world, **changes))

    for changes in ({"text": "  "}, {"text": "x" * (LONGEST_TEXT + 1)}, {"language": "fr"}):
        with pytest.raises(Invalid):
            report(**changes)
    with pytest.raises(UnknownItem):
        report(item_id=ItemVersionId("itv_other"))
    with pytest.raises(NotFound):
        report(stranger)
    assert question_reports.of_sitting(any_engine, world.candidate, world.sitting_id) == []


@pytest.mark.parametrize("state", [SittingState.ADMITTED, SittingState.SUBMITTED])
def test_questions_are_reported_during_the_exam(any_engine: Engine, state: SittingState) -> None:
    world = a_world(any_engine, state=state)

    with pytest.raises(NotYet):
        question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))


def test_a_sitting_has_so_many_reports_and_no_more(any_engine: Engine) -> None:
    world = a_world(any_engine)
    for number in range(MOST_OF_SITTING):
        question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world, text=f"number {number}"))

    with pytest.raises(Conflict):
        question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world, text="one more"))


def test_an_officer_answers_dismisses_and_reopens_with_a_note(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER, name="Kavita Iyer")
    report = question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))
    steer(any_engine).advance(60)

    question_reports.decide(any_engine, officer, report.id, ReportVerb.ANSWER, "The key has one answer; the wording will be clearer.")

    (card,) = question_reports.reports(any_engine, officer)
    assert (card.report.state, card.report.note[:7], card.seen_by) == (ReportState.ANSWERED, "The key", "Kavita Iyer")
    assert question_reports.decide(any_engine, officer, report.id, ReportVerb.REOPEN, "").state is ReportState.NEW
    with any_engine.store.read() as tx:
        entries = tx.connection.execute(text("SELECT kind FROM audit_entries WHERE subject = :id"), {"id": report.id}).scalars().all()
    assert entries == ["question_report_decided"] * 2


def test_only_the_cell_of_the_organisation_decides(any_engine: Engine) -> None:
    world = a_world(any_engine)
    report = question_reports.report_question(any_engine, world.candidate, world.sitting_id, a_report(world))
    invigilator = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    stranger = a_person(any_engine, an_organisation(any_engine, "Another"), Role.CELL_OFFICER)

    with pytest.raises(NotAllowed):
        question_reports.decide(any_engine, invigilator, report.id, ReportVerb.DISMISS, "nothing")
    with pytest.raises(NotFound):
        question_reports.decide(any_engine, stranger, report.id, ReportVerb.DISMISS, "nothing")
    with pytest.raises(Invalid):
        question_reports.decide(any_engine, officer, report.id, ReportVerb.DISMISS, " ")
    assert question_reports.reports(any_engine, stranger) == []


@pytest.mark.parametrize("state", list(ReportState))
@pytest.mark.parametrize("verb", list(ReportVerb))
def test_every_pair_of_state_and_verb(state: ReportState, verb: ReportVerb) -> None:
    report = QuestionReport(
        id=QuestionReportId("qrp_1"),
        organisation_id=OrganisationId("org_1"),
        sitting_id=SittingId("sit_1"),
        item_id=ItemVersionId("itv_1"),
        language="en",
        text="Two answers are right.",
        reported_at=NOON,
        state=state,
    )

    if (state, verb) in TRANSITIONS:
        assert report.decide(verb, PersonId("per_1"), NOON, "seen").state is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            report.decide(verb, PersonId("per_1"), NOON, "seen")
