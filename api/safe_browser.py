"""The door for exams that are taken in Safe Exam Browser: `dependencies=[SafeBrowser]` on every route that shows or takes something.

An exam without keys asks nothing and costs nothing: which exams have keys is read once in a while, and of which exam a sitting is, once.
The address is the deployment's public one, whatever a proxy made of it. The rules are in delivery/safe_browser.py.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.auth import engine_of
from assessment_engine.delivery.safe_browser import BrowserKeys, Proof, check
from assessment_engine.kernel.ids import ExamId, SittingId
from assessment_engine.services import safe_browser
from assessment_engine.services.engine import Engine

READ_AGAIN = timedelta(seconds=5)
"""An exam's keys are set long before anybody starts; so late does a process hear of them."""
MOST_REMEMBERED = 200_000
COOKIE = "safe_browser"
"""Where our script leaves the hashes that the browser gave it, with the page they are over: `PAGE|CONFIG KEY HASH|REQUEST HASH`."""


class Guard:
    """What one process knows of exams with keys."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys: Mapping[ExamId, BrowserKeys] | None = None
        self._read_at: datetime | None = None
        self._exams: dict[SittingId, ExamId | None] = {}

    async def keys_for(self, sitting_id: SittingId) -> BrowserKeys | None:
        """Return the keys that a sitting's exam asks for."""
        keys = self._keys
        if keys is None or self._read_at is None or self._engine.clock.now() - self._read_at >= READ_AGAIN:
            self._read_at = self._engine.clock.now()  # before the reading: meanwhile the others go on with what is known
            keys = self._keys = await run_in_threadpool(safe_browser.guarded_exams, self._engine)
        if not keys:
            return None
        exam_id = await self._exam_of(sitting_id)
        return None if exam_id is None else keys.get(exam_id)

    async def _exam_of(self, sitting_id: SittingId) -> ExamId | None:
        if sitting_id not in self._exams:
            if len(self._exams) >= MOST_REMEMBERED:
                self._exams.clear()
            found = await run_in_threadpool(safe_browser.exam_of, self._engine, sitting_id)
            if found is None:
                return None
            self._exams[sitting_id] = found
        return self._exams[sitting_id]


async def safe_browser_only(request: Request) -> None:
    """Refuse a request about a sitting whose exam asks for Safe Exam Browser and that comes from elsewhere; raises BrowserNotAllowed."""
    engine = engine_of(request)
    sitting_id = SittingId(request.path_params["sitting_id"])
    keys = await _guard(request, engine).keys_for(sitting_id)
    if keys is not None:
        check(keys, _proofs(request, engine.public_url.rstrip("/"), sitting_id))


SafeBrowser = Depends(safe_browser_only)


def _guard(request: Request, engine: Engine) -> Guard:
    guard = getattr(request.app.state, "safe_browser_guard", None)
    if not isinstance(guard, Guard):
        guard = request.app.state.safe_browser_guard = Guard(engine)
    return guard


def _proofs(request: Request, home: str, sitting_id: SittingId) -> list[Proof]:
    sent = Proof(
        url=home + _as_sent(request),
        config_key_hash=request.headers.get("x-safeexambrowser-configkeyhash", ""),
        request_hash=request.headers.get("x-safeexambrowser-requesthash", ""),
    )
    kept = _kept(request, f"{home}/candidate/sittings/{sitting_id}/")
    return [sent] if kept is None else [sent, kept]


def _as_sent(request: Request) -> str:
    """Return path and query to the letter as the browser asked for them."""
    sent: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path, query = sent.decode("latin-1").partition("?")[0], request.url.query
    return path + (f"?{query}" if query else "")


def _kept(request: Request, pages: str) -> Proof | None:
    """Return what our script left, when it is over a page of this very sitting."""
    page, _, hashes = unquote(request.cookies.get(COOKIE, "")).partition("|")
    config_key_hash, _, request_hash = hashes.partition("|")
    if not page.startswith(pages):
        return None
    return Proof(url=page, config_key_hash=config_key_hash, request_hash=request_hash)
