"""The certificate's states and its rule, without a database: every pair of state and verb, every combination of facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.certification.certificate import (
    CLEARING,
    TRANSITIONS,
    Batched,
    CertificateState,
    CertificateVerb,
    Facts,
    Holder,
    HoldReason,
    Proctored,
    Scored,
    may_issue,
    new_number,
)
from assessment_engine.invigilation import Outcome
from assessment_engine.kernel.errors import IllegalTransition
from assessment_engine.kernel.ids import BatchId, ScoreReportId
from assessment_engine.kernel.machine import advance

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
S, V, R, H = CertificateState, CertificateVerb, HoldReason, Holder
EXPECTED = {
    (S.ISSUED, V.SUSPEND): S.SUSPENDED,
    (S.ISSUED, V.REVOKE): S.REVOKED,
    (S.SUSPENDED, V.REINSTATE): S.ISSUED,
    (S.SUSPENDED, V.REVOKE): S.REVOKED,
}
READY = Facts(
    began_at=NOON,
    sealed_at=NOON,
    scored=Scored(report_id=ScoreReportId("rep_1"), passed=True, at=NOON),
    proctored=Proctored(drained_at=NOON, decision_id="dec_1", outcome="unflagged", decided_at=NOON),
    batched=Batched(id=BatchId("bat_1"), created_at=NOON, approvals=(NOON, NOON), published_at=NOON),
)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", list(V))
def test_every_pair_of_state_and_verb(state: CertificateState, verb: CertificateVerb) -> None:
    if (state, verb) in EXPECTED:
        assert advance(TRANSITIONS, state, verb) is EXPECTED[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


def test_nothing_holds_what_is_ready() -> None:
    assert may_issue(READY) == []


def minutes(number: int) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=number)


BEGUN = Facts(began_at=NOON, sealed_at=None, scored=None, proctored=Proctored(drained_at=None), batched=None)
SEALED = replace(BEGUN, sealed_at=minutes(60))
SCORED = replace(READY, began_at=NOON, sealed_at=minutes(60), scored=Scored(report_id=ScoreReportId("rep_1"), passed=True, at=minutes(61)))
FAILED = replace(SCORED, scored=Scored(report_id=ScoreReportId("rep_1"), passed=False, at=minutes(61)), batched=None)
DRAFT = Batched(id=BatchId("bat_1"), created_at=minutes(70), approvals=(), published_at=None)


def seen(**facts: Any) -> Facts:
    """Everything is ready but what the camera showed."""
    return replace(SCORED, proctored=Proctored(**{"drained_at": minutes(62), **facts}))


STAGES: dict[str, tuple[Facts, list[tuple[HoldReason, Holder, datetime, int]]]] = {
    "cancelled before the end": (replace(BEGUN, voided=True), [(R.VOIDED, H.NOBODY, NOON, 1)]),
    "cancelled afterwards": (replace(SCORED, voided=True), [(R.VOIDED, H.NOBODY, minutes(60), 1)]),
    "a recording was played": (replace(SCORED, simulated=True), [(R.SIMULATED, H.NOBODY, minutes(60), 1)]),
    "not handed in": (BEGUN, [(R.NOT_SUBMITTED, H.CANDIDATE, NOON, 1)]),
    "just handed in": (SEALED, [(R.SCORING, H.SYSTEM, minutes(60), 1), (R.STREAM_NOT_DRAINED, H.SYSTEM, minutes(60), 1)]),
    "not passed": (FAILED, [(R.NOT_PASSED, H.NOBODY, minutes(61), 1)]),
    "pictures not looked through": (seen(drained_at=None), [(R.STREAM_NOT_DRAINED, H.SYSTEM, minutes(60), 1)]),
    "two undecided flags": (
        seen(open_cases=(minutes(30), minutes(20))),
        [(R.UNDECIDED_INCIDENTS, H.INVIGILATORS, minutes(20), 2)],
    ),
    "one judged against": (seen(second_cases=(minutes(65),)), [(R.SECOND_PERSON_NEEDED, H.INVIGILATORS, minutes(65), 1)]),
    "one of each": (
        seen(open_cases=(minutes(20),), second_cases=(minutes(65),)),
        [(R.UNDECIDED_INCIDENTS, H.INVIGILATORS, minutes(20), 1), (R.SECOND_PERSON_NEEDED, H.INVIGILATORS, minutes(65), 1)],
    ),
    "too little seen": (seen(seen_too_little=True), [(R.TOO_LITTLE_SEEN, H.INVIGILATORS, minutes(62), 1)]),
    "not settled yet": (seen(), [(R.DECISION_PENDING, H.SYSTEM, minutes(62), 1)]),
    "decided against": (seen(outcome="adverse", decided_at=minutes(66)), [(R.ADVERSE_DECISION, H.NOBODY, minutes(66), 1)]),
    "a late flag over a decision": (
        seen(open_cases=(minutes(90),), outcome=None),
        [(R.UNDECIDED_INCIDENTS, H.INVIGILATORS, minutes(90), 1)],
    ),
    "two grievances": (
        replace(SCORED, grievances=(minutes(75), minutes(71))),
        [(R.GRIEVANCE_OPEN, H.GRIEVANCE_OFFICER, minutes(71), 2)],
    ),
    "in no batch": (replace(SCORED, batched=None), [(R.BATCH_NOT_DRAFTED, H.CELL, minutes(61), 1)]),
    "drafted": (replace(SCORED, batched=DRAFT), [(R.FIRST_SIGNATURE, H.CELL, minutes(70), 1)]),
    "approved once": (
        replace(SCORED, batched=replace(DRAFT, approvals=(minutes(72),))),
        [(R.SECOND_SIGNATURE, H.CELL, minutes(72), 1)],
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_why_not_yet_says_what_who_and_since_when(stage: str) -> None:
    facts, expected = STAGES[stage]

    assert [(hold.reason, hold.holder, hold.since, hold.count) for hold in may_issue(facts)] == expected


def test_every_reason_has_its_stage() -> None:
    assert {hold[0] for _, holds in STAGES.values() for hold in holds} == set(HoldReason)


maybe = st.sampled_from([None, NOON])
moments = st.lists(st.just(NOON), max_size=2).map(tuple)
outcomes = st.sampled_from([None, *(str(outcome) for outcome in Outcome)])


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    outcome = draw(outcomes)
    return Facts(
        began_at=NOON,
        sealed_at=draw(maybe),
        scored=draw(st.sampled_from([None, READY.scored, Scored(report_id=ScoreReportId("rep_1"), passed=False, at=NOON)])),
        proctored=Proctored(
            drained_at=draw(maybe),
            open_cases=draw(moments),
            second_cases=draw(moments),
            seen_too_little=draw(st.booleans()),
            decision_id="dec_1" if outcome else None,
            outcome=outcome,
            decided_at=NOON if outcome else None,
        ),
        batched=draw(
            st.none() | st.builds(Batched, id=st.just(BatchId("b")), created_at=st.just(NOON), approvals=moments, published_at=maybe)
        ),
        grievances=draw(moments),
        voided=draw(st.booleans()),
        simulated=draw(st.booleans()),
    )


@given(all_facts())
def test_it_may_be_issued_exactly_when_promise_four_is_kept(facts: Facts) -> None:
    seen, batch = facts.proctored, facts.batched
    kept = (
        facts.sealed_at is not None
        and facts.scored is not None
        and facts.scored.passed
        and seen.outcome in CLEARING
        and not seen.open_cases
        and not seen.second_cases
        and batch is not None
        and len(batch.approvals) >= 2
        and batch.published_at is not None
        and not facts.grievances
        and not facts.voided
        and not facts.simulated
    )

    holds = may_issue(facts)

    assert (holds == []) is kept
    assert all(hold.holder in Holder and hold.since == NOON and hold.count >= 1 for hold in holds)


def test_numbers_are_readable_and_do_not_repeat() -> None:
    numbers = {new_number(NOON) for _ in range(500)}

    assert len(numbers) == 500
    assert all(number.startswith("26-") and len(number) == 17 and not set(number) & set("ILOU") for number in numbers)
