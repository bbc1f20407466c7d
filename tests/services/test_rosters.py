"""A roster comes in whole or not at all: on both databases, with new people and known ones, rooms and photographs."""

import io
import zipfile
from datetime import timedelta

import numpy as np
import pytest
import simplejpeg

from assessment_engine.exams import ExamSession, ExamVerb
from assessment_engine.kernel.errors import NotAllowed, NotFound
from assessment_engine.people import Role
from assessment_engine.services import checkin, people
from assessment_engine.services.centres import NewCentre, NewRoom, add_centre, add_room
from assessment_engine.services.checkin import Picture
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewSession, create_session, move_exam
from assessment_engine.services.roster_files import from_bytes
from assessment_engine.services.rosters import RosterReport, import_roster
from assessment_engine.services.sessions import session_list, session_page
from assessment_engine.storage.registrations import SeatQuery
from tests.builders import a_person, an_engine, an_organisation, steer
from tests.services.paper import Paper, a_paper

JPEG = simplejpeg.encode_jpeg(np.full((64, 48, 3), 120, dtype=np.uint8))


def a_hall(engine: Engine, paper: Paper, *seats: int, capacity: int | None = None) -> ExamSession:
    """A session of the paper tomorrow, in rooms with so many seats of one centre."""
    centre = add_centre(engine, paper.officer, NewCentre(code="DEL-1", name="Delhi", name_hi="दिल्ली", address="1 Lodhi Road"))
    rooms = [add_room(engine, paper.officer, centre.id, NewRoom(name=f"R{n}", capacity=size)) for n, size in enumerate(seats, 1)]
    opens_at = engine.clock.now() + timedelta(days=1)
    new = NewSession(
        exam_id=paper.exam.id,
        title="Hall",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        capacity=capacity,
        bookable=True,
        room_ids=tuple(room.id for room in rooms),
    )
    return create_session(engine, paper.officer, new)


def take(engine: Engine, paper: Paper, session: ExamSession, text: str, *, photos: bytes = b"", dry_run: bool = False) -> RosterReport:
    source = from_bytes("roster.csv", text.encode(), photos)
    return import_roster(engine, paper.officer, session.id, source, dry_run=dry_run)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def seats(engine: Engine, paper: Paper, session: ExamSession) -> list[tuple[str, str, str | None]]:
    return [(line.login, line.room, line.registration.seat) for line in session_list(engine, paper.officer, session.id, SeatQuery())]


def test_a_roster_makes_accounts_and_gives_seats_by_room_and_order(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 2, 5)

    head = "login,name,name_hi,language,centre,room,seat\n"
    rows = "asha,Asha Rao,आशा राव,hi,,,\nravi,Ravi Das,,,DEL-1,R2,B7\nmeera,Meera,,,,,\nzoya,Zoya,,,,,\n"
    found = take(any_engine, paper, session, head + rows)

    assert (found.refused, found.imported, len(found.accounts)) == (False, 4, 4)
    assert seats(any_engine, paper, session) == [("asha", "R1", "01"), ("meera", "R1", "02"), ("zoya", "R2", "01"), ("ravi", "R2", "B7")]
    signed = people.sign_in(any_engine, "asha", found.accounts[0].password)
    assert (signed.person.name_hi, signed.person.language, set(signed.actor.roles)) == ("आशा राव", "hi", {Role.CANDIDATE})


def test_a_dry_run_finds_the_same_and_changes_nothing(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 3)

    found = take(any_engine, paper, session, "login,name\nasha,Asha\n", dry_run=True)

    assert [(seat.room, seat.seat, seat.is_new) for seat in found.seats] == [("R1", "01", True)]
    assert (found.imported, found.accounts, seats(any_engine, paper, session)) == (0, (), [])


