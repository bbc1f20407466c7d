"""What belongs to one organisation does not exist for another: every page and route, tried by somebody who holds every role elsewhere.

The same walk tries every form without its CSRF token, and everything without signing in.

The walk finds the routes itself. A new route with an id in its path needs a sample of that id in `ours`; one whose body has no example
needs a body in BODIES. Without them the walk fails and says what is missing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
import pytest
import simplejpeg
from annotated_types import MaxLen
from fastapi import UploadFile
from fastapi.params import Form
from fastapi.routing import APIRoute
from httpx import Response
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import Engine as Database
from sqlalchemy import bindparam, insert, select, update

from api.app import ROUTERS, create_app
from api.auth import SAFE_METHODS
from assessment_engine.arrangements import Adjustments
from assessment_engine.certification.credential import award_json
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.ids import EnemySetId, ExamId, FormId, ItemId, ItemVersionId, OrganisationId, SessionId, new_id
from assessment_engine.people import Role
from assessment_engine.services import arrangements, blueprints, courses
from assessment_engine.services.arrangements import NewArrangement
from assessment_engine.services.courses import NewCourse, NewModule
from assessment_engine.services.delivery import open_ledger
from assessment_engine.services.engine import Engine
from assessment_engine.storage.enemies import EnemySet
from assessment_engine.storage.schema import metadata
from item_bank.blueprints import Blueprint, BlueprintSection, Stratum, Wanted
from item_bank.items import ItemPart, PartKind
from tests.api.browsers import Browser, a_browser
from tests.api.client import TestClient
from tests.builders import World, a_person, a_stored_sitting, add_row, an_actor, an_engine, an_organisation, past_trigger
from tests.certification.parts import an_award
from tests.certification.story import Story, a_story, tell

PUBLIC: Mapping[str, str] = {
    "/": "says what this is",
    "/login": "asks who one is",
    "/sw.js": "is the same program for everybody",
    "/logout": "ends one's own session",
    "/me": "leads to one's own page",
    "/api/v1/login": "asks who one is",
    "/password": "chooses one's own password",
    "/api/v1/password": "chooses one's own password",
    "/api/v1/logout": "ends one's own session",
    "/healthz": "says that the process runs",
    "/readyz": "says that it can serve",
    "/metrics": "has numbers only, for this machine or a token",
    "/verify": "is for anybody who holds a certificate",
    "/verify/{number}": "is for anybody who knows a certificate's number",
    "/api/v1/credentials/verify": "is for anybody who holds a credential",
    "/.well-known/did.json": "has public keys",
    "/api/v1/keys": "has public keys",
    "/api/v1/log/checkpoint": "is what outsiders follow; it has hashes only",
    "/api/v1/log/proofs/{sha256}": "is what outsiders follow; it has hashes only",
}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "/candidate/sittings/{sitting_id}/consent": {"agreed": "1", "language": "en"},
    "/candidate/sittings/{sitting_id}/call": {"problem": "check"},
    "/cell/items/imports/{run_id}/import": {"reading": "strict"},
    "/cell/items/{version_id}/try": {"response": "{}", "attempts": "[]"},
    "/cell/sessions/{session_id}/roster": {"check_only": "true"},
    "/api/v1/sessions/{session_id}/roster": {"check_only": "true"},
    "/cell/centres/{centre_id}/rooms": {"name": "Hall", "capacity": "3"},
    "/cell/centres/{centre_id}/rooms/{room_id}": {"capacity": "3"},
    "/invigilator/review/{incident_id}/judge": {"state": "open"},
    "/grievances/{grievance_id}/resolve": {"outcome": "upheld"},
    "/candidate/sittings/{sitting_id}/package": {"back": "/candidate/"},
    "/candidate/arrangements/{arrangement_id}/scribe": {"declared": "true"},
    "/api/v1/sessions/{session_id}/rooms/{room}": {"verb": "take", "version": 0},
    "/api/v1/sittings/{sitting_id}/act": {"id": "tac_00001", "verb": "pause", "reason": "A test"},
    "/api/v1/sittings/{sitting_id}/calibration": {"dots": [{"x": 0.1, "y": 0.1, "at_s": at} for at in range(9)]},
}
NAME = "Zanskar"
PICTURE = simplejpeg.encode_jpeg(np.zeros((480, 640, 3), dtype=np.uint8))
BUILT = 'the walk needs a sample of "{}" in `ours`, the ids of one organisation\'s things'


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One organisation with something of every kind, and somebody of another organisation who asks for it."""

    engine: Engine
    ours: Mapping[str, str]
    organisation_id: OrganisationId
    stranger: Browser


