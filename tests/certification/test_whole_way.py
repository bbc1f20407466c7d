"""From key strokes to a competency level through the services alone: no row is made by hand but the camera's counts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.certification.certificate import HoldReason
from assessment_engine.certification.verification import Answer
from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor
from assessment_engine.services import audit, certification, competency, incidents, invigilation, results, scoring, standing, verification
from assessment_engine.services.delivery import open_ledger, submit
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from proctoring.evidence import Segment
from proctoring.incidents import Change, Incident, IncidentChange
from proctoring.policy import Kind, Severity, Tier
from proctoring.signals import Finding
from tests.builders import an_engine, steer, told
from tests.certification.parts import contexts
from tests.certification.story import install_triggers
from tests.services.paper import Paper, a_key, a_paper, a_place
from tests.services.test_results import give_password
from workers.jobs import do


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    ready = replace(an_engine(tmp_path, demo=True), contexts=contexts())
    install_triggers(ready)
    return ready


def sit(engine: Engine, paper: Paper) -> tuple[Actor, SittingId]:
    candidate, sitting_id = a_place(engine, paper)
    ledger = open_ledger(engine)
    try:
        for revision, (item_id, response) in enumerate(a_key(engine, paper).items(), start=1):
            steer(engine).advance(60)
            ledger.save(an_offer(sitting_id, candidate.person_id, item_id, revision, response)).result(60)
        submit(engine, ledger, candidate, sitting_id)
    finally:
        ledger.stop()
    return candidate, sitting_id


def watched(engine: Engine, sitting_id: SittingId) -> None:
    with engine.store.begin() as tx:
        watch = WatchRecord(sitting_id=sitting_id, observable_s=1190, unobservable={"covered": 10}, drained_at=engine.clock.now())
        tx.incidents.save_watch(watch)


def publish(engine: Engine, paper: Paper) -> None:
    give_password(engine, paper.officer, paper.second)
    batch = results.draft_batch(engine, paper.officer, paper.session.id)
    results.approve_batch(engine, paper.officer, batch.id)
    steer(engine).advance(1)
    results.approve_batch(engine, paper.second, batch.id)


def a_flag(engine: Engine, sitting_id: SittingId) -> None:
    finding = Finding(
        kind=Kind.NOBODY, first_seq=7, start_s=1.0, raised_s=4.0, last_s=4.0, peak=1.0, peak_s=2.0, threshold=0.5, confidence=0.9
    )
    incident = Incident(
        rule=Kind.NOBODY,
        first_seq=7,
        kind=Kind.NOBODY,
        start_s=1.0,
        raised_s=4.0,
        tier=Tier.ALERT,
        severity=Severity.MEDIUM,
        confidence=0.9,
        findings=(finding,),
    )
    segment = Segment(key=incident.key, shots=(), chosen=())
    incidents.record(engine, sitting_id, IncidentChange(change=Change.OPENED, incident=incident), segment, {})


def test_a_flag_that_comes_late_suspends_by_itself(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = sit(engine, paper)
    scoring.score_sitting(engine, sitting_id)
    watched(engine, sitting_id)
    invigilation.settle(engine, sitting_id)
    publish(engine, paper)
    certificate = certification.issue_certificates(engine, sitting_id)
    assert certificate is not None
    steer(engine).advance(1)
    before = len(told(engine))

    a_flag(engine, sitting_id)
    for job_id in told(engine)[before:]:
        assert do(engine, job_id)

    assert verification.check_number(engine, certificate.number).verdict.answer is Answer.SUSPENDED


def test_every_answer_right_becomes_a_certificate_that_anybody_can_check(engine: Engine) -> None:
    paper = a_paper(engine)
    candidate, sitting_id = sit(engine, paper)
    reasons = []

    steps: list[Callable[[], object]] = [
        lambda: scoring.score_sitting(engine, sitting_id),
        lambda: watched(engine, sitting_id),
        lambda: invigilation.settle(engine, sitting_id),
        lambda: publish(engine, paper),
    ]
    for step in steps:
        reasons.append([hold.reason for hold in certification.holds(engine, candidate, sitting_id)])
        assert certification.issue_certificates(engine, sitting_id) is None
        step()
        steer(engine).advance(1)
    certificate = certification.issue_certificates(engine, sitting_id)
    audit.sequence(engine)

    assert reasons == [
        [HoldReason.SCORING, HoldReason.STREAM_NOT_DRAINED],
        [HoldReason.STREAM_NOT_DRAINED, HoldReason.BATCH_NOT_DRAFTED],
        [HoldReason.DECISION_PENDING, HoldReason.BATCH_NOT_DRAFTED],
        [HoldReason.BATCH_NOT_DRAFTED],
    ]
    assert certificate is not None
    check = verification.check_document(engine, dict(certificate.credential))
    assert check.verdict.is_valid
    assert all(link.leaf_index is not None for link in check.chain if link.name in ("Proctoring decision", "Officer's signature", "Issue"))
    mine = standing.my_result(engine, candidate, sitting_id)
    assert mine.band is not None
    assert mine.band.share == 1
    held = {one.competency.code: one.record.level for one in competency.my_record(engine, candidate)}
    assert held == {one.competency.code: one.score.level for one in mine.reached}
    assert audit.verify_log(engine).is_whole


def test_the_order_of_things_does_not_matter(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = sit(engine, paper)

    scoring.score_sitting(engine, sitting_id)
    publish(engine, paper)
    watched(engine, sitting_id)
    invigilation.settle(engine, sitting_id)

    assert certification.issue_certificates(engine, sitting_id) is not None
