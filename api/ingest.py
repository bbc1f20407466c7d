"""The ingest process: camera and wall sockets, and nothing that sees pixels or waits for the database.

`create_ingest` puts it together; `main` runs it. Delivery is another process (api/app.py), so that neither can slow the other.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api import logs
from api.scrapers import REFUSAL, may_read
from api.sockets import camera, wall
from api.sockets.admission import Doorkeeper
from api.sockets.camera import Cameras
from api.sockets.chain_keeper import ChainKeeper
from api.sockets.wall import Walls
from assessment_engine.runtime import build_engine
from assessment_engine.services.engine import Engine
from assessment_engine.settings import Settings
from workers.frames import Flusher, Slots, Thumbs, listen

LARGEST_MESSAGE = 512 * 1024  # twice what a frame may have: beyond it the library ends the connection before our 4413 can be told
AGAIN_AFTER_S = 0.5

log = structlog.get_logger()


def create_ingest(engine: Engine, frames_url: str, *, metrics_token: str | None = None) -> FastAPI:
    """Make the ingest app on one frames store; `metrics_token` opens /metrics to other machines."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        flusher = Flusher(frames_url, slots := Slots())
        app.state.flusher, app.state.slots = flusher, slots
        keeper = ChainKeeper(engine)
        app.state.cameras, app.state.walls = Cameras(engine, slots, flusher, keeper), Walls(Thumbs(frames_url))
        relay = partial(_relay, frames_url, app.state.cameras, app.state.walls)
        duties = (flusher.run, flusher.forget, app.state.cameras.end_the_silent, keeper.run, relay)
        tasks = [asyncio.create_task(_go_on(duty)) for duty in duties]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await keeper.finish()
        await flusher.close()
        await app.state.walls.thumbs.close()

    app = FastAPI(title="Assessment Engine, ingest", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.engine, app.state.doorkeeper = engine, Doorkeeper(engine)
    app.include_router(camera.router)
    app.include_router(wall.router)
    _add_signs_of_life(app, metrics_token)
    return app


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        ws="websockets-sansio",
        loop="uvloop",
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


def main(settings: Settings) -> None:
    """Run the ingest process of this deployment."""
    logs.configure()
    assert settings.frames_url is not None, "FRAMES_URL is set by serve"
    app = create_ingest(build_engine(settings), settings.frames_url, metrics_token=settings.metrics_token)
    run(app, settings.host, settings.ingest_port)


async def _go_on(duty: Callable[[], Awaitable[None]]) -> None:
    """Do what never ends by itself, and again when a mistake of ours ended it: cameras go on, and nobody sees that it is gone."""
    mine = asyncio.current_task()
    assert mine is not None
    while not mine.cancelling():
        try:
            await duty()
        except Exception:  # whatever it was, what it does must go on
            log.exception("duty_failed")
        await asyncio.sleep(AGAIN_AFTER_S)


async def _relay(frames_url: str, cameras: Cameras, walls: Walls) -> None:
    """Carry what workers publish to the pages and walls it is for."""
    async for channel, message in listen(frames_url, "page:*", "wall:*"):
        kind, _, subject = channel.partition(":")
        try:
            await (cameras if kind == "page" else walls).tell(subject, message)
        except (ValueError, TypeError, KeyError, AttributeError):  # a message that is none; what comes after it must be told
            log.exception("message_not_told", about=kind)


def _add_signs_of_life(app: FastAPI, metrics_token: str | None) -> None:
    @app.get("/healthz")
    def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        ready = await app.state.flusher.ping()
        return JSONResponse({"ready": ready, "frames": "ok" if ready else "away"}, status_code=200 if ready else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not may_read(request, metrics_token):
            return REFUSAL
        others = _figures(await app.state.flusher.figures(), app.state.slots.dropped_ever)
        return Response(generate_latest() + generate_latest(others), media_type=CONTENT_TYPE_LATEST)


def _figures(by_process: Mapping[str, Mapping[str, float]], dropped: int) -> CollectorRegistry:
    """Return what other processes left in the frames store, for they have no door of their own, and what was dropped here."""
    registry = CollectorRegistry()
    Gauge("engine_frames_dropped", "Camera frames that a newer one replaced, or that no store took", registry=registry).set(dropped)
    for name in sorted({name for figures in by_process.values() for name in figures}):
        gauge = Gauge(f"engine_{name}", f"{name.replace('_', ' ').capitalize()}, as the process says", ["process"], registry=registry)
        for process, figures in by_process.items():
            if name in figures:
                gauge.labels(process).set(figures[name])
    return registry
