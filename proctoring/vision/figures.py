"""What looks like a person beside the candidate and stays where it is: a portrait on the wall, a lamp, somebody far back.

When the candidate leaves, such a figure does not fill the empty place. Whoever was not there before does.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from proctoring.observations import Box, Thing, ThingName

_LOOKS = 4  # whole looks that are remembered: a figure is not found in every one
_STAYED = 0.45  # overlap from which it is the same figure in the same place


class Figures:
    """Fed with the people of every whole look in which the candidate's face was seen; asked when no face is."""

    def __init__(self) -> None:
        self._looks: deque[tuple[Box, ...]] = deque(maxlen=_LOOKS)

    def learn(self, people: Sequence[Box], face: Box) -> None:
        """Remember who is beside the candidate; what is below the face is the candidate."""
        x, y = face.x + face.width / 2, face.y + face.height / 2
        self._looks.append(tuple(one for one in people if not (one.x <= x <= one.x + one.width and one.y + one.height >= y)))

    def new(self, people: Sequence[Box]) -> list[Box]:
        """Return those who are not a figure in its place."""
        known = [one for look in self._looks for one in look]
        return [one for one in people if all(one.overlap(figure) < _STAYED for figure in known)]

    def hold(self, face: tuple[float, float, float, float], shape: tuple[int, ...]) -> bool:
        """Say whether a face (corners in pixels of a picture of this shape) is a figure's."""
        x, y = (face[0] + face[2]) / 2 / shape[1], (face[1] + face[3]) / 2 / shape[0]
        return any(_holds(one, x, y) for look in self._looks for one in look)


def people_in(found: Iterable[Thing]) -> list[Box]:
    """Return where the people are among things."""
    return [thing.box for thing in found if thing.name is ThingName.PERSON]


def _holds(one: Box, x: float, y: float) -> bool:
    return one.x <= x <= one.x + one.width and one.y <= y <= one.y + one.height
