"""All challenges of one sitting, in time: fed with frames, gaps and the time; asked for messages to the page, verdicts and reports.

Times are seconds into the sitting. An owner of the watch that takes over is given what was asked and judged before, and draws the same
chances; what it finds asked and not judged was interrupted by nobody's fault, and is asked again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proctoring.challenge import light, plan, turns
from proctoring.challenge.colours import LASTS_S, STEP_S, Light, drawn
from proctoring.challenge.draw import Draw
from proctoring.challenge.light import Known, Sample, Tint
from proctoring.challenge.plan import Plan
from proctoring.challenge.repeats import Repeats
from proctoring.challenge.stillness import Stillness
from proctoring.challenge.turns import Hand, Rest, Turns
from proctoring.challenge.verdict import Ask, Verdict, Why
from proctoring.observations import Observation

LEAD_S = 1.5  # between the announcement and the first colour
MOST_EARLIER = 30  # earlier lights that an answer is held against


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One frame: what was seen, its bytes' digest, when its nonce was given out (None: unknown), and its tint where one was asked for."""

    seen: Observation
    digest: bytes
    nonce_s: float | None
    tint: Tint | None = None

    @classmethod
    def of(cls, jpeg: bytes, seen: Observation, nonce_s: float | None, tint: Tint | None = None) -> "Reading":
        """Make one from a frame's bytes."""
        return cls(seen=seen, digest=hashlib.sha256(jpeg).digest()[:16], nonce_s=nonce_s, tint=tint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A challenge that began; `verdict` is None until it is judged. Numbers grow by one within a sitting."""

    number: int
    ask: Ask
    at_s: float
    verdict: Verdict | None = None


class Course:
    """The challenges of one sitting."""

    def __init__(
        self,
        secret: bytes,
        rules: Plan,
        past: Sequence[Asked] = (),
        *,
        now_s: float = 0.0,
        shown: Callable[[int], bool] = lambda number: True,
    ) -> None:
        """Begin, or go on after `past`; `shown` tells whether the page says that it showed a challenge: else silence does not count."""
        self._draw, self._rules, self._shown = Draw(secret), rules, shown
        self._past: list[Asked] = [one for one in past if one.verdict is not None]
        self._repeats, self._rest, self._still = Repeats(), Rest(), Stillness()
        self._round: _LightRound | _TurnRound | None = None
        self._messages: list[dict[str, Any]] = []
        self._finished: list[Asked] = []
        self._reports: list[Asked] = []
        self._people: list[Asked] = []
        self._next = plan.first(rules, self._draw, len(self._past))
        self._next_s = now_s + self._next.after_s
        if self._past:
            self._plan_next(max(self._past[-1].at_s, 0.0))
        for one in past:
            if one.verdict is None:
                self._finish(replace(one, verdict=Verdict(ask=one.ask, why=Why.INTERRUPTED)), now_s)

    @property
    def wants_tint(self) -> bool:
        """Say whether the colours of the next frame matter, and five frames a second with them."""
        return isinstance(self._round, _LightRound)

    @property
    def asks(self) -> bool:
        """Say whether a challenge goes on."""
        return self._round is not None

    @property
    def turning(self) -> bool:
        """Say whether the head turns because we asked it to: where it points now says nothing about the candidate."""
        return isinstance(self._round, _TurnRound)

    @property
    def next_s(self) -> float:
        """Return when the next challenge begins."""
        return self._next_s

    def receive(self, reading: Reading) -> None:
        """Take in one frame."""
        self._repeats.receive(reading.digest)
        if self._round is None:
            self._rest.receive(reading.seen)
            self._still.receive(reading.seen)
        elif reading.nonce_s is not None and reading.nonce_s >= self._round.asked.at_s:
            self._round.receive(reading)
        self.tick(reading.seen.at)

    def tick(self, now_s: float) -> None:
        """Begin what is due, and end what is over."""
        if self._round is not None:
            self._messages += self._round.go_on(now_s)
            verdict = self._verdict(now_s)
            if verdict is not None:
                self._finish(replace(self._round.asked, verdict=verdict), now_s)
        elif not self._rules.asks_nothing and now_s >= self._next_s:
            self._begin(now_s)

    def gap(self, ended_s: float) -> None:
        """Take in that nothing was watched up to now: what was asked meanwhile is asked again, and one challenge follows the gap."""
        if self._round is not None:
            self._finish(replace(self._round.asked, verdict=Verdict(ask=self._round.asked.ask, why=Why.INTERRUPTED)), ended_s)
            return
        after_s = ended_s + plan.first(self._rules, self._draw, len(self._past)).after_s
        if not ended_s <= self._next_s <= after_s:
            self._next_s = after_s

    def doubt(self, now_s: float) -> None:
        """Take in a hint that the camera may be another: the next challenge comes soon, and nothing else follows from it."""
        if self._round is None:
            self._next_s = min(self._next_s, now_s + plan.doubted_s(self._draw, len(self._past)))

    def messages(self) -> list[dict[str, Any]]:
        """Hand out what the page is to be told, once."""
        messages, self._messages = self._messages, []
        return messages

    def begun(self) -> Asked | None:
        """Return the challenge that goes on."""
        return self._round.asked if self._round is not None else None

    def finished(self) -> list[Asked]:
        """Hand out what was judged, once."""
        finished, self._finished = self._finished, []
        return finished

    def reports(self) -> list[Asked]:
        """Hand out the failed challenges that a person must see, once."""
        reports, self._reports = self._reports, []
        return reports

    def for_people(self) -> list[Asked]:
        """Hand out the challenges after which somebody should look, without any accusation, once."""
        people, self._people = self._people, []
        return people

    def _begin(self, now_s: float) -> None:
        still = self._still.still and self._rules.turns  # a photograph takes any light, but does not turn
        asked = Asked(number=len(self._past), ask=Ask.TURN if still else self._next.ask, at_s=now_s)
        if not (self._rules.light or self._rules.turns):
            self._finish(replace(asked, verdict=Verdict(ask=asked.ask, why=Why.NOT_ASKED)), now_s)
            return
        self._repeats.begin()
        if asked.ask is Ask.LIGHT:
            self._round = _LightRound(asked, drawn(self._draw, asked.number))
        else:
            self._round = _TurnRound(asked, self._draw, self._rest)
        self._messages.append(self._round.message())

    def _verdict(self, now_s: float) -> Verdict | None:
        """Return what came of the challenge that goes on; None while it does."""
        if self._round is None or not self._round.is_over(now_s):
            return None
        if isinstance(self._round, _LightRound):
            return light.judge(self._round.light, self._round.samples, self._known(), self._rng(self._round.asked.number))
        verdict = turns.judge(self._round.tries, self._round.hand)
        unseen = verdict.why is Why.NOT_TURNED and not self._shown(self._round.asked.number)
        return replace(verdict, why=Why.NOT_SHOWN) if unseen else verdict

    def _known(self) -> Known:
        earlier = tuple(drawn(self._draw, one.number) for one in self._past if one.ask is Ask.LIGHT)[-MOST_EARLIER:]
        repeated = self._repeats.repeated or self._repeats.frozen
        return Known(gain=plan.expected_gain(self._verdicts()), earlier=earlier, repeated=repeated)

    def _rng(self, number: int) -> np.random.Generator:
        """Return the chance of the other sequences, which anybody with the secret can draw again."""
        return np.random.default_rng(int.from_bytes(self._draw.bytes("others", number), "big"))

    def _verdicts(self) -> list[Verdict]:
        return [one.verdict for one in self._past if one.verdict is not None]

    def _finish(self, asked: Asked, now_s: float) -> None:
        self._past.append(asked)
        self._finished.append(asked)
        self._round = None
        self._messages.append({"type": "challenge", "id": asked.number, "ask": "done"})
        if plan.to_report(self._rules, self._verdicts()):
            self._reports.append(asked)
        elif plan.for_a_person(self._rules, self._verdicts()):
            self._people.append(asked)
        self._plan_next(now_s)

    def _plan_next(self, now_s: float) -> None:
        self._next = plan.following(self._rules, self._verdicts(), self._draw)
        self._next_s = now_s + self._next.after_s
        self._still = Stillness()


class _LightRound:
    """One light being answered."""

    def __init__(self, asked: Asked, lit: Light) -> None:
        self.asked, self.light = asked, lit
        self.samples: list[Sample] = []
        self._painted_s = asked.at_s + LEAD_S

    def message(self) -> dict[str, Any]:
        times = {"in_ms": int(1000 * LEAD_S), "step_ms": int(1000 * STEP_S)}
        return {"type": "challenge", "id": self.asked.number, "ask": "light", **times, "colours": self.light.colours}

    def receive(self, reading: Reading) -> None:
        face = reading.seen.face
        if reading.tint is not None and face is not None:
            place = (face.x + face.width / 2, face.y + face.height / 2, face.height)
            self.samples.append(Sample(since_s=reading.seen.at - self._painted_s, tint=reading.tint, place=place))

    def go_on(self, now_s: float) -> Sequence[dict[str, Any]]:
        return ()

    def is_over(self, now_s: float) -> bool:
        return now_s >= self._painted_s + LASTS_S + light.TAIL_S


class _TurnRound:
    """One request to turn the head: two tries, then a hand before the face."""

    def __init__(self, asked: Asked, draw: Draw, rest: Rest) -> None:
        self.asked, self._draw, self._rest = asked, draw, rest.head()
        self.tries = [self._try(0)]
        self.hand: Hand | None = None
        self._until_s = asked.at_s + turns.TRY_S

    def message(self) -> dict[str, Any]:
        about: Mapping[str, Any] = {"ask": "hand", "lasts_ms": int(1000 * turns.HAND_S)}
        if self.hand is None:
            about = {"ask": "turn", "turns": [one.value for one in self.tries[-1].asked], "lasts_ms": int(1000 * turns.TRY_S)}
        return {"type": "challenge", "id": self.asked.number, "try": len(self.tries), **about}

    def receive(self, reading: Reading) -> None:
        (self.hand or self.tries[-1]).receive(reading.seen)

    def go_on(self, now_s: float) -> Sequence[dict[str, Any]]:
        """Ask once more, or for a hand, when the time for the last request is over."""
        if now_s < self._until_s or self.hand is not None or self.tries[-1].answered:
            return ()
        if len(self.tries) < turns.TRIES:
            self.tries.append(self._try(len(self.tries)))
            self._until_s = now_s + turns.TRY_S
        else:
            self.hand = Hand()
            self._until_s = now_s + turns.HAND_S
        return (self.message(),)

    def is_over(self, now_s: float) -> bool:
        if self.tries[-1].answered or (self.hand is not None and self.hand.answered):
            return True
        return self.hand is not None and now_s >= self._until_s

    def _try(self, attempt: int) -> Turns:
        return Turns(turns.drawn(self._draw, self.asked.number, attempt), self._rest)
