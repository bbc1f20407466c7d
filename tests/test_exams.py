from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from assessment_engine.exams import (
    TRANSITIONS,
    CandidateFacts,
    EligibilityReason,
    Exam,
    ExamPolicy,
    ExamSession,
    ExamState,
    ExamVerb,
    eligibility_for,
    policy_of,
)
from assessment_engine.exams.policy import CalibrationUnfit
from assessment_engine.kernel.errors import IllegalTransition, Invalid
from assessment_engine.kernel.ids import CourseId, ExamId, FormId, OrganisationId, SessionId
from assessment_engine.kernel.machine import advance
from proctoring.calibration import CalibrationRecord

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def an_exam(*, course: str | None = None, state: ExamState = ExamState.OPEN) -> Exam:
    return Exam(
        id=ExamId("exa_1"),
        organisation_id=OrganisationId("org_1"),
        code="E1",
        title="Exam",
        title_hi="परीक्षा",
        form_id=FormId("for_1"),
        duration_s=3600,
        policy=ExamPolicy(),
        course_id=None if course is None else CourseId(course),
        state=state,
    )


@pytest.mark.parametrize(("state", "verb"), list(product(ExamState, ExamVerb)))
def test_an_exam_moves_only_as_the_table_says(state: ExamState, verb: ExamVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert advance(TRANSITIONS, state, verb) is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


ELIGIBLE = [
    (an_exam(), False, EligibilityReason.NOTHING_ASKED, True),
    (an_exam(course="crs_1"), False, EligibilityReason.COURSE_NOT_COMPLETED, False),
    (an_exam(course="crs_1"), True, EligibilityReason.COURSE_COMPLETED, True),
    (an_exam(state=ExamState.CLOSED), True, EligibilityReason.EXAM_CLOSED, False),
]


@pytest.mark.parametrize(("exam", "completed", "reason", "eligible"), ELIGIBLE)
def test_who_may_take_an_exam_is_told_with_the_reason(exam: Exam, completed: bool, reason: EligibilityReason, eligible: bool) -> None:
    decided = eligibility_for(exam, CandidateFacts(course_completed=completed), NOON.date())

    assert (decided.reason, decided.eligible) == (reason, eligible)


def test_a_policy_survives_its_document() -> None:
    policy = ExamPolicy(
        pass_share=Decimal("0.45"), cut_scores={"cmp_1": (Decimal("0.5"),)}, signals=("phone",), grace_s=9, evidence_days=30
    )

    assert policy_of(policy.document) == policy


def test_an_exam_is_pinned_to_its_calibration_and_to_no_other() -> None:
    record = CalibrationRecord(
        budget=0.1, threshold=11.0, windows_s=(15.0,), false_alarms=1, fresh_hours=20.0, false_alarms_low=0.0, false_alarms_high=0.3,
        hours=20.0, seed=1, generator="signal-1",
    )  # fmt: skip
    document = ExamPolicy(false_alert_budget=0.1, calibration=record, calibrated_on=date(2026, 11, 29)).document

    assert (policy_of(document).calibration, policy_of(document).calibrated_on) == (record, date(2026, 11, 29))
    with pytest.raises(Invalid):
        policy_of({**document, "calibration": {**record.as_json(), "threshold": 20.0}})
    with pytest.raises(Invalid):
        policy_of({"calibration": "none"})
    with pytest.raises(CalibrationUnfit):
        policy_of({**document, "false_alert_budget": 0.05})


def test_what_a_policy_leaves_out_has_its_default() -> None:
    assert policy_of({"pass_share": "0.5"}) == ExamPolicy(pass_share=Decimal("0.5"))


BROKEN: list[dict[str, Any]] = [
    {"pass_share": "1.1"},
    {"pass_share": "half"},
    {"min_observable_share": -0.1},
    {"false_alert_budget": -1},
    {"signals": ["mood"]},
    {"signals": "phone"},
    {"evidence_days": 0},
    {"evidence_days": 10**9},
    {"cut_scores": {"*": ["0.5", "0.4"]}},
    {"cut_scores": {"*": []}},
    {"cut_scores": ["0.5"]},
]


@pytest.mark.parametrize("document", BROKEN)
def test_a_policy_that_makes_no_sense_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        policy_of(document)


def test_a_session_closes_after_it_opens() -> None:
    with pytest.raises(Invalid):
        ExamSession(
            id=SessionId("ses_1"),
            exam_id=ExamId("exa_1"),
            organisation_id=OrganisationId("org_1"),
            title="Morning",
            opens_at=NOON,
            closes_at=NOON,
        )
