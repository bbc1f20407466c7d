from datetime import UTC, datetime
from itertools import product

import pytest

from assessment_engine.kernel.errors import IllegalTransition, SecondPersonNeeded
from assessment_engine.kernel.ids import BatchId, OrganisationId, PersonId, SessionId, SittingId
from assessment_engine.kernel.machine import advance
from assessment_engine.scoring.results import TRANSITIONS, BatchState, BatchVerb, ResultBatch, batch_digest

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASHA, RAVI = PersonId("per_asha"), PersonId("per_ravi")


def a_batch(state: BatchState = BatchState.DRAFT) -> ResultBatch:
    return ResultBatch(
        id=BatchId("bat_1"),
        session_id=SessionId("ses_1"),
        organisation_id=OrganisationId("org_1"),
        state=state,
        created_at=NOON,
        created_by=ASHA,
        sha256="0" * 64,
    )


@pytest.mark.parametrize(("state", "verb"), list(product(BatchState, BatchVerb)))
def test_a_batch_moves_only_as_the_table_says(state: BatchState, verb: BatchVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert advance(TRANSITIONS, state, verb) is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


def test_two_officers_publish_a_batch() -> None:
    once = a_batch().approve(ASHA, [], NOON)
    twice = once.approve(RAVI, [ASHA], NOON)

    assert (once.state, once.published_at) == (BatchState.APPROVED_ONCE, None)
    assert (twice.state, twice.published_at) == (BatchState.PUBLISHED, NOON)


def test_one_officer_cannot_be_both() -> None:
    with pytest.raises(SecondPersonNeeded):
        a_batch(BatchState.APPROVED_ONCE).approve(ASHA, [ASHA], NOON)


def test_a_batch_is_named_by_what_is_in_it_in_any_order() -> None:
    one, two = (SittingId("sit_1"), "a" * 64), (SittingId("sit_2"), "b" * 64)

    assert batch_digest([one, two]) == batch_digest([two, one])
    assert batch_digest([one]) != batch_digest([one, two])
