"""Whether something is going on before the camera, at a glance: more places changed since the last glance than usually do. Pure.

The page's own half is in api/static/camera_glance.js, the same numbers: tests/browser/test_camera_budget.py holds them together. It says
only when pictures are worth their bytes on a poor line (uplink.py); what is in them is for the eyes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

WIDTH, HEIGHT = 32, 24
_CHANGED = 10  # grey levels, after what all places have in common (a lamp, the camera's own exposure)
_NEWS = 0.03  # share of the places, at least
_UNUSUAL = 2.5  # times what usually changes
_LEARNT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Glances:
    """What was seen last, and how much usually changes from one glance to the next. `receive` returns a new one."""

    greys: tuple[int, ...] | None = None
    usual: float = 0.0
    news: bool = False

    def receive(self, greys: Sequence[int]) -> Self:
        """Take in the grey levels (0–255) of all places, row by row; `news` says whether more of them changed than usually do."""
        if self.greys is None:
            return type(self)(greys=tuple(greys))
        changes = [now - before for now, before in zip(greys, self.greys, strict=True)]
        common = sorted(changes)[len(changes) // 2]
        changed = sum(abs(change - common) > _CHANGED for change in changes) / len(changes)
        news = changed > max(_NEWS, _UNUSUAL * self.usual)
        usual = self.usual + _LEARNT * (min(changed, _UNUSUAL * max(_NEWS, self.usual)) - self.usual)
        return type(self)(greys=tuple(greys), usual=usual, news=news)
