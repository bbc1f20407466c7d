"""An exam (the definition), its policy, a session of it (one scheduled window), a registration, and who may register.

Records and their rules only; what a sitting does with its time is delivery/timing.py. Stored by storage/exams.py,
driven by services/exams.py.
"""

from assessment_engine.exams.eligibility import CandidateFacts, Eligibility, EligibilityReason, eligibility_for
from assessment_engine.exams.exam import TRANSITIONS, Exam, ExamSession, ExamState, ExamVerb, Registration
from assessment_engine.exams.policy import EVERY_COMPETENCY, LEVELS, MOST_EVIDENCE_DAYS, SIGNALS, ExamPolicy, policy_of

__all__ = [
    "EVERY_COMPETENCY",
    "LEVELS",
    "MOST_EVIDENCE_DAYS",
    "SIGNALS",
    "TRANSITIONS",
    "CandidateFacts",
    "Eligibility",
    "EligibilityReason",
    "Exam",
    "ExamPolicy",
    "ExamSession",
    "ExamState",
    "ExamVerb",
    "Registration",
    "eligibility_for",
    "policy_of",
]
