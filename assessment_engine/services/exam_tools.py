"""Which tools lie beside the questions of one candidate: the exam's, and what an access arrangement adds."""

from collections.abc import Mapping

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams import ExamPolicy
from assessment_engine.exams.policy import TOOLS
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction

ARRANGED = "read_aloud"
"""The one tool that an arrangement can add to what the exam allows everybody."""


def allowed(policy: ExamPolicy, arrangements: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the tools in their order on the page."""
    arranged = arrangements.get(ARRANGED) is True
    return tuple(tool for tool in TOOLS if tool in policy.tools or (tool == ARRANGED and arranged))


def of_sitting(tx: Transaction, sitting: Sitting) -> tuple[str, ...]:
    """Return the tools of a sitting."""
    return allowed(tx.exams.get(sitting.exam_id).policy, tx.exams.registration(sitting.registration_id).arrangements)


def mine(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[str, ...]:
    """Return the tools of a candidate's own sitting."""
    with engine.store.read() as tx:
        return of_sitting(tx, tx.sittings.of_candidate(sitting_id, actor.person_id))
