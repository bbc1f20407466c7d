"""A face that does not move at all, for minutes: nothing against anybody, but a photograph would look so and takes any light."""

from collections import deque

from proctoring.observations import Observation

LEAST_LOOKS = 150
MOST_LOOKS = 1500
ANGLE, PLACE = 2.0, 0.008  # degrees, and shares of the picture: what the eyes' own noise makes of a photograph


class Stillness:
    """Fed with observations; asked whether the face has moved."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, float, float, float]] = deque(maxlen=MOST_LOOKS)

    def receive(self, seen: Observation) -> None:
        """Take in one frame."""
        if seen.head is not None and seen.face is not None:
            face = seen.face
            self._looks.append((seen.head.yaw / ANGLE, seen.head.pitch / ANGLE, (face.x + face.width / 2) / PLACE, face.y / PLACE))

    @property
    def still(self) -> bool:
        """Say whether nine looks of ten lay as close together as those at a photograph."""
        return len(self._looks) >= LEAST_LOOKS and all(_spread(values) < 1 for values in zip(*self._looks, strict=True))


def _spread(values: tuple[float, ...]) -> float:
    ranked = sorted(values)
    return ranked[int(0.95 * (len(ranked) - 1))] - ranked[int(0.05 * (len(ranked) - 1))]
