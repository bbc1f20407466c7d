"""What wall and page are told, and what of an incident: its name, kind and how grave it is; never a picture, never a number that judges."""

from dataclasses import dataclass
from datetime import timedelta

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import IncidentId
from proctoring.incidents import IncidentChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message for a channel of the frames store."""

    channel: str
    message: Json


def incident_message(sitting: Sitting, incident_id: IncidentId, change: IncidentChange) -> Json:
    """Return the message about one change of an incident."""
    incident, began = change.incident, sitting.started_at
    return {
        "type": "incident",
        "sitting": sitting.id,
        "incident": incident_id,
        "kind": incident.kind.value,
        "tier": incident.tier.value,
        "severity": incident.severity.word if incident.severity else None,
        "state": change.change.value,
        "raised_at": iso(began + timedelta(seconds=incident.raised_s)) if began else None,
    }
