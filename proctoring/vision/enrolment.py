"""Eyes that know whom they should see: the candidate who was admitted and, beside them, the scribe who was enrolled."""

from assessment_engine.kernel.errors import Invalid
from proctoring.vision.companions import Companions
from proctoring.vision.decode import decode_photograph
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats


def eyes_for(networks: Networks, face: bytes | None, scribe: bytes | None = None) -> Eyes:
    """Return eyes for one sitting; a picture without one good face teaches nothing: that person is not told from others."""
    eyes = Eyes(networks)
    candidate, beside = described(eyes, face), described(eyes, scribe)
    eyes.enrolled = () if candidate is None else (candidate,)
    eyes.companions = None if beside is None else Companions(Eyes(networks).enrol, beside)
    return eyes


def described(eyes: Eyes, photograph: bytes | None) -> Floats | None:
    """Return the description of the one face in a photograph, None where it has none that can be compared."""
    try:
        return eyes.enrol(decode_photograph(photograph)) if photograph is not None else None
    except Invalid:
        return None
