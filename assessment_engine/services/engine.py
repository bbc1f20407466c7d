"""The Engine: the record of ports that every service is handed. Built by runtime.py, or by tests/builders.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import Clock
from assessment_engine.kernel.signing import Signer
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.database import Store


class JobName(StrEnum):
    """Every job that services ask for; workers/jobs.py maps each to one service."""

    SCORE_SITTING = "score_sitting"
    SETTLE_SITTING = "settle_sitting"
    ISSUE_CERTIFICATES = "issue_certificates"
    COMPARE_FACES = "compare_faces"
    PACKAGE_EVIDENCE = "package_evidence"
    IMPORT_ITEMS = "import_items"
    EXPORT_ITEMS = "export_items"


class Jobs(Protocol):
    """Tells the queue that an outbox row waits. A lost word is healed by the sweep, so this never raises."""

    def tell(self, job_id: str) -> None:
        """Nudge the workers to do one outbox row."""
        ...


class Typesetter(Protocol):
    """Turns typst source into a PDF with our own fonts."""

    def pdf(self, source: str, files: Mapping[str, bytes] | None = None) -> bytes:
        """Compile, with pictures that the source names; raises Unavailable when the fonts are missing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The ports. Frozen, shared by threads; every member is safe to use from several."""

    store: Store
    jobs: Jobs
    clock: Clock
    blobs: Blobs
    signer: Signer
    typesetter: Typesetter
    contexts: Mapping[str, Json]  # JSON-LD contexts by URL; nothing is loaded from the net
    public_url: str
    ingest_url: str
    demo: bool
    undo_s: int = 60  # for how long a judgement can be taken back
