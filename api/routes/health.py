"""Signs of life: /healthz (the process runs), /readyz (it can serve), /metrics (numbers for Prometheus)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.auth import EngineDep
from api.scrapers import REFUSAL, may_read
from assessment_engine.kernel.errors import StorageUnavailable
from assessment_engine.services import eyes

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> PlainTextResponse:
    """Say that the process runs."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz(request: Request, engine: EngineDep) -> JSONResponse:
    """Say whether this process can serve. Only the database decides: answers need neither jobs nor frames, these are reported."""
    parts = {name: "ok" if probe() else "away" for name, probe in request.app.state.probes.items()}
    try:
        engine.store.ping()
        missing = eyes.missing_roles(engine)
    except StorageUnavailable:
        return JSONResponse({"ready": False, "database": "away", **parts}, status_code=503)
    return JSONResponse({"ready": True, "database": "ok", **({"models_missing": list(missing)} if missing else {}), **parts})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Write this process's numbers, for this machine and whoever has the token."""
    if not may_read(request, request.app.state.metrics_token):
        return REFUSAL
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
