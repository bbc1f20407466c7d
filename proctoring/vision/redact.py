"""Hiding the faces of others in a picture that a candidate takes home.

Whose face the candidate's is, identity says; where it cannot say, a face that is alone is taken for the candidate's, and of several none
that is not surely theirs is shown. What is hidden is filled, not blurred: a blur can be undone. People who show no face are not hidden.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from assessment_engine.kernel.errors import Invalid
from proctoring.vision import faces, identity, pose
from proctoring.vision.beside import SAME, found_in
from proctoring.vision.crops import Region
from proctoring.vision.decode import decode, decode_photograph
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Detection
from proctoring.vision.models import Floats, Pixels

LEAST = 0.35  # score from which something may be a face: rather too much hidden than somebody shown
STRANGER = 0.60  # distance from which a face is somebody else's (identity.py)
QUALITY = 85
_GREY = 96
_MARGIN = 0.35  # of the face's size: hair and chin tell who somebody is, too
_PARTS, _PART = (0.2, 0.5, 0.8), 0.45  # where parts of a picture have their middles, and their side as a share of its width


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture as the candidate may have it; `jpeg` is the original where nothing was hidden."""

    jpeg: bytes
    hidden: int


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How far a face is from the candidate's, and whether it looks into the camera: a turned one is further off by that alone."""

    distance: float
    straight: bool


def known_face(networks: Networks, photograph: bytes | None) -> Floats | None:
    """Return the description of the candidate's face from check-in, None where there is none that can be compared."""
    try:
        return Eyes(networks).enrol(decode_photograph(photograph)) if photograph is not None else None
    except Invalid:
        return None


def hide_others(networks: Networks, jpeg: bytes, known: Floats | None) -> Shown:
    """Fill every face of a picture but the candidate's; one that cannot be decoded is hidden whole, as one grey picture."""
    try:
        picture = decode(jpeg)
    except Invalid:
        return Shown(jpeg=_written(np.full((240, 320, 3), _GREY, np.uint8)), hidden=0)
    found = _all_faces(networks, picture)
    own = _own(networks, picture, found, known)
    others = [one for one in found if one is not own]
    if not others:
        return Shown(jpeg=jpeg, hidden=0)
    filled = picture.copy()
    for one in others:
        _fill(filled, one)
    if own is not None:  # where two heads touch, the candidate's own face stays in sight
        _restore(filled, picture, own, others)
    return Shown(jpeg=_written(filled), hidden=len(others))


def _all_faces(networks: Networks, picture: Pixels) -> list[Detection]:
    """Return every face, each once: as the watching eyes find them, which look at parts larger, at the picture's edges too."""
    height, width = picture.shape[:2]
    parts = [Region(x=x * width, y=y * height, side=_PART * width) for x in _PARTS for y in _PARTS]
    found = networks.near.find(picture, least=LEAST)
    larger = (one for part in parts for one in found_in(networks.near, picture, part))
    far = networks.far.find(picture, least=LEAST) if networks.far else []
    for one in [*far, *(one for one in larger if networks.mesh.of(picture, one).fits(one))]:
        if all(faces.overlap(one.box, other.box) < SAME for other in found):
            found.append(one)
    return found


def _own(networks: Networks, picture: Pixels, found: list[Detection], known: Floats | None) -> Detection | None:
    """Return the candidate's face among those found."""
    if known is None or networks.identity is None:
        return found[0] if len(found) == 1 else None
    far = [(_compared(networks, picture, one, known), one) for one in found]
    if len(far) == 1:
        seen, one = far[0]
        return None if seen is not None and seen.distance >= (identity.DOUBT if seen.straight else STRANGER) else one
    compared = [(seen.distance, place) for place, (seen, _) in enumerate(far) if seen is not None and seen.distance < identity.DOUBT]
    return found[min(compared)[1]] if compared else None


def _compared(networks: Networks, picture: Pixels, face: Detection, known: Floats) -> _Likeness | None:
    """Return how far a face is from the candidate's, None where it cannot be compared."""
    mesh = networks.mesh.of(picture, face)
    if mesh.score < faces.PRESENT or networks.identity is None:
        return None
    described = networks.identity.describe(identity.chip(picture, mesh.points))
    if described is None:
        return None
    head = pose.head(mesh.points, picture.shape)
    straight = abs(head.yaw) <= identity.MOST_YAW and abs(head.pitch) <= identity.MOST_PITCH
    return _Likeness(identity.distance(described, [known]), straight)


def _fill(picture: Pixels, face: Detection) -> None:
    left, top, right, bottom = _around(picture, face, _MARGIN)
    picture[top:bottom, left:right] = _GREY


def _restore(filled: Pixels, picture: Pixels, own: Detection, others: list[Detection]) -> None:
    """Show the candidate's face itself again, but not where it is over another's."""
    left, top, right, bottom = _around(picture, own, 0.0)
    kept = np.zeros(picture.shape[:2], bool)
    kept[top:bottom, left:right] = True
    for one in others:
        other_left, other_top, other_right, other_bottom = _around(picture, one, 0.0)
        kept[other_top:other_bottom, other_left:other_right] = False
    filled[kept] = picture[kept]


def _around(picture: Pixels, face: Detection, margin: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = face.box
    wide, high = (right - left) * margin, (bottom - top) * margin
    rows, columns = picture.shape[:2]
    return max(0, int(left - wide)), max(0, int(top - high)), min(columns, int(right + wide)), min(rows, int(bottom + high))


def _written(picture: Pixels) -> bytes:
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return encoded.tobytes()
