"""How this process logs: one JSON line an event, with the request's id.

Tracebacks come without local variables, which could be answers or names. A line that cannot be written is lost, and nothing else: a full
disk under the log must not end what goes on (the answer ledger's writer says there, of all times, that it could not save).
"""

import sys
from contextlib import suppress

import structlog


class Screen:
    """Standard output as it is at this moment, for lines that may be lost."""

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError, ValueError):  # no space, nobody who reads, closed
            sys.stdout.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what can be handed on."""
        with suppress(OSError, ValueError):
            sys.stdout.flush()


def configure() -> None:
    """Set structlog up for this process; calling it again changes nothing."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(Screen()),  # type: ignore[arg-type]  # it only writes and flushes
        cache_logger_on_first_use=False,
    )
