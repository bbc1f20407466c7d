"""Media of items over HTTP: to whom, with which headers, and in pieces. Nothing leaks before the exam."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.app import create_app
from assessment_engine.delivery.navigation import Move
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import navigation
from assessment_engine.services.delivery import item_of, open_ledger
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm, build_form
from item_bank.forms import FormSection
from item_bank.items import PartKind
from tests.api.browsers import a_program
from tests.api.client import TestClient
from tests.builders import a_person, a_stored_sitting, an_engine, an_organisation, steer
from tests.services.packages import PICTURE, Room, a_room, an_item, an_old_item

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><circle cx="5" cy="5" r="4"/></svg>'
FILES = {
    "one.xml": an_item(body='<p><img src="a.png" alt="A dot"/><img src="b.svg" alt="A circle"/></p>'),
    "a.png": PICTURE,
    "b.svg": DRAWING,
    "old.xml": an_old_item(),
}


def address(data: bytes) -> str:
    return f"/api/v1/media/{hashlib.sha256(data).hexdigest()}"


@dataclass(frozen=True, kw_only=True)
class Scene:
    engine: Engine
    room: Room
    candidate: TestClient

    def someone(self, *roles: Role, organisation_id: str | None = None) -> TestClient:
        home = organisation_id or self.room.officer.organisation_id
        person = a_person(self.engine, home, *roles)  # type: ignore[arg-type]
        return a_program(create_app(self.engine), self.engine, person)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    engine = an_engine(tmp_path)
    room = a_room(engine, FILES)
    yield Scene(engine=engine, room=room, candidate=a_program(create_app(engine), engine, room.candidate))


def test_the_addresses_in_a_question_are_those_of_its_files(scene: Scene) -> None:
    html = item_of(scene.engine, scene.room.candidate, scene.room.sitting_id, scene.room.versions["one"].id, "en").html

    assert f'src="{address(PICTURE)}"' in html
    assert scene.candidate.get(address(PICTURE)).content == PICTURE


def test_a_picture_is_kept_for_the_exam_and_runs_nothing(scene: Scene) -> None:
    picture, drawing = scene.candidate.get(address(PICTURE)), scene.candidate.get(address(DRAWING))

    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert drawing.headers["content-type"] == "image/svg+xml"
    for answer in (picture, drawing):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "private" in answer.headers["cache-control"]
        assert "immutable" in answer.headers["cache-control"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]


def test_what_the_browser_has_is_not_sent_again(scene: Scene) -> None:
    first = scene.candidate.get(address(PICTURE))

    again = scene.candidate.get(address(PICTURE), headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


PIECES = {
    "bytes=0-3": (206, PICTURE[:4], f"bytes 0-3/{len(PICTURE)}"),
    "bytes=4-": (206, PICTURE[4:], f"bytes 4-{len(PICTURE) - 1}/{len(PICTURE)}"),
    "bytes=-5": (206, PICTURE[-5:], f"bytes {len(PICTURE) - 5}-{len(PICTURE) - 1}/{len(PICTURE)}"),
    "bytes=2-99999": (206, PICTURE[2:], f"bytes 2-{len(PICTURE) - 1}/{len(PICTURE)}"),
    "bytes=99999-": (416, b"", f"bytes */{len(PICTURE)}"),
    "bytes=-0": (416, b"", f"bytes */{len(PICTURE)}"),
    "bytes=5-2": (200, PICTURE, None),
    "bytes=0-1,4-5": (200, PICTURE, None),
    "bytes=-": (200, PICTURE, None),
    "bytes=" + "9" * 5000 + "-": (200, PICTURE, None),
    "lines=1-2": (200, PICTURE, None),
}


@pytest.mark.parametrize("wanted", PIECES, ids=lambda wanted: wanted[:20])
def test_a_film_can_be_wound(scene: Scene, wanted: str) -> None:
    answer = scene.candidate.get(address(PICTURE), headers={"Range": wanted})

    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == PIECES[wanted]


@pytest.mark.parametrize("role", [Role.CELL_OFFICER, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER])
def test_the_organisations_staff_sees_its_media_and_another_organisations_does_not(scene: Scene, role: Role) -> None:
    assert scene.someone(role).get(address(PICTURE)).status_code == 200
    assert scene.someone(role, organisation_id=an_organisation(scene.engine)).get(address(PICTURE)).status_code == 404


@pytest.mark.parametrize("state", [each for each in SittingState if each is not SittingState.IN_PROGRESS])
def test_nothing_leaks_before_or_after_the_sitting_or_while_its_time_stands_still(scene: Scene, state: SittingState) -> None:
    candidate = a_person(scene.engine, scene.room.officer.organisation_id)
    room = scene.room
    a_stored_sitting(scene.engine, candidate, room.exam_id, room.session_id, room.form_id, state=state)

    answer = a_program(create_app(scene.engine), scene.engine, candidate).get(address(PICTURE))

    assert answer.status_code == 404


def test_a_candidate_sees_only_the_media_of_parts_that_are_open_to_them_now(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    questions = {"one.xml": with_picture("one", "a.png"), "two.xml": with_picture("two", "b.svg")}
    room = a_room(engine, {**questions, "a.png": PICTURE, "b.svg": DRAWING})
    items = [room.versions[name].id for name in ("one", "two")]
    parts = (
        FormSection(id="A", title="First", title_hi="पहला", items=(items[0],), locked=True),
        FormSection(id="B", title="Second", title_hi="दूसरा", items=(items[1],), time_limit_s=60),
    )
    form = build_form(engine, room.officer, NewForm(title="Parts", title_hi="भाग", sections=parts))
    candidate = a_person(engine, room.officer.organisation_id)
    sitting_id = a_stored_sitting(engine, candidate, room.exam_id, room.session_id, form.id)
    client = a_program(create_app(engine), engine, candidate)

    def seen() -> list[int]:
        return [client.get(address(data)).status_code for data in (PICTURE, DRAWING)]

    assert seen() == [200, 404]
    go(engine, candidate, sitting_id, items[1])
    steer(engine).advance(1)
    assert seen() == [404, 200]
    steer(engine).advance(61)
    assert seen() == [404, 404]


def with_picture(identifier: str, name: str) -> bytes:
    return an_item(identifier, body=f'<p><img src="{name}" alt="A picture"/></p>')


def go(engine: Engine, candidate: Actor, sitting_id: SittingId, to: ItemVersionId) -> None:
    ledger = open_ledger(engine)
    try:
        navigation.move(engine, ledger, candidate, sitting_id, Move(to=to))
    finally:
        ledger.stop()


def test_a_candidate_of_another_exam_sees_nothing_of_this_one(scene: Scene) -> None:
    other = a_room(scene.engine, {"two.xml": an_item("two")})

    assert a_program(create_app(scene.engine), scene.engine, other.candidate).get(address(PICTURE)).status_code == 404


def test_nobody_sees_media_without_signing_in(scene: Scene) -> None:
    assert TestClient(create_app(scene.engine)).get(address(PICTURE)).status_code == 401


def test_the_original_of_an_upgraded_file_is_never_served(scene: Scene) -> None:
    kept = scene.room.versions["old"].parts_in("en", PartKind.ORIGINAL)[0]

    assert scene.someone(Role.CELL_OFFICER).get(f"/api/v1/media/{kept.sha256}").status_code == 404


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "x" * 64, "A" * 64])
def test_what_is_not_there_is_not_found(scene: Scene, name: str) -> None:
    assert scene.someone(Role.CELL_OFFICER).get(f"/api/v1/media/{name}").status_code in (404, 422)
