"""What staff say reaches the candidates whom it concerns, in both languages, and stays said."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from assessment_engine.delivery.announcements import LONGEST_TEXT, Wording
from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import ItemVersionId, RoomId
from assessment_engine.people import Role
from assessment_engine.services import announcements
from assessment_engine.services.engine import Engine
from tests.builders import World, a_form, a_person, a_stored_sitting, a_world, an_organisation, steer

BOTH = {"text": "Question 2: read 5 kg for 5 g.", "text_hi": "प्रश्न 2: 5 ग्राम के स्थान पर 5 किलो पढ़ें।"}


def wording(**scope: Any) -> Wording:
    return Wording(**{**BOTH, **scope})


def heard(engine: Engine, world: World) -> list[str | None]:
    return [one["text"] for one in announcements.mine(engine, world.candidate, world.sitting_id)]


def test_an_announcement_to_the_session_reaches_its_candidates_in_both_languages(any_engine: Engine) -> None:
    world = a_world(any_engine)
    invigilator = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)

    said = announcements.announce(any_engine, invigilator, world.session_id, wording())

    (shown,) = announcements.mine(any_engine, world.candidate, world.sitting_id)
    assert shown == {"id": said.id, "at": "2026-11-23T12:00:00.000Z", **BOTH, "item": None}
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.events.of_sitting(world.sitting_id)] == []


def test_announcements_come_in_the_order_in_which_they_were_said(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)

    for word in ("first", "second", "third"):
        announcements.announce(any_engine, officer, world.session_id, Wording(text=word, text_hi="शब्द"))
        steer(any_engine).advance(1)

    assert heard(any_engine, world) == ["first", "second", "third"]
    assert [one.text for one in announcements.desk(any_engine, officer, world.session_id).said] == ["third", "second", "first"]


def test_an_announcement_to_a_room_reaches_that_room_only(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    neighbour = a_person(any_engine, world.organisation_id, name="Bina Das")
    other = a_stored_sitting(any_engine, neighbour, world.exam_id, world.session_id, world.form_id)
    with any_engine.store.begin() as tx:
        tx.connection.execute(text("UPDATE registrations SET room_id = 'roo_1' WHERE candidate_id = :one"), {"one": neighbour.person_id})

    announcements.announce(any_engine, officer, world.session_id, wording(room_id=RoomId("roo_1")))

    assert heard(any_engine, world) == []
    assert len(announcements.mine(any_engine, neighbour, other)) == 1
    with pytest.raises(NotFound):
        announcements.announce(any_engine, officer, world.session_id, wording(room_id=RoomId("roo_2")))


def test_an_announcement_about_a_question_reaches_who_has_it(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    form_id, _ = a_form(any_engine, world.organisation_id)
    neighbour = a_person(any_engine, world.organisation_id, name="Bina Das")
    other = a_stored_sitting(any_engine, neighbour, world.exam_id, world.session_id, form_id)

    announcements.announce(any_engine, officer, world.session_id, wording(item_id=world.items[1]))

    (shown,) = announcements.mine(any_engine, world.candidate, world.sitting_id)
    assert shown["item"] == world.items[1]
    assert announcements.mine(any_engine, neighbour, other) == []
    with pytest.raises(Invalid):
        announcements.announce(any_engine, officer, world.session_id, wording(item_id=ItemVersionId("itv_other")))


@pytest.mark.parametrize(
    "changed", [{"text": " "}, {"text_hi": ""}, {"text": "x" * (LONGEST_TEXT + 1)}, {"text_hi": "क" * (LONGEST_TEXT + 1)}]
)
def test_an_announcement_has_both_languages_and_a_length(changed: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        wording(**changed)


def test_only_staff_of_the_organisation_speaks_to_a_session(any_engine: Engine) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine, "Another"), Role.CELL_OFFICER)

    with pytest.raises(NotAllowed):
        announcements.announce(any_engine, world.candidate, world.session_id, wording())
    with pytest.raises(NotFound):
        announcements.announce(any_engine, stranger, world.session_id, wording())
    with pytest.raises(NotFound):
        announcements.mine(any_engine, stranger, world.sitting_id)
    assert heard(any_engine, world) == []


def test_what_the_questions_are_about_is_the_cells_until_the_session_opens(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer, invigilator = (a_person(any_engine, world.organisation_id, role) for role in (Role.CELL_OFFICER, Role.INVIGILATOR))
    steer(any_engine).advance(-7200)

    assert len(announcements.desk(any_engine, officer, world.session_id).titles) == 4
    assert announcements.desk(any_engine, invigilator, world.session_id).titles == {}
    steer(any_engine).advance(7200)
    assert len(announcements.desk(any_engine, invigilator, world.session_id).titles) == 4


def test_what_was_said_is_in_the_log_and_cannot_be_unsaid(any_engine: Engine) -> None:
    world = a_world(any_engine)
    officer = a_person(any_engine, world.organisation_id, Role.CELL_OFFICER)
    said = announcements.announce(any_engine, officer, world.session_id, wording())

    with any_engine.store.read() as tx:
        entries = tx.connection.execute(text("SELECT kind FROM audit_entries WHERE subject = :id"), {"id": said.id}).scalars().all()
        events = tx.connection.execute(text("SELECT kind FROM exam_events WHERE subject = :id"), {"id": said.id}).scalars().all()
    assert (entries, events) == (["announcement_made"], ["announcement_made"])
    with pytest.raises(DatabaseError), any_engine.store.begin() as tx:
        tx.connection.execute(text("DELETE FROM announcements"))
