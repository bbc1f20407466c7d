"""A finding's score over time as the numbers of a small drawing: a line, the threshold, and when it was raised. No markup here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, PAD = 440, 170, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTrace:
    """What a template draws; lengths are the drawing's own, `rows` are the same numbers for a table.

    `away`, of looking away, is the seconds away, of the last how many seconds, and what is usual for the candidate; `lips`, of
    talking, is a word of wording.LIPS.
    """

    kind: str
    left: float
    right: float
    floor: float
    points: str
    threshold_y: float
    raised_x: float
    began_s: float
    ended_s: float
    top: float
    threshold: float
    rows: tuple[tuple[float, float], ...]
    away: tuple[float, float, float] | None
    lips: str | None


def traces(incident: Mapping[str, Any]) -> list[ScoreTrace]:
    """Return a drawing for each finding of a stored incident that has a line to draw."""
    findings: Sequence[Mapping[str, Any]] = incident.get("findings", ())
    return [_trace(finding) for finding in findings if len(finding.get("trace", ())) > 1]


def _trace(finding: Mapping[str, Any]) -> ScoreTrace:
    rows = tuple((float(at), float(score)) for at, score in finding["trace"])
    began, ended = rows[0][0], rows[-1][0]
    threshold = float(finding["threshold"])
    top = max(1e-9, threshold * 1.25, *(score for _, score in rows))

    def across(at: float) -> float:
        share = (at - began) / max(ended - began, 1e-9)
        return round(PAD + (WIDTH - 2 * PAD) * min(1.0, max(0.0, share)), 1)

    def down(score: float) -> float:
        return round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * max(0.0, score) / top, 1)

    return ScoreTrace(
        kind=str(finding["kind"]),
        left=PAD,
        right=WIDTH - PAD,
        floor=HEIGHT - PAD,
        points=" ".join(f"{across(at)},{down(score)}" for at, score in rows),
        threshold_y=down(threshold),
        raised_x=across(float(finding["raised_s"])),
        began_s=began,
        ended_s=ended,
        top=top,
        threshold=threshold,
        rows=rows,
        away=tuple(finding["away"]) if finding.get("away") else None,
        lips=str(finding["lips"]) if finding.get("lips") else None,
    )
