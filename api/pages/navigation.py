"""Where a person can go from any page: the left navigation of the cell and of invigilators, the top one of candidates.

One list; an entry shows to whom its roles name. Words are marked here and translated in base.html.
"""

from dataclasses import dataclass

from fastapi import Request
from starlette.routing import BaseRoute, Match

from api.words import N_
from assessment_engine.people import BANK_STAFF, Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry: its words, its path, an icon's name and who sees it."""

    label: str
    path: str
    icon: str
    roles: frozenset[Role]
    current: bool = False


CELL = frozenset({Role.CELL_OFFICER})
WATCH = frozenset({Role.INVIGILATOR})
BANK = frozenset(BANK_STAFF)
TAKER = frozenset({Role.CANDIDATE})

PLACES: tuple[Place, ...] = (
    Place(label=N_("My exams"), path="/candidate", icon="exam", roles=TAKER),
    Place(label=N_("My courses"), path="/candidate/courses", icon="course", roles=TAKER),
    Place(label=N_("My record"), path="/candidate/record", icon="record", roles=TAKER),
    Place(label=N_("My grievances"), path="/candidate/grievances", icon="grievance", roles=TAKER),
    Place(label=N_("Overview"), path="/cell", icon="overview", roles=CELL),
    Place(label=N_("Items"), path="/cell/items", icon="item", roles=BANK),
    Place(label=N_("Items in review"), path="/cell/item-reviews", icon="check", roles=BANK),
    Place(label=N_("Reported questions"), path="/cell/question-reports", icon="flag", roles=CELL),
    Place(label=N_("Forms"), path="/cell/forms", icon="form", roles=CELL),
    Place(label=N_("Exams"), path="/cell/exams", icon="exam", roles=CELL),
    Place(label=N_("Sessions"), path="/cell/sessions", icon="session", roles=CELL),
    Place(label=N_("Arrangements"), path="/cell/arrangements", icon="people", roles=CELL),
    Place(label=N_("Live"), path="/invigilator", icon="live", roles=WATCH | CELL),
    Place(label=N_("Check-in"), path="/invigilator/checkin", icon="checkin", roles=WATCH),
    Place(label=N_("Review"), path="/invigilator/review", icon="review", roles=WATCH | CELL),
    Place(label=N_("Figures"), path="/invigilator/figures", icon="result", roles=WATCH | CELL),
    Place(label=N_("Late answers"), path="/cell/late-answers", icon="clock", roles=WATCH | CELL),
    Place(label=N_("Results"), path="/cell/results", icon="result", roles=CELL),
    Place(label=N_("Certificates"), path="/cell/certificates", icon="certificate", roles=CELL),
    Place(label=N_("Grievances"), path="/grievances", icon="grievance", roles=CELL | {Role.GRIEVANCE_OFFICER}),
    Place(label=N_("Courses"), path="/cell/courses", icon="course", roles=CELL),
    Place(label=N_("People"), path="/cell/people", icon="people", roles=CELL),
    Place(label=N_("Evidence"), path="/cell/evidence", icon="camera", roles=CELL),
    Place(label=N_("Audit"), path="/cell/audit", icon="audit", roles=CELL),
)

_INSIDE = {
    "/exams": "/candidate",
    "/cell/centres": "/cell/sessions",
    "/cell/blueprints": "/cell/forms",
    "/evidence": "/cell/evidence",
    "/sessions": "/invigilator",
    "/invigilator/planted": "/invigilator/figures",
    "/invigilator/review-keys": "/invigilator/review",
}
"""Pages that lie elsewhere than the place they belong to."""


def navigation(request: Request, actor: Actor | None) -> list[Place]:
    """Return the places this person can go to, with the nearest one to where they are marked current."""
    if actor is None:
        return []
    mine = [place for place in PLACES if place.roles & actor.roles and _exists(request.app.routes, place.path)]
    path = next((place for prefix, place in _INSIDE.items() if _under(request.url.path, prefix)), request.url.path)
    here = max((place.path for place in mine if _under(path, place.path)), key=len, default="")
    return [_marked(place, here) for place in mine]


def _marked(place: Place, here: str) -> Place:
    return Place(label=place.label, path=place.path, icon=place.icon, roles=place.roles, current=place.path == here)


def _under(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _exists(routes: list[BaseRoute], path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in routes)
