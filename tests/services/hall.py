"""A hall for tests of the wall: a session with many candidates in the exam, invigilators, and what was found."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assessment_engine.kernel.ids import IncidentId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import IncidentRecord
from tests.builders import World, a_person, a_stored_sitting, a_world
from tests.proctoring.sightings import closed, empty, with_thing

PLACE = [0.6, 0.6, 0.1, 0.15]


@dataclass(frozen=True, kw_only=True)
class Hall:
    """A world with neighbours and two invigilators and an officer."""

    world: World
    neighbours: tuple[Actor, ...]
    sittings: tuple[SittingId, ...]  # the first is the world's candidate's
    ravi: Actor
    noor: Actor
    officer: Actor


def a_hall(engine: Engine, candidates: int = 1) -> Hall:
    """A session with so many candidates in the exam, seated A001, A002…"""
    world = a_world(engine)
    neighbours = tuple(a_person(engine, world.organisation_id, name=f"Candidate {n}") for n in range(2, candidates + 1))
    sittings = [a_stored_sitting(engine, one, world.exam_id, world.session_id, world.form_id) for one in neighbours]
    with engine.store.begin() as tx:
        registered = tx.exams.registrations_of(world.candidate, world.session_id)
        in_order = [world.candidate.person_id, *(one.person_id for one in neighbours)]
        for one in registered:
            seat = f"A{in_order.index(one.candidate_id) + 1:03}"
            tx.connection.exec_driver_sql(f"UPDATE registrations SET seat = '{seat}' WHERE id = '{one.id}'")  # noqa: S608  # a test's own
    return Hall(
        world=world,
        neighbours=neighbours,
        sittings=(world.sitting_id, *sittings),
        ravi=a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Nair"),
        noor=a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Noor Ali"),
        officer=a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Kavita Rao"),
    )


def a_found_thing(engine: Engine, sitting_id: SittingId, kind: str = "phone", **changes: Any) -> IncidentId:
    """An alert of a thing at a place, that has ended; set before people."""
    now = engine.clock.now()
    incident_id = IncidentId(new_id("inc", now))
    seen = [empty(at) for at in range(30)] if kind == "nobody" else [with_thing(at, kind) for at in range(30)]
    (incident,) = closed(seen)
    with engine.store.begin() as tx:
        sitting = tx.sittings.get(sitting_id)
        plain = {"tier": "alert", "severity": "medium", "confidence": 0.9, "trace": incident.as_json()}
        ended = {"ended_at": now + timedelta(seconds=9), "end_s": 17.0}
        record = IncidentRecord(
            id=incident_id,
            sitting_id=sitting_id,
            organisation_id=sitting.organisation_id,
            rule=incident.rule,
            first_seq=incident.first_seq,
            kind=kind,
            opened_at=now,
            raised_at=now + timedelta(seconds=2),
            start_s=8.0,
            item_id=None,
            models={},
            **{**plain, **ended, **changes},
        )
        tx.incidents.add(record)
        if record.tier == "alert":
            tx.invigilation.open_case(incident_id, sitting_id, sitting.organisation_id, now)
    return incident_id
