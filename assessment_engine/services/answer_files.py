"""The answer file of a sitting: its key for the page, and taking a file in that the candidate or an invigilator brings."""

from assessment_engine.delivery.answer_file import file_key
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import b64url
from assessment_engine.services.engine import Engine


def answer_file_key(engine: Engine, sitting_id: SittingId) -> str:
    """Return the sitting's own key as base64url; whoever asks must have been found to be its candidate."""
    return b64url(file_key(engine.signer.tickets, sitting_id))
