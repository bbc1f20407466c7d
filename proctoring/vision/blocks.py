"""Whether a compressor has pressed a face into blocks, so that it looks like nobody's any more.

Blocks repeat: a line stands out of the spectrum of the steps from column to column, and from row to row (Wang, Bovik and Evans, Blind
measurement of blocking artifacts in images, ICIP 2000). That of a picture which was made smaller or moved since is weaker and lies
elsewhere. The more blocks there are to a face the stronger they may be. How much is too much: docs/adr/0052-faces-in-blocks.md.
"""

import cv2
import numpy as np

from proctoring.vision.models import Floats, Pixels

_BLOCK = 8  # pixels of JPEG's blocks
_NARROWEST, _WIDEST = 4.5, 10.0  # pixels of any that are looked for
_SPECTRUM = 1024  # lines
_GRID = _SPECTRUM // _BLOCK  # the one of JPEG's own blocks
_IN_STEP = 0.7  # cosine between a line and the picture's own grid from which it is its own
# Blocks to a face for a line as high as the mean step, beyond which it is not compared: the picture's own, and those it had before.
_OWN, _EARLIER = 40.0, 65.0


def pressed(picture: Pixels, face: tuple[float, float, float, float]) -> bool:
    """Say whether blocks stand out of a face (corners in pixels of a BGR picture) across and down."""
    left, top, right, bottom = (max(0, int(edge)) for edge in face)
    grey = cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2GRAY).astype(np.float32)
    steps = ((np.abs(np.diff(grey, axis=axis)).mean(axis=1 - axis), start) for axis, start in ((0, top), (1, left)))
    return all(_stand_out(each, start + 1) for each, start in steps)


def _stand_out(steps: Floats, start: int) -> bool:
    """Say whether blocks stand out of mean steps (grey levels) from one column or row, the first at `start`, to the next."""
    even = cv2.blur(steps[None], (_BLOCK + 1, 1))[0]
    spectrum = np.fft.rfft((steps - even) * np.hanning(len(steps)), _SPECTRUM)
    first = round(_SPECTRUM / _WIDEST)
    line = first + int(np.abs(spectrum[first : round(_SPECTRUM / _NARROWEST)]).argmax())
    height = 4 * float(np.abs(spectrum[line])) / (len(steps) * (float(steps.mean()) + 0.5))  # of a wave under such a window
    in_step = float(np.cos(np.angle(spectrum[_GRID]) - 2 * np.pi * start / _BLOCK)) >= _IN_STEP
    is_own = in_step and abs(line - _GRID) <= _SPECTRUM / len(steps)
    return height > len(steps) / _BLOCK / (_OWN if is_own else _EARLIER)
