"""The job bodies: each name is one service. RQ brings an outbox row's id; the row is claimed, done, and marked, or given back for later.

Run twice, a job changes nothing the second time. What RQ forgets, workers/sweep.py tells again. Starting a process costs about a second, so
one that has done its row goes on with others that wait.
"""

import atexit
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from redis import Redis
from redis.exceptions import RedisError

from assessment_engine.assets.fetch import installed, verified_path
from assessment_engine.delivery.checkin import FaceComparison
from assessment_engine.kernel.errors import AssessmentError, Invalid
from assessment_engine.kernel.ids import SittingId
from assessment_engine.runtime import build_engine
from assessment_engine.services import certification, checkin, evidence_packages, export_runs, import_runs, invigilation, scoring
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.settings import Settings
from assessment_engine.storage.outbox import Job
from workers.frames import report
from workers.queue import RqJobs, work

if TYPE_CHECKING:
    from proctoring.vision.eyes import Networks

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=30)
GO_ON_FOR_S = 60.0

log = structlog.get_logger()


def compare_faces(engine: Engine, sitting_id: SittingId) -> None:
    """Look at the live face, beside the roster's if there is one."""
    checkin.compare_faces(engine, _comparison(), sitting_id)


def package_evidence(engine: Engine, sitting_id: SittingId) -> None:
    """Make a package of a sitting's evidence, with the faces of others hidden."""
    evidence_packages.make(engine, _hiding, sitting_id)


def _hiding(face: bytes | None) -> evidence_packages.Hide:
    """Return what hides everybody but the candidate, known by the picture of check-in."""
    from proctoring.vision import redact

    networks = _networks()
    known = redact.known_face(networks, face)

    def hide(jpeg: bytes) -> tuple[bytes, int]:
        shown = redact.hide_others(networks, jpeg, known)
        return shown.jpeg, shown.hidden

    return hide


@cache
def _networks() -> "Networks":
    """Load the networks, once in a process."""
    from proctoring.vision import models
    from proctoring.vision.eyes import Networks

    settings = Settings.from_environ(os.environ)
    files = {role: (asset.path, asset.sha256) for role, asset in installed(settings.assets_dir).items() if role in models.FETCHED}
    return Networks(models.load_fetched(files, settings.assets_dir))


@cache
def _comparison() -> Callable[[bytes, bytes | None], FaceComparison]:
    """Load the networks, once in a process: few jobs need them, and those come many at a time, in the hour before an exam."""
    from proctoring.vision import landmarker, reference
    from proctoring.vision.second_opinion import SecondOpinion

    settings = Settings.from_environ(os.environ)
    assets, networks = installed(settings.assets_dir), _networks()
    second = SecondOpinion(verified_path(settings.assets_dir, landmarker.ROLE) if landmarker.ROLE in assets else Path(landmarker.ROLE))
    atexit.register(second.close)

    def compare(live: bytes, roster: bytes | None) -> FaceComparison:
        was_away = second.away
        found = reference.check_face(networks, live, roster, second.about)
        if second.away is not None and was_away is None:
            log.warning("second_opinion_away", why=second.away)
            _report_away(settings)
        return found

    return compare


def _report_away(settings: Settings) -> None:
    """Have ingest say in its metrics that faces at the door are looked at without the reference, for a minute each time it is found."""
    if settings.frames_url is not None:
        with suppress(RedisError):
            report(Redis.from_url(settings.frames_url, socket_timeout=1, socket_connect_timeout=1), "jobs", {"second_opinion_away": 1})


BODIES: Mapping[JobName, Callable[[Engine, SittingId], object]] = {
    JobName.SCORE_SITTING: scoring.score_sitting,
    JobName.SETTLE_SITTING: invigilation.settle,
    JobName.ISSUE_CERTIFICATES: certification.issue_certificates,
    JobName.COMPARE_FACES: compare_faces,
    JobName.PACKAGE_EVIDENCE: package_evidence,
    JobName.IMPORT_ITEMS: import_runs.carry_out,
    JobName.EXPORT_ITEMS: export_runs.carry_out,
}


def run(job_id: str) -> None:
    """Do one outbox row, then others that wait; RQ's entry, in a process of its own."""
    settings = Settings.from_environ(os.environ)
    engine, until = build_engine(settings), time.monotonic() + GO_ON_FOR_S
    do(engine, job_id)
    while time.monotonic() < until:
        with engine.store.read() as tx:
            waiting = tx.outbox.waiting(engine.clock.now(), limit=1)
        if not waiting:
            break
        do(engine, waiting[0])
        if isinstance(engine.jobs, RqJobs):
            engine.jobs.forget(waiting[0])


def do(engine: Engine, job_id: str) -> bool:
    """Claim a row, do it, mark it; returns whether it was done now. A failure gives the row back, to be tried again later."""
    with engine.store.begin() as tx:
        job = tx.outbox.claim(job_id, engine.clock.now())
    if job is None:
        return False
    try:
        _body(job)(engine, SittingId(job.argument))
    except Exception as error:  # whatever it was, the row must not be lost, nor the next one wait for it
        _give_back(engine, job, error)
        return False
    with engine.store.begin() as tx:
        tx.outbox.finish(job.id, engine.clock.now())
    return True


def _body(job: Job) -> Callable[[Engine, SittingId], object]:
    try:
        return BODIES[JobName(job.name)]
    except (ValueError, KeyError):
        raise Invalid(f"no such job: {job.name}") from None


def _give_back(engine: Engine, job: Job, error: Exception) -> None:
    """Put a row back, ever later; what is merely not yet possible is no failure worth a warning."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(job.tries - 1, 10))
    with engine.store.begin() as tx:
        tx.outbox.postpone(job.id, engine.clock.now() + wait, f"{type(error).__name__}: {error}")
    if isinstance(error, AssessmentError):
        log.info("job_postponed", job=job.name, tries=job.tries, code=error.code)
    else:
        log.error("job_failed", job=job.name, tries=job.tries, exc_info=error)


def main(settings: Settings) -> None:
    """Run the jobs process of this deployment."""
    assert settings.jobs_url is not None, "JOBS_URL is set by serve"
    work(settings.jobs_url)
