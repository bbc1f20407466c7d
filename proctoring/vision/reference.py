"""A face at check-in beside its reference picture: facts for a person's decision. Nothing here ever refuses anybody.

Seen by the streaming path, which is also what watches later. The reference landmarker, where it can run, is asked for a second opinion on
the picture that the candidate is enrolled from: whether both find the same face, and whether it looks this way. ADR 36.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from assessment_engine.kernel.errors import BadFrame, Invalid, TooLarge
from proctoring.observations import Quality, Reason
from proctoring.vision import faces, identity, pose, quality
from proctoring.vision.decode import decode, decode_photograph
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.faces import Mesh
from proctoring.vision.models import Floats, Pixels
from proctoring.vision.second_opinion import Opinion

MOST_YAW, MOST_PITCH = 20.0, 25.0  # degrees from the lens up to which a face serves as the one that all later ones are compared with
AGREE = 0.06  # median distance of the two meshes in eye distances: at most .043 on 20 stills, .09 and .10 on the two in profile
_OUTER_EYES = (33, 263)


class Retake(StrEnum):
    """Why the picture should be taken again; words of the invigilator's page."""

    TURNED = "turned"
    NOT_WELL_SEEN = "not_well_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCheck:
    """What one picture shows. `advice` is a word for the page's coaching; None means the face can be used."""

    found: bool
    faces: int
    quality: Quality | None
    advice: str | None
    retake: Retake | None = None
    reference_found: bool | None = None
    distance: float | None = None
    description: tuple[float, ...] | None = None

    @property
    def looks_alike(self) -> bool | None:
        """Say whether the two pictures seem to show one person; None when they cannot be compared or lie between."""
        if self.distance is None or identity.DOUBT < self.distance < 0.60:
            return None
        return self.distance <= identity.DOUBT


def check_face(
    networks: Networks, jpeg: bytes, reference_jpeg: bytes | None = None, ask: Callable[[Pixels], Opinion | None] | None = None
) -> FaceCheck:
    """Look for one good face, and compare it with the reference; bytes that are no fair picture show no face."""
    try:
        picture = decode(jpeg)
    except Invalid:
        known = None if reference_jpeg is None else False
        return FaceCheck(found=False, faces=0, quality=None, advice="unreadable", retake=Retake.NOT_WELL_SEEN, reference_found=known)
    eyes = Eyes(networks)
    seen = eyes.look(picture, 0.0, 0)
    count = seen.faces if seen.faces is not None else int(seen.face is not None)
    face = eyes.enrol(picture) if count == 1 else None
    reference = _enrolled(networks, reference_jpeg)
    return FaceCheck(
        found=count > 0,
        faces=count,
        quality=quality.view(picture).quality,
        advice=_advice(seen.reason, count, face),
        retake=_retake(networks, picture, face, ask) if count < 2 else None,
        reference_found=None if reference_jpeg is None else reference is not None,
        distance=identity.distance(face, [reference]) if face is not None and reference is not None else None,
        description=None if face is None else tuple(float(value) for value in face),
    )


def _enrolled(networks: Networks, jpeg: bytes | None) -> Floats | None:
    """Return the description of the one face in a roster's photograph, None where there is none that can be compared."""
    try:
        return Eyes(networks).enrol(decode_photograph(jpeg)) if jpeg is not None else None
    except (BadFrame, TooLarge):
        return None


def _advice(reason: Reason | None, count: int, face: Floats | None) -> str | None:
    if reason is not None:
        return reason.value
    if count != 1:
        return "nobody" if count == 0 else "several_people"
    return None if face is not None else "look_straight_into_light"


def _retake(networks: Networks, picture: Pixels, face: Floats | None, ask: Callable[[Pixels], Opinion | None] | None) -> Retake | None:
    """Return why this picture should not be the one that the candidate is known by."""
    mesh = _mesh(networks, picture)
    if mesh is None or mesh.score < faces.CERTAIN:
        return Retake.NOT_WELL_SEEN
    opinion = ask(picture) if ask is not None else None
    heads = [pose.head(mesh.points, picture.shape), *([] if opinion is None or opinion.head is None else [opinion.head])]
    if any(abs(head.yaw) > MOST_YAW or abs(head.pitch) > MOST_PITCH for head in heads):
        return Retake.TURNED
    if face is None or (opinion is not None and (opinion.points is None or _apart(mesh.points, opinion.points) > AGREE)):
        return Retake.NOT_WELL_SEEN
    return None


def _mesh(networks: Networks, picture: Pixels) -> Mesh | None:
    """Return the mesh as streaming has it: started by a detector, then followed."""
    found = networks.faces(picture)
    return networks.mesh.read(picture, networks.mesh.read(picture, found[0].region()).region()) if found else None


def _apart(mesh: Floats, reference: Floats) -> float:
    """Return how far two meshes lie apart: the median over the points that both have, in distances of the outer eye corners."""
    right, left = (reference[point] for point in _OUTER_EYES)
    apart = np.linalg.norm(mesh[:, :2] - reference[: len(mesh)], axis=1)
    return float(np.median(apart) / max(float(np.linalg.norm(left - right)), 1e-6))
