"""One simulated sitting: the real course of challenges, fed with real looks at the pace it asks for, of one sitter after another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assessment_engine.bench.attacks.footage import Stretch
from assessment_engine.bench.attacks.sitters import Body, Sitter
from proctoring.challenge.course import Asked, Course, Reading
from proctoring.challenge.plan import Plan
from proctoring.challenge.verdict import Ask, Outcome

QUIET_FPS, LIGHT_FPS, TURN_FPS = 0.5, 5.0, 3.0  # a page sends one a second when nothing is asked; half of them tell as much
LINE_S = (0.1, 0.6)  # of delay between the server and the page, both ways together
LOST = 0.02  # share of frames that do not arrive
EVERYTHING = Plan(light=True, turns=True)


@dataclass(slots=True)
class Seen:
    """What came of one simulated sitting: reports (seconds), and how challenges ended by what they asked for."""

    reports_s: list[float] = field(default_factory=list)
    outcomes: Counter[tuple[Ask, Outcome]] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)
    people: int = 0
    last_pass_s: float | None = None


class Sitting:
    """One sitting under its challenges; `run` lets time pass with whoever sits there."""

    def __init__(self, rng: np.random.Generator, plan: Plan = EVERYTHING) -> None:
        self._rng = rng
        self._course = Course(rng.bytes(32), plan)
        self._at = 0.0
        self.seen = Seen()

    @property
    def at_s(self) -> float:
        """Return the time so far, in seconds."""
        return self._at

    def run(self, body: Body, until_s: float, *, stop_at_report: bool = False, stop_after_pass: bool = False) -> None:
        """Let time pass until then, or until the first report, or the first pass."""
        number = int(self._at * 10)
        while self._at < until_s:
            self._at = round(self._at + self._step(), 3)
            number += 1
            if self._rng.random() >= LOST:
                self._show(body, number)
            for message in self._course.messages():
                body.hear(message, self._at + float(self._rng.uniform(*LINE_S)))
            passed = self._note()
            if (stop_at_report and self.seen.reports_s) or (stop_after_pass and passed):
                return

    def _step(self) -> float:
        if not self._course.asks:
            return 1 / QUIET_FPS
        return 1 / LIGHT_FPS if self._course.wants_tint else 1 / TURN_FPS

    def _show(self, body: Body, number: int) -> None:
        look, digest = body.look(self._at)
        seen = replace(look.seen, at=self._at, seq=number)
        self._course.receive(Reading.of(digest, seen, self._at - 0.3, look.tint))

    def _note(self) -> bool:
        """Count what was judged; returns whether a light was passed."""
        passed = False
        for one in self._course.finished():
            assert one.verdict is not None
            self.seen.outcomes[one.ask, one.verdict.outcome] += 1
            self.seen.whys[one.verdict.why.value] += 1
            passed = passed or (one.ask is Ask.LIGHT and one.verdict.outcome is Outcome.PASSED)
        self.seen.reports_s += [self._at for _ in self._course.reports()]
        self.seen.people += len(self._people())
        return passed

    def _people(self) -> list[Asked]:
        return self._course.for_people()


def genuine(stretches: Sequence[Stretch], strength: float, rng: np.random.Generator, *, minutes: float, answers: float) -> Seen:
    """Return what came of a candidate who sits there; in half of them the room's light changes once, threefold."""
    sitting, body = Sitting(rng), _body(Sitter.GENUINE, stretches, strength, rng, answers)
    changes_s = rng.uniform(0.2, 0.8) * minutes * 60
    sitting.run(body, changes_s)
    if rng.random() < 0.5:
        body.gain *= 3.0 if rng.random() < 0.5 else 1 / 3.0
    sitting.run(body, minutes * 60)
    return sitting.seen


def attacked(
    attack: Sitter, stretches: Sequence[Stretch], strength: float, rng: np.random.Generator, *, minutes: float, from_start: bool
) -> tuple[float | None, Seen]:
    """Return how long an attack went on before it was put before a person (None: it was not), and what its challenges came to.

    It begins with the sitting, or when it hurts most: right after the candidate passed a light, or sat for half an hour without.
    """
    sitting = Sitting(rng)
    lights: list = []  # type: ignore[type-arg]
    if not from_start:
        candidate = _body(Sitter.GENUINE, stretches, strength, rng, 1.0)
        for _ in range(3):
            sitting.run(candidate, sitting.at_s + 600, stop_after_pass=True)
        lights = candidate.lights
    body = _body(attack, stretches, strength, rng, 0.0)
    body.begun_s, body.lights = sitting.at_s, lights
    sitting.seen = Seen()
    sitting.run(body, sitting.at_s + minutes * 60, stop_at_report=True)
    found = sitting.seen.reports_s
    return (found[0] - body.begun_s if found else None), sitting.seen


def _body(sitter: Sitter, stretches: Sequence[Stretch], strength: float, rng: np.random.Generator, answers: float) -> Body:
    """Return somebody of a stretch; `strength` is the light on the face in grey levels between red and green."""
    stretch = stretches[int(rng.integers(0, len(stretches)))]
    gain, lag_s = 100 * strength / stretch.level, float(rng.uniform(0.1, 0.5))
    return Body(sitter=sitter, stretch=stretch, rng=rng, gain=gain, answers=answers, lag_s=lag_s)
