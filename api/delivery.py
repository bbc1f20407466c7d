"""The delivery process: pages, the JSON interface and the answer ledger's writer. `main` runs it; api/app.py puts the app together."""

import gc
import sys
from collections.abc import Callable, Mapping

import uvicorn

from api.app import create_app
from assessment_engine.runtime import build_engine
from assessment_engine.runtime.keeper import stay_behind
from assessment_engine.services import delivery
from assessment_engine.services.engine import Engine
from assessment_engine.services.keys import announce_keys
from assessment_engine.settings import Settings
from workers.queue import RqJobs

GRACE_S = 5  # how long a request may still take when the process is told to end
SWITCH_S = 0.001  # who reads requests and who writes the ledger take turns so often; by default one waits five times as long for the other


def main(settings: Settings) -> None:
    """Run the delivery process of this deployment; what is queued for the ledger is written before it ends. Killed, it is there again."""
    stay_behind()
    sys.setswitchinterval(SWITCH_S)
    engine = build_engine(settings)
    announce_keys(engine)
    ledger = delivery.open_ledger(engine)
    token = settings.metrics_token
    app = create_app(engine, ledger, assets_dir=settings.assets_dir, probes=_probes(engine), metrics_token=token)
    gc.collect()
    gc.freeze()  # what is loaded stays; looking through all of it every few seconds would hold every answer up for a fifth of a second
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    finally:
        ledger.stop()


def _probes(engine: Engine) -> Mapping[str, Callable[[], bool]]:
    """Return what /readyz reports beside the database; without the queue, answers are saved all the same."""
    jobs = engine.jobs
    return {"jobs": lambda: jobs.waiting() is not None} if isinstance(jobs, RqJobs) else {}