def a_case(engine: Engine, world: World) -> Mapping[str, str]:
    now = engine.clock.now()
    incident, evidence = new_id("inc", now), new_id("evd", now)
    of_sitting = {"sitting_id": world.sitting_id, "organisation_id": world.organisation_id}
    facts = {"rule": "nobody", "first_seq": 1, "kind": "nobody", "tier": "alert", "severity": "high", "confidence": 0.9}
    times = {"opened_at": now, "raised_at": now, "ended_at": None, "start_s": 1.0, "end_s": 2.0}
    add_row(engine, "incidents", id=incident, **of_sitting, **facts, **times, item_id=None, trace={}, models={})
    add_row(engine, "cases", incident_id=incident, **of_sitting, state="open", opened_at=now)
    a_hearing(engine, world, incident)
    frame = {"seq": 1, "at": now, "role": "peak", "blob": "evidence/1", "sha256": "0" * 64}
    add_row(engine, "evidence", id=evidence, incident_id=incident, sitting_id=world.sitting_id, **frame)
    return {"incident_id": incident, "evidence_id": evidence, "seq": "1"}


def a_hearing(engine: Engine, world: World, incident_id: str) -> None:
    """Ask the candidate about a case that one person upheld; nobody is asked during an exam, so it is over for that long."""
    now, sittings = engine.clock.now(), metadata.tables["sittings"]
    judge = a_person(engine, world.organisation_id, Role.INVIGILATOR, name=f"{NAME} Das")
    words = {"person_id": judge.person_id, "verdict": "uphold", "reason_code": "other", "reason": NAME, "at": now, "ordinal": 1}
    asked = {"candidate_id": world.candidate.person_id, "opened_at": now, "due_at": now + timedelta(days=7)}
    place = {"incident_id": incident_id, "sitting_id": world.sitting_id}
    with engine.store.begin() as tx:
        this = sittings.c.id == world.sitting_id
        tx.connection.execute(insert(metadata.tables["adjudications"]).values(id=new_id("adj", now), **place, **words))
        tx.connection.execute(update(sittings).where(this).values(state=SittingState.SUBMITTED))
        tx.connection.execute(insert(metadata.tables["hearings"]).values(organisation_id=world.organisation_id, **place, **asked))
        tx.connection.execute(update(sittings).where(this).values(state=SittingState.IN_PROGRESS))


def a_grievance(engine: Engine, world: World, incident_id: str) -> Mapping[str, str]:
    now = engine.clock.now()
    grievance = new_id("grv", now)
    row = {"sitting_id": world.sitting_id, "organisation_id": world.organisation_id, "candidate_id": world.candidate.person_id}
    words = {"about": "flag", "subject_id": incident_id, "text": f"{NAME} was dark", "state": "filed", "reason": ""}
    add_row(engine, "grievances", id=grievance, **row, **words, filed_at=now, due_at=now)
    return {"grievance_id": grievance}


def a_demotion(engine: Engine, world: World) -> Mapping[str, str]:
    """A detector that was demoted, and a recalibration that waits for a second officer."""
    now = engine.clock.now()
    demotion, proposal = new_id("dem", now), new_id("cal", now)
    place = {"organisation_id": world.organisation_id, "exam_id": world.exam_id}
    counts = {"sittings": 4, "hours": 4.0, "false_sittings": 4, "expected": 0.3, "evidence": 120.0, "alpha": 0.01}
    add_row(engine, "demotions", id=demotion, **place, kind="nobody", demoted_at=now, **counts)
    made = {"record": {}, "reason": NAME, "evidence": {}, "proposed_by": world.candidate.person_id, "proposed_at": now}
    add_row(engine, "recalibrations", id=proposal, **place, **made, state="open")
    return {"demotion_id": demotion, "proposal_id": proposal}


def a_centre(engine: Engine, world: World) -> Mapping[str, str]:
    now = engine.clock.now()
    centre, room = new_id("cen", now), new_id("rom", now)
    words = {"code": "C1", "name": NAME, "name_hi": NAME, "address": NAME, "address_hi": ""}
    add_row(engine, "centres", id=centre, organisation_id=world.organisation_id, **words)
    row = {"id": room, "centre_id": centre, "organisation_id": world.organisation_id, "name": NAME, "capacity": 9}
    add_row(engine, "rooms", **row, invigilator_id=None)
    return {"centre_id": centre, "room_id": room}


