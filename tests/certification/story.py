"""Brings one sitting to the point where nothing holds its certificate, step by step, so that a test can leave one out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from assessment_engine.competency import Competency
from assessment_engine.delivery.sealing import Closing, Seal, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Outcome, ProctoringDecision
from assessment_engine.kernel.ids import BatchId, CompetencyId, IncidentId, PersonId, ScoreReportId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.scoring.cut_scores import CompetencyScore
from assessment_engine.scoring.results import BatchApproval, BatchEntry, BatchState, ResultBatch
from assessment_engine.scoring.scorecard import Scorecard
from assessment_engine.services.engine import Engine
from assessment_engine.storage import results
from assessment_engine.storage.certification import TRIGGERS
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from assessment_engine.storage.scoring import ScoreReport
from tests.builders import World, a_person, a_world, add_row, steer


def install_triggers(engine: Engine) -> None:
    """Execute the promises' triggers as the migrations do, unless the schema has them already."""
    dialect = engine.store.engine.dialect.name
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if dialect == "sqlite" else "SELECT tgname FROM pg_trigger"
    with engine.store.begin() as tx:
        known = set(tx.connection.execute(text(names)).scalars())
        for triggers, mark in ((TRIGGERS, "certificates_need"), (results.TRIGGERS, "result_batches_start")):
            for statement in triggers[dialect] if mark not in known else ():
                tx.connection.exec_driver_sql(statement.replace("%", "%%") if dialect == "postgresql" else statement)


@dataclass
class Story:
    """One candidate's sitting in one organisation, with everybody who acts on it."""

    engine: Engine
    world: World
    officers: tuple[Actor, Actor]
    invigilators: tuple[Actor, Actor]
    competency_id: CompetencyId
    report_id: ScoreReportId
    batch_id: BatchId
    decision_id: str = ""

    @property
    def sitting_id(self) -> SittingId:
        return self.world.sitting_id

    def seal(self) -> None:
        now = self.engine.clock.now()
        with self.engine.store.begin() as tx:
            sitting = tx.sittings.get(self.sitting_id)
            tx.sittings.save(replace(sitting, state=SittingState.SUBMITTED, started_at=now - timedelta(hours=1), submitted_at=now))
            form_sha256 = tx.forms.get(self.world.form_id).sha256
            tx.sittings.add_seal(
                seal_ledger(Closing(sitting_id=self.sitting_id, form_sha256=form_sha256, at=now), [], self.engine.signer.receipts)
            )

    def sealed(self) -> Seal:
        with self.engine.store.read() as tx:
            seal = tx.sittings.seal(self.sitting_id)
        assert seal is not None
        return seal

    def score(self, *, passed: bool = True, seal_sha256: str = "") -> None:
        now, seal = self.engine.clock.now(), self.sealed()
        card = Scorecard(
            sitting_id=self.sitting_id,
            seal_sha256=seal_sha256 or seal.sha256,
            form_sha256=seal.form_sha256,
            items=(),
            competencies=(CompetencyScore(competency_id=self.competency_id, score=Decimal("3.25"), max=Decimal("4.00"), level=3),),
            total=Decimal("3.25"),
            max=Decimal("4.00"),
            passed=passed,
        )
        self.report_id = ScoreReportId(new_id("rep", now))
        with self.engine.store.begin() as tx:
            tx.scoring.add(
                ScoreReport(id=self.report_id, organisation_id=self.world.organisation_id, card=card, created_at=now, sha256=card.sha256)
            )

    def watch(self, *, drained: bool = True, observable_s: float = 3500.0) -> None:
        now = self.engine.clock.now()
        with self.engine.store.begin() as tx:
            tx.incidents.save_watch(
                WatchRecord(
                    sitting_id=self.sitting_id,
                    observable_s=observable_s,
                    unobservable={"covered": 3600 - observable_s},
                    drained_at=now if drained else None,
                )
            )

    def flag(self, *, case: str | None = "open") -> IncidentId:
        now = self.engine.clock.now()
        incident_id = IncidentId(new_id("inc", now))
        with self.engine.store.begin() as tx:
            tx.incidents.add(
                IncidentRecord(
                    id=incident_id,
                    sitting_id=self.sitting_id,
                    organisation_id=self.world.organisation_id,
                    rule="nobody",
                    first_seq=int(now.timestamp()),
                    kind="nobody",
                    tier="alert",
                    severity="medium",
                    confidence=0.9,
                    opened_at=now,
                    raised_at=now,
                    ended_at=None,
                    start_s=10.0,
                    end_s=None,
                    item_id=None,
                    trace={},
                    models={},
                )
            )
        if case is not None:
            place = {"sitting_id": self.sitting_id, "organisation_id": self.world.organisation_id}
            add_row(self.engine, "cases", incident_id=incident_id, state=case, opened_at=now, **place)
        return incident_id

    def decide(self, outcome: Outcome = Outcome.UNFLAGGED, *, observable_share: float = 0.97) -> None:
        now = self.engine.clock.now()
        by: PersonId | None = None if outcome is Outcome.UNFLAGGED else self.invigilators[0].person_id
        decision = ProctoringDecision(
            id=new_id("dec", now),
            sitting_id=self.sitting_id,
            outcome=outcome,
            decided_at=now,
            decided_by=by,
            reason="",
            observable_share=observable_share,
            incidents_until=now,
        )
        self.decision_id = decision.id
        with self.engine.store.begin() as tx:
            tx.invigilation.decide(decision)
            tx.audit.append("proctoring_decided", subject=self.sitting_id, now=now, payload={"outcome": str(outcome)})

    def draft(self, *, entries: bool = True) -> None:
        now = self.engine.clock.now()
        batch = ResultBatch(
            id=BatchId(new_id("bat", now)),
            session_id=self.world.session_id,
            organisation_id=self.world.organisation_id,
            state=BatchState.DRAFT,
            created_at=now,
            created_by=self.officers[0].person_id,
            sha256="ee" * 32,
        )
        self.batch_id = batch.id
        report_id = self.report_id
        with self.engine.store.begin() as tx:
            if entries:
                tx.results.add(batch, [BatchEntry(sitting_id=self.sitting_id, score_report_id=report_id)])
        if not entries:
            values = {"session_id": batch.session_id, "organisation_id": batch.organisation_id, "created_by": batch.created_by}
            add_row(self.engine, "result_batches", id=batch.id, state="draft", created_at=now, sha256=batch.sha256, **values)

    def approve(self, officer: int) -> None:
        now = self.engine.clock.now()
        person_id = self.officers[officer].person_id
        with self.engine.store.begin() as tx:
            log_sha256 = tx.audit.append("batch_approved", subject=self.batch_id, actor=person_id, now=now)
            tx.results.approve(BatchApproval(batch_id=self.batch_id, officer_id=person_id, at=now, log_sha256=log_sha256))

    def publish(self) -> None:
        now = self.engine.clock.now()
        with self.engine.store.begin() as tx:
            statement = "UPDATE result_batches SET state = 'published', published_at = :now WHERE id = :id"
            moment = now.replace(tzinfo=None) if self.engine.store.engine.dialect.name == "sqlite" else now
            tx.connection.execute(text(statement), {"now": str(moment), "id": self.batch_id})

    def grieve(self, state: str = "filed") -> None:
        now = self.engine.clock.now()
        place = {"sitting_id": self.sitting_id, "organisation_id": self.world.organisation_id}
        person = {"candidate_id": self.world.candidate.person_id, "subject_id": self.sitting_id}
        times = {"filed_at": now, "due_at": now + timedelta(days=21)}
        add_row(
            self.engine,
            "grievances",
            id=new_id("grv", now),
            about="result",
            text="x" * 20,
            state=state,
            reason="",
            **place,
            **person,
            **times,
        )

    def tick(self, seconds: float = 1.0) -> None:
        steer(self.engine).advance(seconds)


