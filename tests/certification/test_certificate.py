"""The certificate's states and its rule, without a database: every pair of state and verb, every combination of facts."""

from dataclasses import replace
from datetime import UTC, datetime

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
S, V, R = CertificateState, CertificateVerb, HoldReason
EXPECTED = {
    (S.ISSUED, V.SUSPEND): S.SUSPENDED,
    (S.ISSUED, V.REVOKE): S.REVOKED,
    (S.SUSPENDED, V.REINSTATE): S.ISSUED,
    (S.SUSPENDED, V.REVOKE): S.REVOKED,
}
READY = Facts(
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


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (replace(READY, voided=True), [R.VOIDED]),
        (replace(READY, simulated=True), [R.SIMULATED]),
        (replace(READY, sealed_at=None), [R.NOT_SUBMITTED]),
        (replace(READY, scored=None), [R.SCORING]),
        (replace(READY, grievances=(NOON, NOON)), [R.GRIEVANCE_OPEN]),
        (replace(READY, batched=None), [R.BATCH_NOT_DRAFTED]),
        (replace(READY, proctored=Proctored(drained_at=NOON, outcome="adverse", decided_at=NOON)), [R.ADVERSE_DECISION]),
        (replace(READY, proctored=Proctored(drained_at=NOON, seen_too_little=True)), [R.TOO_LITTLE_SEEN]),
        (replace(READY, proctored=Proctored(drained_at=NOON, second_cases=(NOON,))), [R.SECOND_PERSON_NEEDED]),
    ],
)
def test_each_missing_fact_has_its_reason(facts: Facts, reasons: list[HoldReason]) -> None:
    assert [hold.reason for hold in may_issue(facts)] == reasons


maybe = st.sampled_from([None, NOON])
moments = st.lists(st.just(NOON), max_size=2).map(tuple)
outcomes = st.sampled_from([None, *(str(outcome) for outcome in Outcome)])


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    outcome = draw(outcomes)
    return Facts(
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
    assert all(hold.holder in Holder and hold.count >= 1 for hold in holds)


def test_numbers_are_readable_and_do_not_repeat() -> None:
    numbers = {new_number(NOON) for _ in range(500)}

    assert len(numbers) == 500
    assert all(number.startswith("26-") and len(number) == 17 and not set(number) & set("ILOU") for number in numbers)
