"""The same recording under worse conditions: light, back-light, compression, cameras, the lens's place, and what people wear.

A Variant changes pictures before the eyes see them: `always` from check-in on (what cannot come later), `later` after it, which is the
worse case for recognising somebody. All of it is simulated on the pictures as recorded; the drawings are worn.py's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import simplejpeg

from proctoring.vision import quality, worn
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Floats, Pixels

Change = Callable[[Pixels, Sequence[Floats]], Pixels]

_GAMMA = 2.2
_GRAIN = 1.6  # grey levels of noise that a webcam's short exposure leaves after its amplifier
_BELOW_DEGREES = 22.0
_NO_ROOM = 110.0  # brightest tenth of a picture without a face below which something lies over the lens: 80 and less, rooms have 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One condition; its changes are made in order."""

    name: str
    always: tuple[Change, ...] = ()
    later: tuple[Change, ...] = ()


def meshes(networks: Networks, picture: Pixels) -> list[Floats]:
    """Return the points of every face that is plainly seen in a picture as recorded."""
    found = networks.near.find(picture, least=0.5)
    read = [(one, networks.mesh.read(picture, one.region())) for one in found]
    return [mesh.points for one, mesh in read if mesh.fits(one)]


def exposed(picture: Pixels, faces: Sequence[Floats], *, stops: float) -> Pixels:
    """Return the picture with its light doubled `stops` times; below zero halved, with the grain that comes with it."""
    brighter = _seen(_light(picture) * 2.0**stops)
    return _grained(brighter) if stops < 0 else _bytes(brighter)


def backlit(picture: Pixels, faces: Sequence[Floats], *, stops: float) -> Pixels:
    """Return the picture with a window behind the people: everything else white, they `stops` darker, some glare.

    The window stays when they leave, behind what lies over the lens. Things beside a body are drawn as window: nothing is said of them.
    """
    if not faces and quality.view(picture).bright < _NO_ROOM:
        return exposed(picture, faces, stops=-stops)
    share, light = _people(faces, picture.shape), _light(picture)
    lit = light * 2.0**-stops * share + np.clip(0.75 + light, 0, 1) * (1 - share)
    glare = worn.broad(np.asarray(lit, np.float32), 40)
    return _grained(_seen(lit + 0.015 * stops * glare))


def _people(faces: Sequence[Floats], shape: tuple[int, ...]) -> Floats:
    """Return of each pixel how much of it (0–1) is people, softly bounded."""
    seen = [worn.Face(mesh) for mesh in faces]
    if not seen:
        return np.zeros((*shape[:2], 1), np.float32)
    people = np.bitwise_or.reduce([worn.body(face, shape) for face in seen])
    soft = cv2.GaussianBlur(people, (0, 0), max(face.height for face in seen) / 22)
    return np.asarray(soft.astype(np.float32)[..., None] / 255, np.float32)


def compressed(picture: Pixels, faces: Sequence[Floats], *, quality: int) -> Pixels:
    """Return the picture after JPEG at a quality of 1–100."""
    sent = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=quality, colorspace="BGR", colorsubsampling="420")
    return np.asarray(simplejpeg.decode_jpeg(sent, colorspace="BGR"), np.uint8)


