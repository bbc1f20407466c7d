"""Asking for an access arrangement with documents, deciding, appealing; and what it does to the candidate's time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assessment_engine.arrangements import Adjustments, Arrangement, ArrangementState
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SecondPersonNeeded, TooLarge, UnreadableFile
from assessment_engine.people import Actor, Role
from assessment_engine.services import arrangements, delivery
from assessment_engine.services.arrangements import NewArrangement
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.builders import World, a_person, a_world, an_organisation
from tests.fakes.ports import anything_fits

ASKED = Adjustments(extra_minutes_per_hour=20, scribe=True)
LESS = replace(ASKED, scribe=False)
WHY = "My certificate of disability is beside this."
PDF = b"%PDF-1.7 a certificate"
FACE = b"\xff\xd8\xff\xe0 a face"


@pytest.fixture
def world(any_engine: Engine) -> World:
    return a_world(any_engine, state=SittingState.ADMITTED)


@pytest.fixture
def ledger(any_engine: Engine) -> Iterator[AnswerLedger]:
    ledger = AnswerLedger(any_engine.store, any_engine.clock, any_engine.signer.receipts, fits=anything_fits).start()
    yield ledger
    ledger.stop()


def officers(engine: Engine, world: World, number: int) -> list[Actor]:
    return [a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=f"Officer {each}") for each in range(number)]


def ask(engine: Engine, world: World, **changes: object) -> Arrangement:
    new = NewArrangement(sitting_id=world.sitting_id, asked=ASKED, text=WHY, documents=(("certificate.pdf", PDF),))
    return arrangements.ask(engine, world.candidate, replace(new, **changes))  # type: ignore[arg-type]


def test_what_was_given_stretches_the_candidates_time(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    request = ask(any_engine, world)
    [kavita] = officers(any_engine, world, 1)

    arrangements.decide(any_engine, kavita, request.id, ASKED, "")
    delivery_time = delivery.open_sitting(any_engine, world.candidate, world.sitting_id).policy.seconds

    assert delivery_time == 3600 * 80 // 60
    view = arrangements.arrangement(any_engine, kavita, request.id)
    assert [step.what for step in view.history] == ["requested", "decided"]


def test_what_is_refused_leaves_no_file_behind_and_a_scribe_who_does_not_come_no_face(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    folder = f"arrangements/{world.sitting_id}"

    for _ in range(2):
        with pytest.raises(Conflict):
            ask(any_engine, world)
        with pytest.raises(Invalid):
            arrangements.enrol_scribe(any_engine, world.candidate, request.id, "Meena Iyer", FACE)
    assert len(any_engine.blobs.under(folder)) == 1

    arrangements.decide(any_engine, officers(any_engine, world, 1)[0], request.id, ASKED, "")
    for name in ("Meena Iyer", "Om Jain"):
        arrangements.enrol_scribe(any_engine, world.candidate, request.id, name, FACE)
    assert len(any_engine.blobs.under(folder)) == 2


def test_a_refusal_takes_two_and_can_be_appealed(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    kavita, joseph, sunita, imran = officers(any_engine, world, 4)

    arrangements.decide(any_engine, kavita, request.id, LESS, "No scribe is needed to choose an option.")
    with pytest.raises(SecondPersonNeeded):
        arrangements.decide(any_engine, kavita, request.id, LESS, "No scribe is needed to choose an option.")
    arrangements.decide(any_engine, joseph, request.id, LESS, "I have read it and agree.")
    arrangements.appeal(any_engine, world.candidate, request.id, "I cannot hold a pen for long.")
    with pytest.raises(SecondPersonNeeded):
        arrangements.decide(any_engine, joseph, request.id, ASKED, "")
    arrangements.decide(any_engine, sunita, request.id, LESS, "The paper has only choices.")
    final = arrangements.decide(any_engine, imran, request.id, LESS, "I agree with the officer.")

    assert (final.state, final.given) == (ArrangementState.FINAL, LESS)
    with any_engine.store.read() as tx:
        assert tx.exams.registration(request.registration_id).arrangements == {"extra_minutes_per_hour": 20}


def test_giving_less_without_a_reason_changes_nothing(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    [kavita] = officers(any_engine, world, 1)

    with pytest.raises(Invalid):
        arrangements.decide(any_engine, kavita, request.id, LESS, " no ")

    assert arrangements.arrangement(any_engine, kavita, request.id).arrangement == request


def test_documents_come_back_as_they_were_and_only_to_those_who_may(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    [kavita] = officers(any_engine, world, 1)
    stranger = a_person(any_engine, world.organisation_id)

    row, data = arrangements.document(any_engine, kavita, request.id, 1)

    assert (row.name, row.media_type, data) == ("certificate.pdf", "application/pdf", PDF)
    assert PDF not in any_engine.blobs.get(row.blob)
    assert arrangements.document(any_engine, world.candidate, request.id, 1)[1] == PDF
    for who, number in ((stranger, 1), (kavita, 2)):
        with pytest.raises(NotFound):
            arrangements.document(any_engine, who, request.id, number)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"asked": Adjustments()}, Invalid),
        ({"text": "please"}, Invalid),
        ({"documents": (("a.pdf", b"MZ"),)}, UnreadableFile),
        ({"documents": (("a.pdf", PDF),) * 6}, TooLarge),
        ({"documents": (("a.pdf", PDF + bytes(arrangements.LARGEST_DOCUMENT)),)}, TooLarge),
    ],
)
def test_a_bad_request_is_refused_and_changes_nothing(
    any_engine: Engine, world: World, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(any_engine, world, **changes)

    assert arrangements.mine(any_engine, world.candidate, world.sitting_id)[1] == []


def test_there_is_one_open_request_at_a_time_and_none_after_the_start(any_engine: Engine, world: World, ledger: AnswerLedger) -> None:
    request = ask(any_engine, world)
    with pytest.raises(Conflict):
        ask(any_engine, world)
    arrangements.withdraw(any_engine, world.candidate, request.id)
    again = ask(any_engine, world)
    with any_engine.store.begin() as tx:
        sitting = tx.sittings.get_locked(world.sitting_id)
        tx.sittings.save(replace(sitting, state=SittingState.IN_PROGRESS))
    [kavita] = officers(any_engine, world, 1)

    with pytest.raises(Conflict):
        arrangements.decide(any_engine, kavita, again.id, ASKED, "")


def test_a_scribe_is_enrolled_with_a_face_that_invigilators_see(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    [kavita] = officers(any_engine, world, 1)
    invigilator = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    arrangements.decide(any_engine, kavita, request.id, ASKED, "")

    enrolled = arrangements.enrol_scribe(any_engine, world.candidate, request.id, " Meena Iyer ", FACE)

    assert enrolled.scribe is not None and enrolled.scribe.name == "Meena Iyer"
    assert arrangements.scribe_face(any_engine, invigilator, request.registration_id) == FACE
    with pytest.raises(NotAllowed):
        arrangements.scribe_face(any_engine, world.candidate, request.registration_id)
    with pytest.raises(UnreadableFile):
        arrangements.enrol_scribe(any_engine, world.candidate, request.id, "Meena", b"GIF89a")


def test_another_organisation_sees_nothing(any_engine: Engine, world: World) -> None:
    request = ask(any_engine, world)
    stranger = a_person(any_engine, an_organisation(any_engine, "Elsewhere"), Role.CELL_OFFICER)

    assert arrangements.desk(any_engine, stranger, open_only=True) == []
    with pytest.raises(NotFound):
        arrangements.decide(any_engine, stranger, request.id, ASKED, "")