def a_question_report(engine: Engine, world: World) -> Mapping[str, str]:
    now = engine.clock.now()
    report = new_id("qrp", now)
    row = {"id": report, "organisation_id": world.organisation_id, "sitting_id": world.sitting_id, "item_id": world.items[0]}
    words = {"language": "en", "text": f"{NAME} is misspelt", "state": "new", "note": ""}
    add_row(engine, "question_reports", **row, **words, reported_at=now, seen_by=None, seen_at=None)
    return {"report_id": report, "report_number": "1"}


def an_arrangement(engine: Engine, world: World) -> Mapping[str, str]:
    """A request with one document, of a candidate whose sitting has not begun."""
    sitting_id = a_stored_sitting(engine, world.candidate, *_another_exam(engine, world), state=SittingState.ADMITTED)
    letter = (("letter.pdf", b"%PDF-1.7"),)
    new = NewArrangement(sitting_id=sitting_id, asked=Adjustments(scribe=True), text=f"{NAME} hand", documents=letter)
    request = arrangements.ask(engine, world.candidate, new)
    return {"arrangement_id": request.id, "document_number": "1", "registration_id": request.registration_id}


def _another_exam(engine: Engine, world: World) -> tuple[ExamId, SessionId, FormId]:
    with engine.store.read() as tx:
        exam = tx.exams.get(world.exam_id)
    session = SessionId(new_id("ses", engine.clock.now()))
    window = {"opens_at": engine.clock.now(), "closes_at": engine.clock.now() + timedelta(hours=1)}
    add_row(engine, "exam_sessions", id=session, exam_id=exam.id, organisation_id=world.organisation_id, title=NAME, **window)
    return exam.id, session, exam.form_id


def a_course(engine: Engine, world: World) -> Mapping[str, str]:
    cell = a_person(engine, world.organisation_id, Role.CELL_OFFICER, name=f"{NAME} Cell")
    course = courses.add_course(engine, cell, NewCourse(code=f"{NAME}-1", title=f"{NAME} course", title_hi="पाठ्यक्रम"))
    module = courses.add_module(engine, cell, course.id, NewModule(title=NAME, title_hi="भाग", text=NAME, text_hi="पाठ"))
    courses.open_course(engine, cell, course.id)
    return {"course_id": course.id, "module_id": module.id, "person_id": cell.person_id, "officer": cell.person_id}


def a_certificate(engine: Engine, story: Story) -> Mapping[str, str]:
    """A row that the database's own rules accept: its sitting went through the whole story."""
    links = {"score_report_id": story.report_id, "batch_id": story.batch_id, "proctoring_decision_id": story.decision_id}
    holder = {"sitting_id": story.sitting_id, "candidate_id": story.world.candidate.person_id}
    row = {"id": new_id("cer", engine.clock.now()), "number": "26-7K3M-9Q2X-H4TD", "issued_at": engine.clock.now()}
    place = {**holder, "organisation_id": story.world.organisation_id}
    documents = {"award": award_json(an_award()), "credential": {"name": NAME}, "credential_sha256": "c"}
    add_row(engine, "certificates", **row, **links, **place, **documents)
    return {"batch_id": story.batch_id, "score_report_id": story.report_id, "number": "26-7K3M-9Q2X-H4TD"}


def the_items(engine: Engine, world: World) -> Mapping[str, str]:
    with engine.store.read() as tx:
        item = tx.connection.execute(select(metadata.tables["items"])).first()
        assert item is not None
        version = world.items[0]
    sha256 = a_picture(engine, version)
    made = {
        "set_id": enemies(engine, world, ItemId(item.id)),
        "run_id": an_import(engine, world),
        "blueprint_id": a_blueprint(engine, world),
    }
    return {**made, "bank_id": item.bank_id, "item_id": version, "item_version_id": version, "version_id": version, "sha256": sha256}


def a_blueprint(engine: Engine, world: World) -> str:
    rows = (Stratum(wanted=Wanted(), count=1),)
    sections = (BlueprintSection(id="A", title=NAME, title_hi=NAME, strata=rows),)
    officer = an_actor(Role.CELL_OFFICER, organisation_id=world.organisation_id, person_id=world.candidate.person_id)
    return blueprints.save(engine, officer, Blueprint(title=NAME, title_hi=NAME, sections=sections, languages=("en",))).id


def enemies(engine: Engine, world: World, item_id: ItemId) -> str:
    """A set of enemies with our mark."""
    made = EnemySet(id=EnemySetId(new_id("ene", engine.clock.now())), name=NAME, items=(item_id,))
    with engine.store.begin() as tx:
        tx.enemies.add(an_actor(Role.CELL_OFFICER, organisation_id=world.organisation_id), made)
    return made.id


