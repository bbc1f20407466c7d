"""The only client of RQ: tells the workers that an outbox row waits, and runs the worker that hears it.

What travels is the row's id, as JSON. RQ is never trusted with the job itself: a lost word is told again by the sweep, a repeated one finds
the row claimed or done.
"""

import os
from collections.abc import Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from rq.worker import SpawnWorker

from assessment_engine.kernel.lifeline import die_with_parent

QUEUE = "engine"
ENTRY = "workers.jobs.run"
JOB_TIMEOUT_S = 240  # below the five minutes that a claim on an outbox row lasts
FAILED_KEPT_S = 60
_PARENT = "ENGINE_JOBS_PID"

log = structlog.get_logger()


class RqJobs:
    """Tells RQ about outbox rows; never raises and never waits long, for the row itself is what counts."""

    def __init__(self, url: str) -> None:
        self._queue = Queue(QUEUE, connection=_connect(url), serializer=JSONSerializer)

    def tell(self, job_id: str) -> None:
        """Nudge the workers to do one outbox row; a row that waits in the queue already is not put there twice."""
        try:
            self._enqueue(job_id)
        except DuplicateJobError:
            self._tell_anew(job_id)
        except RedisError as error:
            log.warning("job_not_told", job=job_id, error=type(error).__name__)

    def forget(self, job_id: str) -> None:
        """Take a row that was done out of the queue, so that no process is started for it."""
        try:
            Job.fetch(job_id, connection=self._queue.connection, serializer=JSONSerializer).delete()
        except (NoSuchJobError, RedisError):
            return

    def _enqueue(self, job_id: str) -> None:
        self._queue.enqueue_call(
            ENTRY, args=(job_id,), job_id=job_id, unique=True, timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=FAILED_KEPT_S
        )

    def _tell_anew(self, job_id: str) -> None:
        """Tell again what RQ believes to be running or failed: only rows that nobody holds are told, so its worker must have died."""
        try:
            job = Job.fetch(job_id, connection=self._queue.connection, serializer=JSONSerializer)
            if job.get_status() is not JobStatus.QUEUED:
                job.delete()
                self._enqueue(job_id)
        except (NoSuchJobError, DuplicateJobError, RedisError) as error:
            log.info("job_not_told", job=job_id, error=type(error).__name__)

    def waiting(self) -> int | None:
        """Return how many rows were told and not taken yet, None when the queue does not answer."""
        try:
            return int(self._queue.count)
        except RedisError:
            return None


class NoQueue:
    """No queue at all: every job waits for a sweep that runs it."""

    def tell(self, job_id: str) -> None:
        """Leave the row to the sweep."""


class JobWorker(SpawnWorker):
    """RQ's worker with spawned horses that die with it, also when it is killed."""

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Start the process that does one job, telling it whose child it is."""
        os.environ[_PARENT] = str(os.getpid())
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> Any:
        """Run in the new process: tie it to its parent first."""
        die_with_parent(int(os.environ[_PARENT]))
        return super().main_work_horse(job, queue)


def work(url: str, *, burst: bool = False, names: Sequence[str] = (QUEUE,)) -> None:
    """Do jobs until told to stop (or, in a burst, until none waits)."""
    connection = Redis.from_url(url)
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in names]
    worker = JobWorker(queues, connection=connection, serializer=JSONSerializer, log_job_description=False)
    worker.work(burst=burst, logging_level="WARNING")


def _connect(url: str) -> "Redis":
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1)
