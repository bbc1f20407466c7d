"""How this process logs: one JSON line an event, with the request's id.

Tracebacks come without local variables, which could be answers or names.
"""

import structlog


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
        cache_logger_on_first_use=False,
    )
