"""The five kinds of faults, each in a deployment of its own, while candidates answer: what is broken, how often, and what was counted.

A stage breaks something, waits for the next receipt, and breaks it again; then everything is mended, what waits is sent, and judge.py
compares.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from assessment_engine.bench.faults.books import Book
from assessment_engine.bench.faults.candidates import Candidate, Habits
from assessment_engine.bench.faults.deployment import LONG_S, Deployment, a_deployment
from assessment_engine.bench.faults.disk import a_small_disk, fill, free, may_mount
from assessment_engine.bench.faults.judge import judge
from assessment_engine.bench.faults.postgres import Postgres, a_postgres, is_installed
from assessment_engine.bench.faults.proxy import BadLine
from assessment_engine.runtime import valkey
from assessment_engine.services.seed_load import Seeded, seed_load

BACK_WITHIN_S = 120.0
DRAINED_WITHIN_S = 120.0
ON_THE_WAY_S = 0.1  # a receipt that comes so soon after a fault was given before it
KEEPER_EVERY = 10  # kills
SHARE_SHORT, SHARE_TWO_WINDOWS, SHARE_HANDS_IN = 0.1, 0.2, 0.3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a stage does: how many candidates, how many faults, how long a candidate thinks and a short exam lasts."""

    candidates: int
    faults: int
    think_s: float = 1.0
    short_s: int = 30
    patience_s: float = 10.0
    between_s: float = 1.0  # the most that passes between a receipt and the next fault
    at_most_s: float = 3600.0  # after this nothing more is broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One stage under way."""

    deployment: Deployment
    candidates: Sequence[Candidate]
    rng: random.Random
    size: Size
    ends: float  # by the monotonic clock

    def goes_on(self, faults: int) -> bool:
        """Tell whether more is to be broken."""
        return faults < self.size.faults and time.monotonic() < self.ends

    async def until_a_receipt(self, since: float) -> None:
        """Wait until somebody has a receipt that was given after `since`, and a while longer; note how long the first took."""
        until = time.monotonic() + BACK_WITHIN_S
        while (newest := max(candidate.last_receipt for candidate in self.candidates)) <= since + ON_THE_WAY_S:
            if time.monotonic() > until:
                log.error("nothing_is_saved_any_more", after_s=BACK_WITHIN_S)
                break
            await asyncio.sleep(0.02)
        self.deployment.back_s.append(max(0.0, newest - since))
        await asyncio.sleep(self.rng.uniform(0.05, self.size.between_s))


Break = Callable[[Run], Awaitable[int]]
"""Breaks the deployment, again and again; returns how often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one stage saw."""

    faults: int
    acknowledged: int
    unanswered: int
    refused: int
    sealed: int
    back_s: float
    counts: Mapping[str, int]


async def _under_faults(deployment: Deployment, size: Size, breaking: Break, line: BadLine | None = None) -> Outcome:
    """Let candidates answer while something breaks; then mend, let them finish, and judge."""
    rng = random.Random(size.candidates)  # noqa: S311  # for chance, not for secrets
    port = deployment.settings.port
    candidates = [
        Candidate(Book(seeded=seeded), line.port if line else port, habits, random.Random(rng.random()), deployment.engine.clock)  # noqa: S311
        for seeded, habits in zip(_seeded(deployment, size), _habits(size, rng), strict=True)
    ]
    tending = asyncio.ensure_future(deployment.tend())
    sitting = [asyncio.ensure_future(candidate.sit()) for candidate in candidates]
    run = Run(deployment=deployment, candidates=candidates, rng=rng, size=size, ends=time.monotonic() + size.at_most_s)
    await run.until_a_receipt(0.0)
    deployment.back_s.clear()
    faults = await breaking(run)
    for candidate in candidates:
        candidate.stop()
    _, late = await asyncio.wait(sitting, timeout=DRAINED_WITHIN_S)
    await _cancel(*late)
    for task in sitting:
        if not task.cancelled() and (error := task.exception()):
            raise error
    for candidate in candidates:
        candidate.hang_up()
    counts = await judge(deployment.engine, [candidate.book for candidate in candidates], port)
    await _cancel(tending)
    return _outcome(faults, deployment, candidates, counts)


def _outcome(faults: int, deployment: Deployment, candidates: Sequence[Candidate], counts: Counter[str]) -> Outcome:
    books = [candidate.book for candidate in candidates]
    return Outcome(
        faults=faults,
        acknowledged=sum(len(set(book.receipts)) for book in books),
        unanswered=sum(book.unanswered for book in books),
        refused=sum(book.refusals.total() for book in books),
        sealed=sum(book.closed_at is not None for book in books),
        back_s=deployment.back_median_s,
        counts=counts,
    )


async def _cancel(*tasks: "asyncio.Future[None]") -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _seeded(deployment: Deployment, size: Size) -> list[Seeded]:
    short = max(1, round(size.candidates * SHARE_SHORT))
    return [
        *seed_load(deployment.engine, size.candidates - short, deployment.exams[LONG_S]),
        *seed_load(deployment.engine, short, deployment.exams[size.short_s]),
    ]


