"""Whether a picture can be seen into at all. Never whether somebody behaves.

Black, or smooth and unlike the scene that was there before, or one plain colour where a room had edges beside the candidate: the camera
is covered. Dark and without a face: too dark. An empty bright wall is smooth too; that is why the scene is remembered while the
candidate is in it.
"""

import math
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.observations import Box, Quality, Reason
from proctoring.vision import light
from proctoring.vision.crops import Region
from proctoring.vision.decode import small_size
from proctoring.vision.models import Floats, Pixels

Mask = npt.NDArray[np.bool_]

BLACK = 18.0  # brightest hundredth of a picture, of 255
SMOOTH = 1.6  # steepest twentieth of a softened 160×120 picture, grey levels per pixel
DARK = 38.0  # brightest tenth
FACE_BLACK = 10.0  # median of a face below which nothing of it can be told
BLURRED = 12.0  # edge energy below which a picture without a face may merely be out of focus
PLAIN = 30.0  # contrast below which a picture is of one colour
UNLIKE = 22.0  # colour distance (CIE Lab) that light alone does not make
_WIDTH, _HEIGHT = 160, 120
_CELLS = (32, 24)
_PIXELS = _WIDTH // _CELLS[0]
_MIDDLE = (slice(_HEIGHT // 4, _HEIGHT * 3 // 4), slice(_WIDTH // 3, _WIDTH * 2 // 3))
_LIT = 110.0  # brightest tenth of a picture: the cells of a darker one are brought there
_SAME = 6.0  # colour distance within which a cell has not changed
_STILL = 0.6  # share of unchanged cells that means the same body sits there
_FEWEST = 12
_STIR = 9.0  # grey levels, over four pixels, that a camera's grain does not reach
_LIT_BEHIND, _FACE_DARK = 150.0, 45.0  # a bright picture whose middle is this dark has its light behind the candidate
_LEAST_FACE = 0.08  # height of a face, as a share of the picture's, from which iris and lips can be read
_OUTSIDE = 0.25  # share of a face's box that may lie outside the picture
_LEAST_DETAIL = 0.10  # recorded faces have .16 and more, also half as large
_FACE_SIDE, _FACE_INNER = 64, slice(8, 56)
_NOVEL = 10.0  # colour distance of a cell to what is usually there
_ACCEPTED, _REMEMBERED, _REMEMBERED_S, _TWICE = 0.6, 6, 60.0, 2
_WINDOW, _FEWEST_NOVEL = 8, 5  # cells
_ALIKE = 0.75  # correlation from which a piece of the picture is the chest that was seen before
_TEXTURE = 8.0
_HARDLY_ANY = 0.25
_FURNISHED = 0.06  # share of a picture that is steeper than SMOOTH beside the candidate; of a smooth picture one in twenty may be


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture made small: its figures and its colours in coarse cells."""

    quality: Quality
    brightest: float
    bright: float
    cells: Floats
    grey: Pixels

    @property
    def smooth(self) -> bool:
        """Say whether there is no edge of any kind; worked out when asked, which is seldom."""
        return float(np.percentile(self.slopes(), 95)) < SMOOTH

    def slopes(self) -> Floats:
        """Return how steep the softened picture is, at every second pixel across and down."""
        soft = cv2.GaussianBlur(self.grey, (0, 0), 2).astype(np.float32)
        steep = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)) / 8
        return np.asarray(steep[::2, ::2], np.float32)


def view(picture: Pixels) -> View:
    """Measure a picture, large or small."""
    small = small_of(picture)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    low, bright, brightest = light.levels(grey[::3, ::3], (0.05, 0.9, 0.99))
    # In the dark colours lie so close together that nothing would ever be new, or unlike.
    coarse = light.brought(np.asarray(cv2.resize(small, _CELLS, interpolation=cv2.INTER_AREA), np.uint8), bright, _LIT)
    cells = np.asarray(cv2.cvtColor(coarse.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), np.float32)
    quality = Quality(
        brightness=round(cv2.mean(grey)[0], 1),
        contrast=round(brightest - low, 1),
        sharpness=round(cv2.norm(cv2.Laplacian(grey, cv2.CV_16S), cv2.NORM_L2SQR) / grey.size, 1),
    )
    return View(quality=quality, brightest=brightest, bright=bright, cells=cells, grey=np.asarray(grey, np.uint8))


def small_of(picture: Pixels) -> Pixels:
    """Return the picture at the size at which it is measured."""
    if picture.shape[:2] == (_HEIGHT, _WIDTH):
        return picture
    return np.asarray(cv2.resize(picture, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def half_of(picture: Pixels) -> Pixels:
    """Return a picture that is decoded already as `decode_small` has it."""
    size = small_size(*picture.shape[:2])
    if size == picture.shape[:2]:
        return picture
    # Of an even picture either is the mean of four pixels; the former takes two thirds of the time.
    even = picture.shape[:2] == (2 * size[0], 2 * size[1])
    return np.asarray(cv2.resize(picture, size[::-1], interpolation=cv2.INTER_LINEAR if even else cv2.INTER_AREA), np.uint8)


class Scene:
    """What the room and the candidate look like, cell by cell, learnt from the frames in which a face is seen."""

    def __init__(self) -> None:
        self._cells: Floats | None = None
        self._body: tuple[slice, slice] = (slice(0), slice(0))
        self._person = self._body
        self._latest: View | None = None
        self._novel_before: Mask | None = None
        # Until when, and cells in which nothing was found; elsewhere infinite.
        self._held_nothing: deque[tuple[float, Floats]] = deque(maxlen=_REMEMBERED)
        self.lasts = False  # what `novelty` returned last was there in the view before, too

    def learn(self, seen: View, face: Box) -> None:
        """Move slowly towards this view, and remember where the body below the face is."""
        if self._cells is None:
            self._cells = seen.cells.copy()
        else:
            cv2.accumulateWeighted(seen.cells, self._cells, 0.1)
        self._latest, self._body, self._person = seen, _below(face), _silhouette(face)

    def accept(self, seen: View, part: Box, at: float) -> None:
        """Take what a part shows now for what is usually there, the more the oftener: it was looked at and nothing was found.

        What was looked at twice is not new when it comes back within a minute: people have several ways to sit.
        """
        if self._cells is not None:
            rows, columns = _cells_between(part.x, part.y, part.x + part.width, part.y + part.height)
            nothing = np.full_like(self._cells, np.inf)
            nothing[rows, columns] = (_unlit(seen.cells - self._cells) + self._cells)[rows, columns]
            self._held_nothing.append((at + _REMEMBERED_S, nothing))
            self._cells[rows, columns] += np.float32(_ACCEPTED) * (seen.cells[rows, columns] - self._cells[rows, columns])

    def body_still_there(self, seen: View) -> bool:
        """Say whether the place below the last face looks as it did: somebody who turned, bent or veiled has not gone."""
        if self._latest is None:
            return False
        moved = _beyond(seen.cells[self._body] - self._latest.cells[self._body], _SAME)
        still = moved.size >= _FEWEST and 1 - _share(moved) >= _STILL
        return still or (moved.size >= _FEWEST and self._body_elsewhere(seen, self._latest.grey))

    def _body_elsewhere(self, seen: View, before: Pixels) -> bool:
        """Say whether the same chest is in the picture, moved."""
        rows, columns = (slice(part.start * _PIXELS, part.stop * _PIXELS) for part in self._body)
        chest = before[rows, columns]
        if chest.std() < _TEXTURE:
            return False
        return float(cv2.matchTemplate(seen.grey, chest, cv2.TM_CCOEFF_NORMED).max()) >= _ALIKE

    def novelty(self, seen: View, face: Box, at: float, *, rare: bool = False) -> Box | None:
        """Return where, outside the face, something has been for two views in a row that is not usually there; if `rare`, for one."""
        self.lasts = False
        if self._cells is None:
            return None
        difference = _unlit(seen.cells - self._cells)
        novel = _beyond(difference.copy(), _NOVEL)
        rows, columns = _grown(face)
        novel[rows, columns] = False
        remembered = [cells for until, cells in self._held_nothing if at < until]
        if len(remembered) >= _TWICE and np.count_nonzero(novel) >= _FEWEST_NOVEL:
            now = difference[novel] + self._cells[novel]
            known = ~_beyond(np.stack(remembered)[:, novel] - now, _NOVEL)
            novel[novel] = known.sum(axis=0) < _TWICE
        lasting, self._novel_before = None if self._novel_before is None else novel & self._novel_before, novel
        found = None if lasting is None else _fullest(lasting)
        self.lasts = found is not None
        return _fullest(novel) if rare and found is None else found

    def unlike(self, seen: View) -> bool:
        """Say whether hardly any of the picture has the colour it had before; without a memory, yes."""
        if self._cells is None:
            return True
        return 1 - _share(_beyond(seen.cells - self._cells, UNLIKE)) < _HARDLY_ANY

    def furnished(self) -> bool:
        """Say whether there are more edges beside the candidate than a smooth picture has: they do not leave with who leaves."""
        if self._latest is None:
            return False
        steep = self._latest.slopes() >= SMOOTH
        rows, columns = (slice(part.start * _PIXELS // 2, part.stop * _PIXELS // 2) for part in self._person)
        steep[rows, columns] = False
        return _share(steep) >= _FURNISHED


def covered(seen: View, scene: Scene) -> bool:
    """Say whether something lies over the lens: all is black, or smooth in other colours, or plain where a room had edges."""
    if seen.brightest < BLACK:
        return True
    if scene.unlike(seen):
        return seen.smooth
    return seen.quality.contrast < PLAIN and seen.smooth and scene.furnished()


def why_no_face(seen: View) -> Reason | None:
    """Return what keeps a face from being seen in this picture, if the picture itself is to blame."""
    if seen.bright < DARK:
        return Reason.TOO_DARK
    if seen.quality.sharpness < BLURRED and not seen.smooth:
        return Reason.BLURRED
    return None


def lit_from_behind(seen: View) -> bool:
    """Say whether the picture is bright and its middle dark: of a person without a face, that is why."""
    return seen.bright > _LIT_BEHIND and light.level(seen.grey[_MIDDLE]) < _FACE_DARK


def detail_of(picture: Pixels, face: Region) -> float:
    """Return how much of a face's contrast is fine detail, in the direction in which it has less: a moved head is blurred in one only.

    At one size for all faces, so that it is blur of the face and not of the picture; a face of fewer pixels has none to lose.
    """
    if face.side < _FACE_SIDE:
        return math.inf
    grey = face.cut_grey(picture, _FACE_SIDE)
    across, down = cv2.Sobel(grey, cv2.CV_16S, 2, 0, ksize=1), cv2.Sobel(grey, cv2.CV_16S, 0, 2, ksize=1)
    # The mean of a second difference is next to nothing.
    finest = min(cv2.norm(each[_FACE_INNER, _FACE_INNER]) for each in (across, down)) / (_FACE_INNER.stop - _FACE_INNER.start)
    return float(finest) / max(float(cv2.meanStdDev(grey[_FACE_INNER, _FACE_INNER])[1][0, 0]), 1.0)


def why_face_is_not_seen_well(seen: View, face: Box, outside: float, detail: float) -> Reason | None:
    """Return what keeps a face that was found from being read; `outside` is the share of it that the picture cuts off, see `detail_of`."""
    if outside > _OUTSIDE:
        return Reason.CROPPED
    if face.height < _LEAST_FACE:
        return Reason.TOO_FAR
    rows = slice(int(face.y * _HEIGHT), max(int(face.y * _HEIGHT) + 1, int((face.y + face.height) * _HEIGHT)))
    columns = slice(int(face.x * _WIDTH), max(int(face.x * _WIDTH) + 1, int((face.x + face.width) * _WIDTH)))
    if light.level(seen.grey[rows, columns]) < FACE_BLACK:
        return Reason.BACK_LIT if seen.bright > _LIT_BEHIND else Reason.TOO_DARK
    return Reason.BLURRED if detail < _LEAST_DETAIL else None


def still(before: View, now: View) -> bool:
    """Say whether nothing at all has moved between two views, not even an eye."""
    stirred = cv2.blur(cv2.absdiff(before.grey, now.grey), (2, 2))
    return float(stirred.max()) < _STIR


def stirred(before: View, now: View, face: Box) -> tuple[float, float]:
    """Return the share of cells that changed other than by light: outside the candidate's own head and body, and outside the head."""
    moved = _beyond(_unlit(now.cells - before.cells), _SAME)
    moved[_grown(face)] = False
    beyond_head = _share(moved)
    moved[_silhouette(face)] = False
    return _share(moved), beyond_head


def changed(before: View, now: View) -> float:
    """Return the share of cells whose colour moved: the cheap reason to look closer."""
    return _share(_beyond(now.cells - before.cells, _SAME))


def _fullest(marked: Mask) -> Box | None:
    """Return the window with the most marked cells, None when even it has too few."""
    if np.count_nonzero(marked) < _FEWEST_NOVEL:
        return None
    held = cv2.boxFilter(marked.astype(np.float32), -1, (_WINDOW, _WINDOW), normalize=False, borderType=cv2.BORDER_CONSTANT)
    row, column = np.unravel_index(int(held.argmax()), held.shape)
    if held[row, column] < _FEWEST_NOVEL:
        return None
    x, y = (int(column) - _WINDOW / 2) / _CELLS[0], (int(row) - _WINDOW / 2) / _CELLS[1]
    return Box.between(x, y, x + _WINDOW / _CELLS[0], y + _WINDOW / _CELLS[1])


def _unlit(difference: Floats) -> Floats:
    """Take out of cells' differences, in place, what the whole picture has in common: a lamp, the camera's own exposure."""
    each = difference.reshape(-1, difference.shape[-1]).T.copy()
    middle = each.shape[1] // 2
    each.partition(middle)  # the median, a good deal faster than asking for it
    difference -= each[:, middle]
    return difference


def _beyond(difference: Floats, limit: float) -> Mask:
    """Say of each cell whether its colours' difference, which is squared in place, is longer than a limit."""
    difference *= difference
    return np.asarray(difference[..., 0] + difference[..., 1] + difference[..., 2] > limit * limit)


def _share(marked: Mask) -> float:
    return np.count_nonzero(marked) / marked.size


def _cells_between(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    columns, rows = _CELLS
    return (
        slice(max(0, round(top * rows)), max(0, min(rows, round(bottom * rows)))),
        slice(max(0, round(left * columns)), max(0, min(columns, round(right * columns)))),
    )


def _grown(face: Box) -> tuple[slice, slice]:
    """Return the cells of the head."""
    x, y, width, height = face.x, face.y, face.width, face.height
    return _cells_between(x - 0.4 * width, y - 0.5 * height, x + 1.4 * width, y + 1.3 * height)


def _silhouette(face: Box) -> tuple[slice, slice]:
    """Return the cells of head, shoulders and all below."""
    return _cells_between(face.x - 1.2 * face.width, face.y - 0.6 * face.height, face.x + 2.2 * face.width, 1.0)


def _below(face: Box) -> tuple[slice, slice]:
    """Return the cells of shoulders and chest: as wide as two faces, from under the chin down."""
    left, right = face.x - face.width / 2, face.x + 1.5 * face.width
    return _cells_between(left, face.y + 1.2 * face.height, right, face.y + 2.6 * face.height)