def an_import(engine: Engine, world: World) -> str:
    """An import that was only a check, of a file with our mark."""
    now = engine.clock.now()
    run = new_id("run", now)
    asked = {"person_id": world.candidate.person_id, "asked_at": now, "name": NAME, "files": [f"{NAME}.xml"], "rules": {}}
    ended = {"done": 1, "total": 1, "ended_at": now, "imported": 0}
    add_row(engine, "import_runs", id=run, organisation_id=world.organisation_id, **asked, **ended)
    return run


def a_picture(engine: Engine, version_id: ItemVersionId) -> str:
    """A picture of a question; its content is our mark."""
    data = f"{NAME} picture".encode()
    sha256 = sha256_hex(data)
    part = ItemPart(lang="en", path="a.png", kind=PartKind.MEDIA, sha256=sha256, media_type="image/png", size=len(data))
    with engine.store.begin() as tx:
        tx.items.parts.keep({sha256: data})
        tx.items.parts.add({version_id: (part,)})
    return sha256


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Build ours and the stranger, and open an app with a writer of answers; once, since nothing may change."""
    engine = an_engine(tmp_path_factory.mktemp("organisations"))
    story = a_story(engine)
    mark(engine)
    certificate = a_certificate(engine, tell(story))
    world = going_on(engine, story.world)
    case = a_case(engine, world)
    course = a_course(engine, world)
    ours = {
        "room": "1",
        "sitting_id": str(world.sitting_id),
        "session_id": str(world.session_id),
        "session": str(world.session_id),
        "exam_id": str(world.exam_id),
        "form_id": str(world.form_id),
        "candidate_id": str(world.candidate.person_id),
        "which": "portrait",
        "problem": "denied",
        "verb": "suspend",
        "name": "choice",
        "kind": "choice",
        "form": "csv",
        **case,
        **course,
        **an_arrangement(engine, world),
        **a_question_report(engine, world),
        **a_centre(engine, world),
        **a_demotion(engine, world),
        **a_grievance(engine, world, case["incident_id"]),
        **certificate,
        **the_items(engine, world),
    }
    ledger = open_ledger(engine)
    stranger = a_person(engine, an_organisation(engine, "Elsewhere"), *Role, name="Kabir Das")
    yield Scene(
        engine=engine, ours=ours, organisation_id=world.organisation_id, stranger=a_browser(create_app(engine, ledger), engine, stranger)
    )
    ledger.stop()


def going_on(engine: Engine, world: World) -> World:
    """Return the same organisation with a candidate whose sitting goes on."""
    candidate = a_person(engine, world.organisation_id, name=f"{NAME} Rao")
    sitting_id = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id)
    return replace(world, candidate=candidate, sitting_id=sitting_id)


def mark(engine: Engine) -> None:
    """Put our mark on everything that pages may show by its name, while nothing but ours is there."""
    with engine.store.begin() as tx:
        for table in ("people", "exams", "exam_sessions", "forms", "banks"):
            columns = metadata.tables[table].c
            marked = {name: f"{NAME} {table}" for name in ("name", "name_hi", "title", "title_hi") if name in columns}
            tx.connection.execute(metadata.tables[table].update().values(**marked))
        titles = {"title": f"{NAME} item", "titles": {"en": f"{NAME} item"}}
        with past_trigger(tx.connection, "item_versions_no_content"):
            tx.connection.execute(metadata.tables["item_versions"].update().values(**titles))


def routes() -> list[APIRoute]:
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path not in PUBLIC]


def names_of(route: APIRoute) -> list[str]:
    return re.findall(r"{(\w+)", route.path)


def address(route: APIRoute, ours: Mapping[str, str]) -> str:
    missing = [name for name in names_of(route) if name not in ours]
    assert not missing, BUILT.format(", ".join(missing))
    return route.path.format(**ours)


def value_of(name: str, field: FieldInfo, ours: Mapping[str, str]) -> Any:
    """Make up what a form's field takes: our id when the field is one, else something plausible that fits."""
    kind = field.annotation
    if name in ours and "_" in ours[name]:
        return ours[name]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if kind in (int, float):
        return "1"
    most = next((rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)), None)
    return "en" if name in ("lang", "language") else "A sentence that is long enough."[:most]


