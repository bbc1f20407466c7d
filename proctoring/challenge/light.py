"""Whether the light that a page painted is seen on the face: the change of skin and background held against the sequence and 1,000 others.

The statistic is a correlation of log-chroma with the sequence, at the best lag of a short range, after a slow drift, the face's place and
half of the moment before are taken out. The other sequences are drawn as the true one was, so the share of them that fits as well is an
exact p-value whatever the noise (a Monte Carlo test, Barnard 1963): of answers that know nothing of the sequence at most PASS_P pass.
That nothing is seen proves nothing by itself: it may be daylight. See docs/adr/0043-what-a-challenge-proves.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from proctoring.challenge import colours
from proctoring.challenge.colours import Floats, Ints, Light
from proctoring.challenge.verdict import Ask, Verdict, Why

PASS_P = 0.01
DOUBT_P = 0.05  # up to which an answer is too good to be none
OTHERS = 1000
LEAST_FRAMES = 22
LONGEST_HOLE_S = 1.5
LAGS_S = np.arange(0.0, 1.61, 0.2)
LATE_S = np.arange(1.8, 3.41, 0.2)
TAIL_S = float(LATE_S[-1])
DARKEST = 15.0  # grey levels of skin or background below which their chroma is noise
EARLIER = 0.7  # correlation from which an earlier sequence is in the pictures, if no random one fits better
_NOTHING = 1e-6
_CARRIED = 0.5  # share of the moment before that is taken out: noise of a camera and a head is that slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tint:
    """The mean colour (red, green, blue, of 255) of a face's skin and of what is behind it, None where nothing of that is seen."""

    skin: tuple[float, float, float]
    ground: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One frame of an answer: seconds after painting should have begun, its tint, and the face's place and size (shares of the picture)."""

    since_s: float
    tint: Tint
    place: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known when an answer is judged: the gain of earlier passes, earlier sequences, whether the very pictures came before."""

    gain: float | None = None
    earlier: Sequence[Light] = ()
    repeated: bool = False


NOTHING_KNOWN = Known()


def judge(light: Light, samples: Sequence[Sample], known: Known, rng: np.random.Generator) -> Verdict:
    """Judge one answer; `rng` draws the other sequences."""
    usable = [one for one in samples if min(one.tint.skin) >= DARKEST]
    if len(usable) < LEAST_FRAMES or _longest_hole(usable) > LONGEST_HOLE_S:
        return Verdict(ask=Ask.LIGHT, why=Why.TOO_FEW_FRAMES, frames=len(usable))
    answer = _Answer(usable)
    others = colours.at_random(rng, OTHERS)
    fits = answer.fits(np.concatenate([np.array([light.hues]), others]), LAGS_S)
    p = _share_as_good(fits.fit)
    found = Verdict(
        ask=Ask.LIGHT, why=Why.ANSWERED, p=p, gain=float(fits.gain[0]), lag_s=float(fits.lag_s[0]), frames=len(usable)
    )  # fmt: skip
    return found if p <= PASS_P else _unanswered(found, light, answer, others, fits, known)


def _unanswered(found: Verdict, light: Light, answer: "_Answer", others: Ints, fits: "_Fits", known: Known) -> Verdict:
    """Say why an answer did not pass. It failed only where something speaks against it; else nobody can tell."""
    late = answer.fits(np.concatenate([np.array([light.hues]), others]), LATE_S)
    why = Why.TOO_WEAK
    if _share_as_good(late.fit) <= PASS_P:
        found, why = _with(found, late), Why.LATE
    elif found.p is not None and found.p > DOUBT_P:
        if known.repeated:
            why = Why.REPEATED_PICTURES
        elif _earlier_stands_out(answer, known.earlier, others):
            why = Why.OLD_LIGHT
        elif known.gain is not None and _would_have_shown(known.gain, fits):
            why = Why.NO_LIGHT
    return Verdict(ask=Ask.LIGHT, why=why, p=found.p, gain=found.gain, lag_s=found.lag_s, frames=found.frames)


def _with(found: Verdict, late: "_Fits") -> Verdict:
    return Verdict(ask=Ask.LIGHT, why=Why.LATE, p=found.p, gain=float(late.gain[0]), lag_s=float(late.lag_s[0]), frames=found.frames)


def _share_as_good(fit: Floats) -> float:
    """Return the p-value of the first against the others."""
    return float((1 + np.sum(fit[1:] >= fit[0])) / len(fit))


def _would_have_shown(gain: float, fits: "_Fits") -> bool:
    """Say whether half the light that was seen earlier would have stood out from all random sequences, and what was found is less."""
    noise = float(np.std(fits.gain[1:]))
    return gain / 2 >= max(float(np.max(fits.gain[1:])), float(fits.gain[0]) + 3 * noise)


def _earlier_stands_out(answer: "_Answer", earlier: Sequence[Light], others: Ints) -> bool:
    """Say whether the light of an earlier challenge is in these pictures: then they were taken at that time."""
    if not earlier:
        return False
    lags = np.arange(-2.0, TAIL_S, 0.2)
    fits = answer.fits(np.concatenate([np.array([one.hues for one in earlier]), others]), lags).fit
    return float(fits[: len(earlier)].max()) >= max(EARLIER, float(fits[len(earlier) :].max()))


def _longest_hole(samples: Sequence[Sample]) -> float:
    """Return the longest time without a frame while the light was painted, in seconds."""
    within = [one.since_s for one in samples if 0 <= one.since_s <= colours.LASTS_S]
    moments = [0.0, *within, colours.LASTS_S]
    return max(after - before for before, after in pairwise(moments))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fits:
    """For each sequence how well it fits at its best lag, that lag, and the gain there."""

    fit: Floats
    gain: Floats
    lag_s: Floats


class _Answer:
    """The pictures of an answer as series, without what no light makes: drift and motion."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._at = np.array([one.since_s for one in samples])
        slow = np.stack([np.ones_like(self._at), self._at, self._at**2, *np.array([one.place for one in samples]).T], axis=1)
        self._slow, _ = np.linalg.qr(_carried(slow))
        carried = [_carried(pair) for pair in _series(samples)]
        self._pairs = np.stack([pair - self._slow @ (self._slow.T @ pair) for pair in carried])
        self._pairs[np.abs(self._pairs) < _NOTHING] = 0  # a frozen picture leaves rounding, which fits something
        self._weights = 1 / (self._pairs.var(axis=1, keepdims=True) + 1e-6)
        self._energy = (self._pairs**2 * self._weights).sum(axis=(1, 2))[:, None]

    def fits(self, hues: Ints, lags_s: Floats) -> _Fits:
        """Hold sequences against the series."""
        best = _Fits(fit=np.full(len(hues), -np.inf), gain=np.zeros(len(hues)), lag_s=np.zeros(len(hues)))
        steps = colours.directions(hues)
        for lag in lags_s:
            fit, gain = self._at_lag(steps, float(lag))
            better = fit > best.fit
            best.fit[better], best.gain[better], best.lag_s[better] = fit[better], gain[better], lag
        return best

    def _at_lag(self, steps: Floats, lag_s: float) -> tuple[Floats, Floats]:
        """Return the correlation with the better of the skin and the skin's difference to the background, and the gain on the skin."""
        painted = _carried(colours.shares(self._at - lag_s))
        painted = painted - self._slow @ (self._slow.T @ painted)
        size = np.einsum("skc,kl,slc->sc", steps, painted.T @ painted, steps, optimize=True)
        shared = np.stack([np.einsum("skc,kc->sc", steps, painted.T @ pair) for pair in self._pairs])
        along, across = (shared * self._weights).sum(axis=2), (size * self._weights).sum(axis=2)
        fit = along / np.sqrt(np.maximum(across * self._energy, 1e-12))
        return np.asarray(fit.max(axis=0)), np.asarray(along[0] / np.maximum(across[0], 1e-9))


def _carried(series: Floats) -> Floats:
    return np.asarray(series[1:] - _CARRIED * series[:-1])


def _series(samples: Sequence[Sample]) -> list[Floats]:
    """Return the skin's log-chroma in hundredths and, where the background is lit in every frame, the skin's without the background's."""
    skin = _chroma([one.tint.skin for one in samples])
    grounds = [one.tint.ground for one in samples if one.tint.ground is not None and min(one.tint.ground) >= DARKEST]
    return [skin, skin - _chroma(grounds)] if len(grounds) == len(samples) else [skin]


def _chroma(colour: Sequence[tuple[float, float, float]]) -> Floats:
    logs = 100 * np.log(np.array(colour))
    return np.stack([logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]], axis=1)
