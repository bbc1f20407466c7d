"""A candidate at the door, driven through services."""

from dataclasses import dataclass, replace

import pytest

from assessment_engine.delivery.checkin import CheckInState, CheckInVerb, MachineView
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation.interests import ConflictOfInterest, Tie
from assessment_engine.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, TooLarge, UnreadableFile
from assessment_engine.people import Actor, Role
from assessment_engine.services import checkin, interests
from assessment_engine.services.checkin import Picture
from assessment_engine.services.engine import Engine
from tests.builders import World, a_person, a_stored_sitting, a_world, an_organisation, steer, told

FACE = b"\xff\xd8\xff\xe0" + b"live face"
ROSTER = b"\xff\xd8\xff\xe0" + b"roster face"


@dataclass(frozen=True)
class Compared:
    distance: float | None
    retake: str | None = None


@pytest.fixture
def world(engine: Engine) -> World:
    return a_world(engine, state=SittingState.CONSENTED)


@pytest.fixture
def invigilator(engine: Engine, world: World) -> Actor:
    return a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Das")


def state_of(engine: Engine, world: World) -> SittingState:
    with engine.store.read() as tx:
        return tx.sittings.get(world.sitting_id).state


def test_a_candidate_waits_and_is_admitted(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    steer(engine).advance(90)

    [waiting] = checkin.queue(engine, invigilator, world.session_id)
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)

    assert (waiting.name, waiting.seat, waiting.waited.total_seconds()) == ("Asha Rao", "A1", 90)
    assert state_of(engine, world) is SittingState.ADMITTED
    assert checkin.queue(engine, invigilator, world.session_id) == []
    assert len(told(engine)) == 1


def test_the_picture_is_kept_encrypted_and_comes_back_whole(engine: Engine, world: World, invigilator: Actor) -> None:
    asked = checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)

    assert b"live face" not in engine.blobs.get(asked.face_blob)
    assert checkin.picture(engine, invigilator, world.sitting_id, Picture.LIVE) == FACE
    assert checkin.picture(engine, world.candidate, world.sitting_id, Picture.LIVE) == FACE
    with pytest.raises(NotFound):
        checkin.picture(engine, invigilator, world.sitting_id, Picture.DOCUMENT)


def test_asked_again_the_candidate_sends_another_picture(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ASK_AGAIN, "Please take off the cap.")
    standing = checkin.standing(engine, world.candidate, world.sitting_id)

    assert standing.checkin is not None and standing.checkin.note == "Please take off the cap."
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE + b"2")
    assert checkin.picture(engine, invigilator, world.sitting_id, Picture.LIVE) == FACE + b"2"


def test_nobody_lets_themselves_in_nor_somebody_whom_they_know(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    own = replace(world.candidate, roles=frozenset({Role.CANDIDATE, Role.INVIGILATOR}))
    interests.declare(engine, invigilator, world.sitting_id, Tie.FAMILY)

    for actor in (own, invigilator):
        with pytest.raises(ConflictOfInterest):
            checkin.decide(engine, actor, world.sitting_id, CheckInVerb.ADMIT)

    assert state_of(engine, world) is SittingState.AWAITING_ADMISSION


def test_a_referred_candidate_stays_in_the_queue_until_a_person_decides(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.REFER, "The document is hard to read.")

    [waiting] = checkin.queue(engine, invigilator, world.session_id)

    assert waiting.checkin.state is CheckInState.REFERRED
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)
    assert state_of(engine, world) is SittingState.ADMITTED


def test_a_decision_is_taken_once(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)

    with pytest.raises(IllegalTransition):
        checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.REFER, "Too late.")


def test_a_mismatch_refuses_nobody(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.keep_roster_pictures(engine, world.sitting_id, ROSTER, None)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    seen: list[tuple[bytes, bytes | None]] = []

    def compare(live: bytes, roster: bytes | None) -> Compared:
        seen.append((live, roster))
        return Compared(0.9)

    for _ in range(2):
        compared = checkin.compare_faces(engine, compare, world.sitting_id)

    assert seen == [(FACE, ROSTER)]
    assert compared is not None and compared.machine_view is MachineView.UNLIKE
    assert state_of(engine, world) is SittingState.AWAITING_ADMISSION
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)
    assert state_of(engine, world) is SittingState.ADMITTED


def test_without_a_roster_photograph_there_is_nothing_to_compare(engine: Engine, world: World) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)

    compared = checkin.compare_faces(engine, lambda live, roster: Compared(0.1), world.sitting_id)

    assert compared is not None and compared.machine_view is MachineView.NOT_COMPARED


@pytest.mark.parametrize("roster", [ROSTER, None])
@pytest.mark.parametrize("why", ["turned", "not_well_seen"])
def test_a_picture_to_take_again_is_said_to_be_one_and_refuses_nobody(
    engine: Engine, world: World, invigilator: Actor, why: str, roster: bytes | None
) -> None:
    checkin.keep_roster_pictures(engine, world.sitting_id, roster, None)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)

    compared = checkin.compare_faces(engine, lambda live, roster: Compared(0.3, why), world.sitting_id)

    assert compared is not None and compared.machine_view == why
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)
    assert state_of(engine, world) is SittingState.ADMITTED


