"""A bank, a blueprint over it, and a session whose candidates may get papers of their own, for the tests of services and pages."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from assessment_engine.exams import Exam, ExamPolicy, ExamSession
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.services import blueprints
from assessment_engine.services.competency import add_competency
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, NewRegistration, NewSession, create_exam, create_session, register
from assessment_engine.services.items import create_bank, import_items
from assessment_engine.storage.blueprints import KeptBlueprint
from item_bank.blueprints import Blueprint, BlueprintSection, Span, Stratum, Wanted
from item_bank.facts import Difficulty, ItemFacts
from item_bank.forms import Form
from item_bank.imports import NewItem
from tests.builders import GENERAL, a_person, an_organisation, approved, made_once
from tests.item_bank.items import choice, qti, response


@dataclass(frozen=True, kw_only=True)
class Hall:
    """An organisation with a bank, a blueprint, a form and an exam by it, and a session that has not begun."""

    officer: Actor
    second: Actor
    competencies: tuple[CompetencyId, CompetencyId]
    kept: KeptBlueprint
    form: Form
    exam: Exam
    session: ExamSession


def an_item(number: int, competency_id: CompetencyId, **facts: Any) -> NewItem:
    """A shuffled choice of four; which one is right goes round."""
    key = "ABCD"[number % 4]
    xml = qti(responses=response("identifier", key), body=choice(*"ABCD", extra='shuffle="true"'), title=f"Question {number}")
    said = {"topic": f"T{number % 3}", "difficulty": (Difficulty.EASY, Difficulty.HARD)[number % 2], "seconds": 60, **facts}
    level = 1 + number // 2 % 2
    plain = ItemFacts(subject=GENERAL.subject, **said)
    identified = xml.replace(b'identifier="item-1"', f'identifier="q-{number:03}"'.encode())
    return NewItem(variants={"en": identified}, competency_id=competency_id, level=level, facts=plain)


def rules(competencies: tuple[CompetencyId, ...], each: int = 3, **said: Any) -> Blueprint:
    """A blueprint of one section a competency, each with an easy and a hard row."""
    sections = tuple(
        BlueprintSection(
            id=letter,
            title=f"Part {letter}",
            title_hi=f"भाग {letter}",
            strata=tuple(
                Stratum(wanted=Wanted(competency=competency, difficulty=difficulty, seconds=Span(most=90)), count=each)
                for difficulty in ("easy", "hard")
            ),
        )
        for letter, competency in zip("AB", competencies, strict=True)
    )
    return Blueprint(title="Drawn paper", title_hi="चुना गया प्रश्नपत्र", languages=("en",), sections=sections, **said)


def a_bank(engine: Engine, officer: Actor, size: int = 32) -> tuple[tuple[CompetencyId, CompetencyId], tuple[ItemVersionId, ...]]:
    """Two competencies and approved items of both."""
    first, second = (add_competency(engine, officer, code=code, name=code, name_hi=code).id for code in ("RTI", "FIN"))
    bank = create_bank(engine, officer, "Bank")
    new = [an_item(number, (first, second)[number // (size // 2)]) for number in range(size)]
    versions = tuple(version.id for version in import_items(engine, officer, bank.id, new))
    approved(engine, officer, *versions)
    return (first, second), versions


def a_hall(engine: Engine, size: int = 32, **said: Any) -> Hall:
    """Everything up to the session, which opens in a day."""
    return _a_hall(engine, size, **said) if said or size != 32 else made_once(engine, _a_hall)


def _a_hall(engine: Engine, size: int = 32, **said: Any) -> Hall:
    organisation_id = an_organisation(engine)
    officer, second = (a_person(engine, organisation_id, Role.CELL_OFFICER, name=name) for name in ("Asha Rao", "Ravi Das"))
    competencies, _ = a_bank(engine, officer, size)
    kept = blueprints.save(engine, officer, rules(competencies, **said))
    form = blueprints.build_form(engine, officer, kept.id)
    exam = create_exam(
        engine,
        officer,
        NewExam(code="D1", title="Exam", title_hi="परीक्षा", form_id=form.id, duration_s=3600, policy=ExamPolicy(pass_share=Decimal("0.4"))),
    )
    opens_at = engine.clock.now() + timedelta(days=1)
    window = NewSession(exam_id=exam.id, title="Morning", opens_at=opens_at, closes_at=opens_at + timedelta(hours=4), bookable=True)
    session = create_session(engine, officer, window)
    return Hall(officer=officer, second=second, competencies=competencies, kept=kept, form=form, exam=exam, session=session)


def registered(engine: Engine, hall: Hall, *names: str) -> list[tuple[Actor, SittingId]]:
    """Candidates with a place in the session."""
    people = [a_person(engine, hall.officer.organisation_id, name=name) for name in names]
    return [
        (one, register(engine, hall.officer, NewRegistration(session_id=hall.session.id, candidate_id=one.person_id)).id) for one in people
    ]


def form_of_sitting(engine: Engine, sitting_id: SittingId) -> Form:
    """The form that a sitting has now."""
    with engine.store.read() as tx:
        return tx.forms.get(tx.sittings.get(sitting_id).form_id)
