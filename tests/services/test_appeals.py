"""Appeals: to somebody who has not seen it, in time, and with an outcome that is carried out at once."""

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from assessment_engine.certification.certificate import CertificateState, HoldReason
from assessment_engine.evidence import package as written
from assessment_engine.evidence.verifier import check_package
from assessment_engine.grievances import About, AppealClosed, Grievance, GrievanceState, NotDecidedYet, Outcome, Seen, closes_at
from assessment_engine.invigilation import CaseState
from assessment_engine.invigilation import Outcome as Decided
from assessment_engine.invigilation.interests import Tie
from assessment_engine.kernel.errors import Conflict, NotYet, ReauthenticationNeeded, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.people import Actor, Role, RoleTerm, civil_date
from assessment_engine.services import (
    audit,
    certification,
    duty,
    evidence_packages,
    grievance_officers,
    grievances,
    hearings,
    interests,
    invigilation,
    judgements,
    own_watch,
    retention,
    review,
    wall_live,
)
from assessment_engine.services.duty import RoomAct, RoomVerb
from assessment_engine.services.engine import Engine
from assessment_engine.services.grievances import Complaint
from assessment_engine.services.own_watch import Next
from assessment_engine.storage.evidence import PackageRecord
from assessment_engine.storage.invigilation import cases
from tests.builders import NOON, a_person, add_row, an_engine, an_organisation, heard, steer
from tests.certification.parts import contexts
from tests.certification.story import Story, a_story, tell
from tests.services.test_invigilation import DISMISS, UPHOLD
from tests.services.test_results import give_password

WHY = "The lamp fell over. I picked it up and came back at once."
SEEN = "The lamp can be seen falling in the third picture."
REPLY = "I was in the picture all the time; look at the shadow."


@dataclass
class Accused:
    """Somebody whose result is published and held by a case that two people upheld."""

    story: Story
    incident: IncidentId
    officer: Actor

    @property
    def engine(self) -> Engine:
        return self.story.engine

    @property
    def candidate(self) -> Actor:
        return self.story.world.candidate

    def appeal(self) -> Grievance:
        complaint = Complaint(sitting_id=self.story.sitting_id, about=About.FLAG, text=WHY, incident_id=self.incident)
        return grievances.file_grievance(self.engine, self.candidate, complaint)

    def uphold(self, appeal: Grievance) -> Grievance:
        give_password(self.engine, self.officer)
        return grievances.resolve(self.engine, self.officer, appeal.id, Outcome.UPHELD, SEEN)

    def state(self) -> CaseState:
        with self.engine.store.read() as tx:
            return tx.invigilation.case(self.incident, self.story.world.organisation_id).state

    def decision(self) -> Decided | None:
        with self.engine.store.read() as tx:
            standing = invigilation.standing_decision(tx, self.story.sitting_id)
        return None if standing is None else standing.outcome

    def held(self) -> list[HoldReason]:
        return [one.reason for one in certification.holds(self.engine, self.story.officers[0], self.story.sitting_id)]


def upheld_by_two(story: Story) -> IncidentId:
    engine, (ravi, meera) = story.engine, story.invigilators
    incident = story.flag()
    invigilation.judge(engine, ravi, incident, UPHOLD)
    heard(engine, story.world.candidate, incident, reply=REPLY)
    story.tick()
    invigilation.judge(engine, meera, incident, UPHOLD)
    story.tick()
    return incident


