"""What every request passes: an id, the security headers, one log line and two numbers. Plain ASGI, so that nothing is buffered.

The log line has method, route, status and time; never a query, a body, a name or an answer.
"""

import secrets
import time
from collections.abc import Mapping
from itertools import count

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bounds import largest_body, limited
from assessment_engine.services.engine import Engine

REQUESTS = Counter("http_requests_total", "HTTP requests by route and status", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to the first byte of the answer", ["route"])

log = structlog.get_logger()


def security_headers(engine: Engine) -> Mapping[str, str]:
    """Return the headers of every answer: nothing runs here that is not ours, nobody frames us, only we open the camera."""
    policy = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": f"'self' {engine.ingest_url}",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if engine.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


class Porch:
    """The outermost room of the app."""

    def __init__(self, app: ASGIApp, *, engine: Engine) -> None:
        self._app = app
        self._headers = security_headers(engine)
        self._ids, self._numbers = secrets.token_hex(6), count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"{self._ids}{next(self._numbers):06x}"  # a name, no secret: the system's random numbers would cost a wait each time
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self._app(scope, limited(Headers(scope=scope), receive, largest_body(scope["path"])), answer)
        finally:
            self._note(scope, status, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    def _dress(self, headers: MutableHeaders, request_id: str) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request_id

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        REQUESTS.labels(scope["method"], route, str(status)).inc()
        SECONDS.labels(route).observe(seconds)
        log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