def test_photographs_come_beside_it_and_are_the_candidates_own(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 3)

    found = take(any_engine, paper, session, "login,name,photo\nasha,Asha,asha.jpg\n", photos=zipped(asha__jpg=JPEG))

    (line,) = session_list(any_engine, paper.officer, session.id, SeatQuery())
    assert found.imported == 1
    assert checkin.picture(any_engine, paper.officer, line.sitting_id, Picture.PORTRAIT) == JPEG


def test_people_who_are_known_keep_their_account_and_their_name(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 3)
    known = a_person(any_engine, paper.officer.organisation_id, name="Asha Rao")
    with any_engine.store.read() as tx:
        login = tx.people.get(known.person_id).login

    found = take(any_engine, paper, session, f"login,name\n{login},Asha Devi\n")

    (line,) = session_list(any_engine, paper.officer, session.id, SeatQuery())
    assert (found.accounts, [note.code for note in found.notes]) == ((), ["name_differs"])
    assert (line.registration.candidate_id, line.name) == (known.person_id, "Asha Rao")


REFUSED = [
    ("login,name\nasha,Asha\nASHA,Asha\n", "login_twice", 3),
    ("login,name,room,seat\na,A,R1,S1\nb,B,R1,s1\n", "seat_twice", 3),
    ("login,name,room\na,A,R9\n", "unknown_room", 2),
    ("login,name,centre,room\na,A,DEL-2,R1\n", "unknown_room", 2),
    ("login,name,room\na,A,R1\nb,B,R1\nc,C,R1\n", "room_full", 4),
    ("login,name\na,A\nb,B\nc,C\nd,D\n", "session_full", 5),
    ("login,name\n=cmd(),A\n", "formula", 2),
    ("login,name\na,+A\n", "formula", 2),
    ("login,name,rom\na,A,R1\n", "unknown_column", 1),
    ("login,name\n,A\n", "login_missing", 2),
    ("login,name,language\na,A,fr\n", "unknown_language", 2),
    ("login,name,photo\na,A,a.jpg\n", "photo_missing", 2),
    ("login,name\n", "no_rows", 0),
    ("login,name\n" + "".join(f"u{n},N\n" for n in range(100_000)), "too_many_rows", 0),
]


def test_what_does_not_fit_is_said_with_its_line_and_nothing_changes(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 2, 1)
    before = len(people.members(any_engine, paper.officer))

    for text, code, line in REFUSED:
        found = take(any_engine, paper, session, text)

        assert (found.refused, found.problems[0].code, found.problems[0].line) == (True, code, line)
        assert found.problems[0].advice
        assert found.as_json()["code"] == "roster_refused"  # type: ignore[call-overload, index]
        assert (seats(any_engine, paper, session), len(people.members(any_engine, paper.officer))) == ([], before)


def test_everything_that_is_in_the_way_is_told_at_once(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 2)

    found = take(any_engine, paper, session, "login,name,room\na,A,R9\n=b,B,\nc,C,\n")

    assert [(problem.line, problem.code) for problem in found.problems] == [(2, "unknown_room"), (3, "formula")]


def test_a_file_that_is_no_text_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    engine = an_engine(tmp_path)
    paper = a_paper(engine)

    for data in (b"\x81\x8d\x8f", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), b"PK\x03\x04rubbish", b""):
        found = import_roster(engine, paper.officer, paper.session.id, from_bytes("roster.csv", data))

        assert found.refused
        assert found.problems[0].code in ("wrong_encoding", "not_text", "unreadable_file", "empty_file")


def test_another_organisations_candidate_staff_and_who_has_a_place_are_refused(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 9)
    stranger = a_person(any_engine, an_organisation(any_engine, "Elsewhere"))
    take(any_engine, paper, session, "login,name\nasha,Asha\n")
    with any_engine.store.read() as tx:
        logins = [tx.people.get(one.person_id).login for one in (stranger, paper.officer)]

    found = take(any_engine, paper, session, f"login,name\n{logins[0]},A\n{logins[1]},B\nasha,Asha\nnew,New\n")

    assert [(one.line, one.code) for one in found.problems] == [(2, "login_taken"), (3, "not_a_candidate"), (4, "place_held")]
    assert len(seats(any_engine, paper, session)) == 1


