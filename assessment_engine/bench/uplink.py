"""`bench uplink`: what a page sends, with what was found for it and what the finding cost, all in the same run; and a cut of ten minutes.

The recordings go through the page's own budget (proctoring/page.py), a simulated line, a real channel, and then eyes, ears and watch as a
worker has them. Bytes are the page's: the heads of messages and of the socket's frames included, sound too; TLS and TCP are not. `before`
is how they were sent until issue 6: two pictures a second, 640 wide at quality .6, whatever that came to. `grain` adds a camera's noise of
three grey levels to every picture. Each run begins a third of a second later, so that other pictures are sent.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from assessment_engine.bench.line import BEGAN, STEP_MS, Line
from assessment_engine.bench.measure import Figure, Report, medians
from assessment_engine.bench.vision import _found, _recordings
from assessment_engine.settings import Settings
from proctoring import glance, packets, uplink
from proctoring.channel import Channel, Frame, Sound
from proctoring.evaluation import Session, evaluate
from proctoring.incidents import Change
from proctoring.page import CameraPage, Encode
from proctoring.uplink import LADDER, Uplink
from proctoring.vision import soundtrack, video
from proctoring.vision.analyse import ENROL_FPS, CheckedIn, check_in
from proctoring.vision.encode import encoded, spoken
from proctoring.vision.evaluate import Recorded
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.hearing import Hearing
from proctoring.vision.models import Pixels, load_folder
from proctoring.vision.quality import small_of
from proctoring.vision.thumbs import one_thread
from proctoring.watch import Watch

RUNS = 3
PHASE_MS = 300
VIDEO_FPS = 5.0
GRAIN = 3.0
CUT_S, SHORT_CUT_S = 600, 30
POOR_BITS, POOR_LATE_MS = 24_000, 300
BEFORE_FPS, BEFORE = 2.0, (640, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to send: over which line, and what the camera adds."""

    survival: bool = False
    grain: float = 0.0
    budgeted: bool = True


