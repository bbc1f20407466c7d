"""What a network's score means in each view: how likely the thing is there, if it and something else were shown equally often.

A logistic regression on the score's log odds for each view, drawn towards the one of all views together, over 826 looks at two phones
(laid on 8 pictures, in 3 pictures of their own, and in a recording) and 2,764 looks at none, magazines, laptops and hands laid on the same
pictures among them. Looks at both views are few (54): the likelier one counts. Two phones are not many: nothing
here is known to a tenth (docs/adr/0039-things-in-integers.md). Other things and a deployment's own network are read by the same lines.
"""

import math
from collections.abc import Mapping
from enum import StrEnum


class View(StrEnum):
    """How a thing was looked at: in the whole picture, or larger, in a part of it."""

    WHOLE = "whole"
    PART = "part"


# Log odds at an even score, and by how many they rise for each of the score's own.
_LINES: Mapping[View, tuple[float, float]] = {View.WHOLE: (1.98, 1.62), View.PART: (2.08, 1.56)}
_ALMOST = 1e-4


def likely(score: float, view: View) -> float:
    """Return how likely the thing is there (0–1)."""
    score = min(1 - _ALMOST, max(_ALMOST, score))
    even, slope = _LINES[view]
    return 1 / (1 + math.exp(-even - slope * math.log(score / (1 - score))))