def test_a_closed_exam_or_a_session_that_is_over_takes_no_roster(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 9)
    move_exam(any_engine, paper.officer, paper.exam.id, ExamVerb.CLOSE)

    assert take(any_engine, paper, session, "login,name\nasha,Asha\n").problems[0].code == "exam_closed"
    steer(any_engine).advance(3 * 86400)
    assert take(any_engine, paper, session, "login,name\nasha,Asha\n").problems[0].code == "session_over"


def test_only_the_cell_of_the_organisation_imports(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    source = from_bytes("roster.csv", b"login,name\nasha,Asha\n")

    with pytest.raises(NotFound):
        stranger = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
        import_roster(any_engine, stranger, paper.session.id, source)
    with pytest.raises(NotAllowed):
        import_roster(any_engine, a_person(any_engine, paper.officer.organisation_id), paper.session.id, source)


def test_a_thousand_candidates_are_one_import_and_five_pages(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 600, 400)

    found = take(any_engine, paper, session, "login,name\n" + "".join(f"c{n:04d},Candidate {n}\n" for n in range(1000)))

    shown = session_page(any_engine, paper.officer, session.id, SeatQuery(sort="-login"), 2)
    assert (found.imported, shown.free, shown.pages, len(shown.lines)) == (1000, 0, 5, 200)
    assert (shown.lines[0].login, [use.taken for use in shown.rooms]) == ("c0799", [600, 400])


ONEROSTER = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\nfile.classes,bulk\n",
    "orgs.csv": "sourcedId,status,name,type,identifier\no1,active,Delhi school,school,DEL-1\n",
    "classes.csv": "sourcedId,status,title,classCode,classType,location,schoolSourcedId\nc1,active,Ten A,10A,scheduled,R1,o1\n",
    "users.csv": (
        "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,email\n"
        "u1,active,true,o1,student,asha,Asha,Rao,,asha@example.org\nu2,active,true,o1,teacher,guru,Guru,Das,,\n"
        "u3,tobedeleted,true,o1,student,gone,Gone,Away,,\nu4,active,true,o1,student,other,Other,Class,,\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role\ne1,active,c1,o1,u1,student\ne2,active,c1,o1,u2,teacher\n"
    ),
}


def oneroster(**changes: str) -> bytes:
    files = {**ONEROSTER, **{name.replace("__", "."): text for name, text in changes.items()}}
    return zipped(**{name: text.encode() for name, text in files.items()})


def test_oneroster_names_students_their_classes_and_schools(any_engine: Engine) -> None:
    paper = a_paper(any_engine)
    session = a_hall(any_engine, paper, 3)

    found = import_roster(any_engine, paper.officer, session.id, from_bytes("oneroster.zip", oneroster()))

    assert [(seat.login, seat.name, seat.room, seat.seat) for seat in found.seats] == [("asha", "Asha Rao", "R1", "01")]


def test_oneroster_1_2_keeps_roles_in_a_file_of_their_own() -> None:
    users = "sourcedId,status,enabledUser,username,givenName,familyName\nu1,active,true,asha,Asha,Rao\nu2,active,true,guru,Guru,Das\n"
    roles = "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\nr1,active,u1,primary,student,o1\nr2,active,u2,primary,teacher,o1\n"

    source = from_bytes("oneroster.zip", oneroster(users__csv=users, roles__csv=roles))

    assert [row.login for row in source.roster.rows] == ["asha"]


def test_oneroster_changes_and_other_versions_are_refused() -> None:
    for value, code in (("delta", "delta"), ("bulk\noneroster.version,2.0", "unknown_version")):
        source = from_bytes("oneroster.zip", oneroster(manifest__csv=f"propertyName,value\nfile.users,{value}\n"))

        assert [problem.code for problem in source.roster.problems] == [code]
