"""Where things are and how this deployment behaves, read once from the environment.

Read only by cli, bench, api.app, the workers' mains and runtime; everybody else is handed what it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEMO_MARK = "demonstration"  # a file in the data folder: what `demo` made stays a demonstration, whoever opens it


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One deployment's settings; a URL of None means the embedded engine of that kind."""

    data_dir: Path
    assets_dir: Path
    database_url: str
    frames_url: str | None
    jobs_url: str | None
    evidence_url: str
    public_url: str
    ingest_url: str
    host: str
    port: int
    ingest_port: int
    proctor_workers: int
    demo: bool
    undo_s: int = 60
    metrics_token: str | None = field(default=None, repr=False)  # a secret

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; raises ValueError when a number is not one."""
        data_dir = Path(environ.get("DATA_DIR", "data")).absolute()
        host = environ.get("HOST", "127.0.0.1")
        port = int(environ.get("PORT", "8000"))
        ingest_port = int(environ.get("INGEST_PORT", "8001"))
        public_url = environ.get("PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
        return cls(
            data_dir=data_dir,
            assets_dir=Path(environ.get("ASSETS_DIR", str(Path.home() / ".cache" / "assessment-engine"))).absolute(),
            database_url=environ.get("DATABASE_URL", f"sqlite:///{data_dir / 'engine.sqlite'}"),
            frames_url=environ.get("FRAMES_URL"),
            jobs_url=environ.get("JOBS_URL"),
            evidence_url=environ.get("EVIDENCE_URL", f"file://{data_dir / 'evidence'}"),
            public_url=public_url,
            ingest_url=environ.get("INGEST_URL", f"ws://localhost:{ingest_port}").rstrip("/"),
            host=host,
            port=port,
            ingest_port=ingest_port,
            proctor_workers=int(environ.get("PROCTOR_WORKERS", "1")),
            demo=environ.get("DEMO", "") == "1" or (data_dir / DEMO_MARK).exists(),
            undo_s=int(environ.get("UNDO_SECONDS", "60")),
            metrics_token=environ.get("METRICS_TOKEN") or None,
        )

    def as_environ(self) -> dict[str, str]:
        """Write the settings as the environment that `from_environ` reads them from, for a process that is about to start."""
        optional = {"FRAMES_URL": self.frames_url, "JOBS_URL": self.jobs_url, "METRICS_TOKEN": self.metrics_token}
        return {name: value for name, value in optional.items() if value is not None} | {
            "DATA_DIR": str(self.data_dir),
            "ASSETS_DIR": str(self.assets_dir),
            "DATABASE_URL": self.database_url,
            "EVIDENCE_URL": self.evidence_url,
            "PUBLIC_URL": self.public_url,
            "INGEST_URL": self.ingest_url,
            "HOST": self.host,
            "PORT": str(self.port),
            "INGEST_PORT": str(self.ingest_port),
            "PROCTOR_WORKERS": str(self.proctor_workers),
            "DEMO": "1" if self.demo else "",
            "UNDO_SECONDS": str(self.undo_s),
        }
