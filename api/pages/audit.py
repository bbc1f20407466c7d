"""The Audit page of the examination cell: the log's size, root and checkpoints, what one's own people did, and verifying all of it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.auth import EngineDep, Officer
from api.pages import page
from api.words import N_
from assessment_engine.services import audit
from assessment_engine.services.audit import LogReport

router = APIRouter(include_in_schema=False)

KINDS: Mapping[str, str] = {
    "bank_created": N_("A bank of items was opened"),
    "batch_approved": N_("A result batch was approved"),
    "batch_discarded": N_("A result batch was discarded"),
    "batch_drafted": N_("A result batch was drafted"),
    "batch_published": N_("Results were published"),
    "break_taken": N_("A candidate began a break"),
    "break_ended": N_("A candidate's break ended"),
    "camera_declined": N_("A candidate declined the camera"),
    "candidate_registered": N_("A candidate was registered"),
    "case_judged": N_("A case was judged"),
    "hearing_opened": N_("A candidate was asked before a second decision"),
    "candidate_heard": N_("A candidate answered, or did not wish to say anything"),
    "case_overturned": N_("An appeal took a decision on a case back"),
    "case_planted": N_("A case with known truth was planted"),
    "case_withdrawn": N_("A planted case was taken out"),
    "certificate_changed": N_("A certificate was changed"),
    "certificate_issued": N_("A certificate was issued"),
    "chain_checkpoint": N_("The chain of pictures was recorded"),
    "chain_closed": N_("The chain of pictures came to its end"),
    "chain_lost": N_("The chain of pictures went on from an older link, because we lost the newer ones"),
    "checkin_decided": N_("A check-in was decided"),
    "competency_added": N_("A competency was added"),
    "consent_given": N_("A candidate agreed to the notice"),
    "course_added": N_("A course was added"),
    "course_closed": N_("A course was closed"),
    "course_completed": N_("A course was completed"),
    "course_opened": N_("A course was opened"),
    "detector_demoted": N_("A detector was shown to exceed its budget, and raises no flags"),
    "detector_restored": N_("Two officers brought a detector back"),
    "draw_audited": N_("A drawn sitting was looked through"),
    "draw_committed": N_("A session's secret draw was fixed"),
    "draw_revealed": N_("A session's secret draw was made public"),
    "evidence_erased": N_("Evidence was erased"),
    "evidence_packaged": N_("A package of evidence was made"),
    "erasure_asked": N_("Erasing evidence early was asked for"),
    "erasure_withdrawn": N_("A request to erase evidence early was taken back"),
    "exam_created": N_("An exam was defined"),
    "exam_calibrated": N_("An exam's calibration record was attached or taken away"),
    "exam_moved": N_("An exam was opened or closed"),
    "form_built": N_("A form was built"),
    "grievance_filed": N_("A grievance was filed"),
    "grievance_assigned": N_("A grievance was assigned"),
    "grievance_resolved": N_("A grievance was resolved"),
    "grievance_withdrawn": N_("A grievance was withdrawn"),
    "incident_raised": N_("The machine raised a flag"),
    "incident_closed": N_("An incident ended"),
    "item_staged": N_("An item was written, as a part of an import"),
    "items_imported": N_("Items were imported"),
    "items_exported": N_("Items were exported with their keys"),
    "item_saved": N_("A version of an item was saved"),
    "item_moved": N_("An item changed its state"),
    "item_reviewed": N_("A reviewer judged an item"),
    "item_calibrated": N_("An item was calibrated"),
    "item_commented": N_("Somebody commented on an item"),
    "review_subjects_given": N_("A reviewer was given subjects"),
    "enemies_made": N_("Items were made enemies"),
    "enmity_ended": N_("An item was taken out of a set of enemies"),
    "judgement_lapsed": N_("A judgement had no effect, because the incident went on"),
    "judgement_undone": N_("A judgement was taken back within its minute"),
    "key_announced": N_("The key that signs receipts was announced"),
    "late_answers_kept": N_("Late answers were kept for a decision"),
    "late_answers_judged": N_("Somebody decided on late answers"),
    "answer_file_taken": N_("An answer file was taken in"),
    "organisation_added": N_("The organisation was added"),
    "password_given": N_("A password was given"),
    "person_added": N_("A person was added"),
    "proctoring_decided": N_("The proctoring was decided"),
    "recalibration_proposed": N_("Another calibration was proposed"),
    "recalibration_signed": N_("A recalibration was signed"),
    "recalibration_withdrawn": N_("A recalibration was given up"),
    "restoration_signed": N_("An officer signed for a detector's return"),
    "reviewing_measured": N_("A case that measures reviewing was judged"),
    "session_created": N_("A session was scheduled"),
    "sitting_scored": N_("An exam was scored"),
    "sitting_sealed": N_("An exam was handed in and sealed"),
    "sitting_simulated": N_("A recorded candidate was seated"),
    "sitting_started": N_("An exam was begun"),
    "time_given": N_("Time was given"),
    "watch_drained": N_("The pictures were looked through"),
}
"""What an entry of the log says happened."""


@router.get("/cell/audit")
def show(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Show the log at a glance."""
    return _show(request, engine, officer, None)


@router.post("/cell/audit")
def verify(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Recompute the whole log and show what was found."""
    return _show(request, engine, officer, audit.verify_log(engine))


def _show(request: Request, engine: EngineDep, officer: Officer, report: LogReport | None) -> HTMLResponse:
    return page(request, "cell/audit.html", log=audit.overview(engine, officer), report=report, kinds=KINDS)