def test_the_reference_is_the_admitted_face_else_the_rosters(engine: Engine, world: World, invigilator: Actor) -> None:
    assert checkin.reference_face(engine, world.sitting_id) is None
    checkin.keep_roster_pictures(engine, world.sitting_id, ROSTER, ROSTER)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)

    assert checkin.reference_face(engine, world.sitting_id) == ROSTER
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)
    assert checkin.reference_face(engine, world.sitting_id) == FACE


def test_the_queue_is_in_the_order_of_waiting_and_says_ones_place(engine: Engine, world: World, invigilator: Actor) -> None:
    second = a_person(engine, world.organisation_id, name="Imran Khan")
    form = (world.exam_id, world.session_id, world.form_id)
    sitting = a_stored_sitting(engine, second, *form, state=SittingState.CONSENTED)
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    steer(engine).advance(30)
    checkin.ask_admission(engine, second, sitting, FACE)

    assert [one.name for one in checkin.queue(engine, invigilator, world.session_id)] == ["Asha Rao", "Imran Khan"]
    assert checkin.standing(engine, second, sitting).place == 2
    checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ADMIT)
    assert checkin.standing(engine, second, sitting).place == 1


@pytest.mark.parametrize(("picture", "error"), [(b"GIF89a", UnreadableFile), (b"", UnreadableFile), (b"\xff\xd8\xff" * 100_000, TooLarge)])
def test_what_is_no_picture_changes_nothing(engine: Engine, world: World, picture: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        checkin.ask_admission(engine, world.candidate, world.sitting_id, picture)

    assert state_of(engine, world) is SittingState.CONSENTED


def test_without_consent_nobody_asks_to_be_admitted(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)

    with pytest.raises(IllegalTransition):
        checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)


def test_another_candidate_and_another_organisation_see_nothing(engine: Engine, world: World) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)
    neighbour = a_person(engine, world.organisation_id, name="Imran Khan")
    stranger = a_person(engine, an_organisation(engine, "Other"), Role.INVIGILATOR)

    for actor in (neighbour, stranger):
        with pytest.raises(NotFound):
            checkin.picture(engine, actor, world.sitting_id, Picture.LIVE)
        with pytest.raises(NotFound):
            checkin.standing(engine, actor, world.sitting_id)
    with pytest.raises(NotFound):
        checkin.queue(engine, stranger, world.session_id)
    with pytest.raises(NotFound):
        checkin.decide(engine, stranger, world.sitting_id, CheckInVerb.ADMIT)
    with pytest.raises(NotAllowed):
        checkin.decide(engine, neighbour, world.sitting_id, CheckInVerb.ADMIT)


def test_declining_the_camera_loses_nothing_and_can_be_taken_back(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)

    checkin.decline_camera(engine, world.candidate, world.sitting_id)

    assert checkin.standing(engine, world.candidate, world.sitting_id).camera_declined
    assert state_of(engine, world) is SittingState.REGISTERED
    checkin.decline_camera(engine, world.candidate, world.sitting_id)
    with engine.store.read() as tx:
        assert {event.kind for event in tx.events.of_sitting(world.sitting_id)} == {"camera_declined"}


def test_the_camera_cannot_be_declined_once_the_exam_runs(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.IN_PROGRESS)

    with pytest.raises(Conflict):
        checkin.decline_camera(engine, world.candidate, world.sitting_id)
    with pytest.raises(Conflict):
        checkin.calibrate(engine, world.candidate, world.sitting_id, {})


def test_skipping_the_dots_switches_gaze_off_and_nothing_else(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)
    assert checkin.gaze_watched(engine, world.sitting_id)

    checkin.skip_calibration(engine, world.candidate, world.sitting_id)

    assert not checkin.gaze_watched(engine, world.sitting_id)
    assert state_of(engine, world) is SittingState.ADMITTED
    checkin.calibrate(engine, world.candidate, world.sitting_id, {"seconds": 30, "looks": 55, "observable": 50})
    assert checkin.gaze_watched(engine, world.sitting_id)


def test_a_call_waits_until_somebody_came(engine: Engine, world: World, invigilator: Actor) -> None:
    for _ in range(2):
        checkin.call_invigilator(engine, world.candidate, world.sitting_id, "denied")
    steer(engine).advance(60)

    [call] = checkin.calls(engine, invigilator, world.session_id)
    checkin.answer_call(engine, invigilator, world.sitting_id)
    checkin.answer_call(engine, invigilator, world.sitting_id)

    assert (call.name, call.problem, call.waited.total_seconds()) == ("Asha Rao", "denied", 60)
    assert checkin.calls(engine, invigilator, world.session_id) == []


def test_an_invigilator_says_what_to_do_when_asking_again(engine: Engine, world: World, invigilator: Actor) -> None:
    checkin.ask_admission(engine, world.candidate, world.sitting_id, FACE)

    with pytest.raises(Invalid):
        checkin.decide(engine, invigilator, world.sitting_id, CheckInVerb.ASK_AGAIN, " ")
