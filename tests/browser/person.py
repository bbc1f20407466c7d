"""One person at a browser: signs in, goes to pages, and looks at what they see, wide and narrow, in both languages.

`PICTURES=1` keeps pictures of it in build/screens.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

from assessment_engine.demo.seed import PASSWORD

SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
PICTURES = os.environ.get("PICTURES") == "1"
# Laid out anew, and nothing that moves for a moment is still on its way.
AT_REST = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const moving = document.getAnimations().filter((one) => one.playState === "running").map((one) => one.finished);
  await Promise.race([Promise.allSettled(moving), new Promise((enough) => setTimeout(enough, 1000))]);
}"""
WIDE, NARROW = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
# What a browser says when it cannot get what a test took away on purpose; everything else on the console is a fault.
_EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION")


@dataclass
class Person:
    """A signed-in person with a browser context of their own."""

    context: BrowserContext
    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(self.url + path)

    def click(self, name: str, *, exact: bool = True) -> None:
        """Press the visible button of that name."""
        self.page.get_by_role("button", name=name, exact=exact).locator("visible=true").first.click()

    def picture(self, name: str, *, languages: bool = True) -> None:
        """Look at the page at both widths, and, if it can be asked for again, in both languages."""
        take_pictures(self.page, name, languages=languages)

    def shot(self, name: str) -> None:
        """Save the screen as it is, without touching it."""
        keep_picture(self.page, name)


def take_pictures(page: Page, name: str, *, languages: bool = True) -> None:
    """Look at a page at both widths, and in both languages if it can be asked for again; fails for one that is too wide, keeps pictures."""
    here = page.url
    for lang in ("hi", "en") if languages else ("",):
        if lang:
            page.goto(here + ("&" if "?" in here else "?") + f"lang={lang}")
        for width, size in ((390, NARROW), (1280, WIDE)):
            page.set_viewport_size(size)
            page.evaluate(AT_REST)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} px"
            keep_picture(page, f"{name}-{lang or 'en'}-{width}", full_page=True)


def keep_picture(what: Page | Locator, name: str, **how: bool) -> None:
    """Save what is on the screen for the documents, if somebody wants to look at it: a picture costs more than most tests."""
    if PICTURES:
        what.screenshot(path=SCREENS / f"{name}.png", **how)  # type: ignore[arg-type]  # both take full_page or have no use for it


def sign_in(browser: Browser, url: str, login: str, *, password: str = PASSWORD) -> Person:
    """Sign in with a browser context of one's own; whatever the page's console complains about is kept as a fault."""
    context = browser.new_context(viewport=WIDE, locale="en-IN", accept_downloads=True)
    page = context.new_page()
    person = Person(context=context, page=page, url=url)
    page.on("console", _noting(person))
    page.on("pageerror", lambda error: person.faults.append(str(error)))
    person.go("/login?lang=en")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return person


def _noting(person: Person) -> Callable[..., None]:
    def note(message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error" and not any(known in text for known in _EXPECTED):
            person.faults.append(text)

    return note
