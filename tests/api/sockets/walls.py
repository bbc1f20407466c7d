"""Walls for tests: an invigilator with two sessions, and tickets for them."""

import json
from datetime import timedelta

from websockets.sync.client import ClientConnection

from assessment_engine.kernel.ids import SessionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import tickets, wall
from assessment_engine.services.engine import Engine
from tests.builders import World, a_person, a_world, add_row

SESSIONS = (SessionId("ses_1"), SessionId("ses_2"))


def an_invigilator(engine: Engine) -> tuple[World, Actor]:
    """A world whose exam has the sessions ses_1 and ses_2 as well, and who runs them."""
    world, now = a_world(engine), engine.clock.now()
    place = {"exam_id": world.exam_id, "organisation_id": world.organisation_id, "title": "Morning", "bookable": True}
    for session_id in SESSIONS:
        add_row(engine, "exam_sessions", id=session_id, opens_at=now, closes_at=now + timedelta(hours=4), **place)
    return world, a_person(engine, world.organisation_id, Role.INVIGILATOR, name="Ravi Nair")


def a_ticket(engine: Engine, who: Actor, session: str = "ses_1", lasts: timedelta = timedelta(seconds=60)) -> str:
    """A ticket as the wall's page is given one; with `lasts` also one that is over."""
    if lasts > timedelta():
        return wall.ticket(engine, who, SessionId(session))
    return tickets.issue(engine, "wall", session, lasts, holder=who.person_id)


def was_heard(wall: ClientConnection, sitting: str) -> None:
    """Wait until the server has done all that this wall said: it takes one thing after the other, and tells a look back."""
    wall.send(json.dumps({"type": "looked", "sitting": sitting}))
    assert json.loads(wall.recv(timeout=30)) == [{"type": "looked", "sitting": sitting}]