def send(scene: Scene, route: APIRoute, method: str) -> Response:
    """Ask for our thing as the stranger, with a body that is good enough to be read."""
    path, fields = address(route, scene.ours), route.dependant.body_params
    headers = {"X-CSRF-Token": scene.stranger.csrf}
    body = dict(BODIES.get(route.path, {}))
    model = next((one.field_info.annotation for one in fields if not isinstance(one.field_info, Form)), None)
    form = {one.name: value_of(one.name, one.field_info, scene.ours) for one in fields if isinstance(one.field_info, Form)}
    uploads = (UploadFile, UploadFile | None, list[UploadFile] | None)
    files = {one.name: b"nothing" for one in fields if one.field_info.annotation in uploads}
    if model is not None:
        return request(scene, method, path, headers, json=body or example(model))
    if not fields and method != "GET":
        return request(scene, method, path, {**headers, "Content-Type": "image/jpeg"}, content=PICTURE)
    form = {name: value for name, value in form.items() if name not in files}
    return request(scene, method, path, headers, data={**form, **body} or None, files=files or None)


def request(scene: Scene, method: str, path: str, headers: Mapping[str, str], **body: Any) -> Response:
    answer: Response = scene.stranger.client.request(method, path, headers=headers, follow_redirects=False, **body)
    return answer


def example(model: Any) -> Any:
    """Take the example that the model publishes, else the first value of each field that it needs."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    published = model.model_json_schema().get("examples")
    if published:
        return published[0]
    return {name: value_of(name, field, {}) for name, field in model.model_fields.items() if field.is_required()}


def everything(scene: Scene) -> Mapping[str, list[tuple[object, ...]]]:
    """Read every row that is ours, as it lies in the database."""
    ours = {"organisation_id": scene.organisation_id, "sitting_id": scene.ours["sitting_id"]}
    with scene.engine.store.read() as tx:
        read = tx.connection.exec_driver_sql
        return {name: [tuple(row) for row in read(asked, (ours[column],))] for name, column, asked in questions(scene.engine.store.engine)}


@cache
def questions(database: Database) -> list[tuple[str, str, str]]:
    """Return each table that has an owner, its column that says whose, and how to read it; written once and asked a thousand times."""
    owned = [(table, next((one for one in ("organisation_id", "sitting_id") if one in table.c), None)) for table in metadata.sorted_tables]
    return [
        (table.name, column, str(select(table).where(table.c[column] == bindparam("ours")).order_by(*table.primary_key).compile(database)))
        for table, column in owned
        if column is not None
    ]


CASES = [pytest.param(route, method, id=f"{method} {route.path}") for route in routes() for method in sorted(route.methods or ())]


@pytest.mark.parametrize(("route", "method"), CASES)
def test_a_person_of_another_organisation_finds_nothing_and_changes_nothing(scene: Scene, route: APIRoute, method: str) -> None:
    before = everything(scene)

    answer = send(scene, route, method)

    if any(name.endswith("_id") or name == "number" for name in names_of(route)):
        assert answer.status_code == 404, f"{answer.status_code}: {answer.text[-600:]}"
    assert answer.status_code < 500
    ids = [one for one in scene.ours.values() if "_" in one]
    secrets = [NAME] if answer.status_code == 404 else [NAME, *ids]  # a refusal's language switch repeats the address that was asked for
    assert [one for one in secrets if one in answer.text] == []
    assert everything(scene) == before


@pytest.mark.parametrize(("route", "method"), [case for case in CASES if case.values[1] not in SAFE_METHODS])
def test_no_form_is_taken_from_another_sites_page(scene: Scene, route: APIRoute, method: str) -> None:
    before = everything(scene)

    answer = request(scene, method, address(route, scene.ours), {})

    assert answer.status_code == 403
    assert everything(scene) == before


@pytest.mark.parametrize(("route", "method"), CASES)
def test_nobody_sees_anything_without_signing_in(scene: Scene, route: APIRoute, method: str) -> None:
    nobody = TestClient(scene.stranger.client.app, follow_redirects=False)

    answer = nobody.request(method, address(route, scene.ours))

    if route.path.startswith("/api/"):
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")


def test_the_public_list_names_no_route_that_is_gone() -> None:
    paths = {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)}

    assert set(PUBLIC) <= paths
    assert set(BODIES) <= paths


def test_the_same_things_are_there_for_their_own_organisation(scene: Scene) -> None:
    """The walk would also pass if nothing were ever found; this is its other half."""
    own = a_person(scene.engine, scene.organisation_id, *Role, name="Meera Iyer")
    browser = a_browser(create_app(scene.engine), scene.engine, own)

    for path in ("/candidate/courses/{course_id}", "/cell/courses/{course_id}", "/grievances/{grievance_id}", "/cell/people"):
        answer = browser.get(path.format(**scene.ours))
        assert answer.status_code == 200, path
        assert NAME in answer.text
