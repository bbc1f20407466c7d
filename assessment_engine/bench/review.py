"""Reviewing: a scripted reviewer judges planted cases in a real Chromium with the keyboard alone, and detectors are demoted in simulation.

The script errs on purpose, so that the figures page has something to find: its misses and false positives must be those that were made. Its
seconds are the page's and the server's, no person's. The simulation looks after every sitting, as the engine does after every judgement.
"""

import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np

from assessment_engine.bench.browser import Chromium, chromium
from assessment_engine.bench.hall import a_hall, seat
from assessment_engine.bench.measure import Figure, Report, free_port
from assessment_engine.invigilation import Verdict
from assessment_engine.invigilation.demotion import ALPHA, STAKES
from assessment_engine.invigilation.unmarked import Origin, UnmarkedReview
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.ids import IncidentId, SittingId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.runtime.serve import answers, embedded, process
from assessment_engine.services import evidence, figures, judgements, people, review
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord

WIDTH, HEIGHT = 1280, 860
CASES, SHORT_CASES = 40, 6
ERRS_EVERY = 5
PICTURES = 9
WAITING, SHORT_WAITING = 2000, 200
BUDGET, HOURS, SITTINGS = 0.05, 2.0, 1500
RUNS, SHORT_RUNS = 4000, 400
KEYS: Mapping[str, int] = {"Enter": 13, "Tab": 9, "ArrowRight": 39}


def run(short: bool) -> Report:
    """Judge planted cases by keyboard, read a long queue, and demote detectors in simulation."""
    with tempfile.TemporaryDirectory(prefix="bench-review-") as folder:
        judged = _judged(Path(folder), SHORT_CASES if short else CASES, SHORT_WAITING if short else WAITING)
    return Report(
        name="review",
        runs=[judged],
        figures={
            "cases_by_keyboard_alone": Figure(value=judged["cases"], unit="cases", bar=f">= {SHORT_CASES if short else CASES}"),
            "keys_per_case": Figure(value=judged["keys_per_case"], unit="keys"),
            "seconds_per_case": Figure(value=judged["seconds"], unit="s"),
            "misses_told": Figure(value=judged["misses_found"], unit="cases", bar=f">= {judged['misses_made']:g}"),
            "false_positives_told": Figure(
                value=judged["false_positives_found"], unit="cases", bar=f">= {judged['false_positives_made']:g}"
            ),
            "queue_of_waiting_cases": Figure(value=judged["waiting"], unit="cases"),
            "queue_read": Figure(value=judged["queue_ms"], unit="ms"),
            **demotions(SHORT_RUNS if short else RUNS),
        },
        ratios={},
    )


