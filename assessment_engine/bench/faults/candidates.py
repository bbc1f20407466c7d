"""Simulated candidates: open-loop, page-like, stubborn. They think, answer, retry until there is a receipt, and write everything down.

A window does what static/exam_state.js does: its own count of revisions, one waiting answer an item (a newer one takes its place), the
oldest sent first, renumbering when another window was faster. Beside that a candidate now and then sends an old answer again, or one
twice at the same time; some have two windows open; some hand in.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from assessment_engine.bench.faults.books import Book, Sent
from assessment_engine.bench.faults.http import Message, Unanswered, Wire
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import Clock
from assessment_engine.kernel.ids import ItemVersionId

OLD_RETRY, DOUBLE = 0.08, 0.05  # shares of the answers after which an old one, or the same one at once, is sent again
LONGEST_REST_S = 4.0
OVER = frozenset({"sitting_sealed", "after_time"})
RENUMBERED = frozenset({"stale_revision", "revision_reused", "revision_from_the_future"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How one candidate behaves."""

    think_s: float
    windows: int = 1
    hands_in_after: int | None = None  # answers
    patience_s: float = 10.0


@dataclass(slots=True)
class Window:
    """One tab: what it has counted, and what waits in it."""

    wires: tuple[Wire, Wire]  # the second for what is sent beside the rest
    revision: int = 0
    waiting: dict[ItemVersionId, Sent] = field(default_factory=dict)
    tries: int = 0

    def answer(self, item: ItemVersionId, response: dict[str, Json]) -> None:
        """Give an answer the next revision; it takes the place of an older one that still waits."""
        self.revision += 1
        self.waiting[item] = Sent(item=item, revision=self.revision, response=response)

    def oldest(self) -> Sent | None:
        """Return what is sent next."""
        return min(self.waiting.values(), key=lambda one: one.revision, default=None)

    def drop(self, one: Sent) -> None:
        """Let an answer wait no longer, unless a newer one has its place."""
        if self.waiting.get(one.item) == one:
            del self.waiting[one.item]

    def renumber(self, one: Sent, newest: int) -> None:
        """Let an answer come after what another window saved, and after all else that waits here."""
        if self.waiting.get(one.item) != one:
            return
        others = [other.revision for other in self.waiting.values() if other is not one]
        revision = max([newest, *others]) + 1
        self.revision = max(self.revision, revision)
        self.waiting[one.item] = Sent(item=one.item, revision=revision, response=one.response)


