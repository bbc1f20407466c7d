"""Another calibration of an exam: proposed with its evidence, signed by two different officers, and never once somebody has begun."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from assessment_engine.exams import Exam
from assessment_engine.exams.policy import CalibrationUnfit
from assessment_engine.exams.recalibration import ProposalState, TwoOfficersNeeded
from assessment_engine.kernel.errors import Conflict, Invalid, NotFound, ReauthenticationNeeded, SecondPersonNeeded
from assessment_engine.people import Actor, Role
from assessment_engine.services import exams, people, recalibration
from assessment_engine.services.engine import Engine
from assessment_engine.storage.recalibration import recalibrations
from tests.api.test_calibration_pages import RECORD, written
from tests.builders import a_person, an_organisation, steer
from tests.services.paper import Paper, a_paper, a_sealed_sitting

OTHER = replace(RECORD, seed=8, threshold=12.0)
WHY = "Solved again on twice as many hours."


@pytest.fixture
def paper(engine: Engine) -> Paper:
    made = a_paper(engine)
    exams.attach_calibration(engine, made.officer, made.exam.id, written())
    return made


@pytest.fixture
def officers(engine: Engine, paper: Paper) -> tuple[Actor, Actor]:
    pair = [a_person(engine, paper.officer.organisation_id, Role.CELL_OFFICER, name=name) for name in ("Lata Iyer", "Noor Ali")]
    for each in pair:
        people.open_session(engine, each.person_id)
    return pair[0], pair[1]


def now(engine: Engine, paper: Paper) -> Exam:
    return exams.exam_of(engine, paper.officer, paper.exam.id)


def test_the_second_officer_puts_another_record_into_effect(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    proposal = recalibration.propose(engine, first, paper.exam.id, written(OTHER), WHY)

    assert proposal.evidence == {"sittings": 0, "hours": 0.0, "false_sittings": 0}
    assert now(engine, paper).policy.calibration == RECORD
    with pytest.raises(SecondPersonNeeded):
        recalibration.sign(engine, first, proposal.id)

    assert recalibration.sign(engine, second, proposal.id).state is ProposalState.APPLIED

    assert now(engine, paper).policy.calibration == OTHER
    [sheet] = recalibration.proposals(engine, first, paper.exam.id)
    assert sheet.said_by == "Lata Iyer, Noor Ali"
    with engine.store.read() as tx:
        logged = {entry.kind: entry.actor_id for entry in tx.audit.about(proposal.id)}
    assert logged == {"recalibration_proposed": first.person_id, "recalibration_signed": second.person_id}


def test_taking_the_record_away_takes_two_as_well(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    proposal = recalibration.propose(engine, officers[0], paper.exam.id, None, WHY)

    recalibration.sign(engine, officers[1], proposal.id)

    assert now(engine, paper).policy.calibration is None


def test_one_officer_alone_exchanges_nothing(engine: Engine, paper: Paper) -> None:
    with pytest.raises(TwoOfficersNeeded):
        exams.attach_calibration(engine, paper.officer, paper.exam.id, written(OTHER))


def test_a_proposal_never_reaches_an_exam_that_has_begun(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    proposal = recalibration.propose(engine, officers[0], paper.exam.id, written(OTHER), WHY)
    a_sealed_sitting(engine, paper, {})

    with pytest.raises(Conflict):
        recalibration.sign(engine, officers[1], proposal.id)
    with pytest.raises(Conflict):
        recalibration.propose(engine, officers[1], paper.exam.id, written(OTHER), WHY)

    assert now(engine, paper).policy.calibration == RECORD
    assert recalibration.proposal_of(engine, officers[0], proposal.id).state is ProposalState.OPEN


def test_an_exam_has_one_open_proposal_and_a_closed_one_stays_closed(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    proposal = recalibration.propose(engine, first, paper.exam.id, written(OTHER), WHY)
    with pytest.raises(Conflict):
        recalibration.propose(engine, second, paper.exam.id, None, WHY)
    with pytest.raises(IntegrityError), engine.store.begin() as tx:
        tx.recalibrations.add(replace(proposal, id="cal_2"))

    assert recalibration.withdraw(engine, second, proposal.id).state is ProposalState.WITHDRAWN

    with pytest.raises(Conflict):
        recalibration.sign(engine, second, proposal.id)
    with pytest.raises(Conflict):
        recalibration.withdraw(engine, first, proposal.id)
    assert now(engine, paper).policy.calibration == RECORD


def test_what_does_not_fit_is_refused_and_nothing_is_kept(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    first, _ = officers
    with pytest.raises(CalibrationUnfit):
        recalibration.propose(engine, first, paper.exam.id, written(replace(OTHER, budget=0.1)), WHY)
    with pytest.raises(Invalid):
        recalibration.propose(engine, first, paper.exam.id, b"[1]", WHY)
    with pytest.raises(Invalid):
        recalibration.propose(engine, first, paper.exam.id, written(OTHER), "short")
    steer(engine).advance(3600)
    with pytest.raises(ReauthenticationNeeded):
        recalibration.propose(engine, first, paper.exam.id, written(OTHER), WHY)

    with engine.store.read() as tx:
        assert tx.connection.execute(select(recalibrations)).all() == []


def test_another_organisation_signs_nothing(engine: Engine, paper: Paper, officers: tuple[Actor, Actor]) -> None:
    proposal = recalibration.propose(engine, officers[0], paper.exam.id, written(OTHER), WHY)
    stranger = a_person(engine, an_organisation(engine, "Other"), Role.CELL_OFFICER)
    people.open_session(engine, stranger.person_id)

    with pytest.raises(NotFound):
        recalibration.sign(engine, stranger, proposal.id)
