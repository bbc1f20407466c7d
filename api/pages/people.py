"""The cell's pages of people: who is in the organisation, with which roles and dates; adding a candidate; a candidate's new password."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.live_sessions import live_sessions_of
from api.pages import goto, page
from api.words import LANGUAGES, N_
from assessment_engine.kernel.errors import Conflict, Invalid
from assessment_engine.kernel.ids import PersonId
from assessment_engine.people import Actor, Role, civil_date, in_term, roles_on
from assessment_engine.services import item_reviews, people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson
from assessment_engine.storage.people import Member

router = APIRouter(prefix="/cell/people", include_in_schema=False)

ROLE_NAMES: Mapping[Role, str] = {
    Role.CANDIDATE: N_("Candidate"),
    Role.INVIGILATOR: N_("Invigilator"),
    Role.CELL_OFFICER: N_("Cell officer"),
    Role.GRIEVANCE_OFFICER: N_("Grievance officer"),
    Role.ITEM_AUTHOR: N_("Item author"),
    Role.ITEM_REVIEWER: N_("Item reviewer"),
}


@router.get("")
def list_people(request: Request, engine: EngineDep, actor: Officer, role: str = "", q: str = "", sort: str = "name") -> HTMLResponse:
    """Show the people of the organisation; role, search and order are in the address."""
    today = civil_date(engine.clock.now())
    everybody = people.members(engine, actor)
    shown = [one for one in everybody if _wanted(one, role, q.strip().lower(), today)]
    shown.sort(key=lambda one: _key(one, sort.removeprefix("-")), reverse=sort.startswith("-"))
    return page(
        request,
        "cell/people.html",
        members=shown,
        total=len(everybody),
        role_names=ROLE_NAMES,
        role=role,
        q=q,
        sort=sort,
        held=lambda term: in_term(term.starts_on, term.ends_on, today),
    )


@router.get("/new")
def new_person(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for a candidate to be added."""
    return _form(request, engine, NewPerson(login="", name=""), "")


@router.post("/new")
def add_person(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    login: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    name_hi: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "en",
    password: Annotated[str, Form()] = "",
    starts_on: Annotated[str, Form()] = "",
    ends_on: Annotated[str, Form()] = "",
) -> Response:
    """Add a candidate; what does not fit is said beside the form."""
    new = NewPerson(login=login, name=name, name_hi=name_hi, language=language, password=password, roles=(Role.CANDIDATE,))
    try:
        return _added(engine, actor, new, starts_on, ends_on)
    except Conflict:
        return _form(request, engine, new, "login_taken")
    except Invalid as error:
        return _form(request, engine, new, error.code)


@router.get("/{person_id}")
def show_person(request: Request, engine: EngineDep, actor: Officer, person_id: PersonId) -> HTMLResponse:
    """Show a person, their roles, and the form for a candidate's new password."""
    return _person(request, engine, actor, person_id)


@router.post("/{person_id}/password")
def give_password(
    request: Request, engine: EngineDep, actor: Officer, person_id: PersonId, password: Annotated[str, Form(max_length=1024)] = ""
) -> Response:
    """Give a candidate a new password."""
    try:
        people.give_password(engine, actor, person_id, password)
        live_sessions_of(request).forget()
    except Invalid as error:
        return _person(request, engine, actor, person_id, error.code)
    return goto(f"/cell/people/{person_id}", done="password")


def _person(request: Request, engine: Engine, actor: Actor, person_id: PersonId, problem: str = "") -> HTMLResponse:
    found, status = people.member(engine, actor, person_id), 422 if problem else 200
    reviews = Role.ITEM_REVIEWER in roles_on(found.terms, civil_date(engine.clock.now()))
    subjects = item_reviews.subjects_of(engine, actor, found.person.id) if reviews else None
    return page(request, "cell/person.html", status=status, member=found, role_names=ROLE_NAMES, problem=problem, subjects=subjects)


@router.post("/{person_id}/subjects")
def give_subjects(engine: EngineDep, actor: Officer, person_id: PersonId, subjects: Annotated[str, Form(max_length=8000)] = "") -> Response:
    """Say which subjects a reviewer of items reviews, one a line."""
    item_reviews.give_subjects(engine, actor, person_id, subjects.splitlines())
    return goto(f"/cell/people/{person_id}", done="subjects")


def _added(engine: Engine, actor: Actor, new: NewPerson, starts_on: str, ends_on: str) -> Response:
    people.enrol_candidate(engine, actor, replace(new, starts_on=_day(starts_on), ends_on=_day(ends_on)))
    return goto("/cell/people", done="added")


def _form(request: Request, engine: Engine, new: NewPerson, problem: str) -> HTMLResponse:
    today = civil_date(engine.clock.now())
    status = 422 if problem else 200
    return page(request, "cell/person_new.html", status=status, new=new, problem=problem, languages=LANGUAGES, today=today)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("a date looks like 2026-11-23") from error


def _wanted(member: Member, role: str, words: str, today: date) -> bool:
    named = words in f"{member.person.name} {member.person.name_hi} {member.person.login}".lower()
    return named and (not role or role in roles_on(member.terms, today))


def _key(member: Member, column: str) -> tuple[str, str]:
    return (member.person.login if column == "login" else member.person.name.lower(), member.person.id)
