"""Stand-ins for the ports whose real parts a test must steer (time) or look into (jobs)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assessment_engine.kernel.errors import Unavailable


@dataclass
class SteeredClock:
    """A clock that stands still until it is told to go on."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> datetime:
        self.moment += timedelta(seconds=seconds)
        return self.moment


@dataclass
class RecordingJobs:
    """Remembers the outbox rows it was told about, and does nothing."""

    told: list[str] = field(default_factory=list)

    def tell(self, job_id: str) -> None:
        self.told.append(job_id)


class NoTypesetter:
    """A typesetter whose fonts are missing."""

    def pdf(self, source: str, files: Mapping[str, bytes] | None = None) -> bytes:
        raise Unavailable("no fonts in this test")


def anything_fits(_tx: object, _item: object, _response: object) -> None:
    """Takes every response for a fitting one, where a test is not about items."""
