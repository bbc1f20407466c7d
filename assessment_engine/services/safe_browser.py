"""Which exams are taken in Safe Exam Browser only, and of which exam a sitting is; api/safe_browser.py asks at the door and remembers."""

from collections.abc import Mapping

from assessment_engine.delivery.safe_browser import BrowserKeys, keys_of
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ExamId, SittingId
from assessment_engine.services.engine import Engine


def guarded_exams(engine: Engine) -> Mapping[ExamId, BrowserKeys]:
    """Return the keys of every exam that has any."""
    with engine.store.read() as tx:
        keys = {exam.id: keys_of(exam.policy) for exam in tx.exams.everywhere()}
    return {exam_id: found for exam_id, found in keys.items() if found is not None}


def exam_of(engine: Engine, sitting_id: SittingId) -> ExamId | None:
    """Return the exam of a sitting, or None where there is no such sitting: that is for the route to say."""
    with engine.store.read() as tx:
        try:
            return tx.sittings.get(sitting_id).exam_id
        except NotFound:
            return None
