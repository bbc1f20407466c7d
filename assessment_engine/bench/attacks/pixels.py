"""The same light put on pixels and on series, so that a simulation of series can be believed; faces and cameras exchanged."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, permutations

import numpy as np

from assessment_engine.bench.attacks.footage import FPS, Frames, Look, looks
from proctoring.challenge import colours, light
from proctoring.challenge.colours import STEP_S, Light
from proctoring.challenge.course import LEAD_S
from proctoring.challenge.light import NOTHING_KNOWN, Sample, Tint
from proctoring.challenge.verdict import Verdict
from proctoring.observations import Box
from proctoring.policy import Kind
from proctoring.vision import demo_footage, quality
from proctoring.vision.answering import Answering
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import Pixels
from proctoring.vision.switch import SwitchWatch
from proctoring.watch import Watch

WINDOW_S = LEAD_S + colours.LASTS_S + light.TAIL_S
LAG_S = 0.3
BEFORE_S, AFTER_S = 10, 20  # of one scene or person, and of the other

Pair = tuple[Verdict, Verdict]


def both_ways(networks: Networks, frames: Frames, strength: float, rng: np.random.Generator, count: int) -> list[Pair]:
    """Judge windows of real pictures with a light put on their pixels before the JPEG, and the same with it put on the series."""
    found: list[Pair] = []
    starts = [at for number, (at, _) in enumerate(frames) if _whole(frames[number:])]
    for at in rng.choice(starts, min(count, len(starts)), replace=False) if starts else ():
        window = [(when - at, picture) for when, picture in frames if at <= when < at + WINDOW_S]
        lit = Light(tuple(int(hue) for hue in colours.at_random(rng, 1)[0]))
        found.append(_judged(networks, window, lit, strength, int(rng.integers(2**31))))
    return found


def _judged(networks: Networks, window: Frames, lit: Light, strength: float, seed: int) -> Pair:
    plain = list(looks(networks, ((at, demo_footage.jpeg(picture)) for at, picture in window)))
    boxes = {round(look.seen.at, 3): look.seen.face for look in plain}
    answering = Answering(lambda picture: None, strength=strength, lag_s=LAG_S)
    message = {"type": "challenge", "ask": "light", "in_ms": int(1000 * LEAD_S), "step_ms": int(1000 * STEP_S), "colours": lit.colours}
    answering.hear(message, 0.0)
    shown = ((at, demo_footage.jpeg(answering.put_on(picture, boxes.get(round(at, 3)), at))) for at, picture in window)
    gain = strength * colours.AMPLITUDE / 2.2 * 100
    on_series = [_shifted(look, lit, gain) for look in plain]
    return tuple(  # type: ignore[return-value]
        light.judge(lit, _samples(seen), NOTHING_KNOWN, np.random.default_rng(seed)) for seen in (list(looks(networks, shown)), on_series)
    )


def _whole(frames: Frames) -> bool:
    """Say whether a window without a hole begins here."""
    need = int(WINDOW_S * FPS)
    return len(frames) >= need and frames[need - 1][0] - frames[0][0] < WINDOW_S + 0.5


def _samples(looked: Sequence[Look]) -> list[Sample]:
    return [_sample(look, look.seen.face) for look in looked if look.seen.face is not None]


def _sample(look: Look, face: Box) -> Sample:
    place = (face.x + face.width / 2, face.y + face.height / 2, face.height)
    return Sample(since_s=look.seen.at - LEAD_S, tint=look.tint, place=place)


def _shifted(look: Look, lit: Light, gain: float) -> Look:
    painted = colours.shares(np.array([look.seen.at - LEAD_S - LAG_S])) @ colours.directions(np.array([lit.hues]))[0]
    by = np.exp(gain * painted[0] / 100)
    red, green, blue = look.tint.skin
    return Look(seen=look.seen, tint=Tint(skin=(red * by[0], green, blue * by[1]), ground=look.tint.ground))


def swapped_faces(networks: Networks, people: Mapping[str, Frames]) -> list[float | None]:
    """Return, for every pair of people, how long somebody else sat there before it was noticed; None: not in AFTER_S."""
    return [_swap(networks, people[first], people[second]) for first, second in permutations(people, 2)]


def _swap(networks: Networks, first: Frames, second: Frames) -> float | None:
    face = next((found for _, picture in first[:30:5] if (found := Eyes(networks).enrol(picture)) is not None), None)
    eyes, watch = Eyes(networks, enrolled=() if face is None else (face,)), Watch()
    for second_s, (_, picture) in enumerate(_joined(first, second)):
        watch.receive(eyes.look(demo_footage.jpeg(picture), float(second_s), second_s))
        if any(change.incident.kind is Kind.DIFFERENT_PERSON for change in watch.incidents()):
            return float(second_s - BEFORE_S)
    return None


def switched_cameras(networks: Networks, people: Mapping[str, Frames]) -> tuple[list[bool], int]:
    """Return, for every pair of recordings, whether the switch was noticed; and how often one was in a recording by itself."""
    found = [_switches(networks, _joined(people[first], people[second])) for first, second in permutations(people, 2)]
    alone = [_switches(networks, frames[:: int(FPS)]) for frames in people.values()]
    return [BEFORE_S in one for one in found], sum(len(one) for one in alone)


def _switches(networks: Networks, frames: Iterable[tuple[float, Pixels]]) -> list[float]:
    watch, eyes, found = SwitchWatch(), Eyes(networks), []
    for second, (_, picture) in enumerate(frames):
        found.append(watch.receive(quality.view(picture), eyes.look(picture, float(second), second)))
    return [at for at in found if at is not None]


def _joined(first: Frames, second: Frames) -> Iterable[tuple[float, Pixels]]:
    step = int(FPS)
    return chain(first[: BEFORE_S * step : step], second[: AFTER_S * step : step])
