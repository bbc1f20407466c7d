"""The pictures of a package one by one, so that a candidate can look at them on a page: others' faces are covered in them already.

The package itself is services/evidence_packages.py's; a reviewer's pictures, which nobody covered, are services/evidence.py's.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.evidence import package as written
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services import evidence_packages, retention
from assessment_engine.services.engine import Engine

MOST_SHOWN = 9
MOST_BYTES = 16 * 2**20
"""A larger package (of candidates who had every frame kept) is read for each picture: it is taken home instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPicture:
    """One picture of a package: its number, when it was taken, and whether others were covered in it."""

    seq: int
    at: datetime
    file: str
    covered: bool


def by_incident(engine: Engine, actor: Actor, sitting_id: SittingId) -> Mapping[IncidentId, tuple[PackedPicture, ...]]:
    """Return up to MOST_SHOWN pictures of each incident, spread over it; none where no package is made or its pictures were erased."""
    found: dict[IncidentId, list[PackedPicture]] = defaultdict(list)
    for one, incidents in _listed(engine, actor, sitting_id):
        for incident_id in incidents:
            found[incident_id].append(one)
    return {incident_id: tuple(shots[:: -(-len(shots) // MOST_SHOWN)]) for incident_id, shots in found.items()}


def picture(engine: Engine, actor: Actor, sitting_id: SittingId, seq: int) -> bytes:
    """Return one picture (JPEG) of the newest package; raises NotFound."""
    for one, _ in _listed(engine, actor, sitting_id):
        if one.seq == seq:
            return written.file_of(evidence_packages.package(engine, actor, sitting_id).data, one.file)
    raise NotFound("no such picture is in the package")


def _listed(engine: Engine, actor: Actor, sitting_id: SittingId) -> list[tuple[PackedPicture, list[IncidentId]]]:
    """Return the pictures that can be shown, each with its incidents."""
    newest = evidence_packages.standing(engine, actor, sitting_id)
    if newest is None or newest.made_at is None or (newest.length or 0) > MOST_BYTES or retention.erased_at(engine, sitting_id) is not None:
        return []
    rows = json.loads(written.file_of(evidence_packages.package(engine, actor, sitting_id).data, written.FRAMES))
    return [
        (
            PackedPicture(seq=row["seq"], at=parse_iso(row["at"]), file=row["file"], covered=row["state"] == "redacted"),
            [IncidentId(each) for each in row["incidents"]],
        )
        for row in rows
        if "file" in row
    ]
