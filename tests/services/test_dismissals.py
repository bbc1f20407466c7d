"""What people dismissed in a sitting and what arrangements declare is what its watch is told to expect."""

import pytest

from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, NotFound
from assessment_engine.people import Role
from assessment_engine.services import dismissals, watches
from assessment_engine.services.engine import Engine
from proctoring.expected import Dismissed, Expected, box_of
from proctoring.policy import Kind
from tests.builders import a_person, an_organisation
from tests.services.hall import PLACE, Hall, a_found_thing, a_hall

PHONE = Dismissed(kind=Kind.PHONE, place=box_of(PLACE))


def expected(engine: Engine, hall: Hall) -> Expected:
    with engine.store.read() as tx:
        sitting = tx.sittings.get(hall.sittings[0])
    return dismissals.expected(engine, [sitting])[sitting.id]


def arrange(engine: Engine, hall: Hall, rules: dict[str, Json]) -> None:
    with engine.store.begin() as tx:
        tx.exams.arrange(tx.sittings.get(hall.sittings[0]).registration_id, rules)


def test_a_dismissed_thing_is_expected_by_this_watch_and_by_the_next_owner(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 2)
    incident = a_found_thing(any_engine, hall.sittings[0])

    assert dismissals.dismiss(any_engine, hall.ravi, incident) == (PHONE,)
    dismissals.dismiss(any_engine, hall.noor, incident)  # twice is once

    assert expected(any_engine, hall) == watches.orders(any_engine, hall.sittings[0]).expected == Expected(dismissed=(PHONE,))
    assert watches.orders(any_engine, hall.sittings[1]).expected == Expected()
    with any_engine.store.read() as tx:
        assert [one.kind for one in tx.audit.about(hall.sittings[0])] == ["object_dismissed"]
        assert [one.state for one in tx.invigilation.cases_of(hall.sittings[0])] == [CaseState.OPEN]  # it is judged all the same


def test_a_case_that_was_dismissed_dismisses_its_thing(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    incident = a_found_thing(any_engine, hall.sittings[0])
    assert expected(any_engine, hall) == Expected()
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql(f"UPDATE cases SET state = 'dismissed' WHERE incident_id = '{incident}'")  # noqa: S608

    assert expected(any_engine, hall) == Expected(dismissed=(PHONE,))


def test_declared_things_are_expected_anywhere(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    arrange(any_engine, hall, {"objects": ["glucose_meter", "own_paper", "unknown"]})

    assert expected(any_engine, hall) == Expected(kinds=frozenset({Kind.PHONE, Kind.BOOK}))


def test_only_things_are_dismissed_and_only_by_ones_own_staff(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    empty = a_found_thing(any_engine, hall.sittings[0], "nobody")
    phone = a_found_thing(any_engine, hall.sittings[0])
    stranger = a_person(any_engine, an_organisation(any_engine, "Other"), Role.INVIGILATOR)

    with pytest.raises(Invalid):
        dismissals.dismiss(any_engine, hall.ravi, empty)
    with pytest.raises(NotFound):
        dismissals.dismiss(any_engine, stranger, phone)
    assert expected(any_engine, hall) == Expected()


@pytest.mark.parametrize(
    ("rules", "watched"),
    [
        ({"second_person": True}, False),
        ({"second_person": True, "scribe": {"name": "Meena"}}, False),
        ({"second_person": True, "helper": True, "scribe": {"name": "Meena", "face_blob": "b"}}, False),
        ({"second_person": True, "scribe": {"name": "Meena", "face_blob": "b"}}, True),
    ],
)
def test_several_people_are_watched_for_where_only_an_enrolled_scribe_is_expected(
    any_engine: Engine, rules: dict[str, Json], watched: bool
) -> None:
    from assessment_engine.exams.policy import switched_off

    assert (Kind.SEVERAL_PEOPLE not in switched_off(rules)) is watched
