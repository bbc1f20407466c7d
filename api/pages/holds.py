"""The words of "why not yet", once for every page: what holds a certificate, and who has to act."""

from collections.abc import Mapping

from api.words import N_
from assessment_engine.certification.certificate import Holder, HoldReason

REASONS: Mapping[HoldReason, str] = {
    HoldReason.NOT_SUBMITTED: N_("The exam is not handed in yet."),
    HoldReason.VOIDED: N_("The sitting was cancelled."),
    HoldReason.SIMULATED: N_("A recording was played instead of a camera, so there can be no certificate."),
    HoldReason.SCORING: N_("The answers are being scored."),
    HoldReason.NOT_PASSED: N_("The score is below what a certificate needs."),
    HoldReason.STREAM_NOT_DRAINED: N_("The last camera pictures are being looked through."),
    HoldReason.UNDECIDED_INCIDENTS: N_("Something in the camera pictures waits for a person to look at it. A machine decides nothing."),
    HoldReason.SECOND_PERSON_NEEDED: N_("Nothing is decided. Before a second person decides, you are asked, and can answer."),
    HoldReason.TOO_LITTLE_SEEN: N_("The camera could not see enough. A person decides whether it suffices; it is not held against you."),
    HoldReason.DECISION_PENDING: N_("What the camera saw is being summed up."),
    HoldReason.ADVERSE_DECISION: N_("Two people have decided against the sitting. You can contest this."),
    HoldReason.GRIEVANCE_OPEN: N_("A grievance about this sitting is open."),
    HoldReason.BATCH_NOT_DRAFTED: N_("The results of the session are being put together."),
    HoldReason.FIRST_SIGNATURE: N_("The results wait for the first officer's signature."),
    HoldReason.SECOND_SIGNATURE: N_("The results wait for the second officer's signature."),
}

HOLDERS: Mapping[Holder, str] = {
    Holder.CANDIDATE: N_("With you"),
    Holder.SYSTEM: N_("Done by the system, without you"),
    Holder.INVIGILATORS: N_("With the invigilators"),
    Holder.CELL: N_("With the examination cell"),
    Holder.GRIEVANCE_OFFICER: N_("With the grievance officer"),
    Holder.NOBODY: N_("Decided"),
}

# the same for somebody of the cell, who is not the candidate
CELL_REASONS: Mapping[HoldReason, str] = {
    HoldReason.NOT_SUBMITTED: N_("Not handed in"),
    HoldReason.VOIDED: N_("Cancelled"),
    HoldReason.SIMULATED: N_("Simulated sitting"),
    HoldReason.SCORING: N_("Being scored"),
    HoldReason.NOT_PASSED: N_("Not passed"),
    HoldReason.STREAM_NOT_DRAINED: N_("Camera stream not looked through yet"),
    HoldReason.UNDECIDED_INCIDENTS: N_("Undecided incidents"),
    HoldReason.SECOND_PERSON_NEEDED: N_("Second person needed"),
    HoldReason.TOO_LITTLE_SEEN: N_("Too little could be seen; “enough seen” needed"),
    HoldReason.DECISION_PENDING: N_("Proctoring decision pending"),
    HoldReason.ADVERSE_DECISION: N_("Adverse decision"),
    HoldReason.GRIEVANCE_OPEN: N_("Grievance open"),
    HoldReason.BATCH_NOT_DRAFTED: N_("Result batch not drafted"),
    HoldReason.FIRST_SIGNATURE: N_("First officer's signature missing"),
    HoldReason.SECOND_SIGNATURE: N_("Second officer's signature missing"),
}

CELL_HOLDERS: Mapping[Holder, str] = {
    Holder.CANDIDATE: N_("Candidate"),
    Holder.SYSTEM: N_("System"),
    Holder.INVIGILATORS: N_("Invigilators"),
    Holder.CELL: N_("Examination cell"),
    Holder.GRIEVANCE_OFFICER: N_("Grievance officer"),
    Holder.NOBODY: N_("Nobody: it is decided"),
}
