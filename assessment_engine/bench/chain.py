"""`bench chain`: simulated sittings whose line loses and breaks and whose ingest is killed must verify; tampered ones must not.

The long form has 10,000 sittings of ten minutes and 2,000 tamperings of each kind. The verifier is the one that outsiders use; what is
simulated is the page, the line and the stores (chain_sittings.py), and what somebody inside could do afterwards (chain_tampering.py).
"""

import random
import time
from collections import Counter

from assessment_engine.bench.chain_sittings import SimulatedSitting
from assessment_engine.bench.chain_tampering import TAMPERINGS, Evidence, evidence_of
from assessment_engine.bench.measure import Figure, Report
from assessment_engine.evidence.findings import NoteKind
from proctoring.chain_records import RECORD

SITTINGS, SHORT_SITTINGS = 10_000, 60
SECONDS, SHORT_SECONDS = 600, 240
TRIES, SHORT_TRIES = 2_000, 40
TAMPERED = 40  # sittings that tamperings are tried on


def run(short: bool) -> Report:
    """Simulate, verify, tamper, verify again; one long run, with counts."""
    count, length = (SHORT_SITTINGS, SHORT_SECONDS) if short else (SITTINGS, SECONDS)
    told: Counter[str] = Counter()
    checking_s = 0.0
    some: list[Evidence] = []
    for seed in range(count):
        taken = SimulatedSitting(seed, length).run()
        evidence = evidence_of(taken, random.Random(seed))  # noqa: S311  # a simulation
        begun = time.process_time()
        findings, notes = evidence.checked()
        checking_s += time.process_time() - begun
        told.update(taken.happened)
        told["false_breaks"] += bool(findings)
        told["lost_stretches"] += sum(note.kind is NoteKind.LOST for note in notes)
        told["recorded"] += sum(len(data) // RECORD.size for data in taken.files.values())
        if len(some) < TAMPERED and taken.files:
            some.append(evidence)
    found = {name: tried(name, some, SHORT_TRIES if short else TRIES) for name in TAMPERINGS}
    return Report(name="chain", runs=[{**told, "checking_s": checking_s}], figures=_figures(count, told, found, checking_s), ratios={})


def tried(name: str, some: list[Evidence], tries: int, seed: int = 1) -> tuple[int, int, int]:
    """Return how often a tampering was tried, found, and found under a name of its own kind."""
    tamper, words = TAMPERINGS[name]
    rng = random.Random(f"{name} {seed}")  # noqa: S311  # a simulation
    found = named = 0
    for _ in range(tries):
        evidence, other = rng.sample(some, 2)
        kinds = {one.kind for one in tamper(evidence, other, rng).check()}
        found += bool(kinds)
        named += bool(kinds & words)
    return tries, found, named


def _figures(count: int, told: Counter[str], found: dict[str, tuple[int, int, int]], checking_s: float) -> dict[str, Figure]:
    figures = {
        "sittings": Figure(value=count, unit="sittings"),
        "false_breaks": Figure(value=told["false_breaks"], unit="sittings", bar="== 0"),
        "frames": Figure(value=told["recorded"], unit="frames"),
        "bytes_a_frame": Figure(value=RECORD.size, unit="bytes"),
        "checked_frames": Figure(value=round(told["recorded"] / checking_s), unit="frames per CPU s"),
        "lost_stretches": Figure(value=told["lost_stretches"], unit="stretches, each said in the log"),
        **{name: Figure(value=told[name], unit="times") for name in ("cuts", "lost", "restarts", "kills", "stores_away", "clock_steps")},
    }
    for name, (tries, seen, named) in found.items():
        figures[f"{name}_found"] = Figure(value=seen, unit=f"of {tries}", bar=f"== {tries}")
        figures[f"{name}_named"] = Figure(value=named, unit=f"of {tries}, under its own name", bar=f"== {tries}")
    return figures