class Candidate:
    """One candidate over a whole run: `sit` until told to stop, then until everything is acknowledged or the sitting is over."""

    def __init__(self, book: Book, port: int, habits: Habits, rng: random.Random, clock: Clock) -> None:
        self.book, self._habits, self._rng, self._clock = book, habits, rng, clock
        token = book.seeded["token"]
        self.windows = [
            Window(wires=(Wire(port, token, habits.patience_s), Wire(port, token, habits.patience_s))) for _ in range(habits.windows)
        ]
        self._stop = asyncio.Event()
        self._beside: set[asyncio.Task[object]] = set()
        self.acknowledged = 0
        self.last_receipt = 0.0  # by the monotonic clock

    def stop(self) -> None:
        """Think of nothing more; what waits is still sent."""
        self._stop.set()

    async def sit(self) -> None:
        """Open the sitting, answer in every window, hand in if that is this candidate's habit."""
        opened = await self._insist(lambda: self.windows[0].wires[0].ask("GET", self.book.sitting_id))
        self.book.is_told(opened.document["deadline"])
        await asyncio.gather(*(work for window in self.windows for work in (self._think(window), self._send(window))))
        await asyncio.gather(*self._beside, return_exceptions=True)
        if self._habits.hands_in_after is not None and self.book.closed_at is None:
            await self._hand_in()

    def hang_up(self) -> None:
        """Close every connection; what still waits is written down as left."""
        for window in self.windows:
            self.book.left.extend(window.waiting.values() if self.book.closed_at is None else ())
            for wire in window.wires:
                wire.close()

    async def _think(self, window: Window) -> None:
        while not self._is_done():
            await self._pause(self._rng.expovariate(1 / self._habits.think_s))
            if self._is_done():
                return
            number = self._rng.randrange(len(self.book.seeded["items"]))
            window.answer(self.book.seeded["items"][number], self._response(number))
            if self._rng.random() < OLD_RETRY:
                self._send_beside(window, self._rng.choice(self._rng.choice(list(self.book.sent.values()) or [[]]) or [None]))
            if self._rng.random() < DOUBLE:
                self._send_beside(window, window.oldest())

    def _response(self, number: int) -> dict[str, Json]:
        """A choice in every second question, words in the others, as the exam of deployment.py has them."""
        return {"RESPONSE": self._rng.choice("ABCD") if number % 2 == 0 else f"उत्तर {self._rng.getrandbits(32):x}"}

    def _is_done(self) -> bool:
        enough = self._habits.hands_in_after is not None and self.acknowledged >= self._habits.hands_in_after
        return enough or self._stop.is_set() or self.book.closed_at is not None

    async def _send(self, window: Window) -> None:
        """Carry to the server what waits, oldest first, until there is nothing left and nothing more comes."""
        while self.book.closed_at is None:
            one = window.oldest()
            if one is None and self._is_done():
                return
            if one is None:
                await asyncio.sleep(0.05)
            elif not await self._send_one(window, one):
                window.tries += 1
                await asyncio.sleep(self._rng.uniform(0.5, 1) * min(0.05 * 2**window.tries, LONGEST_REST_S))

    async def _send_one(self, window: Window, one: Sent) -> bool:
        """Send an answer; False when it is worth a rest before the next try."""
        code, newest = await self._put(window.wires[0], one)
        if code == "":
            window.drop(one)
            window.tries = 0
        elif code in RENUMBERED:
            window.renumber(one, newest)
        elif code not in OVER:
            return False
        return True

    async def _put(self, wire: Wire, one: Sent) -> tuple[str, int]:
        """Send an answer and write down what comes of it; returns the refusal's code ("" for a receipt) and the newest revision named."""
        self.book.sends(one)
        try:
            answer = await wire.ask("PUT", f"{self.book.sitting_id}/answers/{one.item}", one.body)
        except Unanswered:
            self.book.unanswered += 1
            return "unanswered", 0
        if answer.status == 200:
            self.book.acknowledged(answer.document)
            self.acknowledged += 1
            self.last_receipt = time.monotonic()
            return "", 0
        return self._refused(answer)

    def _refused(self, answer: Message) -> tuple[str, int]:
        error = answer.document.get("error")
        code, details = (str(error.get("code")), error.get("details")) if isinstance(error, dict) else (str(answer.status), None)
        self.book.refusals[code] += 1
        if code in OVER and self.book.closed_at is None:
            self.book.closed_at = self._clock.now()
        newest = details.get("newest") if isinstance(details, dict) else None
        return code, newest if isinstance(newest, int) else 0

    def _send_beside(self, window: Window, one: Sent | None) -> None:
        if one is not None:
            task: asyncio.Task[object] = asyncio.ensure_future(self._put(window.wires[1], one))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)

    async def _hand_in(self) -> None:
        """Submit until the seal is there; then try what must fail: one more answer. An old one must get its old receipt."""
        self.book.handed_in_at = self._clock.now()
        wire = self.windows[0].wires[0]
        sealed = await self._insist(lambda: wire.ask("POST", f"{self.book.sitting_id}/submit"))
        self.book.seal = sealed.document
        item = self.book.seeded["items"][0]
        await self._put(wire, Sent(item=item, revision=self.windows[0].revision + 1, response={"RESPONSE": "A"}))
        if self.book.receipts:
            newest = max(self.book.receipts, key=lambda receipt: receipt.revision)
            for one in self.book.sent[newest.revision]:
                await self._put(wire, one)

    async def _insist(self, ask: Callable[[], Awaitable[Message]]) -> Message:
        """Ask until the answer is 200."""
        tries = 0
        while True:
            try:
                answer = await ask()
            except Unanswered:
                self.book.unanswered += 1
            else:
                if answer.status == 200:
                    return answer
                self._refused(answer)
            tries += 1
            await asyncio.sleep(min(0.05 * 2**tries, LONGEST_REST_S))

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than the run."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            pass
