"""`bench attacks`: who is found out by the challenges, how soon, and who is wrongly suspected, over the strength of the light on the face.

The faces are real (the recorded sittings, through the page's JPEG); the light on them and the turns of heads are simulated, in series,
which is held against light put on pixels. Attacks begin with the sitting, or right after the candidate passed a light.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assessment_engine.bench.attacks import line, pixels
from assessment_engine.bench.attacks.footage import Frames, Stretch, people, stretches
from assessment_engine.bench.attacks.simulated import Seen, attacked, genuine
from assessment_engine.bench.attacks.sitters import Sitter
from assessment_engine.bench.measure import Figure, Report
from assessment_engine.settings import Settings
from proctoring.challenge.verdict import Ask, Outcome
from proctoring.intervals import share_at_least, share_between
from proctoring.vision.eyes import Networks
from proctoring.vision.models import load_folder
from proctoring.vision.thumbs import one_thread

STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)  # grey levels between red and green that the light makes on the face
ANSWERS = (0.8, 0.9, 1.0)  # the chance that somebody does what is asked: nobody knows it yet
ATTACKS = (Sitter.REPLAY, Sitter.LOOP, Sitter.EXACT_LOOP, Sitter.FROZEN, Sitter.STILL, Sitter.OLD_ANSWER)
OPEN = (Sitter.PHOTO, Sitter.PAINTED)  # reported without a bar
SITTING_MIN, ATTACK_MIN = 60.0, 30.0
SOON_MIN = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is simulated: genuine sittings at each strength, runs of each attack, windows of pixels, attacks on the line."""

    genuine: int = 200
    attacks: int = 204
    windows: int = 12
    lines: int = 200


SHORT = Size(genuine=6, attacks=6, windows=2, lines=10)


def run(short: bool) -> Report:
    """Measure; the short form takes the demonstration's footage and a few runs of each."""
    one_thread()
    size = SHORT if short else Size()
    networks = Networks(load_folder(Settings.from_environ(os.environ).assets_dir))
    found = people(short)
    faces = stretches(networks, found)
    rows = [{"strength": strength, **_row(faces, strength, size)} for strength in STRENGTHS]
    figures = {**_genuine(rows, size), **_attacks(faces, size), **_line(size), **_people(networks, found), **_pixels(networks, found, size)}
    return Report(name="attacks", runs=rows, figures={**figures, **_answers(faces, size)}, ratios={})


def _row(faces: Sequence[Stretch], strength: float, size: Size) -> dict[str, float]:
    """Return what comes of genuine candidates at one strength of light: shares of their challenges, and of sittings put before a person."""
    seen = [
        genuine(faces, strength, np.random.default_rng([1, number]), minutes=SITTING_MIN, answers=0.95) for number in range(size.genuine)
    ]
    return {"sittings": float(len(seen)), **_shares(seen), "sittings_reported": _share(bool(one.reports_s) for one in seen)}


def _shares(seen: Sequence[Seen]) -> dict[str, float]:
    counts: Mapping[tuple[Ask, Outcome], int] = sum((one.outcomes for one in seen), start=Seen().outcomes)
    shares: dict[str, float] = {}
    for ask in Ask:
        total = sum(counts[ask, outcome] for outcome in Outcome)
        shares[f"{ask}_challenges"] = float(total)
        shares |= {f"{ask}_{outcome}": counts[ask, outcome] / max(1, total) for outcome in Outcome}
    return {**shares, "people_called_per_hour": sum(one.people for one in seen) / (len(seen) * SITTING_MIN / 60)}


def _genuine(rows: Sequence[Mapping[str, float]], size: Size) -> dict[str, Figure]:
    failed = {
        f"genuine_reported_at_{row['strength']:g}": Figure(value=row["sittings_reported"], unit="sittings", bar="<= 0.02") for row in rows
    }
    shares = {
        f"{name}_at_{row['strength']:g}": Figure(value=row[key], unit="challenges")
        for row in rows
        for name, key in (("bpcer_light", "light_failed"), ("inconclusive_light", "light_inconclusive"), ("passed_light", "light_passed"))
    }
    most = share_between(round(sum(row["sittings_reported"] * size.genuine for row in rows)), len(rows) * size.genuine, confidence=0.9)[1]
    return {**failed, **shares, "genuine_reported_at_most": Figure(value=most, unit="share, 95 %")}