def demotions(runs: int) -> dict[str, Figure]:
    """Simulate detectors that keep their budget and that exceed it, looked at after each of SITTINGS sittings."""
    rng = np.random.default_rng(45)
    kept = _demoted_after(rng, np.full((runs, SITTINGS), BUDGET))
    uneven = _demoted_after(rng, rng.gamma(0.2, BUDGET / 0.2, size=(runs, SITTINGS)))
    threefold = _demoted_after(rng, np.full((runs // 2, SITTINGS), 3 * BUDGET))
    return {
        "demoted_within_budget": Figure(value=float((kept > 0).mean()), unit="share", bar=f"<= {ALPHA}"),
        "demoted_within_budget_uneven": Figure(value=float((uneven > 0).mean()), unit="share", bar=f"<= {ALPHA}"),
        "threefold_demoted": Figure(value=float((threefold > 0).mean()), unit="share"),
        "threefold_after_sittings_median": Figure(value=float(np.median(threefold[threefold > 0])), unit="sittings"),
        "threefold_after_sittings_p95": Figure(value=float(np.percentile(threefold[threefold > 0], 95)), unit="sittings"),
    }


def _demoted_after(rng: np.random.Generator, rates: np.ndarray) -> np.ndarray:
    """Return after how many sittings each run was demoted, 0 for never; one row a run, one rate an hour for each sitting."""
    false = rng.random(rates.shape) < 1 - np.exp(-rates * HOURS)
    counts, sittings = false.cumsum(axis=1), np.arange(1, rates.shape[1] + 1)
    logs = np.array([counts * math.log(r) - sittings * math.log1p((r - 1) * BUDGET * HOURS) for r in STAKES])
    demoted = np.logaddexp.reduce(logs, axis=0) - math.log(len(STAKES)) >= -math.log(ALPHA)
    return np.where(demoted.any(axis=1), demoted.argmax(axis=1) + 1, 0)


@dataclass(slots=True)
class Reviewer:
    """The script: it knows the truth of each case and says the contrary of every fifth."""

    browser: Chromium
    keys: int = 0
    judged: int = 0
    misses: int = 0
    false_positives: int = 0

    def press(self, key: str) -> None:
        """Press one key."""
        self.keys += 1
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        code = KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0)
        self.browser.page("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        self.browser.page("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def judge(self, truth: Verdict) -> None:
        """Look at two pictures and decide, by keys."""
        self.judged += 1
        errs = self.judged % ERRS_EVERY == 0
        uphold = (truth is Verdict.UPHOLD) != errs
        self.misses += errs and truth is Verdict.UPHOLD
        self.false_positives += errs and truth is Verdict.DISMISS
        for key in ("ArrowRight", "ArrowRight", "u" if uphold else "d", "1"):
            self.press(key)
        if uphold:
            self.press("Tab")
            self.browser.page("Input.insertText", text="The chair is empty in every picture.")
            self.press("Tab")
        self.press("Enter")
        self.browser.wait_for("location.search.includes('done=judged') && document.readyState === 'complete'")


def _judged(folder: Path, cases: int, waiting: int) -> dict[str, float]:
    with _stage(folder) as (base, engine):
        officer, token = _officer(engine)
        seats = seat(engine, 2)
        truths = _planted(engine, officer, seats[0].sitting_id, cases)
        with chromium(WIDTH, HEIGHT) as browser:
            browser.page("Page.enable")
            browser.page("Network.setCookie", name="session", value=token, url=base)
            reviewer = Reviewer(browser)
            _review(reviewer, base, truths)
        until = time.monotonic() + 30
        while time.monotonic() < until and judgements.mine(engine, officer):
            time.sleep(0.2)
        judgements.take_effect(engine)
        told = figures.figures(engine, officer).planted
        queue_ms = _read_a_queue(engine, officer, seats[1].sitting_id, waiting)
    return {
        "cases": float(told.misses.total + told.false_positives.total),
        "keys_per_case": reviewer.keys / max(1, reviewer.judged),
        "seconds": told.seconds or 0.0,
        "misses_made": float(reviewer.misses),
        "misses_found": float(told.misses.count),
        "false_positives_made": float(reviewer.false_positives),
        "false_positives_found": float(told.false_positives.count),
        "waiting": float(waiting),
        "queue_ms": queue_ms,
    }


def _review(reviewer: Reviewer, base: str, truths: Mapping[str, Verdict]) -> None:
    """Open the first case, and from there on only press keys."""
    browser = reviewer.browser
    browser.page("Page.navigate", url=f"{base}/invigilator/review/{next(iter(truths))}?lang=en")
    for _ in truths:
        browser.wait_for("document.getElementById('review')?.dataset.case && document.readyState === 'complete'")
        here = browser.evaluate("document.getElementById('review').dataset.case")
        reviewer.judge(truths[here])
        if reviewer.judged < len(truths):
            reviewer.press("j")
            browser.wait_for(f"document.getElementById('review')?.dataset.case !== '{here}' && document.readyState === 'complete'")


@contextmanager
def _stage(folder: Path) -> Iterator[tuple[str, Engine]]:
    """Run delivery and ingest on a hall; what is judged takes effect after a second."""
    port = free_port()
    environ = {"DATA_DIR": str(folder), "DEMO": "1", "PORT": str(port), "INGEST_PORT": str(free_port()), "UNDO_SECONDS": "1"}
    with embedded(Settings.from_environ(environ)) as services, a_hall(folder) as engine:
        for name in ("delivery", "ingest"):
            services.supervisor.start(process(name, services.settings))
        while not answers(services.settings):
            time.sleep(0.1)
        yield f"http://localhost:{port}", engine


def _officer(engine: Engine) -> tuple[Actor, str]:
    with engine.store.read() as tx:
        known = tx.people.by_login("faults")
    assert known is not None, "the hall has its officer"
    person = known[0]
    roles = frozenset({Role.CELL_OFFICER})
    actor = Actor(person_id=person.id, organisation_id=person.organisation_id, name=person.name, roles=roles)
    return actor, people.open_session(engine, person.id).token


def _read_a_queue(engine: Engine, officer: Actor, sitting_id: SittingId, waiting: int) -> float:
    """Return the milliseconds that reading a queue of so many cases takes: median of three."""
    with engine.store.begin() as tx:
        for number in range(waiting):
            incident = _incident(engine, officer, sitting_id, number)
            tx.incidents.add(incident)
            tx.invigilation.open_case(incident.id, sitting_id, officer.organisation_id, engine.clock.now())
    spent = []
    for _ in range(3):
        begun = time.perf_counter()
        review.review_queue(engine, officer)
        spent.append(1000 * (time.perf_counter() - begun))
    return median(spent)


def _planted(engine: Engine, officer: Actor, sitting_id: SittingId, cases: int) -> dict[str, Verdict]:
    """Plant cases for one reviewer, every other one real; returns the truth of each by the id that the reviewer sees."""
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(sitting_id), simulated=True))
    truths: dict[str, Verdict] = {}
    for number in range(cases):
        truth = Verdict.UPHOLD if number % 2 else Verdict.DISMISS
        incident = _incident(engine, officer, sitting_id, number)
        shots = _shots(engine, incident)
        planted = UnmarkedReview(
            id=IncidentId(new_id("inc", engine.clock.now())),
            organisation_id=officer.organisation_id,
            origin=Origin.PLANTED,
            sitting_id=sitting_id,
            incident_id=incident.id,
            kind=incident.kind,
            severity="high",
            opened_at=engine.clock.now() + timedelta(milliseconds=number),
            for_person=officer.person_id,
            truth=truth,
        )
        with engine.store.begin() as tx:
            tx.incidents.add(incident)
            tx.incidents.add_evidence(shots)
            tx.unmarked.add(planted)
        truths[planted.id] = truth
    return truths


def _incident(engine: Engine, officer: Actor, sitting_id: SittingId, number: int) -> IncidentRecord:
    now = engine.clock.now()
    trace = [[90.0 + second, min(0.95, 0.05 * second)] for second in range(20)]
    finding = {"kind": "nobody", "raised_s": 100.0, "threshold": 0.5, "trace": trace}
    return IncidentRecord(
        id=IncidentId(new_id("inc", now)),
        sitting_id=sitting_id,
        organisation_id=officer.organisation_id,
        rule="nobody",
        first_seq=number,
        kind="nobody",
        tier="alert",
        severity="high",
        confidence=0.9,
        opened_at=now,
        raised_at=now + timedelta(seconds=8),
        ended_at=now + timedelta(seconds=20),
        start_s=92.0,
        end_s=112.0,
        item_id=None,
        trace={"findings": [finding], "baseline": None},
        models={},
    )


def _shots(engine: Engine, incident: IncidentRecord) -> list[EvidenceRecord]:
    """Keep some pictures of an incident, as real ones are kept."""
    key, shots = evidence.data_key(engine, incident.sitting_id), []
    for number, jpeg in enumerate(_pictures()):
        at = incident.opened_at + timedelta(seconds=2 * number)
        blob = f"{incident.sitting_id}/nobody-{incident.first_seq}/{number}.jpg.enc"
        evidence.store_frame(engine, key, blob, jpeg)
        role = "before" if number < PICTURES // 2 else "peak" if number == PICTURES // 2 else "after"
        shots.append(
            EvidenceRecord(
                id=new_id("evi", at),
                incident_id=incident.id,
                sitting_id=incident.sitting_id,
                seq=1000 * incident.first_seq + number,
                at=at,
                role=role,
                blob=blob,
                sha256=sha256_hex(jpeg),
            )
        )
    return shots


@cache
def _pictures() -> tuple[bytes, ...]:
    from proctoring.vision.demo_footage import Script, jpeg, scene  # OpenCV, which no other part of this needs

    frames = scene(Script(length_s=PICTURES / 2, leaves_s=1.0, back_s=3.0), fps=2)
    return tuple(jpeg(frame) for _, frame in frames)[:PICTURES]
