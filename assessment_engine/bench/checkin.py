"""`bench checkin`: a morning at the doors. Candidates sign in with their password, agree, send a picture of their face, see their place
in the queue until an invigilator lets them in, and look at the dots; all over HTTP, with every process of the engine running beside it.

The machine compares each face with the roster's meanwhile, as it does on the day. Candidates come as they can: so many are at it at once.
One run is long; the report has one.
"""

import json
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from assessment_engine.bench.faults.deployment import free_port
from assessment_engine.bench.faults.world import a_form, an_exam, an_officer
from assessment_engine.bench.measure import Figure, Report
from assessment_engine.delivery.checkin import MachineView
from assessment_engine.kernel.errors import Unavailable
from assessment_engine.kernel.ids import PersonId, SessionId, SittingId, new_id
from assessment_engine.people import Actor, Person, Role, RoleTerm, civil_date
from assessment_engine.runtime import build_engine
from assessment_engine.runtime.serve import answers, prepare, running
from assessment_engine.services import checkin, exams, passwords
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings

CANDIDATES = 2000
SHORT = 6
AT_ONCE = 32
PASSWORD = "a long enough secret"  # noqa: S105  # of people who exist for one run
BAR_S = 20 * 60
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.5
COMPARED_WITHIN_S = 900.0


@dataclass(slots=True)
class _Morning:
    """What happened at the doors; filled in by many threads, one list entry at a time."""

    face: bytes
    took_s: list[float] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def run(short: bool) -> Report:
    """Measure one morning; the short form has few candidates."""
    candidates = SHORT if short else CANDIDATES
    with tempfile.TemporaryDirectory(prefix="bench-checkin-", ignore_cleanup_errors=True) as folder:
        seen = _a_morning(Path(folder), candidates)
    return Report(name="checkin", runs=[seen], figures=_figures(seen, candidates), ratios={})


def _figures(seen: Mapping[str, float], candidates: int) -> dict[str, Figure]:
    return {
        "candidates": Figure(value=candidates, unit="people"),
        "all_checked_in": Figure(value=seen["all_s"], unit="s", bar=f"<= {BAR_S}"),
        "checked_in": Figure(value=seen["checked_in"], unit="people", bar=f"== {candidates}"),
        "places_shown": Figure(value=seen["places_shown"], unit="people", bar=f"== {candidates}"),
        "longest_queue": Figure(value=seen["longest_queue"], unit="people"),
        "median": Figure(value=seen["median_s"], unit="s"),
        "errors": Figure(value=seen["errors"], unit="answers", bar="== 0"),
        "faces_compared": Figure(value=seen["faces_compared"], unit="faces", bar=f"== {candidates}"),
        "compared_after": Figure(value=seen["compared_after_s"], unit="s"),
    }


