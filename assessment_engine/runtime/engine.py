"""Builds the Engine from Settings: real storage, real keys, the real queue."""

import json
from collections.abc import Mapping
from pathlib import Path

from assessment_engine.assets.fetch import installed
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.runtime.keys import load_signer
from assessment_engine.services.engine import Engine
from assessment_engine.services.typesetter import TypstTypesetter
from assessment_engine.settings import Settings
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.database import Store, open_database
from workers.queue import NoQueue, RqJobs

# Where a credential names its contexts, and which asset is that document.
_CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "context_credentials_v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "context_open_badges",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "context_open_badges_extensions",
}


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
        contexts=_contexts(settings.assets_dir),
        public_url=settings.public_url,
        ingest_url=settings.ingest_url,
        demo=settings.demo,
    )


def _contexts(assets_dir: Path) -> Mapping[str, Json]:
    found = installed(assets_dir)
    return {url: json.loads(found[role].path.read_text()) for url, role in _CONTEXTS.items() if role in found}
