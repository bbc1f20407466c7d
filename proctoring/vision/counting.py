"""When the faces in a picture are counted: when something changed beside the candidate, and else by a slow schedule.

What usually stirs there (a curtain, the candidate's own shoulders, a camera that shakes) is learnt, and is no news.
"""

from dataclasses import dataclass

from proctoring.observations import Box
from proctoring.vision import quality
from proctoring.vision.quality import View

_LEARNT, _MOST = 0.15, 0.5  # how fast what is usual follows, and what one frame can add to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """How often, in seconds, and what counts as stirring: shares of the picture."""

    every_s: float = 4.0
    quiet_s: float = 8.0  # while nothing but the head has stirred more than it usually does
    quiet: float = 0.004  # beside the head: what a grain changes
    around: float = 0.013  # beside head and body: somebody may have come,
    unusual: float = 1.8  # if it is so many times what usually changes there


class Counting:
    """Asked before every count whether it is time, and told of each."""

    def __init__(self, often: Often) -> None:
        self._often = often
        self._before: View | None = None
        self._at = 0.0
        self._usual = (0.0, 0.0)  # beside head and body, beside the head
        self._seen = 0

    def due(self, view: View, face: Box, at: float) -> bool:
        """Say whether more changed since the last count than usually does, or it is time again."""
        if self._before is None:
            return True
        stirred = quality.stirred(self._before, view, face)
        least = (self._often.around, self._often.quiet)
        around, beyond_head = (
            now > max(low, self._often.unusual * usual) for now, low, usual in zip(stirred, least, self._usual, strict=True)
        )
        self._seen += 1
        share = max(_LEARNT, 1 / self._seen)  # at first a plain mean, or every camera's grain would be news for half a minute
        self._usual = (_followed(self._usual[0], stirred[0], share), _followed(self._usual[1], stirred[1], share))
        return around or at - self._at >= (self._often.every_s if beyond_head else self._often.quiet_s)

    def counted(self, view: View, at: float) -> None:
        """Take what is there now for what was counted."""
        self._before, self._at = view, at

    def again(self) -> None:
        """Count in the next frame, whatever it shows."""
        self._before = None


def _followed(usual: float, now: float, share: float) -> float:
    return (1 - share) * usual + share * min(now, _MOST)
