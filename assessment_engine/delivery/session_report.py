"""The report of a session: who came, when, what became of each sitting, what people did to its time; signed, so that nobody edits it later.

Made once the session is over and nobody sits any more; a later one supersedes it and names it. Stored by storage/session_reports.py,
driven by services/session_reports.py.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.canonical import Json, canonical_json, digest
from assessment_engine.kernel.clock import iso_or_none
from assessment_engine.kernel.signing import SigningKey, verify


class NotLookedFor(StrEnum):
    """Why something that the exam asks for was not looked for in a sitting."""

    ARRANGEMENT = "arrangement"
    DOTS_SKIPPED = "dots_skipped"  # nobody knows where this candidate usually looks
    NO_NETWORK = "no_network"
    DEMOTED = "demoted"  # it was wrong too often, so it was only counted


class Attendance(StrEnum):
    """Whether somebody came."""

    PRESENT = "present"
    NOT_STARTED = "not_started"  # let in, but the exam was never opened
    ABSENT = "absent"
    GIVEN_BACK = "given_back"  # the place was given back or cancelled before anything began


def attendance_of(sitting: Sitting) -> Attendance:
    """Tell from a sitting whether its candidate came."""
    if sitting.started_at is not None:
        return Attendance.PRESENT
    if sitting.state is SittingState.VOIDED:
        return Attendance.GIVEN_BACK
    return Attendance.NOT_STARTED if sitting.admitted_at is not None else Attendance.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One candidate of the session; `after_deadline` answers came in the grace, the last of them `after_deadline_s` after the bell.

    `not_looked_for` are kinds of incidents and why; for `uncompared_s`, in stretches of minutes, the face could not be compared.
    """

    sitting: Sitting
    name: str
    room: str
    seat: str
    answers: int
    after_deadline: int
    after_deadline_s: int
    seal_sha256: str | None
    flags: int
    not_looked_for: Mapping[str, NotLookedFor]
    uncompared_s: int

    @property
    def document(self) -> dict[str, Json]:
        """The line as JSON."""
        one = self.sitting
        return {
            "sitting": one.id,
            "candidate": one.candidate_id,
            "name": self.name,
            "room": self.room,
            "seat": self.seat,
            "attendance": attendance_of(one),
            "admitted_at": iso_or_none(one.admitted_at),
            "started_at": iso_or_none(one.started_at),
            "submitted_at": iso_or_none(one.submitted_at),
            "closed_by": one.closed_by,
            "stopped_s": one.stopped_s,
            "answers": self.answers,
            "after_deadline": self.after_deadline,
            "after_deadline_s": self.after_deadline_s,
            "seal_sha256": self.seal_sha256,
            "flags": self.flags,
            "not_looked_for": {kind: str(why) for kind, why in self.not_looked_for.items()},
            "uncompared_s": self.uncompared_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What was signed. `number` counts from 1; `supersedes` is the digest of the report before."""

    document: Mapping[str, Json]
    key_id: str
    signature: str

    @property
    def sha256(self) -> str:
        """The report's own name, a leaf of the log."""
        return digest(dict(self.document))

    @property
    def number(self) -> int:
        """Which report of its session this is."""
        return int(str(self.document["number"]))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many were present, absent and so on."""
        counts = self.document["counts"]
        assert isinstance(counts, Mapping)
        return {str(name): int(str(count)) for name, count in counts.items()}


def sign_report(facts: Mapping[str, Json], lines: Sequence[ReportLine], key: SigningKey) -> SessionReport:
    """Sign a report: `facts` about the session as a whole, then everybody in it, the counts made from the lines themselves."""
    counted = Counter(str(attendance_of(line.sitting)) for line in lines)
    counts: dict[str, Json] = {str(each): counted[str(each)] for each in Attendance}
    document: dict[str, Json] = {
        "type": "session_report",  # keeps it from ever passing for a receipt or a seal
        **facts,
        "counts": counts,
        "lines": [line.document for line in lines],
        "key_id": key.key_id,
    }
    return SessionReport(document=document, key_id=key.key_id, signature=key.sign(canonical_json(document)))


def is_genuine_report(report: SessionReport, public_key: bytes) -> bool:
    """Tell whether the key signed exactly this report, and as a report."""
    return report.document.get("type") == "session_report" and verify(public_key, canonical_json(dict(report.document)), report.signature)
