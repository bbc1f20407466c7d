"""How an exam watches, for its candidates: what is looked for and what never, how often that is wrong, what is kept, who decides.

The exam's own page is there before anybody books; one's own sitting's says what an arrangement leaves out. The words are the templates';
every value is the exam's. What came of a sitting is own_watch.py.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import Candidate, EngineDep, Viewer
from api.minute import Minute
from api.pages import page, wording
from api.paths import SittingPath
from assessment_engine.kernel.ids import ExamId
from assessment_engine.people import Role
from assessment_engine.services import watching
from assessment_engine.services.engine import Engine
from assessment_engine.services.watching import Watching
from proctoring.evaluation import SHOWN_HOURS

router = APIRouter(include_in_schema=False)


@router.get("/exams/{exam_id}/watching")
def of_exam(request: Request, engine: EngineDep, actor: Viewer, exam_id: ExamId) -> HTMLResponse:
    """Say how an exam of the reader's organisation watches."""
    back = f"/cell/exams/{exam_id}" if Role.CELL_OFFICER in actor.roles else "/candidate" if Role.CANDIDATE in actor.roles else ""
    return _page(request, engine, watching.of_exam(engine, actor, exam_id), back)


@router.get("/candidate/sittings/{sitting_id}/watching")
def of_sitting(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> HTMLResponse:
    """Say how the candidate is watched in their own sitting."""
    return _page(request, engine, watching.of_sitting(engine, actor, sitting_id), "/candidate")


def _page(request: Request, engine: Engine, told: Watching, back: str) -> HTMLResponse:
    policy, counted = told.exam.policy, request.app.state.alarms
    assert isinstance(counted, Minute)
    return page(
        request,
        "candidate/watching.html",
        told=told,
        alarms=counted.of(told.exam.id, lambda: watching.alarms(engine, told.exam)),
        policy=policy,
        back=back,
        one_in=round(1 / policy.false_alert_budget) if 0 < policy.false_alert_budget < 1 else 0,
        shown_hours=round(SHOWN_HOURS),
        wording=wording,
    )
