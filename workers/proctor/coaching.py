"""What a candidate's page may know of what is seen of them."""

from assessment_engine.kernel.canonical import Json
from proctoring.observations import Observation


def coaching(seen: Observation, sound: str | None) -> Json:
    """Return whether the page is seen and listened to, and what to change; never what was found."""
    faces = seen.faces if seen.faces is not None else int(seen.face is not None)
    return {
        "type": "seen",
        "observable": seen.observable,
        "reason": seen.reason.value if seen.reason else None,
        "faces": faces,
        "sound": sound,
    }
