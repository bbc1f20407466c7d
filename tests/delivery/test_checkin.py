"""A candidate at the door: every state and verb, and a machine that only hints."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.delivery.checkin import DECISIONS, TRANSITIONS, CheckIn, CheckInState, CheckInVerb, MachineView, view_of
from assessment_engine.kernel.errors import IllegalTransition, Invalid
from assessment_engine.kernel.ids import OrganisationId, PersonId, SittingId

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASHA = PersonId("per_asha")


@dataclass(frozen=True)
class Compared:
    distance: float | None
    retake: str | None = None


def a_checkin(state: CheckInState = CheckInState.REQUESTED) -> CheckIn:
    return CheckIn(
        sitting_id=SittingId("sit_1"), organisation_id=OrganisationId("org_1"), requested_at=NOON, face_blob="faces/1", state=state
    )


def _after(checkin: CheckIn, verb: CheckInVerb) -> CheckIn:
    if verb is CheckInVerb.REQUEST:
        return checkin.request("faces/2", NOON)
    return checkin.decide(verb, "Please take off the cap.", by=ASHA, now=NOON)


@pytest.mark.parametrize("state", CheckInState)
@pytest.mark.parametrize("verb", CheckInVerb)
def test_only_the_listed_steps_are_taken(state: CheckInState, verb: CheckInVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert _after(a_checkin(state), verb).state is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            _after(a_checkin(state), verb)


def test_asking_again_starts_a_new_wait_with_a_new_picture() -> None:
    asked = replace(a_checkin(CheckInState.ASKED_AGAIN), machine_distance=0.7, machine_view=MachineView.UNLIKE)

    again = asked.request("faces/2", NOON + timedelta(minutes=2))

    assert (again.face_blob, again.requested_at) == ("faces/2", NOON + timedelta(minutes=2))
    assert again.machine_view is MachineView.NOT_COMPARED


@pytest.mark.parametrize("verb", sorted(DECISIONS - {CheckInVerb.ADMIT}))
def test_what_is_not_an_admission_says_why(verb: CheckInVerb) -> None:
    with pytest.raises(Invalid):
        a_checkin().decide(verb, "  ", by=ASHA, now=NOON)


def test_an_invigilator_cannot_request() -> None:
    with pytest.raises(Invalid):
        a_checkin(CheckInState.ASKED_AGAIN).decide(CheckInVerb.REQUEST, "", by=ASHA, now=NOON)


@given(st.none() | st.floats(0, 2), st.sampled_from(CheckInState))
def test_the_machine_never_moves_a_checkin(distance: float | None, state: CheckInState) -> None:
    compared = a_checkin(state).compared(Compared(distance))

    assert compared.state is state
    assert compared.decided_by is None


@pytest.mark.parametrize(
    ("distance", "view"),
    [
        (None, MachineView.NO_FACE),
        (0.2, MachineView.ALIKE),
        (0.45, MachineView.ALIKE),
        (0.5, MachineView.UNSURE),
        (0.62, MachineView.UNLIKE),
        (1.1, MachineView.UNLIKE),
    ],
)
def test_a_distance_in_words(distance: float | None, view: MachineView) -> None:
    assert view_of(distance) is view


@given(st.none() | st.floats(0, 2), st.sampled_from(["turned", "not_well_seen"]))
def test_of_a_picture_to_take_again_nothing_else_is_said(distance: float | None, why: str) -> None:
    compared = a_checkin().compared(Compared(distance, why))

    assert (compared.machine_view, compared.machine_distance, compared.state) == (why, distance, CheckInState.REQUESTED)


def test_somebody_the_machine_finds_unlike_is_admitted_by_a_person() -> None:
    unlike = a_checkin().compared(Compared(0.9))

    assert unlike.decide(CheckInVerb.ADMIT, "", by=ASHA, now=NOON).state is CheckInState.ADMITTED
