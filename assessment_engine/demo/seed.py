"""Fills an empty database with the demonstration: two organisations, their people, a course, an exam, a session and three candidates.

Everything goes through the services, as an examination cell would do it. Running it on data that has the demonstration changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from assessment_engine.delivery.checkin import CheckInVerb
from assessment_engine.demo.bank import stock
from assessment_engine.demo.content import DemoExam, demo_blueprint, demo_course, demo_exam
from assessment_engine.exams import Exam, ExamPolicy, ExamSession
from assessment_engine.kernel.errors import NotSignedIn
from assessment_engine.kernel.ids import CompetencyId, CourseId, ItemVersionId, OrganisationId, SittingId
from assessment_engine.people import Actor, OrganisationKind, Role
from assessment_engine.services import blueprints, checkin, competency, courses, delivery, exams, forms, people
from assessment_engine.services.engine import Engine
from item_bank.forms import Form, FormSection

PASSWORD = "karmayogi-demo"  # noqa: S105  # printed on the screen, for a demonstration only


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of the demonstration."""

    login: str
    name: str
    name_hi: str
    role: Role
    note: str
    language: str = "en"


ACCOUNTS: tuple[Account, ...] = (
    Account(login="asha", name="Asha Rao", name_hi="आशा राव", role=Role.CANDIDATE, note="has finished the course; sits with your camera"),
    Account(login="ravi", name="Ravi Kumar", name_hi="रवि कुमार", role=Role.CANDIDATE, note="must finish the course first", language="hi"),
    Account(login="eileen", name="Eileen Park", name_hi="आइलीन पार्क", role=Role.CANDIDATE, note="the recorded candidate, already sitting"),
    Account(login="meera", name="Meera Nair", name_hi="मीरा नायर", role=Role.INVIGILATOR, note="watches and decides"),
    Account(login="imran", name="Imran Sheikh", name_hi="इमरान शेख़", role=Role.INVIGILATOR, note="the second person", language="hi"),
    Account(login="kavita", name="Kavita Joshi", name_hi="कविता जोशी", role=Role.CELL_OFFICER, note="first officer"),
    Account(login="joseph", name="Joseph Lepcha", name_hi="जोसेफ़ लेपचा", role=Role.CELL_OFFICER, note="second officer"),
    Account(login="sunita", name="Sunita Das", name_hi="सुनीता दास", role=Role.GRIEVANCE_OFFICER, note="answers grievances"),
    Account(login="leela", name="Leela Menon", name_hi="लीला मेनन", role=Role.ITEM_AUTHOR, note="writes questions"),
    Account(login="arjun", name="Arjun Bose", name_hi="अर्जुन बोस", role=Role.ITEM_REVIEWER, note="reviews questions", language="hi"),
    Account(login="farida", name="Farida Khan", name_hi="फ़रीदा ख़ान", role=Role.ITEM_REVIEWER, note="reviews questions, the second of two"),
    Account(login="outsider", name="Tara Singh", name_hi="तारा सिंह", role=Role.CELL_OFFICER, note="elsewhere: sees nothing of this"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What the roster knows of the candidates: one photograph, and an identity document for a name, JPEG."""

    portrait: bytes
    document: Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What the demonstration needs to know of what it made."""

    recorded: Actor
    sitting_id: SittingId
    token: str


def seed(engine: Engine, pictures: Pictures) -> Demonstration:
    """Make the demonstration, or find the one that is there; returns the recorded candidate with a fresh sign-in."""
    try:
        recorded = people.sign_in(engine, "eileen", PASSWORD)
    except NotSignedIn:
        _make(engine, pictures)
        recorded = people.sign_in(engine, "eileen", PASSWORD)
    sitting = delivery.my_sittings(engine, recorded.actor)[0]
    return Demonstration(recorded=recorded.actor, sitting_id=sitting.sitting.id, token=recorded.token)


def _make(engine: Engine, pictures: Pictures) -> None:
    actors = _people(engine)
    officer = actors["kavita"]
    course_id = _course(engine, officer)
    _finish_course(engine, actors["asha"], course_id)
    _finish_course(engine, actors["eileen"], course_id)
    courses.enrol(engine, actors["ravi"], course_id)
    exam = _exam(engine, actors, course_id)
    session = _session(engine, officer, exam)
    _register(engine, officer, session, actors["asha"], pictures, seat="A-01")
    recorded = _register(engine, officer, session, actors["eileen"], pictures, seat="A-02", simulated=True)
    _begin(engine, actors, recorded, pictures)


def _people(engine: Engine) -> Mapping[str, Actor]:
    agency = people.add_organisation(engine, OrganisationKind.AGENCY, "Karmayogi Assessment Agency", "कर्मयोगी मूल्यांकन एजेंसी")
    other = people.add_organisation(engine, OrganisationKind.DEPARTMENT, "Department of Inland Ports", "अंतर्देशीय पत्तन विभाग")
    return {account.login: _account(engine, account, other.id if account.login == "outsider" else agency.id) for account in ACCOUNTS}


def _account(engine: Engine, account: Account, organisation_id: OrganisationId) -> Actor:
    new = people.NewPerson(
        login=account.login,
        name=account.name,
        name_hi=account.name_hi,
        language=account.language,
        password=PASSWORD,
        roles=(account.role,),
    )
    person = people.add_person(engine, organisation_id, new)
    return Actor(person_id=person.id, organisation_id=organisation_id, name=person.name, roles=frozenset({account.role}))


def _course(engine: Engine, officer: Actor) -> CourseId:
    content = demo_course()
    course = courses.add_course(engine, officer, content.course)
    for module in content.modules:
        courses.add_module(engine, officer, course.id, module)
    courses.open_course(engine, officer, course.id)
    return course.id


def _finish_course(engine: Engine, learner: Actor, course_id: CourseId) -> None:
    courses.enrol(engine, learner, course_id)
    for module in courses.my_course(engine, learner, course_id).modules:
        courses.finish_module(engine, learner, course_id, module.id)


def _exam(engine: Engine, actors: Mapping[str, Actor], course_id: CourseId) -> Exam:
    content, officer = demo_exam(), actors["kavita"]
    competencies = {
        each.code: competency.add_competency(engine, officer, code=each.code, name=each.name, name_hi=each.name_hi).id
        for each in content.competencies
    }
    form = _form(engine, actors, content, competencies)
    blueprints.save(engine, officer, demo_blueprint(competencies))  # for the next paper; this exam's was put together by hand
    cuts: dict[str, tuple[Decimal, ...]] = {competencies[each.code]: each.cuts for each in content.competencies}
    new = exams.NewExam(
        code=content.code,
        title=content.title,
        title_hi=content.title_hi,
        form_id=form.id,
        duration_s=content.duration_s,
        policy=ExamPolicy(cut_scores=cuts, min_observable_share=0.5, challenges="light"),
        course_id=course_id,
    )
    return exams.create_exam(engine, officer, new)


def _form(engine: Engine, actors: Mapping[str, Actor], content: DemoExam, competencies: Mapping[str, CompetencyId]) -> Form:
    officer = actors["kavita"]
    versions = stock(engine, actors, content, competencies)
    in_order = iter(versions)
    return forms.build_form(
        engine,
        officer,
        forms.NewForm(
            title=content.title,
            title_hi=content.title_hi,
            sections=tuple(
                FormSection(id=section.id, title=section.title, title_hi=section.title_hi, items=_take(in_order, len(section.items)))
                for section in content.sections
            ),
        ),
    )


def _take(versions: Iterator[ItemVersionId], count: int) -> tuple[ItemVersionId, ...]:
    return tuple(next(versions) for _ in range(count))


def _session(engine: Engine, officer: Actor, exam: Exam) -> ExamSession:
    now = engine.clock.now()
    opens_at, closes_at = now - timedelta(minutes=5), now + timedelta(days=30)
    new = exams.NewSession(exam_id=exam.id, title="Demonstration", title_hi="प्रदर्शन", opens_at=opens_at, closes_at=closes_at, bookable=True)
    return exams.create_session(engine, officer, new)


def _register(
    engine: Engine, officer: Actor, session: ExamSession, candidate: Actor, pictures: Pictures, *, seat: str, simulated: bool = False
) -> SittingId:
    new = exams.NewRegistration(session_id=session.id, candidate_id=candidate.person_id, seat=seat, simulated=simulated)
    sitting = exams.register(engine, officer, new)
    checkin.keep_roster_pictures(engine, sitting.id, pictures.portrait, pictures.document(candidate.name))
    return sitting.id


def _begin(engine: Engine, actors: Mapping[str, Actor], sitting_id: SittingId, pictures: Pictures) -> None:
    """Bring the recorded candidate to the first question, as the pages would."""
    candidate = actors["eileen"]
    delivery.consent(engine, candidate, sitting_id, "en")
    checkin.ask_admission(engine, candidate, sitting_id, pictures.portrait)
    checkin.decide(engine, actors["meera"], sitting_id, CheckInVerb.ADMIT, "recorded candidate of the demonstration")
    checkin.skip_calibration(engine, candidate, sitting_id)
    ledger = delivery.open_ledger(engine)
    delivery.start(ledger, candidate, sitting_id)
    ledger.stop()
