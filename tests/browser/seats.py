"""Candidates' seats in a real Chromium before a real delivery process: opened, moved to other devices, cut from the line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.clock import SystemClock
from assessment_engine.services import delivery, people
from assessment_engine.services.engine import Engine
from tests.builders import World, a_world, an_engine
from tests.running import free_port, served


@dataclass(frozen=True)
class Address:
    """A delivery process with one admitted candidate."""

    engine: Engine
    world: World
    base: str

    @property
    def exam(self) -> str:
        return f"{self.base}/candidate/sittings/{self.world.sitting_id}/exam"

    def revisions(self) -> list[int]:
        with self.engine.store.read() as tx:
            return [receipt.revision for receipt in tx.answers.receipts(self.world.sitting_id)]

    def final(self) -> dict[str, Any]:
        with self.engine.store.read() as tx:
            return {item: dict(response) for item, response in tx.answers.final(self.world.sitting_id).items()}

    def sitting(self) -> Any:
        return delivery.my_sitting(self.engine, self.world.candidate, self.world.sitting_id)

    def device(self, browser: Browser, lang: str = "en") -> BrowserContext:
        """A device of the candidate's, signed in."""
        context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
        token = people.open_session(self.engine, self.world.candidate.person_id).token
        context.add_cookies([{"name": "session", "value": token, "url": self.base}, {"name": "lang", "value": lang, "url": self.base}])
        return context


@contextmanager
def an_address(folder: Path, *, world: World | None = None) -> Iterator[Address]:
    """Serve an engine of its own until the block ends."""
    engine = replace(an_engine(folder), clock=SystemClock())
    world = world or a_world(engine, state=SittingState.ADMITTED)
    ledger = delivery.open_ledger(engine)
    port = free_port()
    try:
        with served(create_app(engine, ledger), port):
            yield Address(engine=engine, world=world, base=f"http://localhost:{port}")
    finally:
        ledger.stop()
        engine.store.engine.dispose()


def start(page: Page, address: Address) -> None:
    """Begin the exam and wait for the first question."""
    page.goto(address.exam)
    page.get_by_role("button", name="Start the exam").click()
    expect(choice(page, "Yes")).to_be_visible()


def choice(page: Page, name: str) -> Any:
    return page.get_by_role("radio", name=name)


def saved(page: Page) -> None:
    expect(page.locator("#saved[data-kind=good]")).to_be_visible()


HELD = """async () => {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("assessment-engine");
        request.onsuccess = () => resolve(request.result);
    });
    const names = await new Promise((resolve) => {
        const request = database.transaction("things").objectStore("things").getAllKeys();
        request.onsuccess = () => resolve(request.result.map(([, name]) => name));
    });
    database.close();
    const pages = (await caches.keys()).filter((name) => name.startsWith("sitting-"));
    const kept = pages.length ? (await (await caches.open(pages[0])).keys()).length : 0;
    const worker = (await navigator.serviceWorker.getRegistration())?.active;
    return Boolean(kept && worker && ["paper", "file_key"].every((name) => names.includes(name)));
}"""


def held(page: Page) -> None:
    """Wait until the device has all that an outage needs: the paper, the file's key and the page itself."""
    assert soon(page, lambda: page.evaluate(HELD)), "the device does not hold the paper"


def soon(page: Page, condition: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until a condition holds while the page goes on (its own policy forbids what Playwright would wait with)."""
    for _ in range(int(seconds * 10)):
        if condition():
            return True
        page.wait_for_timeout(100)
    return False
