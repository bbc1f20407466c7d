"""A face at check-in beside its reference picture: facts for a person's decision. A mismatch here never refuses anybody.

Uses the streaming path, so that check-in needs no graphics library; the 478-point landmarker that it is held against is a test oracle.
"""

from dataclasses import dataclass

from proctoring.observations import Quality, Reason
from proctoring.vision import identity, quality
from proctoring.vision.decode import decode
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCheck:
    """What one picture shows. `advice` is a word for the page's coaching; None means the face can be used."""

    found: bool
    faces: int
    quality: Quality | None
    advice: str | None
    reference_found: bool | None = None
    distance: float | None = None
    description: tuple[float, ...] | None = None

    @property
    def looks_alike(self) -> bool | None:
        """Say whether the two pictures seem to show one person; None when they cannot be compared or lie between."""
        if self.distance is None or identity.DOUBT < self.distance < 0.60:
            return None
        return self.distance <= identity.DOUBT


def check_face(networks: Networks, jpeg: bytes, reference_jpeg: bytes | None = None) -> FaceCheck:
    """Look for one good face, and compare it with the reference; bytes that are no fair picture raise BadFrame or TooLarge."""
    eyes = Eyes(networks)
    picture = decode(jpeg)
    seen = eyes.look(picture, 0.0, 0)
    count = seen.faces if seen.faces is not None else int(seen.face is not None)
    face = eyes.enrol(picture) if count == 1 else None
    known = Eyes(networks).enrol(decode(reference_jpeg)) if reference_jpeg is not None else None
    return FaceCheck(
        found=count > 0,
        faces=count,
        quality=quality.view(picture).quality,
        advice=_advice(seen.reason, count, face),
        reference_found=None if reference_jpeg is None else known is not None,
        distance=identity.distance(face, [known]) if face is not None and known is not None else None,
        description=None if face is None else tuple(float(value) for value in face),
    )


def _advice(reason: Reason | None, count: int, face: Floats | None) -> str | None:
    if reason is not None:
        return reason.value
    if count != 1:
        return "nobody" if count == 0 else "several_people"
    return None if face is not None else "look_straight_into_light"
