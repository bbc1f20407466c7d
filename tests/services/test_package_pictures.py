"""A candidate looks at the pictures of their own package, one by one; nobody else's candidate does, and after erasure nobody."""

from pathlib import Path

import pytest

from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Role
from assessment_engine.services import package_pictures
from assessment_engine.services.package_pictures import MOST_SHOWN
from tests.builders import a_person, an_engine
from tests.services.court import PICTURES, Court, a_court


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return a_court(an_engine(tmp_path))


def test_pictures_are_there_once_the_package_is_made(court: Court) -> None:
    incident = court.asked()
    engine, candidate, sitting = court.engine, court.candidate, court.world.sitting_id
    assert package_pictures.by_incident(engine, candidate, sitting) == {}

    court.package()

    shots = package_pictures.by_incident(engine, candidate, sitting)[incident]
    assert len(shots) == PICTURES <= MOST_SHOWN and not any(shot.covered for shot in shots)
    assert package_pictures.picture(engine, candidate, sitting, shots[0].seq).startswith(b"\xff\xd8\xff")
    with pytest.raises(NotFound):
        package_pictures.picture(engine, candidate, sitting, 7)


def test_they_are_nobody_else_s_and_gone_when_they_are_erased(court: Court) -> None:
    court.asked()
    court.package()
    engine, sitting = court.engine, court.world.sitting_id
    neighbour = a_person(engine, court.world.organisation_id, Role.CANDIDATE)

    with pytest.raises(NotFound):
        package_pictures.by_incident(engine, neighbour, sitting)

    with engine.store.begin() as tx:
        tx.incidents.erase_key(sitting, engine.clock.now())
    assert package_pictures.by_incident(engine, court.candidate, sitting) == {}
