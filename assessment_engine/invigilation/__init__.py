"""The human side of proctoring: cases and what people judge on them, the queue they wait in, and what is learnt from both.

Records and their rules only; stored by storage/invigilation.py and its neighbours, driven by the services of the same names.
"""

from assessment_engine.invigilation.case import (
    FOUND_NOTHING,
    MIN_REASON,
    REASONS,
    TRANSITIONS,
    UNDECIDED,
    Adjudication,
    Case,
    CaseState,
    JudgeFirst,
    Judgement,
    Outcome,
    Overturning,
    ProctoringDecision,
    Reason,
    Verdict,
    WaitingCase,
    Watched,
    observable_share,
    outcome_of,
)
from assessment_engine.invigilation.queue import SERVICE_LEVEL, Experience, Tally

__all__ = [
    "FOUND_NOTHING",
    "MIN_REASON",
    "REASONS",
    "SERVICE_LEVEL",
    "TRANSITIONS",
    "UNDECIDED",
    "Adjudication",
    "Case",
    "CaseState",
    "Experience",
    "JudgeFirst",
    "Judgement",
    "Outcome",
    "Overturning",
    "ProctoringDecision",
    "Reason",
    "Tally",
    "Verdict",
    "WaitingCase",
    "Watched",
    "observable_share",
    "outcome_of",
]
