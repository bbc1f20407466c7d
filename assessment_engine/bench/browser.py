"""A real Chromium for benchmarks, spoken to over its own debugging protocol: a page, what it paints, the processor time it takes.

No driver stands between: what is measured is the browser, as it is installed on the machine.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from assessment_engine.kernel.errors import Unavailable

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",  # a machine without one: everything is painted by the processor, so this is the dear case
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
READY_WITHIN_S = 30.0


class Chromium:
    """One browser with one page."""

    def __init__(self, browser: ClientConnection, page: ClientConnection) -> None:
        self._browser, self._page = browser, page
        self._next = 0

    def page(self, method: str, **parameters: Any) -> Any:
        """Ask the page; returns what it answers."""
        return self._ask(self._page, method, parameters)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.page("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Unavailable(f"the page did not take it: {answer['exceptionDetails'].get('text')}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, within_s: float = READY_WITHIN_S) -> None:
        """Return when an expression is true in the page; raises Unavailable."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            with suppress(Unavailable):
                if self.evaluate(expression):
                    return
            time.sleep(0.1)
        raise Unavailable(f"the page never came to: {expression}")

    def cpu_s(self) -> Mapping[str, float]:
        """Return the seconds of processor time by kind of process: renderer, browser, GPU (which paints without one, too), utility."""
        spent: dict[str, float] = {}
        for process in self._ask(self._browser, "SystemInfo.getProcessInfo", {})["processInfo"]:
            spent[process["type"]] = spent.get(process["type"], 0.0) + process["cpuTime"]
        return spent

    def _ask(self, socket: ClientConnection, method: str, parameters: Mapping[str, Any]) -> Any:
        self._next += 1
        mine = self._next
        socket.send(json.dumps({"id": mine, "method": method, "params": dict(parameters)}))
        while True:
            answer = json.loads(socket.recv(timeout=READY_WITHIN_S))
            if answer.get("id") == mine:
                if "error" in answer:
                    raise Unavailable(f"{method}: {answer['error'].get('message')}")
                return answer["result"]


@contextmanager
def chromium(width: int, height: int) -> Iterator[Chromium]:
    """Start Debian's Chromium with one blank page of this size; raises Unavailable where there is none."""
    program = shutil.which("chromium")
    if program is None:
        raise Unavailable("no chromium on this machine")
    with tempfile.TemporaryDirectory(prefix="bench-browser-", ignore_cleanup_errors=True) as folder:
        place = (f"--user-data-dir={folder}", "--remote-debugging-port=0", f"--window-size={width},{height}")
        process = subprocess.Popen([program, *FLAGS, *place, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port, path = _door(Path(folder) / "DevToolsActivePort")
            with _socket(port, path) as browser, _socket(port, f"/devtools/page/{_first_page(port, path)}") as page:
                yield Chromium(browser, page)
        finally:
            process.terminate()
            process.wait(20)


def _door(written: Path) -> tuple[str, str]:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        with suppress(OSError, ValueError):
            port, path = written.read_text().split()
            return port, path
        time.sleep(0.05)
    raise Unavailable("chromium did not open its debugging port")


def _first_page(port: str, path: str) -> str:
    with _socket(port, path) as browser:
        targets = Chromium(browser, browser)._ask(browser, "Target.getTargets", {})["targetInfos"]
    return next(str(one["targetId"]) for one in targets if one["type"] == "page")


@contextmanager
def _socket(port: str, path: str) -> Iterator[ClientConnection]:
    with suppress(ConnectionClosed), connect(f"ws://127.0.0.1:{port}{path}", max_size=None, compression=None) as socket:
        yield socket