def _habits(size: Size, rng: random.Random) -> Iterator[Habits]:
    for _ in range(size.candidates):
        yield Habits(
            think_s=size.think_s,
            windows=2 if rng.random() < SHARE_TWO_WINDOWS else 1,
            hands_in_after=rng.randint(3, 4 * size.faults) if rng.random() < SHARE_HANDS_IN else None,
            patience_s=size.patience_s,
        )


@contextmanager
def _a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def delivery_killed(size: Size) -> Outcome:
    """SIGKILL for the delivery process: its keeper forks it again; every tenth time the keeper too, which the supervisor starts again."""
    with _a_folder() as folder, a_deployment(folder, size.short_s) as deployment:
        return asyncio.run(_under_faults(deployment, size, _kill_delivery))


async def _kill_delivery(run: Run) -> int:
    kills = 0
    while run.goes_on(kills):
        with_keeper = kills % KEEPER_EVERY == KEEPER_EVERY - 1
        kills += run.deployment.kill("delivery") if with_keeper else run.deployment.kill_the_serving()
        if kills % 10 == 0:
            log.info("delivery_killed", times=kills)
        await run.until_a_receipt(time.monotonic())
    return kills


def valkey_killed(size: Size) -> Outcome:
    """SIGKILL for both Valkey servers at once, which the supervisor of `serve` starts again; handing in needs neither."""
    with _a_folder() as folder:
        servers = {"FRAMES_URL": valkey.frames_server(folder), "JOBS_URL": valkey.jobs_server(folder)}
        stores = {name: url for name, (_, url) in servers.items()}
        children = tuple(child for child, _ in servers.values())
        with a_deployment(folder, size.short_s, environ=stores, children=children) as deployment:
            return asyncio.run(_under_faults(deployment, size, partial(_kill_children, names=("valkey-frames", "valkey-jobs"))))


async def _kill_children(run: Run, *, names: Sequence[str]) -> int:
    kills = 0
    while run.goes_on(kills):
        killed = [name for name in names if run.deployment.kill(name)]
        kills += bool(killed)
        await run.until_a_receipt(time.monotonic())
    return kills


def postgres_killed(size: Size) -> Outcome | None:
    """SIGKILL for PostgreSQL: by turns one of its backends (it recovers by itself) and all of it (it is started again)."""
    if not is_installed():
        return None
    with (
        _a_folder() as folder,
        a_postgres() as postgres,
        a_deployment(folder, size.short_s, environ={"DATABASE_URL": postgres.url}) as deployment,
    ):
        return asyncio.run(_under_faults(deployment, size, partial(_kill_postgres, postgres=postgres)))


async def _kill_postgres(run: Run, *, postgres: Postgres) -> int:
    kills = 0
    while run.goes_on(kills):
        if kills % 2:
            await asyncio.to_thread(postgres.kill_backend)
        else:
            await asyncio.to_thread(postgres.kill)
            await asyncio.sleep(run.rng.uniform(0, 2))
            await asyncio.to_thread(postgres.start)
        kills += 1
        await run.until_a_receipt(time.monotonic())
    return kills


def disk_full(size: Size, megabytes: int = 64) -> Outcome | None:
    """The disk with the database and the logs has no byte left; every second time the delivery process is killed as well."""
    if not may_mount():
        return None
    with _a_folder() as parent, a_small_disk(parent / "disk", megabytes) as folder, a_deployment(folder, size.short_s) as deployment:
        return asyncio.run(_under_faults(deployment, size, partial(_fill_disk, folder=folder)))


async def _fill_disk(run: Run, *, folder: Path) -> int:
    fillings = 0
    while run.goes_on(fillings):
        until = time.monotonic() + run.rng.uniform(1, 3)
        while time.monotonic() < until:
            fill(folder)
            await asyncio.sleep(0.1)
        if fillings % 2:
            run.deployment.kill_the_serving()
            await asyncio.sleep(run.rng.uniform(0, 2))
        free(folder)
        fillings += 1
        await run.until_a_receipt(time.monotonic())
    return fillings


def bad_line(size: Size) -> Outcome:
    """A proxy that drops, delays, duplicates and reorders requests and answers."""
    with _a_folder() as folder, a_deployment(folder, size.short_s) as deployment:
        return asyncio.run(_over_a_bad_line(deployment, size))


async def _over_a_bad_line(deployment: Deployment, size: Size) -> Outcome:
    line = await BadLine(deployment.settings.port, random.Random(size.candidates)).open()  # noqa: S311
    outcome = await _under_faults(deployment, size, partial(_wait_for_faults, line=line), line)
    await line.close()
    return outcome


async def _wait_for_faults(run: Run, *, line: BadLine) -> int:
    while run.goes_on(line.faults):
        await asyncio.sleep(0.1)
    line.mend()
    log.info("line", **line.fates)
    return line.faults
