"""Who is ready before a session, who came to it, and the signed report afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DatabaseError

from assessment_engine.arrangements import Adjustments
from assessment_engine.delivery.announcements import Wording
from assessment_engine.delivery.checkin import Calibration
from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.session_report import Attendance, SessionReport, is_genuine_report
from assessment_engine.delivery.session_report_source import report_source
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.delivery.timekeeping import TimeAct, TimeVerb
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.kernel.errors import NotAllowed, NotFound, NotYet
from assessment_engine.kernel.ids import TimeActId
from assessment_engine.people import Actor, Role
from assessment_engine.services import announcements, arrangements, delivery, practice, readiness, session_reports, timekeeping
from assessment_engine.services.arrangements import NewArrangement
from assessment_engine.services.engine import Engine
from assessment_engine.services.readiness import Lack
from assessment_engine.services.timekeeping import Wish
from assessment_engine.services.typesetter import TypstTypesetter
from assessment_engine.storage.incidents import WatchRecord
from tests.builders import World, a_person, a_stored_sitting, a_world, an_organisation, steer
from tests.certification.parts import ASSETS


@pytest.fixture
def world(any_engine: Engine) -> World:
    return a_world(any_engine, state=SittingState.REGISTERED)


def an_officer(engine: Engine, world: World) -> Actor:
    return a_person(engine, world.organisation_id, Role.CELL_OFFICER, name="Kavita Joshi")


def another(engine: Engine, world: World, name: str = "Ravi Kumar", **changes: object) -> Actor:
    """Somebody else in the session, however far they came."""
    candidate = a_person(engine, world.organisation_id, name=name)
    sitting_id = a_stored_sitting(engine, candidate, world.exam_id, world.session_id, world.form_id, state=SittingState.REGISTERED)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting_id), **changes))  # type: ignore[arg-type]
    return candidate


def test_the_cell_sees_what_everybody_lacks(any_engine: Engine, world: World) -> None:
    new = NewArrangement(sitting_id=world.sitting_id, asked=Adjustments(read_aloud=True), text="I read with difficulty.")
    arrangements.ask(any_engine, world.candidate, new)
    another(any_engine, world, state=SittingState.VOIDED)

    found = readiness.readiness(any_engine, an_officer(any_engine, world), world.session_id)

    assert [line.lacks for line in found.lines] == [(Lack.PHOTOGRAPH, Lack.PRACTICE, Lack.DECISION)]
    assert (found.ready, found.counts[Lack.PRACTICE]) == (0, 1)


def test_whoever_has_practised_and_has_a_photograph_is_ready(any_engine: Engine, world: World) -> None:
    sitting = practice.begin(any_engine, world.candidate, world.sitting_id)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(sitting, state=SittingState.SUBMITTED))
        tx.exams.keep_pictures(tx.sittings.get(world.sitting_id).registration_id, "portraits/1", None)

    found = readiness.readiness(any_engine, an_officer(any_engine, world), world.session_id)

    assert found.lines[0].is_ready
    assert (found.lines[0].practised, found.lines[0].practising) == (1, False)


def over(engine: Engine) -> None:
    steer(engine).advance(5 * 3600)


def test_a_report_counts_who_came_and_is_a_leaf_of_the_log(any_engine: Engine, world: World) -> None:
    another(any_engine, world, state=SittingState.ADMITTED, admitted_at=any_engine.clock.now())
    another(any_engine, world, state=SittingState.VOIDED)
    sat = a_stored_sitting(any_engine, a_person(any_engine, world.organisation_id), world.exam_id, world.session_id, world.form_id)
    ledger = delivery.open_ledger(any_engine)
    with any_engine.store.begin() as tx:
        candidate = tx.sittings.get(sat).candidate_id
        tx.sittings.save(replace(tx.sittings.get(sat), grace_s=5))
    who = replace(world.candidate, person_id=candidate)
    steer(any_engine).advance(3602)  # two seconds after the bell, within the grace
    ledger.save(an_offer(sat, candidate, world.items[0], 1, {"RESPONSE": "A"})).result(60)
    seal = delivery.submit(any_engine, ledger, who, sat)
    ledger.stop()
    over(any_engine)

    report = session_reports.make_report(any_engine, an_officer(any_engine, world), world.session_id)

    assert report.counts == {Attendance.PRESENT: 1, Attendance.NOT_STARTED: 1, Attendance.ABSENT: 1, Attendance.GIVEN_BACK: 1}
    lines = report.document["lines"]
    assert isinstance(lines, list)
    [line] = [one for one in lines if isinstance(one, dict) and one["sitting"] == sat]
    assert (line["seal_sha256"], line["closed_by"]) == (seal.sha256, "submit")
    assert (line["answers"], line["after_deadline"], line["after_deadline_s"]) == (1, 1, 2)
    assert is_genuine_report(report, any_engine.signer.receipts.public_bytes)
    with any_engine.store.read() as tx:
        entry = tx.connection.exec_driver_sql("SELECT payload FROM audit_entries WHERE kind = 'session_reported'").scalar_one()
    assert report.sha256 in str(entry)


def a_demotion(world: World, kind: str, began: datetime, ended: datetime | None) -> Demotion:
    """A detector that was wrong too often for a while."""
    place = {"organisation_id": world.organisation_id, "exam_id": world.exam_id, "kind": kind}
    counts = {"sittings": 9, "hours": 9.0, "false_sittings": 5, "expected": 0.4, "evidence": 200.0, "alpha": 0.01}
    return Demotion(id=f"dem_{kind}", demoted_at=began, restored_at=ended, **place, **counts)  # type: ignore[arg-type]


def test_while_a_report_is_read_and_signed_others_write(any_engine: Engine, world: World) -> None:
    """A hall of thousands takes seconds; an answer of another session must not wait for them."""
    over(any_engine)
    written: list[int] = []

    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(any_engine.signer.receipts, name)

        def sign(self, message: bytes) -> str:
            if not written:
                with any_engine.store.begin() as tx:  # on SQLite this would wait for a writer, and give up
                    tx.people.save_password(world.candidate.person_id, "another", must_change=False)
                written.append(1)
                session_reports.make_report(any_engine, officer, world.session_id)  # and a colleague is quicker
            return any_engine.signer.receipts.sign(message)

    officer = an_officer(any_engine, world)
    slow = replace(any_engine, signer=replace(any_engine.signer, receipts=Slow()))  # type: ignore[arg-type]

    report = session_reports.make_report(slow, officer, world.session_id)

    assert written == [1]
    assert report.number == 2
    assert is_genuine_report(report, any_engine.signer.receipts.public_bytes)


def test_the_report_says_what_was_not_looked_for_and_how_long_nobody_was_compared(any_engine: Engine, world: World) -> None:
    now, candidate = any_engine.clock.now(), a_person(any_engine, world.organisation_id, name="Asha Rao")
    sat = a_stored_sitting(any_engine, candidate, world.exam_id, world.session_id, world.form_id)
    with any_engine.store.begin() as tx:
        sitting = tx.sittings.get(sat)
        tx.sittings.save(replace(sitting, state=SittingState.SUBMITTED, started_at=now, submitted_at=now + timedelta(seconds=1800)))
        tx.exams.arrange(sitting.registration_id, {"scribe": True, "second_person": True})
        tx.eyes.note_blind(sat, ["objects"])
        tx.checkins.calibrate(Calibration(sitting_id=sat, at=now, skipped=True, baseline={}))
        since = now + timedelta(seconds=1200)
        tx.incidents.save_watch(WatchRecord(sitting_id=sat, unrecognised_s=310.0, unrecognised_since=since))
        for kind, began, ended in (("different_person", -60, None), ("challenge_failed", -60, -30), ("chain_broken", -60, None)):
            restored = None if ended is None else now + timedelta(seconds=ended)
            tx.demotion.add(a_demotion(world, kind, now + timedelta(seconds=began), restored))
    over(any_engine)

    report = session_reports.make_report(any_engine, an_officer(any_engine, world), world.session_id)
    pdf = session_reports.report_pdf(
        replace(any_engine, typesetter=TypstTypesetter(ASSETS)), an_officer(any_engine, world), world.session_id, 1
    )

    lines = report.document["lines"]
    assert isinstance(lines, list)
    [line] = [one for one in lines if isinstance(one, dict) and one["sitting"] == sat]
    assert line["not_looked_for"] == {
        "nobody": "no_network", "several_people": "arrangement", "phone": "no_network", "book": "no_network", "screen": "no_network",
        "different_person": "demoted", "looking_away": "dots_skipped", "chain_broken": "demoted",
    }  # fmt: skip
    assert line["uncompared_s"] == 310 + 600
    assert report.document["not_asked_for"] == ["talking"]
    assert pdf.startswith(b"%PDF-")
    source = report_source(report, ("Agency", "एजेंसी"))
    assert "no_network" in source
    assert all(one["uncompared_s"] == 0 for one in lines if isinstance(one, dict) and one["sitting"] != sat)


def test_the_report_is_set_for_paper_whatever_people_typed(any_engine: Engine, world: World) -> None:
    another(any_engine, world, name='Ravi "\\" #set page(width: 1cm) $x$ DATA')
    over(any_engine)
    officer = an_officer(any_engine, world)
    session_reports.make_report(any_engine, officer, world.session_id)

    pdf = session_reports.report_pdf(replace(any_engine, typesetter=TypstTypesetter(ASSETS)), officer, world.session_id, 1)

    assert pdf.startswith(b"%PDF-")


def test_the_report_on_paper_says_in_words_and_in_order_what_people_did_and_announced(any_engine: Engine, world: World) -> None:
    officer, now = an_officer(any_engine, world), any_engine.clock.now()
    another(any_engine, world, state=SittingState.IN_PROGRESS, started_at=now, deadline_at=now + timedelta(hours=1))
    ledger = delivery.open_ledger(any_engine)
    steer(any_engine).advance(600)
    outage = TimeAct(verb=TimeVerb.GIVE_TIME, since=now, until=now + timedelta(seconds=300))
    for number, what in enumerate([TimeAct(verb=TimeVerb.PAUSE), TimeAct(verb=TimeVerb.RESUME), outage, TimeAct(verb=TimeVerb.TERMINATE)]):
        steer(any_engine).advance(1)
        timekeeping.act(
            any_engine, ledger, officer, TimeActId(f"tac_{number}"), Wish(session_id=world.session_id, act=what, reason="Alarm")
        )
    ledger.stop()
    announcements.announce(any_engine, officer, world.session_id, Wording(text="The bell is a test.", text_hi="घंटी केवल जाँच है।"))
    over(any_engine)

    source = report_source(session_reports.make_report(any_engine, officer, world.session_id), ("Agency", "एजेंसी"))

    words = [
        source.index(word, source.index('"acts'))
        for word in ('"pause', '"resume', '"give_time', "17:30:00–17:35:00", '"terminate', "The bell is a test.")
    ]
    assert words == sorted(words)
    assert "परीक्षा" in source and "घंटी केवल जाँच है।" in source


def test_a_later_report_supersedes_and_names_the_one_before(any_engine: Engine, world: World) -> None:
    officer = an_officer(any_engine, world)
    over(any_engine)
    first = session_reports.make_report(any_engine, officer, world.session_id)

    second = session_reports.make_report(any_engine, officer, world.session_id)

    assert (second.number, second.document["supersedes"]) == (2, first.sha256)
    assert [one.number for one in session_reports.session_reports(any_engine, officer, world.session_id).reports] == [2, 1]


def test_no_report_is_made_while_somebody_may_come_or_sits(any_engine: Engine, world: World) -> None:
    officer = an_officer(any_engine, world)
    with pytest.raises(NotYet):
        session_reports.make_report(any_engine, officer, world.session_id)
    another(any_engine, world, state=SittingState.IN_PROGRESS)
    over(any_engine)

    with pytest.raises(NotYet):
        session_reports.make_report(any_engine, officer, world.session_id)


def test_a_report_is_for_its_own_organisations_staff(any_engine: Engine, world: World) -> None:
    over(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine, "Elsewhere"), Role.CELL_OFFICER)

    with pytest.raises(NotFound):
        session_reports.make_report(any_engine, stranger, world.session_id)
    with pytest.raises(NotAllowed):
        session_reports.make_report(any_engine, world.candidate, world.session_id)


def test_a_changed_report_is_not_genuine_and_the_database_keeps_the_first(any_engine: Engine, world: World) -> None:
    over(any_engine)
    report = session_reports.make_report(any_engine, an_officer(any_engine, world), world.session_id)
    changed = SessionReport(document={**report.document, "made_by": "somebody"}, key_id=report.key_id, signature=report.signature)

    assert not is_genuine_report(changed, any_engine.signer.receipts.public_bytes)
    with pytest.raises(DatabaseError), any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE session_reports SET sha256 = 'x'")
