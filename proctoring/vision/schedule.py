"""How often the eyes do what is dear. What counts as a change is each part's own (counting.py, attention.py, quality.py)."""

from dataclasses import dataclass, field

from proctoring.vision.attention import Pace
from proctoring.vision.counting import Often


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often the dearer looks come, in seconds; a change in the picture brings them forward."""

    counting: Often = field(default_factory=Often)
    identity_s: float = 15.0
    identity_late_s: float = 30.0  # when the last looks were all surely alike
    things: Pace = field(default_factory=Pace)
    absence_s: float = 1.9  # how often an empty place is searched for a person
    leaving_s: float = 0.9  # and how often until it is known to be empty
    calm_s: float = 7.9  # the longest that a calm face is not read
    still_s: float = 1.9  # and that a face which cannot be compared, or a picture without one, is not
    break_s: float = 3.0
    rare_s: float = 1.3  # between looks, from which one look at something new is enough to look closer
    exchanged: float = 0.2  # share of the picture that changes when a person is exchanged between two frames
    glance_down: float = 14.0  # degrees below where this head and these eyes usually point