WAYS: Mapping[str, Way] = {
    "before": Way(budgeted=False),
    "normal": Way(),
    "normal_grain": Way(grain=GRAIN),
    "survival": Way(survival=True),
    "survival_grain": Way(survival=True, grain=GRAIN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A recording with what check-in knows of it, and its sound in messages of a second."""

    recorded: Recorded
    known: CheckedIn
    sound: Sequence[bytes]


@dataclass(slots=True)
class Sent:
    """What came of one recording: the session to be judged, bytes, looks, seconds of CPU."""

    session: Session
    kbits: float
    most_kbits: float
    seconds: float
    looks: int
    cpu_s: float


def run(short: bool) -> Report:
    """Measure; the short form takes one recording, one run of each way, and half a minute's cut."""
    one_thread()
    networks = Networks(load_folder(Settings.from_environ(os.environ).assets_dir))
    with _recordings(short, None) as found:
        candidates = [_candidate(networks, one) for one in (found[:1] if short else found)]
        runs = [
            {f"{name}_{what}": value for name, way in WAYS.items() for what, value in _told(networks, candidates, way, number).items()}
            for number in range(1 if short else RUNS)
        ]
    cut = _cut(SHORT_CUT_S if short else CUT_S)
    return Report(name="uplink", runs=[{**one, **cut} for one in runs], figures=_figures(medians(runs), cut), ratios={})


def _candidate(networks: Networks, one: Recorded) -> Candidate:
    known = check_in(networks, video.read(one.file, fps=ENROL_FPS), enrol_s=one.truth.enrol_s)
    samples = list(soundtrack.read(one.file))
    opus = spoken(np.concatenate(samples)) if samples else []
    messages = [packets.joined(opus[first : first + 16]) for first in range(0, len(opus), 16)]
    return Candidate(recorded=one, known=known, sound=messages)


def _told(networks: Networks, candidates: Sequence[Candidate], way: Way, number: int) -> dict[str, float]:
    """Return what one way came to over all recordings."""
    sent = [_send(networks, one, way, PHASE_MS * number) for one in candidates]
    seconds = sum(one.seconds for one in sent)
    judged = _found(evaluate([one.session for one in sent]))
    unwatched = sum(one.session.could_not_watch_s for one in sent)
    return {
        "kbits": sum(one.kbits * one.seconds for one in sent) / seconds,
        "most_kbits": max(one.most_kbits for one in sent),
        "fps": sum(one.looks for one in sent) / seconds,
        "cpu_ms_a_look": 1000 * sum(one.cpu_s for one in sent) / sum(one.looks for one in sent),
        "cpu_ms_a_second": 1000 * sum(one.cpu_s for one in sent) / seconds,
        "could_not_watch": unwatched / seconds,
        **{name: judged[name] for name in ("events", "found", "found_at_least", "delay_median_s", "delay_p95_s", "false_alerts")},
    }


class _Screen:
    """The recording as the camera sees it: the latest picture at a moment, with a camera's grain if asked."""

    def __init__(self, file: Path, grain: float) -> None:
        self._coming = video.read(file, fps=VIDEO_FPS)
        self._next = next(self._coming, None)
        self._grain = grain
        assert self._next is not None
        self.picture: Pixels = self._next[1]
        self.is_over = False

    def reach(self, at_s: float) -> None:
        """Go on to what is seen at a second of the recording."""
        while self._next is not None and self._next[0] <= at_s:
            self.picture, self._next = self._next[1], next(self._coming, None)
        self.is_over = self._next is None

    def glance(self) -> list[int]:
        """Return the picture as a page sees it at a glance."""
        small = small_of(self._grained())
        places = small.reshape(glance.HEIGHT, len(small) // glance.HEIGHT, glance.WIDTH, -1, 3).mean(axis=(1, 3)).astype(int)
        return [int(grey) for grey in ((places @ (1, 5, 2)) >> 3).ravel()]

    def encoded(self, width: int, quality: float) -> bytes:
        """Return the picture as a page sends it."""
        return encoded(self._grained(), width, quality)

    def _grained(self) -> Pixels:
        if not self._grain:
            return self.picture
        noise = np.random.default_rng(int(self.picture[0, 0].sum())).normal(0, self._grain, (*self.picture.shape[:2], 1))
        return np.asarray(np.clip(self.picture + noise, 0, 255), np.uint8)


class _Unbounded(CameraPage):
    """The page until issue 6: two pictures a second, whatever they came to."""

    def is_due(self, now: int) -> bool:
        return now % int(1000 / BEFORE_FPS) == 0

    def take(self, now: int, encode: Encode) -> list[bytes]:
        self.uplink = replace(self.uplink, tokens=1e9, size=0, rung=0)
        return super().take(now, lambda _width, _quality: encode(*BEFORE))


def _send(networks: Networks, one: Candidate, way: Way, phase_ms: int) -> Sent:
    line = _line(way, hears=bool(one.sound))
    screen = _Screen(one.recorded.file, way.grain)
    said = iter(one.sound)

    def heard(now: int) -> bytes | None:
        return next(said, None) if now >= phase_ms and (now - phase_ms) % 1000 == 0 else None

    while not screen.is_over:
        screen.reach((line.now - phase_ms) / 1000)
        line.step(screen.encoded, heard, screen.glance)
    return _judged(networks, one, line, phase_ms)


def _line(way: Way, *, hears: bool) -> Line:
    page = CameraPage() if way.budgeted else _Unbounded()
    line = Line(channel=Channel("sit_bench"), page=page, hears=hears)
    if way.survival:
        reserve = float(uplink.BUDGETS["survival"].reserve)
        page.uplink = Uplink(mode="survival", tokens=reserve, patience=10 * uplink.MOST_PATIENCE_MS)
        line.bits_a_second, line.late_ms = POOR_BITS, POOR_LATE_MS
    return line


def _judged(networks: Networks, one: Candidate, line: Line, phase_ms: int) -> Sent:
    """Let eyes, ears and watch have what the channel took, in order."""
    eyes, watch = Eyes(networks, enrolled=one.known.faces), Watch(baseline=one.known.baseline)
    hearing = Hearing(networks.voice) if networks.voice is not None and one.sound else None
    looks, cpu_s = 0, 0.0
    for happened in line.said:
        at_s = ((happened.at if isinstance(happened, (Frame, Sound)) else BEGAN) - BEGAN).total_seconds() - phase_ms / 1000
        began = time.thread_time()
        if isinstance(happened, Sound) and hearing is not None:
            hearing.receive(happened)
        elif isinstance(happened, Frame) and at_s >= 0:
            seen = eyes.look(happened.jpeg, at_s, happened.seq)
            seen = replace(seen, voice=hearing.voice()) if hearing is not None else seen
            eyes.listen(seen.voice)
            watch.receive(seen)
            looks += 1
        cpu_s += time.thread_time() - began
    watch.end()
    closed = [change.incident for change in watch.incidents() if change.change is Change.CLOSED]
    findings = sorted((finding for incident in closed for finding in incident.findings), key=lambda finding: finding.start_s)
    unwatched_s = sum(watch.totals().unobservable_s.values())
    session = Session(name=one.recorded.name, truth=one.recorded.truth, findings=findings, could_not_watch_s=unwatched_s)
    seconds = line.now / 1000
    total = sum(size for _, size in line.sent) * 8 / 1000
    return Sent(session=session, kbits=total / seconds, most_kbits=line.most_kbits(), seconds=seconds, looks=looks, cpu_s=cpu_s)


def _cut(cut_s: int) -> dict[str, float]:
    """Cut the line for so long between a page and its channel, and count what comes afterwards; pictures of a plain webcam's sizes."""
    sizes = {(rung.width, rung.quality): rung.bytes for rung in LADDER}
    line = Line(channel=Channel("sit_cut"), hears=True)
    step = partial(_step, line, lambda width, quality: b"\xff\xd8\xff\xe0" + bytes(sizes[width, quality] - 4))
    _for(30, step)
    line.cut()
    _for(cut_s, step)
    kept, kept_bytes = len(line.page.kept), sum(len(one.jpeg) for one in line.page.kept)
    line.mend()
    mended = line.now
    while line.page.kept and line.now - mended < 3_600_000:
        step()
    caught_up_s = (line.now - mended) / 1000
    _for(10, step)
    late = [one for one in line.said if isinstance(one, Frame) and one.kept]
    return {
        "cut_s": float(cut_s),
        "cut_kept": float(kept),
        "cut_kept_mb": kept_bytes / 1e6,
        "cut_lost": float(kept - len({one.shown_at for one in late})),
        "cut_caught_up_s": caught_up_s,
        "cut_most_kbits": line.most_kbits(),
    }


_SECOND = packets.joined([bytes([24]) + bytes(55)] * 16)  # as much as Opus at 8 kbit/s


def _step(line: Line, encode: Encode) -> None:
    line.step(encode, lambda now: _SECOND if now % 1000 == 0 else None)


def _for(seconds: int, step: Callable[[], None]) -> None:
    for _ in range(seconds * 1000 // STEP_MS):
        step()


def _figures(seen: Mapping[str, float], cut: Mapping[str, float]) -> dict[str, Figure]:
    return dict([*_of_ways(seen), *_of_cut(cut)])


def _of_ways(seen: Mapping[str, float]) -> Iterator[tuple[str, Figure]]:
    units = {"kbits": "kbit/s", "most_kbits": "kbit/s, any minute", "fps": "looks/s", "cpu_ms_a_look": "ms", "cpu_ms_a_second": "ms",
             "could_not_watch": "share", "events": "events", "found": "share", "found_at_least": "share, 95 %", "delay_median_s": "s",
             "delay_p95_s": "s", "false_alerts": "alerts"}  # fmt: skip
    for name, way in WAYS.items():
        bars = {"most_kbits": "<= 20" if way.survival else "<= 80", "found": ">= 1", "false_alerts": "== 0"} if way.budgeted else {}
        for what, unit in units.items():
            yield f"{name}_{what}", Figure(value=seen[f"{name}_{what}"], unit=unit, bar=bars.get(what))


def _of_cut(cut: Mapping[str, float]) -> Iterator[tuple[str, Figure]]:
    yield "cut", Figure(value=cut["cut_s"], unit="s")
    yield "cut_kept", Figure(value=cut["cut_kept"], unit="pictures")
    yield "cut_kept_mb", Figure(value=cut["cut_kept_mb"], unit="MB", bar="<= 6.3")
    yield "cut_lost", Figure(value=cut["cut_lost"], unit="pictures", bar="== 0")
    yield "cut_caught_up", Figure(value=cut["cut_caught_up_s"], unit="s")
    yield "cut_most_kbits", Figure(value=cut["cut_most_kbits"], unit="kbit/s, any minute", bar="<= 80")
