"""The live wall with 200 candidates in a real Chromium: the processor time of the page, and how late it shows what happens.

Frames store, ingest, delivery and browser are real processes; only the proctor workers are played, whose own speed `bench vision` measures.
What is published is what they publish: a line a second for each candidate, a thumbnail every two, an alert a second somewhere.
"""

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from redis import Redis

from assessment_engine.bench.browser import Chromium, chromium
from assessment_engine.bench.hall import a_hall, seat
from assessment_engine.bench.measure import Figure, Report, free_port, medians
from assessment_engine.kernel.ids import SessionId, SittingId
from assessment_engine.runtime.serve import answers, embedded, process
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings

CANDIDATES = 200
WIDTH, HEIGHT = 1920, 3400  # the view of all rooms with every one of 200 tiles in sight
WARM_S, WINDOW_S, SHORT_S = 12.0, 20.0, 6.0
STAMPED = b"\xff\xd8\xff\xfe\x00\x12"  # a JPEG's start and a comment of 16 digits: when it was published, in milliseconds

WATCH_THE_PAGE = """
  window.seen = { rings: [], pictures: [], count: 0 };
  const now = () => performance.timeOrigin + performance.now();
  const decode = window.createImageBitmap.bind(window);
  window.createImageBitmap = async (blob, ...more) => {
    const sampled = seen.count++ % 20 === 0; // the measuring must not be what is measured
    const stamp = sampled ? Number(new TextDecoder().decode(await blob.slice(6, 22).arrayBuffer())) : 0;
    const bitmap = await decode(blob, ...more);
    if (sampled) requestAnimationFrame(() => seen.pictures.push(now() - stamp));
    return bitmap;
  };
  addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
    for (const { target } of changes) if (target.dataset.ring === "alert") seen.rings.push([target.dataset.sitting, now()]);
  }).observe(document.body, { subtree: true, attributeFilter: ["data-ring"] }));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a wall is opened on."""

    base: str
    session_id: SessionId
    sittings: Sequence[SittingId]
    token: str
    frames_url: str


def run(short: bool) -> Report:
    """Watch 200 candidates; prints the share of one core, and the delays of alerts and pictures."""
    with tempfile.TemporaryDirectory(prefix="bench-wall-") as folder, _stage(Path(folder), CANDIDATES) as stage:
        runs = _watched(stage, windows=1 if short else 3, window_s=SHORT_S if short else WINDOW_S)
    found = medians(runs)
    return Report(
        name="wall",
        runs=runs,
        figures={
            "page_percent_of_a_core": Figure(value=found["page_percent"], unit="%", bar="<= 30"),
            "whole_browser_percent": Figure(value=found["browser_percent"], unit="%"),
            "alert_shown_median": Figure(value=found["alert_median_ms"], unit="ms"),
            "alert_shown_p95": Figure(value=found["alert_p95_ms"], unit="ms", bar="<= 2000"),
            "picture_shown_p95": Figure(value=found["picture_p95_ms"], unit="ms", bar="<= 2000"),
            "pictures_a_second": Figure(value=found["pictures_a_second"], unit="1/s"),
            "tiles_in_sight": Figure(value=found["tiles"], unit="tiles"),
        },
        ratios={},
    )


@contextmanager
def _stage(folder: Path, candidates: int) -> Iterator[Stage]:
    """Run frames store, ingest and delivery on a hall in the middle of its exam."""
    port, ingest_port = free_port(), free_port()
    environ = {"DATA_DIR": str(folder), "DEMO": "1", "PORT": str(port), "INGEST_PORT": str(ingest_port)}
    with embedded(Settings.from_environ(environ)) as services:
        with a_hall(folder) as engine:
            sittings = [one.sitting_id for one in seat(engine, candidates)]
            with engine.store.read() as tx:
                session_id = tx.sittings.get(sittings[0]).session_id
            token = _supervisor(engine)
        for name in ("delivery", "ingest"):
            services.supervisor.start(process(name, services.settings))
        while not answers(services.settings):
            time.sleep(0.1)
        frames_url = str(services.settings.frames_url)
        yield Stage(base=f"http://localhost:{port}", session_id=session_id, sittings=sittings, token=token, frames_url=frames_url)


def _supervisor(engine: Engine) -> str:
    with engine.store.read() as tx:
        known = tx.people.by_login("faults")
    assert known is not None, "the hall has its officer"
    return people.open_session(engine, known[0].id).token