def a_story(engine: Engine) -> Story:
    """Start with a sitting in progress."""
    world = a_world(engine)
    staff = [
        a_person(engine, world.organisation_id, role, name=name)
        for role, name in (
            (Role.CELL_OFFICER, "Officer One"),
            (Role.CELL_OFFICER, "Officer Two"),
            (Role.INVIGILATOR, "Invigilator One"),
            (Role.INVIGILATOR, "Invigilator Two"),
        )
    ]
    competency_id = CompetencyId(new_id("cmp", engine.clock.now()))
    with engine.store.begin() as tx:
        tx.competency.add(
            Competency(
                id=competency_id,
                organisation_id=world.organisation_id,
                code="procurement",
                name="Public procurement",
                name_hi="सार्वजनिक क्रय",
            )
        )
    return Story(
        engine=engine,
        world=world,
        officers=(staff[0], staff[1]),
        invigilators=(staff[2], staff[3]),
        competency_id=competency_id,
        report_id=ScoreReportId("none yet"),
        batch_id=BatchId("none yet"),
    )


STEPS: Mapping[str, Callable[[Story], None]] = {
    "seal": Story.seal,
    "score": Story.score,
    "watch": Story.watch,
    "decide": Story.decide,
    "draft": Story.draft,
    "first": lambda story: story.approve(0),
    "second": lambda story: story.approve(1),
    "publish": Story.publish,
}


def tell(story: Story, *, until: str = "", instead: Mapping[str, Callable[[Story], None]] | None = None) -> Story:
    """Go through the steps, up to and without `until`, with some of them done differently."""
    steps = {**STEPS, **(instead or {})}
    for name in STEPS:
        if name == until:
            break
        story.tick()
        steps[name](story)
    return story
