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
    "announcement_made": N_("An announcement was made"),
    "answer_file_taken": N_("An answer file was taken in"),
    "arrangement_appealed": N_("A candidate appealed for an access arrangement"),
    "arrangement_decided": N_("An access arrangement was decided"),
    "arrangement_proposed": N_("A first officer proposed an access arrangement"),
    "arrangement_requested": N_("A candidate asked for an access arrangement"),
    "arrangement_scribe_enrolled": N_("A scribe was enrolled"),
    "arrangement_withdrawn": N_("A candidate took back a request for an access arrangement"),
    "bank_created": N_("A bank of items was opened"),
    "batch_approved": N_("A result batch was approved"),
    "batch_discarded": N_("A result batch was discarded"),
    "batch_drafted": N_("A result batch was drafted"),
    "batch_published": N_("Results were published"),
    "blueprint_given_up": N_("A blueprint was given up"),
    "blueprint_saved": N_("A blueprint was kept"),
    "break_ended": N_("A candidate's break ended"),
    "break_taken": N_("A candidate began a break"),
    "camera_declined": N_("A candidate declined the camera"),
    "candidate_heard": N_("A candidate answered, or did not wish to say anything"),
    "candidate_registered": N_("A candidate was registered"),
    "case_judged": N_("A case was judged"),
    "case_overturned": N_("An appeal took a decision on a case back"),
    "case_planted": N_("A case with known truth was planted"),
    "case_withdrawn": N_("A planted case was taken out"),
    "centre_added": N_("A centre was added"),
    "certificate_changed": N_("A certificate was changed"),
    "certificate_issued": N_("A certificate was issued"),
    "chain_checkpoint": N_("The chain of pictures was recorded"),
    "chain_closed": N_("The chain of pictures came to its end"),
    "chain_lost": N_("The chain of pictures went on from an older link, because we lost the newer ones"),
    "checkin_decided": N_("A check-in was decided"),
    "competency_added": N_("A competency was added"),
    "conflict_declared": N_("Somebody declared an interest in a candidate"),
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
    "enemies_made": N_("Items were made enemies"),
    "enmity_ended": N_("An item was taken out of a set of enemies"),
    "erasure_asked": N_("Erasing evidence early was asked for"),
    "erasure_withdrawn": N_("A request to erase evidence early was taken back"),
    "evidence_erased": N_("Evidence was erased"),
    "evidence_packaged": N_("A package of evidence was made"),
    "exam_calibrated": N_("An exam's calibration record was attached or taken away"),
    "exam_created": N_("An exam was defined"),
    "exam_moved": N_("An exam was opened or closed"),
    "export_taken": N_("An export was taken"),
    "form_built": N_("A form was built"),
    "grievance_assigned": N_("A grievance was assigned"),
    "grievance_filed": N_("A grievance was filed"),
    "grievance_released": N_("A grievance was taken from an officer who can no longer answer it"),
    "grievance_resolved": N_("A grievance was resolved"),
    "grievance_withdrawn": N_("A grievance was withdrawn"),
    "hearing_opened": N_("A candidate was asked before a second decision"),
    "import_withdrawn": N_("An import was taken back"),
    "incident_closed": N_("An incident ended"),
    "incident_raised": N_("The machine raised a flag"),
    "item_calibrated": N_("An item was calibrated"),
    "item_commented": N_("Somebody commented on an item"),
    "item_moved": N_("An item changed its state"),
    "item_reviewed": N_("A reviewer judged an item"),
    "item_saved": N_("A version of an item was saved"),
    "item_staged": N_("An item was written, as a part of an import"),
    "items_exported": N_("Items were exported with their keys"),
    "items_imported": N_("Items were imported"),
    "judgement_lapsed": N_("A judgement had no effect, because the incident went on"),
    "judgement_undone": N_("A judgement was taken back within its minute"),
    "key_announced": N_("The key that signs receipts was announced"),
    "late_answers_judged": N_("Somebody decided on late answers"),
    "late_answers_kept": N_("Late answers were kept for a decision"),
    "lease_moved": N_("A candidate went on in another window or on another device"),
    "message_written": N_("A message was written during an exam"),
    "object_dismissed": N_("A reviewer took an object for something else"),
    "organisation_added": N_("The organisation was added"),
    "paper_code_shown": N_("The code of a paper was shown"),
    "papers_drawn": N_("Papers were drawn for the candidates"),
    "parts_reached": N_("A candidate went on to another part"),
    "password_chosen": N_("Somebody chose a password of their own"),
    "password_given": N_("A password was given"),
    "person_added": N_("A person was added"),
    "pictures_wished": N_("A candidate asked that ordinary pictures be kept"),
    "place_changed": N_("A candidate changed the session"),
    "place_given_back": N_("A candidate gave a place back"),
    "proctoring_decided": N_("The proctoring was decided"),
    "question_report_decided": N_("A report on a question was decided"),
    "recalibration_proposed": N_("Another calibration was proposed"),
    "recalibration_signed": N_("A recalibration was signed"),
    "recalibration_withdrawn": N_("A recalibration was given up"),
    "restoration_signed": N_("An officer signed for a detector's return"),
    "review_subjects_given": N_("A reviewer was given subjects"),
    "reviewing_measured": N_("A case that measures reviewing was judged"),
    "room_added": N_("A room was added"),
    "room_changed": N_("A room was changed"),
    "room_duty": N_("An invigilator took or handed over a room"),
    "roster_imported": N_("A roster was imported"),
    "session_changed": N_("A session was changed"),
    "session_created": N_("A session was scheduled"),
    "session_reported": N_("A session report was made"),
    "sign_in_refused": N_("Signing in was refused"),
    "sitting_scored": N_("An exam was scored"),
    "sitting_sealed": N_("An exam was handed in and sealed"),
    "sitting_simulated": N_("A recorded candidate was seated"),
    "sitting_started": N_("An exam was begun"),
    "time_act": N_("Somebody acted on the time of an exam"),
    "time_given": N_("Time was given"),
    "time_given_back": N_("Time lost in an outage was given back"),
    "warning_given": N_("A candidate was warned"),
    "watch_drained": N_("The pictures were looked through"),
}
"""What an entry of the log says happened."""

PLACES: Mapping[str, str] = {
    "arr": "/cell/arrangements",
    "bat": "/cell/results",
    "blu": "/cell/blueprints",
    "cen": "/cell/centres",
    "crs": "/cell/courses",
    "exa": "/cell/exams",
    "for": "/cell/forms",
    "grv": "/grievances",
    "inc": "/invigilator/review",
    "itv": "/cell/items",
    "per": "/cell/people",
    "ses": "/cell/sessions",
}
"""Where an entry's subject has a page of its own, by how its id begins."""


@router.get("/cell/audit")
def show(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Show the log at a glance."""
    return _show(request, engine, officer, None)


@router.post("/cell/audit")
def verify(request: Request, engine: EngineDep, officer: Officer) -> HTMLResponse:
    """Recompute the whole log and show what was found."""
    return _show(request, engine, officer, audit.verify_log(engine))


def _show(request: Request, engine: EngineDep, officer: Officer, report: LogReport | None) -> HTMLResponse:
    return page(request, "cell/audit.html", log=audit.overview(engine, officer), report=report, kinds=KINDS, places=PLACES)
