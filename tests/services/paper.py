"""A whole demonstration exam with its cell, a session and candidates, for the tests of services."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from assessment_engine.delivery.responses import an_offer
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.demo.content import DemoExam, demo_exam
from assessment_engine.exams import Exam, ExamPolicy, ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, PersonId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services.competency import add_competency
from assessment_engine.services.delivery import open_ledger, submit
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, NewRegistration, NewSession, create_exam, create_session, register
from assessment_engine.services.forms import NewForm, build_form
from assessment_engine.services.items import create_bank, import_items, scored_variant
from item_bank.forms import Form, FormSection
from item_bank.imports import NewItem
from tests.builders import GENERAL, a_person, an_organisation, approved, made_once


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The demonstration's exam in one organisation."""

    officer: Actor
    second: Actor
    exam: Exam
    session: ExamSession


def a_paper(engine: Engine) -> Paper:
    """An organisation with two officers, the demonstration's exam and a session that is open now."""
    return made_once(engine, _a_paper)


def _a_paper(engine: Engine) -> Paper:
    organisation_id = an_organisation(engine)
    officer, second = (a_person(engine, organisation_id, Role.CELL_OFFICER, name=name) for name in ("Asha Rao", "Ravi Das"))
    exam = make_demo_exam(engine, officer)
    now = engine.clock.now()
    opens_at, closes_at = now - timedelta(hours=1), now + timedelta(hours=4)
    window = NewSession(exam_id=exam.id, title="Morning", opens_at=opens_at, closes_at=closes_at, bookable=True)
    return Paper(officer=officer, second=second, exam=exam, session=create_session(engine, officer, window))


def a_key(engine: Engine, paper: Paper) -> dict[ItemVersionId, dict[str, Json]]:
    """The right response to every item of the paper."""
    with engine.store.read() as tx:
        versions = tx.items.many(tx.forms.get(paper.exam.form_id).items).values()
    key: dict[ItemVersionId, dict[str, Json]] = {}
    for version in versions:
        correct = scored_variant(version).responses["RESPONSE"].correct
        assert correct is not None
        key[version.id] = {"RESPONSE": [str(atom) for atom in correct.atoms]}
    return key


def a_place(engine: Engine, paper: Paper, name: str = "Meera Nair") -> tuple[Actor, SittingId]:
    """A candidate with a sitting in progress."""
    candidate = a_person(engine, paper.officer.organisation_id, name=name)
    sitting = register(engine, paper.officer, NewRegistration(session_id=paper.session.id, candidate_id=PersonId(candidate.person_id)))
    now = engine.clock.now()
    started = replace(sitting, state=SittingState.IN_PROGRESS, started_at=now, deadline_at=now + timedelta(hours=1))
    with engine.store.begin() as tx:
        tx.sittings.save(started)
    return candidate, sitting.id


def a_sealed_sitting(
    engine: Engine, paper: Paper, answers: dict[ItemVersionId, dict[str, Json]], name: str = "Meera Nair"
) -> tuple[Actor, SittingId]:
    """A candidate who gave these answers, in this order, and submitted."""
    candidate, sitting_id = a_place(engine, paper, name)
    ledger = open_ledger(engine)
    try:
        for revision, (item_id, response) in enumerate(answers.items(), start=1):
            ledger.save(an_offer(sitting_id, candidate.person_id, item_id, revision, response)).result(60)
        submit(engine, ledger, candidate, sitting_id)
    finally:
        ledger.stop()
    return candidate, sitting_id


def make_demo_exam(engine: Engine, officer: Actor) -> Exam:
    """Make the competencies, the bank, its approved items, the form and the exam over it."""
    content = demo_exam()
    competencies = {
        each.code: add_competency(engine, officer, code=each.code, name=each.name, name_hi=each.name_hi).id for each in content.competencies
    }
    form = _form(engine, officer, content, competencies)
    cuts = {str(competencies[each.code]): each.cuts for each in content.competencies}
    new = NewExam(
        code=content.code,
        title=content.title,
        title_hi=content.title_hi,
        form_id=form.id,
        duration_s=content.duration_s,
        policy=ExamPolicy(pass_share=Decimal("0.40"), cut_scores=cuts),
    )
    return create_exam(engine, officer, new)


def _form(engine: Engine, officer: Actor, content: DemoExam, competencies: Mapping[str, CompetencyId]) -> Form:
    bank = create_bank(engine, officer, content.title)
    sections = []
    for section in content.sections:
        new = [
            NewItem(variants=each.variants, competency_id=competencies[each.competency], level=each.level, facts=GENERAL)
            for each in section.items
        ]
        items = tuple(version.id for version in import_items(engine, officer, bank.id, new))
        approved(engine, officer, *items)
        sections.append(FormSection(id=section.id, title=section.title, title_hi=section.title_hi, items=items))
    return build_form(engine, officer, NewForm(title=content.title, title_hi=content.title_hi, sections=tuple(sections)))
