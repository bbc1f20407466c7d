"""What people may decide on a flag: every state and verdict, and the rule of two."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.invigilation import (
    REASONS,
    TRANSITIONS,
    UNDECIDED,
    Adjudication,
    Case,
    CaseState,
    Judgement,
    Outcome,
    Reason,
    Verdict,
    Watched,
    observable_share,
    outcome_of,
)
from assessment_engine.invigilation.hearing import open_hearing
from assessment_engine.kernel.errors import IllegalTransition, Invalid, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASHA, RAVI, MEERA = PersonId("per_asha"), PersonId("per_ravi"), PersonId("per_meera")
DISMISS = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.ORDINARY, reason="")
UPHOLD = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.LEFT_THE_SEAT, reason="The chair is empty in five frames.")


HEARD = open_hearing(
    IncidentId("inc_1"), SittingId("sit_1"), OrganisationId("org_1"), candidate_id=PersonId("per_9"), days=7, now=NOON
).waive(NOON)


def a_case(state: CaseState = CaseState.OPEN) -> Case:
    return Case(
        incident_id=IncidentId("inc_1"), sitting_id=SittingId("sit_1"), organisation_id=OrganisationId("org_1"), state=state, opened_at=NOON
    )


def watched(**given: object) -> Watched:
    clean = Watched(sealed=True, drained=True, flags=0, cases=(), observable_share=0.97, min_observable_share=0.8)
    return replace(clean, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", CaseState)
def test_an_appeal_overturns_what_was_upheld_and_nothing_else(state: CaseState) -> None:
    if state is CaseState.UPHELD:
        assert a_case(state).overturn().state is CaseState.OVERTURNED
    else:
        with pytest.raises(IllegalTransition):
            a_case(state).overturn()


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("verdict", Verdict)
def test_only_the_listed_verdicts_move_a_case(state: CaseState, verdict: Verdict) -> None:
    judgement = DISMISS if verdict is Verdict.DISMISS else UPHOLD

    if (state, verdict) in TRANSITIONS:
        moved, _ = a_case(state).judge(judgement, by=ASHA, earlier=[], now=NOON, hearing=HEARD)
        assert moved.state is TRANSITIONS[state, verdict]
    else:
        with pytest.raises(IllegalTransition):
            a_case(state).judge(judgement, by=ASHA, earlier=[], now=NOON)


def test_one_person_may_dismiss() -> None:
    case, adjudication = a_case().judge(DISMISS, by=ASHA, earlier=[], now=NOON)

    assert case.state is CaseState.DISMISSED
    assert adjudication.ordinal == 1


def test_upholding_waits_for_a_second_person() -> None:
    case, first = a_case().judge(UPHOLD, by=ASHA, earlier=[], now=NOON)

    assert case.state is CaseState.AWAITING_SECOND
    upheld, second = case.judge(UPHOLD, by=RAVI, earlier=[first], now=NOON, hearing=HEARD)
    assert upheld.state is CaseState.UPHELD
    assert (first.ordinal, second.ordinal) == (1, 2)


def test_a_second_person_who_disagrees_dismisses() -> None:
    case, first = a_case().judge(UPHOLD, by=ASHA, earlier=[], now=NOON)

    dismissed, _ = case.judge(DISMISS, by=RAVI, earlier=[first], now=NOON)

    assert dismissed.state is CaseState.DISMISSED


@pytest.mark.parametrize("again", [DISMISS, UPHOLD])
def test_the_first_person_cannot_be_the_second(again: Judgement) -> None:
    case, first = a_case().judge(UPHOLD, by=ASHA, earlier=[], now=NOON)

    with pytest.raises(SecondPersonNeeded):
        case.judge(again, by=ASHA, earlier=[first], now=NOON)


@pytest.mark.parametrize(
    "judgement",
    [
        replace(UPHOLD, reason="short"),
        replace(UPHOLD, reason="   \n          "),
        replace(UPHOLD, reason_code=Reason.ORDINARY),
        replace(DISMISS, reason_code=Reason.LEFT_THE_SEAT),
        replace(DISMISS, reason_code=Reason.OTHER, reason=""),
    ],
)
def test_a_judgement_needs_a_reason_that_fits_it(judgement: Judgement) -> None:
    with pytest.raises(Invalid):
        a_case().judge(judgement, by=ASHA, earlier=[], now=NOON)


@given(st.lists(st.tuples(st.sampled_from([ASHA, RAVI, MEERA]), st.sampled_from([DISMISS, UPHOLD])), max_size=8))
def test_no_order_of_judgements_upholds_without_two_people_who_agree(tries: list[tuple[PersonId, Judgement]]) -> None:
    case = a_case()
    given_: list[Adjudication] = []
    for person, judgement in tries:
        try:
            case, adjudication = case.judge(judgement, by=person, earlier=given_, now=NOON, hearing=HEARD)
        except (IllegalTransition, SecondPersonNeeded):
            continue
        given_.append(adjudication)

    upholders = {one.person_id for one in given_ if one.verdict is Verdict.UPHOLD}
    assert len({one.person_id for one in given_}) == len(given_) <= 2
    assert (case.state is CaseState.UPHELD) == (len(upholders) == 2)
    adverse = outcome_of(watched(flags=1, cases=(case.state,))) is Outcome.ADVERSE
    assert adverse == (len(upholders) == 2)


def test_the_second_person_reads_nothing_of_the_first_until_they_judged() -> None:
    case, first = a_case().judge(UPHOLD, by=ASHA, earlier=[], now=NOON)

    assert case.may_see(first, ASHA, [first])
    assert not case.may_see(first, RAVI, [first])
    decided, second = case.judge(UPHOLD, by=RAVI, earlier=[first], now=NOON, hearing=HEARD)
    assert decided.may_see(first, RAVI, [first, second])


def test_the_machines_number_shows_only_after_a_judgement() -> None:
    case, first = a_case().judge(UPHOLD, by=ASHA, earlier=[], now=NOON)

    assert not a_case().shows_the_machine(ASHA, [])
    assert case.shows_the_machine(ASHA, [first])
    assert not case.shows_the_machine(RAVI, [first])


@pytest.mark.parametrize(
    ("given_", "outcome"),
    [
        ({}, Outcome.UNFLAGGED),
        ({"sealed": False}, None),
        ({"drained": False}, None),
        ({"observable_share": 0.79}, None),
        ({"observable_share": 0.8}, Outcome.UNFLAGGED),
        ({"flags": 1}, None),
        ({"flags": 1, "cases": (CaseState.OPEN,)}, None),
        ({"flags": 1, "cases": (CaseState.AWAITING_SECOND,)}, None),
        ({"flags": 1, "cases": (CaseState.DISMISSED,)}, Outcome.CLEARED),
        ({"flags": 2, "cases": (CaseState.DISMISSED,)}, None),
        ({"flags": 1, "cases": (CaseState.DISMISSED,), "observable_share": 0.1}, None),
        ({"flags": 2, "cases": (CaseState.DISMISSED, CaseState.UPHELD)}, Outcome.ADVERSE),
        ({"flags": 2, "cases": (CaseState.OPEN, CaseState.UPHELD)}, None),
        ({"flags": 1, "cases": (CaseState.UPHELD,), "drained": False}, None),
    ],
)
def test_what_follows_for_a_sitting(given_: dict[str, object], outcome: Outcome | None) -> None:
    assert outcome_of(watched(**given_)) is outcome


@given(
    st.lists(st.sampled_from(CaseState), max_size=4),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.floats(0, 1),
)
def test_an_undecided_flag_always_holds(cases: list[CaseState], flags: int, sealed: bool, drained: bool, share: float) -> None:
    given_ = watched(sealed=sealed, drained=drained, flags=flags, cases=tuple(cases), observable_share=share)

    decided = sum(state not in UNDECIDED for state in cases)
    if decided < max(flags, len(cases)) or not (sealed and drained):
        assert outcome_of(given_) is None


def test_time_without_any_feed_counts_against_the_share() -> None:
    assert observable_share(30.0, 60.0) == 0.5
    assert observable_share(90.0, 60.0) == 1.0
    assert observable_share(5.0, 0.0) == 0.0


def test_every_reason_belongs_to_a_verdict() -> None:
    assert set(REASONS[Verdict.DISMISS]) | set(REASONS[Verdict.UPHOLD]) == set(Reason)