def _a_morning(folder: Path, candidates: int) -> dict[str, float]:
    settings = _settings(folder)
    face = _a_face()
    made: list[tuple[Engine, SessionId, list[tuple[str, SittingId]]]] = []

    def before(filled: Settings) -> None:
        prepare(filled)
        engine = build_engine(filled)
        made.append((engine, *_people(engine, candidates, face)))

    with running(settings, before) as services:
        _wait_for(services.settings)
        engine, session_id, expected = made[0]
        morning, begun = _Morning(face=face), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            door = pool.submit(_doorkeeper, services.settings, session_id, morning)
            for login, sitting_id in expected:
                pool.submit(_candidate, services.settings.port, login, sitting_id, morning)
            while len(morning.took_s) + len(morning.errors) < candidates:
                time.sleep(0.05)
            spent = time.perf_counter() - begun
            morning.over.set()
            door.result()
        compared, after = _compared(engine, session_id, candidates)
        engine.store.engine.dispose()
    took = sorted(morning.took_s)
    return {
        "all_s": spent,
        "checked_in": len(took),
        "median_s": took[len(took) // 2] if took else 0.0,
        "places_shown": sum(place >= 1 for place in morning.places),
        "longest_queue": max(morning.places, default=0),
        "errors": len(morning.errors),
        "faces_compared": compared,
        "compared_after_s": after,
    }


def _settings(folder: Path) -> Settings:
    ports = {"PORT": str(free_port()), "INGEST_PORT": str(free_port())}
    return Settings.from_environ({"DATA_DIR": str(folder), "DEMO": "1", **ports})


def _a_face() -> bytes:
    """Return a photograph with a face in it, as a JPEG."""
    from proctoring.vision import demo_footage  # OpenCV is loaded when it is needed, and not by --help

    return demo_footage.portrait()


def _people(engine: Engine, candidates: int, face: bytes) -> tuple[SessionId, list[tuple[str, SittingId]]]:
    """Make an exam, somebody at the door, and candidates with their photograph; all have one password, so that one hash is enough."""
    officer, now = an_officer(engine), engine.clock.now()
    exam_id, window = an_exam(engine, officer, a_form(engine, officer), 3600), timedelta(hours=6)
    session = exams.create_session(
        engine, officer, exams.NewSession(exam_id=exam_id, title="Morning", opens_at=now - window, closes_at=now + window)
    )
    _add(engine, officer, ["door"], Role.INVIGILATOR)
    logins = [f"candidate-{number}" for number in range(candidates)]
    expected = []
    for login, person_id in zip(logins, _add(engine, officer, logins, Role.CANDIDATE), strict=True):
        sitting = exams.register(engine, officer, exams.NewRegistration(session_id=session.id, candidate_id=person_id))
        checkin.keep_roster_pictures(engine, sitting.id, face, None)
        expected.append((login, sitting.id))
    return session.id, expected


def _add(engine: Engine, officer: Actor, logins: list[str], role: Role) -> list[PersonId]:
    now, password_hash = engine.clock.now(), passwords.hashed(PASSWORD)
    new = [
        Person(id=PersonId(new_id("per", now)), organisation_id=officer.organisation_id, login=login, name=login, name_hi="", language="en")
        for login in logins
    ]
    term = RoleTerm(person_id=new[0].id, organisation_id=officer.organisation_id, role=role, starts_on=civil_date(now))
    with engine.store.begin() as tx:
        tx.people.add_all([(person, password_hash) for person in new], [replace(term, person_id=person.id) for person in new])
    return [person.id for person in new]


def _wait_for(settings: Settings) -> None:
    until = time.monotonic() + PATIENCE_S
    while not answers(settings):
        if time.monotonic() > until:
            raise Unavailable("the processes did not come up")
        time.sleep(LOOK_EVERY_S)


@dataclass(slots=True)
class _Client:
    """One person at the JSON interface, over one connection."""

    connection: HTTPConnection
    token: str = ""

    def ask(self, method: str, path: str, body: object = None, jpeg: bytes | None = None) -> Any:
        """Ask, and return what came back; raises Unavailable for anything but success."""
        kind = "image/jpeg" if jpeg is not None else "application/json"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        content = jpeg if jpeg is not None else None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v1{path}", content, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise Unavailable(f"{method} {path}: {answer.status}")
        return json.loads(text) if text else None


def _signed_in(port: int, login: str) -> _Client:
    client = _Client(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S))
    client.token = client.ask("POST", "/login", {"login": login, "password": PASSWORD})["token"]
    return client


def _candidate(port: int, login: str, sitting_id: SittingId, morning: _Morning) -> None:
    """Go the way from the password to the dots, as the pages do."""
    begun = time.perf_counter()
    try:
        client = _signed_in(port, login)
        client.ask("POST", f"/sittings/{sitting_id}/consent", {"language": "en"})
        door = client.ask("POST", f"/sittings/{sitting_id}/admission", jpeg=morning.face)
        morning.places.append(door["place"])
        while door["state"] != "admitted":
            time.sleep(LOOK_EVERY_S)
            door = client.ask("GET", f"/sittings/{sitting_id}/admission")
        client.ask("POST", f"/sittings/{sitting_id}/calibration", {"seconds": 30, "looks": 60, "observable": 58})
        client.connection.close()
        morning.took_s.append(time.perf_counter() - begun)
    except (Unavailable, OSError, HTTPException, KeyError) as error:
        morning.errors.append(f"{type(error).__name__}: {error}")


def _doorkeeper(settings: Settings, session_id: SessionId, morning: _Morning) -> None:
    """Let everybody in, the longest waiting first, until the morning is over. Real ones look at the faces, and are many."""
    client = _signed_in(settings.port, "door")
    while not morning.over.is_set():
        for row in client.ask("GET", f"/sessions/{session_id}/checkins"):
            client.ask("POST", f"/sittings/{row['sitting']}/admission/decision", {"decision": "admit"})
        time.sleep(LOOK_EVERY_S)
    client.connection.close()


def _compared(engine: Engine, session_id: SessionId, candidates: int) -> tuple[float, float]:
    """Wait until the machine has compared every face; returns how many, and how long that took after the last candidate."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < COMPARED_WITHIN_S:
        with engine.store.read() as tx:
            session = tx.exams.session(session_id)
            found = tx.checkins.in_session(session_id, session.organisation_id)
        done = sum(one.machine_view is not MachineView.NOT_COMPARED for one in found)
        if done >= candidates:
            break
        time.sleep(LOOK_EVERY_S)
    return done, time.perf_counter() - begun