def small(picture: Pixels, faces: Sequence[Floats], *, width: int) -> Pixels:
    """Return the picture `width` pixels wide."""
    height = round(picture.shape[0] * width / picture.shape[1])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def colourless(picture: Pixels, faces: Sequence[Floats]) -> Pixels:
    """Return the picture as a camera for the dark takes it, without colour."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


def colour_cast(picture: Pixels, faces: Sequence[Floats], *, gains: Sequence[float]) -> Pixels:
    """Return the picture with blue, green and red times as light as it is, as under a lamp that the camera does not know."""
    return _bytes(np.asarray(picture * np.asarray(gains, np.float32), np.float32))


def smoothed(picture: Pixels, faces: Sequence[Floats]) -> Pixels:
    """Return the picture as a filter leaves it that makes skin smooth and keeps edges."""
    for _ in range(2):
        picture = np.asarray(cv2.bilateralFilter(picture, 11, 90, 9), np.uint8)
    return picture


def noisy(picture: Pixels, faces: Sequence[Floats], *, levels: float) -> Pixels:
    """Return the picture with so many grey levels of noise (one standard deviation) in every colour of every pixel."""
    return _grained(picture.astype(np.float32), levels)


def wearing(picture: Pixels, faces: Sequence[Floats], *, thing: worn.Worn) -> Pixels:
    """Return the picture with the thing on every face."""
    for mesh in faces:
        picture = thing(picture, mesh)
    return picture


def from_below(picture: Pixels, faces: Sequence[Floats]) -> Pixels:
    """Return what a lens at the laptop's hinge sees: faces turned up by their own depth, the picture wider at the bottom."""
    height, width = picture.shape[:2]
    for mesh in faces:
        picture = _turned_up(picture, mesh)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inwards = np.array([(0.07, 0.02), (0.93, 0.02), (1.08, 1.0), (-0.08, 1.0)], np.float32) * np.array([width, height], np.float32)
    tilt = cv2.getPerspectiveTransform(corners, inwards)
    return np.asarray(cv2.warpPerspective(picture, tilt, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _turned_up(picture: Pixels, mesh: Floats) -> Pixels:
    """Move every pixel near a face as the points near it move when the head is tipped back."""
    size = float(np.ptp(mesh[:, 1]))
    angle = np.radians(_BELOW_DEGREES)
    middle, depth = mesh.mean(axis=0), float(np.ptp(mesh[:, 2]))
    tipped = middle[1] + (mesh[:, 1] - middle[1]) * np.cos(angle) + (mesh[:, 2] - middle[2] - depth / 2) * np.sin(angle)
    moved = tipped - mesh[:, 1]
    moved -= moved[[234, 454]].mean()  # the ears stay where they are
    step = 8
    rows, columns = np.mgrid[0 : picture.shape[0] : step, 0 : picture.shape[1] : step].astype(np.float32)
    far = (columns[..., None] - mesh[:, 0]) ** 2 + (rows[..., None] - tipped) ** 2
    weight = np.exp(-far / (2 * (size / 9) ** 2))
    field = (weight @ moved) / (weight.sum(axis=-1) + 0.5)
    shift = cv2.resize(field.astype(np.float32), picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    return np.asarray(cv2.remap(picture, columns, rows - shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _light(picture: Pixels) -> Floats:
    return np.asarray((picture.astype(np.float32) / 255) ** _GAMMA, np.float32)


def _seen(light: Floats) -> Floats:
    return np.asarray(255 * np.clip(light, 0, 1) ** (1 / _GAMMA), np.float32)


def _grained(picture: Floats, levels: float = _GRAIN) -> Pixels:
    grain = np.random.default_rng(int(picture[::16, ::16].sum()) % 2**31).normal(0, levels, picture.shape)
    return _bytes(np.asarray(picture + grain, np.float32))


def _bytes(picture: Floats) -> Pixels:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _each(change: Callable[..., Pixels], name: str, unit: str, values: Sequence[float]) -> list[Variant]:
    """Return one variant for each value of a change's one number."""
    sign = "+g" if name == "exposure" else "g"
    return [Variant(name=f"{name} {value:{sign}}", later=(partial(change, **{unit: value}),)) for value in values]


def _on(name: str, thing: worn.Worn) -> Variant:
    return Variant(name=name, later=(partial(wearing, thing=thing),))


_DARK_SKIN = partial(wearing, thing=worn.dark_skin)
_LOW_LIGHT = partial(exposed, stops=-4)
_BEFORE_A_WINDOW = {f"dark skin, back-light {stops:g}": partial(backlit, stops=stops) for stops in (3, 3.75)}

AS_RECORDED = Variant(name="as recorded")
VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        AS_RECORDED,
        *_each(exposed, "exposure", "stops", (-2, -4, -5, -6, 1, 2)),
        *_each(backlit, "back-light", "stops", (2, 3, 4)),
        *_each(compressed, "JPEG", "quality", (30, 15, 5)),
        *_each(small, "width", "width", (320, 160)),
        Variant(name="no colour", later=(colourless,)),
        Variant(name="tungsten lamp", later=(partial(colour_cast, gains=(0.55, 0.85, 1.2)),)),
        Variant(name="skin smoothed", later=(smoothed,)),
        Variant(name="noise", later=(partial(noisy, levels=22),)),
        _on("scarf", worn.scarf),
        _on("veil", worn.veil),
        _on("turban", worn.turban),
        _on("mask", worn.mask),
        _on("beard", worn.beard),
        _on("spectacles with glare", worn.spectacles),
        Variant(name="dark skin", always=(_DARK_SKIN,)),
        Variant(name="low light", later=(_LOW_LIGHT,)),
        Variant(name="dark skin in low light", always=(_DARK_SKIN,), later=(_LOW_LIGHT,)),
        *(Variant(name=name, always=(_DARK_SKIN,), later=(window,)) for name, window in _BEFORE_A_WINDOW.items()),
        Variant(name="lens at laptop height", always=(from_below,)),
    )
}
