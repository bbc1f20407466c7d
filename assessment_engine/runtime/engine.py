"""Builds the Engine from Settings: real storage, real keys, the real queue."""

from assessment_engine.kernel.clock import SystemClock
from assessment_engine.runtime.keys import load_signer
from assessment_engine.runtime.trust import contexts
from assessment_engine.services.engine import Engine
from assessment_engine.services.typesetter import TypstTypesetter
from assessment_engine.settings import Settings
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.database import Store, open_database
from workers.queue import NoQueue, RqJobs


def build_engine(settings: Settings) -> Engine:
    """Build the ports of this deployment; nothing is connected to before it is used."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Engine(
        store=Store(open_database(settings.database_url)),
        jobs=RqJobs(settings.jobs_url) if settings.jobs_url else NoQueue(),
        clock=SystemClock(),
        blobs=Blobs(settings.evidence_url),
        signer=load_signer(settings.data_dir),
        typesetter=TypstTypesetter(settings.assets_dir),
        contexts=contexts(settings.assets_dir),
        public_url=settings.public_url,
        ingest_url=settings.ingest_url,
        demo=settings.demo,
        undo_s=settings.undo_s,
    )