def _answers(faces: Sequence[Stretch], size: Size) -> dict[str, Figure]:
    """Return how often genuine sittings in daylight are put before a person, by how surely people do what they are asked."""
    made: dict[str, Figure] = {}
    for answers in ANSWERS:
        chance = [np.random.default_rng([2, number]) for number in range(max(1, size.genuine // 2))]
        reported = _share(bool(genuine(faces, 0.0, rng, minutes=SITTING_MIN, answers=answers).reports_s) for rng in chance)
        made[f"daylight_reported_if_{answers:g}_answer"] = Figure(value=reported, unit="sittings")
    return made


def _attacks(faces: Sequence[Stretch], size: Size) -> dict[str, Figure]:
    """Run each attack at all strengths and from both beginnings, the same number of each."""
    made: dict[str, Figure] = {}
    for attack in (*ATTACKS, *OPEN):
        bars = ("== 1", ">= 0.95") if attack in ATTACKS else (None, None)
        times, seen = _times(attack, faces, size)
        made |= _found(attack, times, bars)
        made[f"{attack}_apcer_light"] = Figure(value=_shares(seen)["light_passed"], unit="challenges")
        made[f"{attack}_inconclusive_light"] = Figure(value=_shares(seen)["light_inconclusive"], unit="challenges")
    return made


def _times(attack: Sitter, faces: Sequence[Stretch], size: Size) -> tuple[dict[tuple[float, bool], list[float | None]], list[Seen]]:
    times: dict[tuple[float, bool], list[float | None]] = {}
    seen: list[Seen] = []
    for number in range(size.attacks):
        strength, from_start = STRENGTHS[number % len(STRENGTHS)], number // len(STRENGTHS) % 2 == 0
        rng = np.random.default_rng([3, number])
        after_s, one = attacked(attack, faces, strength, rng, minutes=ATTACK_MIN, from_start=from_start)
        times.setdefault((strength, from_start), []).append(None if after_s is None else after_s / 60)
        seen.append(one)
    return times, seen


def _found(
    attack: Sitter, times: Mapping[tuple[float, bool], Sequence[float | None]], bars: tuple[str | None, str | None]
) -> dict[str, Figure]:
    every = [one for part in times.values() for one in part]
    found, soon = (sum(one is not None and one <= limit for one in every) for limit in (ATTACK_MIN, SOON_MIN))
    made = {
        f"{attack}_runs": Figure(value=len(every), unit="runs"),
        f"{attack}_in_30_min": Figure(value=found / len(every), unit="share", bar=bars[0]),
        f"{attack}_in_30_at_least": Figure(value=share_at_least(found, len(every)), unit="share, 95 %"),
        f"{attack}_in_15_min": Figure(value=soon / len(every), unit="share", bar=bars[1]),
        f"{attack}_median_min": Figure(value=float(np.median([ATTACK_MIN if one is None else one for one in every])), unit="min"),
    }
    for strength in STRENGTHS:
        here = [one for (level, _), part in times.items() if level == strength for one in part]
        made[f"{attack}_in_15_at_{strength:g}"] = Figure(value=_share(one is not None and one <= SOON_MIN for one in here), unit="share")
    return made


def _line(size: Size) -> dict[str, Figure]:
    withstood = line.withstood(size.lines, np.random.default_rng(4))
    return {f"line_{name}": Figure(value=count / size.lines, unit=f"of {size.lines}", bar="== 1") for name, count in withstood.items()}


def _people(networks: Networks, found: Mapping[str, Frames]) -> dict[str, Figure]:
    """Return swaps of faces and cameras between every two recordings; none where there is one only."""
    if len(found) < 2:
        return {}
    swaps = pixels.swapped_faces(networks, found)
    switches, alone = pixels.switched_cameras(networks, found)
    noticed = sorted(one for one in swaps if one is not None)
    return {
        "face_swaps": Figure(value=len(swaps), unit="pairs"),
        "face_swaps_found": Figure(value=len(noticed) / len(swaps), unit="share"),
        "face_swap_median": Figure(value=float(np.median(noticed)) if noticed else 0.0, unit="s"),
        "camera_switches": Figure(value=len(switches), unit="pairs"),
        "camera_switches_found": Figure(value=_share(switches), unit="share"),
        "camera_switches_false": Figure(value=alone, unit="in all recordings", bar="== 0"),
    }


def _pixels(networks: Networks, found: Mapping[str, Frames], size: Size) -> dict[str, Figure]:
    """Return how far a light on series differs from the same light on pixels."""
    rng = np.random.default_rng(5)
    strengths = (0.0, 0.04, 0.12)  # shares of the room's light
    pairs = [pair for frames in found.values() for one in strengths for pair in pixels.both_ways(networks, frames, one, rng, size.windows)]
    judged = [(on_pixels, on_series) for on_pixels, on_series in pairs if on_pixels.gain is not None and on_series.gain is not None]
    apart = [abs((on_pixels.gain or 0) - (on_series.gain or 0)) for on_pixels, on_series in judged]
    return {
        "pixel_windows": Figure(value=len(pairs), unit="windows"),
        "pixel_gain_apart": Figure(value=float(np.median(apart)) if apart else 0.0, unit="log-chroma/100"),
        "pixel_outcomes_alike": Figure(value=_share(a.outcome is b.outcome for a, b in pairs), unit="share"),
    }


def _share(these: Iterable[bool]) -> float:
    every = list(these)
    return sum(every) / max(1, len(every))