class Workers(threading.Thread):
    """The proctor workers, played: every candidate at a moment of their own within the second."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self._stage, self._store = stage, Redis.from_url(stage.frames_url)
        self._frames = _thumbnails()
        self.alerts: list[tuple[SittingId, float]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        """Publish until told to stop."""
        sittings, second = self._stage.sittings, 0
        while not self.stopping.is_set():
            begun = time.monotonic()
            self._alert(second)
            for place, sitting_id in enumerate(sittings):
                late = begun + place / len(sittings) - time.monotonic()
                if late > 0:
                    time.sleep(late)
                self._tell(_seen(sitting_id))
                if place % 2 == second % 2:
                    self._show(sitting_id, self._frames[(place + second) % len(self._frames)])
            second += 1
            self.stopping.wait(max(0.0, begun + 1 - time.monotonic()))
        self._store.close()

    def _alert(self, second: int) -> None:
        """Raise one on every candidate in turn, and end it ten seconds later."""
        raised, ended = (self._stage.sittings[(second + shift) % len(self._stage.sittings)] for shift in (0, -10))
        self.alerts.append((raised, time.time() * 1000))
        self._tell(_incident(raised, second, "opened", "detection" if second % 7 == 0 else "alert"))
        if second >= 10:
            self._tell(_incident(ended, second - 10, "closed", "detection"))

    def _tell(self, message: Mapping[str, Any]) -> None:
        self._store.publish(f"wall:{self._stage.session_id}", json.dumps(message))

    def _show(self, sitting_id: SittingId, jpeg: bytes) -> None:
        stamped = STAMPED + f"{time.time() * 1000:016.0f}".encode() + jpeg[2:]
        self._store.set(f"thumb:{self._stage.session_id}:{sitting_id}", stamped, ex=30)


def _seen(sitting_id: SittingId) -> dict[str, Any]:
    plain = {"observable": True, "reason": None, "faces": 1, "sound": None, "fps": 2.0, "lag_ms": 120}
    return {"type": "seen", "sitting": sitting_id, **plain, "received": 1000, "dropped": 0, "gaps": 0}


def _incident(sitting_id: SittingId, number: int, state: str, tier: str) -> dict[str, Any]:
    named = {"type": "incident", "sitting": sitting_id, "incident": f"inc_{number}", "kind": "phone"}
    return {**named, "tier": tier, "severity": "medium", "state": state, "raised_at": None}


def _thumbnails() -> list[bytes]:
    from proctoring.vision.demo_footage import Script, jpeg, scene  # OpenCV, which no other part of this needs
    from proctoring.vision.thumbs import thumbnail

    made = (thumbnail(jpeg(frame)) for _, frame in scene(Script(length_s=20.0, leaves_s=12.0, back_s=16.0), fps=2))
    return [one for one in made if one is not None]


def _watched(stage: Stage, *, windows: int, window_s: float) -> list[dict[str, float]]:
    workers = Workers(stage)
    workers.start()
    try:
        with chromium(WIDTH, HEIGHT) as browser:
            _open(browser, stage)
            time.sleep(min(WARM_S, 2 * window_s))
            return [_window(browser, workers, window_s) for _ in range(windows)]
    finally:
        workers.stopping.set()
        workers.join()


def _open(browser: Chromium, stage: Stage) -> None:
    browser.page("Page.enable")
    browser.page("Network.setCookie", name="session", value=stage.token, url=stage.base)
    browser.page("Page.addScriptToEvaluateOnNewDocument", source=WATCH_THE_PAGE)
    browser.page("Page.navigate", url=f"{stage.base}/invigilator/sessions/{stage.session_id}/wall?room=0")
    browser.wait_for("window.seen?.pictures.length > 5")


def _window(browser: Chromium, workers: Workers, seconds: float) -> dict[str, float]:
    browser.evaluate("(seen.rings = [], seen.pictures = [], seen.count = 0)")
    before, begun, first = browser.cpu_s(), time.monotonic(), len(workers.alerts)
    time.sleep(seconds)
    after, spent = browser.cpu_s(), time.monotonic() - begun
    seen = browser.evaluate("seen")
    shown = _delays(workers.alerts[first:], seen["rings"])
    percent = {kind: 100 * (after[kind] - before.get(kind, 0.0)) / spent for kind in after}
    tiles = browser.evaluate(
        "[...document.querySelectorAll('.watch')].filter((one) => one.getBoundingClientRect().top < innerHeight).length"
    )
    return {
        "page_percent": percent["renderer"],
        "browser_percent": sum(percent.values()),
        "alert_median_ms": _quantile(shown, 50),
        "alert_p95_ms": _quantile(shown, 95),
        "picture_p95_ms": _quantile(seen["pictures"], 95),
        "pictures_a_second": seen["count"] / spent,
        "tiles": float(tiles),
    }


def _delays(alerts: Sequence[tuple[SittingId, float]], rings: Sequence[tuple[str, float]]) -> list[float]:
    """Return how long after its publication each alert stood on its tile; one that the window's end cut off is left out."""
    shown: dict[str, float] = {}
    for sitting_id, at in rings:
        shown.setdefault(sitting_id, at)
    return [shown[sitting_id] - at for sitting_id, at in alerts if sitting_id in shown]


def _quantile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]
