"""Whether a face beside the candidate's is the scribe who was enrolled: one person is expected, everybody else is not.

A scribe who writes looks down and is often not to be compared: one face beside the candidate's that cannot be compared is nobody's fault, a
second one is. What was recognised is believed at its place for some seconds, so that a scribe costs one comparison in that time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from proctoring.vision import faces, identity
from proctoring.vision.faces import Detection
from proctoring.vision.models import Floats, Pixels

SAME, OTHER = identity.DOUBT, 0.60
BELIEVED_S = 15.0
_STILL_THERE = 0.3
_ROOM = 0.6  # of a face's size around it: as much as a detector needs to find it again


class Scribe(StrEnum):
    """What is known of the enrolled scribe; words of the invigilator's panel."""

    EXPECTED = "expected"
    RECOGNISED = "recognised"
    NOT_COMPARED = "not_compared"
    NO_FACE = "no_face"  # the enrolled picture cannot be compared: nobody can be told from the scribe


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who is beside the candidate: how many strangers, and whether everybody else was surely recognised."""

    strangers: int
    sure: bool


def company(companions: "Companions | None", picture: Pixels, found: Sequence[Detection], at: float) -> Company:
    """Say who is beside the candidate; where nobody is expected, every face is a stranger's."""
    return Company(strangers=len(found), sure=not found) if companions is None else companions.among(picture, found, at)


class Companions:
    """Fed with the faces beside the candidate's; remembers where the scribe was."""

    def __init__(self, describe: Callable[[Pixels], Floats | None], enrolled: Floats) -> None:
        self._describe, self._enrolled = describe, enrolled
        self._here: Detection | None = None
        self._known_at = float("-inf")
        self.scribe = Scribe.EXPECTED

    def among(self, picture: Pixels, found: Sequence[Detection], at: float) -> Company:
        """Say who of these faces is expected; at most one is."""
        strangers = unsure = 0
        recognised = False
        for detection in found:
            alike = self._alike(picture, detection, at)
            if alike and not recognised:
                recognised = True
            elif alike is None:
                unsure += 1
            else:
                strangers += 1
        if unsure and not recognised:
            unsure, self.scribe = unsure - 1, Scribe.NOT_COMPARED
        elif recognised:
            self.scribe = Scribe.RECOGNISED
        return Company(strangers=strangers + unsure, sure=strangers + unsure == 0 and (recognised or not found))

    def _alike(self, picture: Pixels, detection: Detection, at: float) -> bool | None:
        """Tell whether this is the scribe's face; None where it cannot be compared, or lies between."""
        still = self._here is not None and faces.overlap(self._here.box, detection.box) >= _STILL_THERE
        if still and 0 <= at - self._known_at < BELIEVED_S:
            self._here = detection
            return True
        face = self._describe(_cut(picture, detection))
        distance = None if face is None else identity.distance(face, [self._enrolled])
        if distance is None or SAME < distance < OTHER:
            return None
        if distance <= SAME:
            self._here, self._known_at = detection, at
        return distance <= SAME


def _cut(picture: Pixels, detection: Detection) -> Pixels:
    """Return the face with some room around it."""
    left, top, right, bottom = detection.box
    across, up = _ROOM * (right - left), _ROOM * (bottom - top)
    height, width = picture.shape[:2]
    rows = slice(max(0, int(top - up)), min(height, int(bottom + up)))
    return picture[rows, max(0, int(left - across)) : min(width, int(right + across))]
