"""The sweep: what time itself brings, and what somebody forgot. Each chore stands alone; one that fails does not stop the others.

One sweep a deployment is enough; several do no harm, for every chore is safe to do twice.
"""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from redis import Redis
from redis.exceptions import RedisError

from assessment_engine.runtime import build_engine
from assessment_engine.services import (
    audit,
    chains,
    closing,
    draw,
    drawn_forms,
    export_runs,
    grievance_officers,
    hearings,
    import_runs,
    item_likeness,
    judgements,
    random_audit,
    retention,
    timekeeping,
    watches,
)
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings
from workers.frames import report

STEP_S = 0.2
BREATH_S = 0.11
TOLD_AT_ONCE = 100

log = structlog.get_logger()


@dataclass(slots=True)
class Chore:
    """Something to do every so often; `next_at` is in seconds of a clock that only grows."""

    name: str
    every_s: float
    do: Callable[[], object]
    next_at: float = 0.0
    done: int = 0
    failed: int = 0


def chores(engine: Engine) -> list[Chore]:
    """Return what there is to do, and how often."""
    return [
        Chore(name="time_up", every_s=1.0, do=lambda: closing.time_up(engine, _breathe)),
        Chore(name="end_breaks", every_s=1.0, do=lambda: closing.end_breaks(engine)),
        Chore(name="judgements_take_effect", every_s=1.0, do=lambda: judgements.take_effect(engine, _breathe)),
        Chore(name="open_hearings", every_s=30.0, do=lambda: hearings.open_due(engine, _breathe)),
        Chore(name="assign_appeals", every_s=60.0, do=lambda: grievance_officers.assign_waiting(engine, _breathe)),
        Chore(name="queue_audits", every_s=60.0, do=lambda: random_audit.queue_audits(engine, _breathe)),
        Chore(name="finish_time_acts", every_s=5.0, do=lambda: timekeeping.finish_forgotten(engine, _breathe)),
        Chore(name="sequence", every_s=1.0, do=lambda: audit.sequence(engine)),
        Chore(name="tell_again", every_s=5.0, do=lambda: tell_again(engine)),
        Chore(name="drain_forgotten", every_s=10.0, do=lambda: watches.drain_forgotten(engine)),
        Chore(name="recover_chains", every_s=30.0, do=lambda: chains.recover(engine)),
        Chore(name="close_chains", every_s=30.0, do=lambda: chains.close_ended(engine)),
        Chore(name="draw_papers", every_s=20.0, do=lambda: drawn_forms.draw_missing(engine, _breathe)),
        Chore(name="commit_draws", every_s=30.0, do=lambda: draw.commit_missing(engine)),
        Chore(name="reveal_draws", every_s=600.0, do=lambda: draw.reveal_due(engine)),
        Chore(name="forget_audited", every_s=600.0, do=lambda: draw.forget_audited(engine)),
        Chore(name="forget_uploads", every_s=3600.0, do=lambda: import_runs.forget_uploads(engine)),
        Chore(name="forget_exports", every_s=3600.0, do=lambda: export_runs.forget_exports(engine)),
        Chore(name="index_items", every_s=30.0, do=lambda: item_likeness.index_missing(engine, _breathe)),
        Chore(name="erase_old_evidence", every_s=3600.0, do=lambda: retention.erase_due(engine)),
    ]


def _breathe() -> None:
    """Leave the database to the writers of answers for a moment: who waits for SQLite's lock looks at least every 100 ms."""
    time.sleep(BREATH_S)


def tell_again(engine: Engine) -> int:
    """Tell the queue of every row that is due and that nobody has; returns how many there were."""
    with engine.store.read() as tx:
        waiting = tx.outbox.waiting(engine.clock.now(), TOLD_AT_ONCE)
    for job_id in waiting:
        engine.jobs.tell(job_id)
    return len(waiting)


def sweep(todo: Sequence[Chore], now: float) -> None:
    """Do what is due at `now`."""
    for chore in todo:
        if now < chore.next_at:
            continue
        chore.next_at = now + chore.every_s
        try:
            chore.do()
        except Exception:  # whatever it was, the other chores and the next try must go on
            chore.failed += 1
            log.exception("chore_failed", chore=chore.name)
        else:
            chore.done += 1


def main(settings: Settings) -> None:
    """Run the sweep of this deployment until SIGTERM."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: asked.append(got))
    engine = build_engine(settings)
    todo = chores(engine)
    if settings.frames_url is not None:
        store = Redis.from_url(settings.frames_url, socket_connect_timeout=1, socket_timeout=1)
        todo.append(Chore(name="figures", every_s=5.0, do=lambda: _report(engine, store, todo)))
    while not asked:
        sweep(todo, time.monotonic())
        time.sleep(STEP_S)


def _report(engine: Engine, store: Redis, todo: Sequence[Chore]) -> None:
    """Leave the numbers of jobs and chores where ingest finds them; without the store they are left out."""
    with engine.store.read() as tx:
        jobs = tx.outbox.tally(engine.clock.now())
    figures = {f"jobs_{name}": float(count) for name, count in jobs.items()}
    figures["chores_failed"] = float(sum(chore.failed for chore in todo))
    try:
        report(store, "sweep", figures)
    except RedisError as error:
        log.warning("figures_not_left", error=type(error).__name__)