def accused(engine: Engine, *, observable_s: float = 3500.0) -> Accused:
    story = a_story(replace(engine, contexts=contexts()))
    found: list[IncidentId] = []

    def decide(told: Story) -> None:
        found.append(upheld_by_two(told))
        invigilation.settle(told.engine, told.sitting_id)

    tell(story, instead={"watch": lambda told: told.watch(observable_s=observable_s), "decide": decide})
    officer = a_person(engine, story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Farah Khan")
    return Accused(story=story, incident=found[0], officer=officer)


@pytest.fixture
def case(tmp_path: Path) -> Accused:
    return accused(an_engine(tmp_path))


def test_an_upheld_appeal_takes_the_case_away_and_the_certificate_comes(any_engine: Engine) -> None:
    case = accused(any_engine)
    assert (case.decision(), case.held()) == (Decided.ADVERSE, [HoldReason.ADVERSE_DECISION])
    appeal = case.appeal()
    assert (appeal.assigned_to, grievances.grievance(case.engine, case.officer, appeal.id).overturns) == (case.officer.person_id, True)
    case.story.tick()

    case.uphold(appeal)

    assert (case.state(), case.decision()) == (CaseState.OVERTURNED, None)  # what was decided does not stand any more
    case.story.tick()
    decision = invigilation.settle(case.engine, case.story.sitting_id)
    assert decision is not None and (decision.outcome, decision.decided_by) == (Decided.CLEARED, case.officer.person_id)
    assert case.held() == []
    assert certification.issue_certificates(case.engine, case.story.sitting_id) is not None  # the database has the last word
    with case.engine.store.read() as tx:
        [overturned] = tx.invigilation.overturnings_of(case.story.sitting_id)
        kinds = [entry.kind for entry in tx.audit.about(case.incident)]
    assert (overturned.grievance_id, overturned.person_id, overturned.reason) == (appeal.id, case.officer.person_id, SEEN)
    assert sorted(kinds) == ["candidate_heard", "case_judged", "case_judged", "case_overturned", "hearing_opened"]


def test_one_that_is_not_upheld_leaves_everything_as_it_was(case: Accused) -> None:
    appeal = case.appeal()

    grievances.resolve(case.engine, case.officer, appeal.id, Outcome.NOT_UPHELD, "The chair is empty in every picture.")
    invigilation.settle(case.engine, case.story.sitting_id)

    assert (case.state(), case.decision(), case.held()) == (CaseState.UPHELD, Decided.ADVERSE, [HoldReason.ADVERSE_DECISION])


def test_overturning_asks_for_the_password_and_without_it_changes_nothing(case: Accused) -> None:
    appeal = case.appeal()

    with pytest.raises(ReauthenticationNeeded):
        grievances.resolve(case.engine, case.officer, appeal.id, Outcome.UPHELD, SEEN)

    assert case.state() is CaseState.UPHELD
    assert grievances.grievance(case.engine, case.officer, appeal.id).grievance.state is GrievanceState.ASSIGNED


def test_where_another_case_is_upheld_the_sitting_stays_decided_against_and_anew(case: Accused) -> None:
    other = upheld_by_two(case.story)
    before = invigilation.settle(case.engine, case.story.sitting_id)
    case.story.tick()
    case.uphold(case.appeal())
    case.story.tick()

    after = invigilation.settle(case.engine, case.story.sitting_id)

    assert before is not None and after is not None and after.decided_at > before.decided_at
    assert (after.outcome, case.held()) == (Decided.ADVERSE, [HoldReason.ADVERSE_DECISION])
    assert after.decided_by == case.story.invigilators[1].person_id
    assert invigilation.settle(case.engine, case.story.sitting_id) == after
    flags = {one.incident.id: one.state for one in own_watch.mine(case.engine, case.candidate, case.story.sitting_id).flags}
    assert flags == {case.incident: CaseState.OVERTURNED, other: CaseState.UPHELD}


def test_a_suspended_certificate_stands_again_once_the_sitting_is_decided_anew_and_not_before(tmp_path: Path) -> None:
    story = a_story(replace(an_engine(tmp_path), contexts=contexts()))
    certificate = certification.issue_certificates(story.engine, tell(story).sitting_id)
    assert certificate is not None
    story.tick()
    case = Accused(story, upheld_by_two(story), a_person(story.engine, story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Farah"))

    def state() -> CertificateState:
        certification.issue_certificates(story.engine, story.sitting_id)
        with story.engine.store.read() as tx:
            return tx.certificates.of_sitting(story.sitting_id)[0].state

    assert state() is CertificateState.ISSUED  # the next job writes the decision
    invigilation.settle(story.engine, story.sitting_id)
    assert state() is CertificateState.SUSPENDED
    story.tick()
    case.uphold(case.appeal())
    assert state() is CertificateState.SUSPENDED
    story.tick()
    invigilation.settle(story.engine, story.sitting_id)
    assert state() is CertificateState.ISSUED


def test_where_too_little_was_seen_a_person_says_whether_it_was_enough(tmp_path: Path) -> None:
    case = accused(an_engine(tmp_path), observable_s=1000.0)
    assert case.decision() is Decided.ADVERSE
    case.story.tick()
    case.uphold(case.appeal())
    case.story.tick()

    assert invigilation.settle(case.engine, case.story.sitting_id) is None
    assert case.held() == [HoldReason.TOO_LITTLE_SEEN]
    assert own_watch.mine(case.engine, case.candidate, case.story.sitting_id).next is Next.ENOUGH_SEEN
    ravi = case.story.invigilators[0]
    assert [one.seated.sitting_id for one in review.seen_too_little(case.engine, ravi)] == [case.story.sitting_id]
    invigilation.enough_seen(case.engine, ravi, case.story.sitting_id, "The power cut was announced.")
    assert case.decision() is Decided.ENOUGH_SEEN


def test_a_flag_that_nobody_has_decided_is_heard_and_not_appealed(case: Accused) -> None:
    waiting = case.story.flag()
    invigilation.judge(case.engine, case.story.invigilators[0], waiting, UPHOLD)

    with pytest.raises(NotDecidedYet):
        replace(case, incident=waiting).appeal()
    what = grievances.contestable(case.engine, case.candidate, case.story.sitting_id)
    assert ([one.id for one in what.flags], what.waiting) == ([case.incident], 1)


def test_one_that_was_filed_before_a_decision_waits_for_it(case: Accused) -> None:
    appeal = case.appeal()
    with case.engine.store.begin() as tx:
        tx.connection.execute(update(cases).values(state=CaseState.AWAITING_SECOND))

    for outcome in Outcome:
        with pytest.raises(NotDecidedYet):
            grievances.resolve(case.engine, case.officer, appeal.id, outcome, SEEN)


@pytest.mark.parametrize(
    ("decided", "published", "until"),
    [(None, None, None), (None, 3, None), (0, None, 30), (0, 5, 35), (9, 5, 39)],
)
def test_the_days_for_an_appeal_begin_with_what_comes_later(decided: int | None, published: int | None, until: int | None) -> None:
    def moment(day: int | None) -> datetime | None:
        return None if day is None else NOON + timedelta(days=day)

    assert closes_at(moment(decided), moment(published), 30) == moment(until)


def test_after_its_days_nothing_is_appealed(case: Accused) -> None:
    until = grievances.contestable(case.engine, case.candidate, case.story.sitting_id).until
    assert until is not None
    steer(case.engine).moment = until - timedelta(seconds=1)
    grievances.withdraw(case.engine, case.candidate, case.appeal().id)
    steer(case.engine).moment = until

    with pytest.raises(AppealClosed) as closed:
        case.appeal()

    assert closed.value.details["until"] is not None
    result = Complaint(sitting_id=case.story.sitting_id, about=About.RESULT, text=WHY)
    with pytest.raises(AppealClosed):
        grievances.file_grievance(case.engine, case.candidate, result)
    what = grievances.contestable(case.engine, case.candidate, case.story.sitting_id)
    assert (what.flags, what.result) == ((), False)


def test_what_can_be_appealed_is_not_erased_and_after_it_was_the_appeal_still_goes_on(case: Accused) -> None:
    engine, sitting_id, first = case.engine, case.story.sitting_id, case.story.officers[0]
    with engine.store.begin() as tx:
        tx.incidents.add_wrapped_key(sitting_id, b"wrapped")
    with pytest.raises(Conflict) as refusal:
        retention.ask_erasure(engine, first, sitting_id, "The candidate asked for it.")
    assert refusal.value.details["holds"] == "appeal"
    with engine.store.begin() as tx:
        tx.incidents.erase_key(sitting_id, engine.clock.now())

    case.uphold(case.appeal())

    assert case.state() is CaseState.OVERTURNED
    assert own_watch.mine(engine, case.candidate, sitting_id).erased_at is not None


def judged(case: Accused, officer: Actor) -> None:
    measured = case.story.flag()
    judgements.give(case.engine, replace(officer, roles=officer.roles | {Role.INVIGILATOR}), measured, DISMISS)
    judgements.undo(case.engine, replace(officer, roles=officer.roles | {Role.INVIGILATOR}), measured)


def opened(case: Accused, officer: Actor) -> None:
    judgements.see(case.engine, replace(officer, roles=officer.roles | {Role.INVIGILATOR}), case.incident)


def packaged(case: Accused, officer: Actor) -> None:
    record = PackageRecord(id="pkg_1", sitting_id=case.story.sitting_id, asked_by=officer.person_id, asked_at=case.engine.clock.now())
    with case.engine.store.begin() as tx:
        tx.evidence.add_package(record)


def answered_for_the_room(case: Accused, officer: Actor) -> None:
    watcher, session = replace(officer, roles=officer.roles | {Role.INVIGILATOR}), case.story.world.session_id
    with case.engine.store.begin() as tx:
        today = civil_date(case.engine.clock.now())
        held = RoleTerm(person_id=officer.person_id, organisation_id=officer.organisation_id, role=Role.INVIGILATOR, starts_on=today)
        tx.people.add_role(held)
    duty.change(case.engine, watcher, session, 1, RoomAct(verb=RoomVerb.TAKE, version=0))
    duty.change(case.engine, watcher, session, 1, RoomAct(verb=RoomVerb.LEAVE, version=1))


def had_all_rooms_open(case: Accused, officer: Actor) -> None:
    with case.engine.store.begin() as tx:
        tx.duties.note_present(case.story.world.session_id, 0, officer.person_id, case.engine.clock.now())


def looked(case: Accused, officer: Actor) -> None:
    wall_live.looked(case.engine, replace(officer, roles=officer.roles | {Role.INVIGILATOR}), case.story.sitting_id)


def spoke(case: Accused, officer: Actor) -> None:
    event = {"kind": "message_written", "organisation_id": officer.organisation_id, "actor_id": officer.person_id, "data": {}}
    add_row(case.engine, "exam_events", at=case.engine.clock.now(), sitting_id=case.story.sitting_id, subject=None, **event)


def paused(case: Accused, officer: Actor) -> None:
    event = {"kind": "sitting_paused", "organisation_id": officer.organisation_id, "actor_id": officer.person_id, "data": {}}
    add_row(case.engine, "exam_events", at=case.engine.clock.now(), sitting_id=case.story.sitting_id, subject=None, **event)


def knows_them(case: Accused, officer: Actor) -> None:
    watcher = replace(officer, roles=officer.roles | {Role.INVIGILATOR})
    interests.declare(case.engine, watcher, case.story.sitting_id, Tie.KNOWS)


@pytest.mark.parametrize(
    ("act", "way"),
    [
        (judged, Seen.JUDGED),
        (opened, Seen.OPENED),
        (packaged, Seen.OPENED),
        (answered_for_the_room, Seen.INVIGILATED),
        (had_all_rooms_open, Seen.INVIGILATED),
        (looked, Seen.LOOKED),
        (spoke, Seen.SPOKE),
        (paused, Seen.ACTED),
        (knows_them, Seen.CONFLICT),
    ],
)
def test_whoever_has_seen_it_in_any_way_is_not_given_the_appeal(case: Accused, act: object, way: Seen) -> None:
    assert callable(act)
    act(case, case.officer)

    appeal = case.appeal()

    assert (appeal.state, appeal.assigned_to) == (GrievanceState.FILED, None)
    view = grievances.grievance(case.engine, case.officer, appeal.id)
    assert view.officers == () and way in view.barred[case.officer.person_id]
    cell = case.story.officers[0]
    with pytest.raises(SecondPersonNeeded):
        grievance_officers.assign(case.engine, cell, appeal.id, case.officer.person_id)


def test_where_every_officer_has_seen_it_it_waits_for_one_who_has_not(case: Accused) -> None:
    opened(case, case.officer)
    appeal = case.appeal()
    steer(case.engine).advance(86400)
    fresh = a_person(case.engine, case.story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Kabir Das")

    view = grievances.grievance(case.engine, case.officer, appeal.id)
    assert (view.officers, list(view.barred)) == ((fresh.person_id,), [case.officer.person_id])
    assert grievance_officers.assign(case.engine, case.story.officers[0], appeal.id, fresh.person_id).assigned_to == fresh.person_id


def test_an_appeal_that_nobody_could_take_goes_by_itself_to_a_new_officer(case: Accused) -> None:
    opened(case, case.officer)
    appeal = case.appeal()
    assert grievance_officers.assign_waiting(case.engine) == 0, "who has seen it is not given it, however long it waits"
    steer(case.engine).advance(86400)
    a_person(case.engine, an_organisation(case.engine), Role.GRIEVANCE_OFFICER, name="Somebody Elsewhere")
    assert grievance_officers.assign_waiting(case.engine) == 0
    fresh = a_person(case.engine, case.story.world.organisation_id, Role.GRIEVANCE_OFFICER, name="Kabir Das")

    assert grievance_officers.assign_waiting(case.engine) == 1
    assert grievance_officers.assign_waiting(case.engine) == 0

    view = grievances.grievance(case.engine, fresh, appeal.id)
    assert (view.grievance.state, view.grievance.assigned_to) == (GrievanceState.ASSIGNED, fresh.person_id)
    assert [(one.what, one.person_id) for one in view.history][-1] == ("assigned", None)


def test_an_officer_may_look_at_the_appeal_that_they_were_given(case: Accused) -> None:
    appeal = case.appeal()
    opened(case, case.officer)

    assert case.uphold(appeal).state is GrievanceState.RESOLVED


def test_a_result_is_answered_by_anybody_who_did_not_decide_it(case: Accused) -> None:
    opened(case, case.officer)

    filed = grievances.file_grievance(
        case.engine, case.candidate, Complaint(sitting_id=case.story.sitting_id, about=About.RESULT, text=WHY)
    )

    assert filed.assigned_to == case.officer.person_id


def test_the_database_overturns_nothing_without_an_upheld_appeal_answered_by_somebody_else(any_engine: Engine) -> None:
    case = accused(any_engine)
    appeal = case.appeal()
    now, judge = case.engine.clock.now(), case.story.invigilators[0].person_id
    row = {"incident_id": case.incident, "sitting_id": case.story.sitting_id, "grievance_id": appeal.id, "reason": SEEN, "at": now}

    with pytest.raises(DatabaseError, match="once somebody signed"), case.engine.store.begin() as tx:
        tx.connection.execute(update(cases).values(state="overturned"))
    with pytest.raises(DatabaseError, match="upheld appeal"):
        add_row(case.engine, "overturnings", **row, person_id=case.officer.person_id)  # it is not answered yet
    case.uphold(appeal)
    with pytest.raises(DatabaseError, match="stays"), case.engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE overturnings SET reason = 'none'")
    with case.engine.store.begin() as tx:
        tx.connection.exec_driver_sql(f"UPDATE grievances SET resolved_by = '{judge}'")  # noqa: S608
    with pytest.raises(DatabaseError):
        add_row(case.engine, "overturnings", **{**row, "incident_id": case.incident}, person_id=judge)


def test_the_package_says_what_the_candidate_answered_and_what_was_overturned_and_nobody_can_change_it(case: Accused) -> None:
    engine = case.engine
    waiting = case.story.flag()
    invigilation.judge(engine, case.story.invigilators[0], waiting, UPHOLD)
    hearings.waive(engine, case.candidate, waiting)
    hearings.answer(engine, case.candidate, waiting, "I do wish to, after all.")
    case.uphold(case.appeal())
    case.story.tick(600)

    files = written.unpacked_files(a_package(case))

    rows = json.loads(files[written.DECISIONS])
    told = {(row["kind"], row.get("incident")) for row in rows}
    assert {("hearing", case.incident), ("hearing", waiting), ("overturned", case.incident), ("judgement", case.incident)} <= told
    assert ("judgement", waiting) not in told  # the second person must not read the first one's words
    assert {row["incident"]: row["reply"] for row in rows if row["kind"] == "hearing"}[case.incident] == REPLY
    assert _checked_after(case, files, "hearing", {}) == set()
    noon = "2027-11-23T12:00:00.000Z"
    changes: list[dict[str, str | None]] = [{"reply": "I confess."}, {"reply": None}, {"waived_at": noon}, {"due_at": noon}]
    for change in changes:
        assert _checked_after(case, files, "hearing", change) == {"changed_decision"}
    assert _checked_after(case, files, "overturned", {"person": "per_somebody_else"}) == {"changed_decision"}


def a_package(case: Accused) -> bytes:
    engine, sitting_id, actor = case.engine, case.story.sitting_id, case.candidate
    evidence_packages.ask(engine, actor, sitting_id)
    for _ in range(2):  # closing the chain is an entry that has no place in the log yet
        audit.sequence(engine)
        with contextlib.suppress(NotYet):
            evidence_packages.make(engine, lambda _: lambda jpeg: (jpeg, 0), sitting_id)
    return evidence_packages.package(engine, actor, sitting_id).data


def _checked_after(case: Accused, files: dict[str, bytes], kind: str, change: dict[str, str | None]) -> set[str]:
    """Change a row, sign it all anew with the evidence key, and return what the verifier says of the decisions."""
    rows = json.loads(files[written.DECISIONS])
    next(row for row in rows if row["kind"] == kind and row["incident"] == case.incident).update(change)
    inside = {**files, written.DECISIONS: written.as_json(rows)}
    del inside[written.MANIFEST], inside[written.SIGNATURE]
    engine = case.engine
    signers = {"log": engine.signer.log, "evidence": engine.signer.evidence}
    manifest = written.manifest_of(case.story.sitting_id, engine.clock.now(), audit.origin(engine), signers, inside)
    found = check_package(written.packed_files(manifest, inside, engine.signer.evidence)).findings
    return {str(one.kind) for one in found if one.place == written.DECISIONS}
