"""In which order a wall's tiles need a human eye: risk × recency; the wall adds the time since somebody last looked.

The weight is for ordering only: a step from 0 to 9, never shown, and none of it is more than the risk of proctoring/risk.py.
"""

from datetime import timedelta

HALF_LIFE = timedelta(minutes=15)
"""In this time what was found weighs half as much, because whoever needed help then may need it no more."""

STEPS = 9


def weight(risk: float, since_last: timedelta) -> int:
    """Return the step of a sitting's tile: risk (0 to 1) halved for every HALF_LIFE since the last finding."""
    faded = risk * 0.5 ** (max(timedelta(), since_last) / HALF_LIFE)
    return round(STEPS * float(min(1.0, max(0.0, faded))))
