"""What a check of evidence can say: findings, which break it, and notes, which do not. The words are stable; `place` says exactly where."""

from dataclasses import dataclass
from enum import StrEnum

from assessment_engine.kernel.canonical import Json


class FindingKind(StrEnum):
    """What is wrong. Any of them makes the check fail."""

    EDITED = "edited"
    SPLICED = "spliced"
    REORDERED = "reordered"
    MISSING_FRAMES = "missing_frames"
    TRUNCATED_END = "truncated_end"
    FOREIGN_SITTING = "foreign_sitting"
    CLOCK_SKEW = "clock_skew"
    FORGED_FRAME = "forged_frame"
    FORGED_CHECKPOINT = "forged_checkpoint"
    FORGED_SIGNATURE = "forged_signature"
    MISSING_EVIDENCE = "missing_evidence"
    ALTERED_EVIDENCE = "altered_evidence"
    CHANGED_DECISION = "changed_decision"


class NoteKind(StrEnum):
    """What a reader should know, though nothing is wrong."""

    ERASED = "erased"
    REDACTED = "redacted"
    LOST = "lost"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or worth knowing, and where: a file of the package, and the frame's number where one is meant."""

    kind: FindingKind | NoteKind
    place: str
    text: str
    seq: int | None = None

    def as_json(self) -> Json:
        """Return it for a program to read."""
        return {"kind": str(self.kind), "place": self.place, "seq": self.seq, "text": self.text}
