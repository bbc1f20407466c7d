"""A real demonstration in its own process, and real browsers with a fake camera.

Everything here lives as long as this folder's tests: playwright keeps an event loop running, which the tests after these must not find.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from proctoring.vision.demo_footage import Script, write_y4m
from tests.running import free_port

# Every context is a window with a whole address bar, whose pop-up is two pages of Chromium's own: with them a context takes twice as much.
_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Of two such lists a browser takes the last, so that Playwright's own is said again (chromiumSwitches in its driver).
_PLAYWRIGHTS = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join((*_PLAYWRIGHTS, *_ADDRESS_BAR))}",
)
STARTS_WITHIN_S = 180.0

expect.set_options(timeout=30_000)  # a machine that does other things as well is slow, not wrong


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A running demonstration."""

    url: str
    data_dir: Path
    environ: dict[str, str]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the console script against it."""
        command = [sys.executable, "-m", "assessment_engine", *arguments]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="package")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """`assessment-engine demo` as a user starts it, on a fresh data folder and free ports."""
    folder = tmp_path_factory.mktemp("demo")
    port, ingest_port = free_port(), free_port()
    environ = {**os.environ, "DATA_DIR": str(folder / "data"), "PORT": str(port), "INGEST_PORT": str(ingest_port), "UNDO_SECONDS": "3"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "assessment_engine", "demo"], env=environ, stdout=log, stderr=log)
        try:
            _wait_for(f"http://localhost:{port}/readyz", folder / "log")
            yield Deployment(url=f"http://localhost:{port}", data_dir=folder / "data", environ=environ)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a camera."""
    with playwright.chromium.launch(executable_path=chromium(), args=list(QUIET)) as launched:
        yield launched


@pytest.fixture(scope="package")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    """A browser that allows its camera, which shows Chromium's own moving picture; each test has a context of its own in it."""
    with playwright.chromium.launch(executable_path=chromium(), args=with_camera(None)) as launched:
        yield launched


@pytest.fixture(scope="package")
def watched_browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera shows the demo's candidate, who leaves after 25 seconds for 14."""
    footage = tmp_path_factory.mktemp("footage") / "candidate.y4m"
    write_y4m(footage, Script(length_s=75.0, leaves_s=25.0, back_s=39.0), fps=5)
    with playwright.chromium.launch(executable_path=chromium(), args=with_camera(footage)) as launched:
        yield launched
    footage.unlink()


def chromium() -> str:
    """Where Debian's chromium is; make test installs it."""
    found = shutil.which("chromium")
    assert found, "no chromium; run .ci/system"
    return found


def with_camera(footage: Path | None) -> list[str]:
    """Arguments of a browser that allows the camera and shows `footage` in it; Chromium's own picture moves no faster than it must."""
    device = "--use-fake-device-for-media-stream"
    shown = [device, f"--use-file-for-fake-video-capture={footage}"] if footage else [f"{device}=fps=10"]
    return [*QUIET, "--use-fake-ui-for-media-stream", *shown]


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError(f"the demonstration did not start:\n{log.read_text()[-4000:]}")
