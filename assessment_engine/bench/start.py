"""`bench start`: everybody opens the exam at the same moment.

Candidates are signed in and admitted, and some of them hold their encrypted paper, as all would. At the same instant all of them press the
button, one in ten of them twice; a real delivery process answers, and the time counts until the last answer. Afterwards the database is
asked how many sittings there are and how often each was started, and the codes that were released are tried on the papers.
"""

import tempfile
from collections.abc import Mapping, Sequence
from json import loads
from pathlib import Path

from assessment_engine.bench.faults.deployment import Deployment, a_deployment
from assessment_engine.bench.load import CONNECTIONS, Reply, Request, load, percentile, request
from assessment_engine.bench.measure import Figure, Report, medians
from assessment_engine.delivery.paper import open_paper
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.services.engine import Engine
from assessment_engine.services.seed_load import Seeded, seed_load

RUNS = 3
CANDIDATES = 10_000
SHORT = 60
PAPERS = 20
IMPATIENT = 10  # one in so many presses the button twice


def run(short: bool) -> Report:
    """Measure; the short form has few candidates."""
    candidates = SHORT if short else CANDIDATES
    runs = [_fresh_start(candidates) for _ in range(RUNS)]
    return Report(name="start", runs=runs, figures=_figures(medians(runs), candidates), ratios={})


def _figures(seen: Mapping[str, float], candidates: int) -> dict[str, Figure]:
    return {
        "candidates": Figure(value=candidates, unit="people"),
        "all_open": Figure(value=seen["all_open_s"], unit="s", bar="<= 20"),
        "open": Figure(value=seen["open"], unit="people", bar=f"== {candidates}"),
        "starts": Figure(value=seen["starts_per_s"], unit="starts/s"),
        "median": Figure(value=seen["p50_ms"], unit="ms"),
        "p99": Figure(value=seen["p99_ms"], unit="ms"),
        "errors": Figure(value=seen["errors"], unit="answers", bar="== 0"),
        "second_sittings": Figure(value=seen["second_sittings"], unit="sittings", bar="== 0"),
        "second_starts": Figure(value=seen["second_starts"], unit="starts", bar="== 0"),
        "papers_that_stayed_shut": Figure(value=seen["shut"], unit="papers", bar="== 0"),
    }


def _fresh_start(candidates: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-start-", ignore_cleanup_errors=True) as folder,
        a_deployment(Path(folder), 3600) as deployment,
    ):
        return _one_start(deployment, candidates)


def _one_start(deployment: Deployment, candidates: int) -> dict[str, float]:
    seeded = list(seed_load(deployment.engine, candidates, started=False))
    port = deployment.settings.port
    holders = seeded[:: max(1, candidates // PAPERS)]
    papers = load(port, [[_asks("GET", one, "paper")] for one in holders])
    clicks = [_asks("POST", one, "start") for one in seeded + seeded[::IMPATIENT]]
    replies = load(port, [clicks[line::CONNECTIONS] for line in range(min(CONNECTIONS, candidates))])
    good = [reply for reply in replies if reply.status == 200]
    told = {document["id"]: document for document in (loads(reply.body) for reply in good)}
    last = max(reply.at_s for reply in replies)
    return {
        "all_open_s": last,
        "starts_per_s": len(seeded) / last,
        "p50_ms": percentile(replies, 50),
        "p99_ms": percentile(replies, 99),
        "errors": len(replies) - len(good),
        "shut": sum(not _opens(paper, one, told) for one, paper in zip(holders, papers, strict=True)),
        **_in_the_database(deployment.engine, seeded, told),
    }


def _asks(method: str, seeded: Seeded, what: str) -> Request:
    """Write a request that is due at the very beginning."""
    return Request(due_s=0.0, data=request(method, f"/api/v1/sittings/{seeded['sitting']}/{what}", seeded["token"]))


def _in_the_database(engine: Engine, seeded: Sequence[Seeded], told: Mapping[str, Mapping[str, str]]) -> dict[str, float]:
    """Count who has started as they were told, and what there is twice: sittings, or the event and the log's entry of a start."""
    with engine.store.read() as tx:
        sittings = [tx.sittings.get(one["sitting"]) for one in seeded]
        all_there = tx.sittings.all_of_session(sittings[0].session_id, sittings[0].organisation_id)
        events = [sum(event.kind == "sitting_started" for event in tx.events.of_sitting(one.id)) for one in sittings]
        entries = [sum(entry.kind == "sitting_started" for entry in tx.audit.about(one.id)) for one in sittings]
    return {
        "open": sum(one.started_at is not None and iso(one.started_at) == told.get(one.id, {}).get("started") for one in sittings),
        "second_sittings": len(all_there) - len(seeded),
        "second_starts": sum(number > 1 for number in (*events, *entries)),
    }


def _opens(paper: Reply, seeded: Seeded, told: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether the code that a candidate was given opens the paper that they held."""
    try:
        return bool(open_paper(loads(paper.body), seeded["sitting"], told[seeded["sitting"]]["code"]))
    except (AssessmentError, KeyError, ValueError):
        return False
