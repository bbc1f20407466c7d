"""A candidate's whole exam as a machine of rules, beside a simple model: windows, retries, late messages, leases, clocks, restarts.

Windows do what static/exam_state.js does. After every step: what was acknowledged is in the ledger, once; the newest answer counts; nothing
came after the seal, and the seal covers exactly the ledger; the deadline is the start, the time allowed and what did not count. In the end
every window that may still write gets everything acknowledged. LEDGER_MACHINE=long tries many more and longer exams.
"""

import asyncio
import math
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import update

from assessment_engine.delivery.responses import MAX_REVISION_LEAP, Offer, Receipt, an_offer, is_genuine
from assessment_engine.delivery.sealing import is_whole
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.timekeeping import TimeAct, TimeVerb
from assessment_engine.kernel.errors import AssessmentError
from assessment_engine.kernel.ids import ItemVersionId, TimeActId, new_id
from assessment_engine.people import Role
from assessment_engine.services import closing, delivery, leases, timekeeping
from assessment_engine.storage.ledger_writer import AnswerLedger
from assessment_engine.storage.schema import metadata
from tests.builders import a_person, a_world, an_engine, steer
from tests.fakes.ports import anything_fits

LONG = os.environ.get("LEDGER_MACHINE") == "long"
DURATION_S, GRACE_S, MOST_STOPPED_S = 3600, 30, 900
OVER = ("after_time", "sitting_sealed")
RENUMBERED = ("stale_revision", "revision_reused", "revision_from_the_future")

numbers = st.integers(0, 7)


@dataclass
class Window:
    """One tab or device: its own count, one waiting answer an item, and whom it believes to hold the lease."""

    name: str
    revision: int
    writer: str | None
    waiting: dict[int, tuple[int, str]] = field(default_factory=dict)

    def answer(self, item: int, value: str) -> None:
        self.revision += 1
        self.waiting[item] = (self.revision, value)

    def oldest(self) -> tuple[int, int, str] | None:
        """Revision, item and value of what is sent next."""
        return min(((revision, item, value) for item, (revision, value) in self.waiting.items()), default=None)

    def hear(self, sent: tuple[int, int, str], code: str, newest: int) -> None:
        """Take note of what came of an answer, as exam_state.js does."""
        revision, item, value = sent
        if self.waiting.get(item) != (revision, value):
            return
        if code == "receipt":
            del self.waiting[item]
        elif code in RENUMBERED:
            others = [other for one, (other, _) in self.waiting.items() if one != item]
            self.waiting[item] = (max([newest, *others]) + 1, value)
            self.revision = max(self.revision, self.waiting[item][0])
        elif code in OVER:
            self.waiting.clear()


@dataclass
class Model:
    """What the ledger and the sitting must say."""

    deadline: datetime
    held: dict[int, tuple[int, str]] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    writer: str | None = None
    paused_at: datetime | None = None
    closed: bool = False

    def take(self, sent: tuple[int, int, str], writer: str, now: datetime) -> str:
        revision, item, value = sent
        if revision in self.held:
            return "receipt" if self.held[revision] == (item, value) else "revision_reused"
        if (refusal := self.refusal(writer, now)) is not None:
            return refusal
        if any(held > revision for held, (other, _) in self.held.items() if other == item):
            return "stale_revision"
        if revision > max(self.held, default=0) + MAX_REVISION_LEAP:
            return "revision_from_the_future"
        self.held[revision] = (item, value)
        return "receipt"

    def refusal(self, writer: str, now: datetime) -> str | None:
        if self.closed:
            return "sitting_sealed"
        if self.paused_at is not None:
            return "sitting_paused"
        if self.is_over(now):
            return "after_time"
        return "lease_moved" if self.writer not in (None, writer) else None

    def go_on(self, now: datetime) -> None:
        if self.paused_at is not None:
            self.deadline += timedelta(seconds=math.ceil((now - self.paused_at).total_seconds()))
        self.paused_at = None

    def is_over(self, now: datetime) -> bool:
        return self.paused_at is None and (now - self.deadline).total_seconds() > GRACE_S


class Exam(RuleBasedStateMachine):
    """One sitting from its start to its end, and after."""

    @initialize(outage=st.sampled_from(["time_runs_on", "time_stops", "person_decides"]))
    def begin(self, outage: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-machine-"))
        self.engine = an_engine(self.folder)
        self.world = a_world(self.engine, state=SittingState.ADMITTED, duration_s=DURATION_S)
        self.invigilator = a_person(self.engine, self.world.organisation_id, Role.INVIGILATOR)
        policy = {"grace": "grace", "grace_s": GRACE_S, "outage": outage, "most_stopped_s": MOST_STOPPED_S}
        with self.engine.store.begin() as tx:
            tx.connection.execute(update(metadata.tables["exams"]).values(policy=policy))
        self.outage, self.stopped, self.names = outage, 0, count(1)
        self.ledger = self.a_writer().start()
        started = delivery.start(self.ledger, self.world.candidate, self.world.sitting_id)
        assert started.deadline_at is not None
        self.model = Model(deadline=started.deadline_at)
        self.windows = [Window(name="w0", revision=0, writer=None)]
        self.on_the_way: list[tuple[Window, tuple[int, int, str]]] = []

    def a_writer(self) -> AnswerLedger:
        engine = self.engine
        return AnswerLedger(engine.store, engine.clock, engine.signer.receipts, fits=anything_fits, settle=closing.settle)

    @property
    def now(self) -> datetime:
        return self.engine.clock.now()

    def sitting(self) -> Sitting:
        with self.engine.store.read() as tx:
            return tx.sittings.get(self.world.sitting_id)

    def window(self, number: int) -> Window:
        return self.windows[number % len(self.windows)]

    def offer(self, window: Window, sent: tuple[int, int, str]) -> Offer:
        revision, item, value = sent
        items: tuple[ItemVersionId, ...] = self.world.items
        candidate = self.world.candidate.person_id
        return an_offer(self.world.sitting_id, candidate, items[item], revision, {"R": value}, writer=window.name)

    def sync(self) -> None:
        """Follow what an outage gave back by the rule: only its bound is the model's matter."""
        sitting = self.sitting()
        if self.outage == "time_stops" and sitting.given_back_s:
            assert sitting.given_back_s <= MOST_STOPPED_S
            assert sitting.deadline_at is not None and sitting.deadline_at >= self.model.deadline
            self.model.deadline = sitting.deadline_at

    def judge(self, window: Window, sent: tuple[int, int, str], outcome: Receipt | AssessmentError) -> tuple[str, int]:
        """Compare with the model what the server says to an answer; returns the code and the newest revision named."""
        self.sync()
        expected = self.model.take(sent, window.name, self.now)
        code = "receipt" if isinstance(outcome, Receipt) else outcome.code
        assert code == expected, (sent, window.name)
        if isinstance(outcome, Receipt):
            assert self.model.receipts.setdefault(sent[0], outcome) == outcome
            assert is_genuine(outcome, self.engine.signer.receipts.public_bytes)
            return code, 0
        self.model.closed |= code in OVER
        newest = outcome.details.get("newest", 0)
        return code, newest if isinstance(newest, int) else 0

    def deliver(self, window: Window, sent: tuple[int, int, str]) -> tuple[str, int]:
        """Let the server have an answer, by the service that the route calls."""
        try:
            outcome: Receipt | AssessmentError = asyncio.run(delivery.save_answer(self.engine, self.ledger, self.offer(window, sent)))
        except AssessmentError as refusal:
            outcome = refusal
        return self.judge(window, sent, outcome)

    # — the candidate

    @rule(number=numbers, work=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ABC"), st.booleans()), min_size=1, max_size=6))
    def answer(self, number: int, work: list[tuple[int, str, bool]]) -> None:
        for item, value, at_once in work:
            self.window(number).answer(item, value)
            if at_once:
                self.send(number)

    def send(self, number: int) -> None:
        window = self.window(number)
        if (sent := window.oldest()) is not None:
            window.hear(sent, *self.deliver(window, sent))

    @rule(number=numbers)
    def send_what_waits(self, number: int) -> None:
        for _ in range(2 * len(self.window(number).waiting)):
            self.send(number)

    @rule(number=numbers)
    def lose_the_receipt(self, number: int) -> None:
        window = self.window(number)
        if (sent := window.oldest()) is not None:
            self.deliver(window, sent)

    @rule(number=numbers)
    def send_slowly(self, number: int) -> None:
        window = self.window(number)
        if (sent := window.oldest()) is not None:
            self.on_the_way.append((window, sent))

    @precondition(lambda self: self.on_the_way)
    @rule(number=numbers, again=st.booleans())
    def arrive_late(self, number: int, again: bool) -> None:
        place = number % len(self.on_the_way)
        window, sent = self.on_the_way[place] if again else self.on_the_way.pop(place)
        self.deliver(window, sent)

    @rule()
    def send_from_every_window_at_once(self) -> None:
        writer = self.a_writer()  # of another delivery process; all of it becomes one batch
        sending = [(window, sent) for window in self.windows if (sent := window.oldest()) is not None]
        futures = [writer.save(self.offer(window, sent)) for window, sent in sending]
        writer.start().stop()
        for (window, sent), future in zip(sending, futures, strict=True):
            error = future.exception()
            assert error is None or isinstance(error, AssessmentError)
            if error is not None and error.code == "after_time":  # this process has not closed the sitting yet
                assert self.model.refusal(window.name, self.now) == "after_time"
                continue
            window.hear(sent, *self.judge(window, sent, future.result() if error is None else error))

    @precondition(lambda self: len(self.windows) < 4)
    @rule()
    def open_another_window(self) -> None:
        opened = delivery.open_sitting(self.engine, self.world.candidate, self.world.sitting_id)
        self.windows.append(Window(name=f"w{next(self.names)}", revision=opened.sitting.revision, writer=opened.sitting.writer))

    @rule(number=numbers)
    def look_again(self, number: int) -> None:
        window, sitting = self.window(number), self.sitting()
        window.revision, window.writer = max(window.revision, sitting.revision), sitting.writer

    @rule(number=numbers)
    def take_the_lease(self, number: int) -> None:
        window = self.window(number)
        allowed = self.model.writer == window.name or (not self.model.closed and self.model.writer in (None, window.writer))
        try:
            leases.take_lease(self.ledger, self.world.candidate, self.world.sitting_id, window.name, window.writer)
        except AssessmentError as refusal:
            assert not allowed, refusal
        else:
            assert allowed
            self.model.writer = window.writer = window.name

    @rule(number=numbers, sure=st.integers(0, 9))
    def submit(self, number: int, sure: int) -> None:
        if sure == 0:  # seldom, or most exams would be short
            delivery.submit(self.engine, self.ledger, self.world.candidate, self.world.sitting_id)
            self.model.go_on(self.now)  # what the pause took is not counted, also of an exam that was handed in during it
            self.model.closed = True
            self.sync()

    # — people and time

    def act(self, act: TimeAct) -> bool:
        before, act_id = self.sitting(), TimeActId(new_id("tac", self.now))
        wish = timekeeping.Wish(session_id=before.session_id, act=act, reason="power", sittings=(before.id,))
        try:
            timekeeping.act(self.engine, self.ledger, self.invigilator, act_id, wish)
        except AssessmentError:
            assert self.sitting() == before
            return False
        assert not self.model.closed
        return True

    @rule()
    def pause(self) -> None:
        if self.act(TimeAct(verb=TimeVerb.PAUSE)):
            assert self.model.paused_at is None
            self.model.paused_at = self.now

    @rule()
    def go_on(self) -> None:
        if self.act(TimeAct(verb=TimeVerb.RESUME)):
            assert self.model.paused_at is not None
            self.model.go_on(self.now)

    @rule(seconds=st.integers(1, 600))
    def give_time(self, seconds: int) -> None:
        if self.act(TimeAct(verb=TimeVerb.GIVE_TIME, seconds=seconds)):
            assert self.outage != "time_runs_on"
            self.model.deadline += timedelta(seconds=seconds)

    @rule()
    def free_the_lease(self) -> None:
        try:
            leases.release_lease(self.ledger, self.invigilator, self.world.sitting_id, "another device")
        except AssessmentError:
            assert self.model.closed
        else:
            self.model.writer = None

    @rule(seconds=st.integers(0, 240))
    def time_goes_by(self, seconds: int) -> None:
        steer(self.engine).advance(seconds)

    @rule(moment=st.sampled_from([-1, 0, 1, GRACE_S, GRACE_S + 1]), sure=st.integers(0, 4))
    def the_end_is_near(self, moment: int, sure: int) -> None:
        ahead = (self.model.deadline - self.now).total_seconds() + moment
        if sure == 0 and ahead > 0:
            steer(self.engine).advance(ahead)

    @rule()
    def sweep(self) -> None:
        closed = closing.time_up(self.engine)
        self.sync()
        if closed:
            assert self.model.is_over(self.now) and not self.model.closed
            self.model.closed = True

    @rule()
    def restart(self) -> None:
        self.ledger.stop()
        self.ledger = self.a_writer().start()

    # — what holds always

    @invariant()
    def what_was_acknowledged_is_there_once(self) -> None:
        with self.engine.store.read() as tx:
            kept = tx.answers.of_sitting(self.world.sitting_id)
            final = tx.answers.final(self.world.sitting_id)
            saved = tx.events.saves_of(self.world.sitting_id)
        assert [answer.receipt for answer in kept] == [receipt for _, receipt in sorted(self.model.receipts.items())]
        items = self.world.items
        assert {one.receipt.revision: (items.index(one.receipt.item), one.response["R"]) for one in kept} == self.model.held
        newest = {item: value for _, (item, value) in sorted(self.model.held.items())}
        assert final == {items[item]: {"R": value} for item, value in newest.items()}
        assert len(saved) == len(kept)

    @invariant()
    def the_time_is_what_was_promised(self) -> None:
        self.sync()
        sitting = self.sitting()
        assert sitting.started_at is not None
        assert sitting.deadline_at == self.model.deadline
        assert sitting.deadline_at == sitting.started_at + timedelta(seconds=DURATION_S + sitting.stopped_s)
        assert sitting.stopped_s >= self.stopped
        self.stopped = sitting.stopped_s

    @invariant()
    def the_seal_covers_the_ledger(self) -> None:
        sitting = self.sitting()
        with self.engine.store.read() as tx:
            seal = tx.sittings.seal(sitting.id)
            receipts = tx.answers.receipts(sitting.id)
        assert (sitting.state is SittingState.SUBMITTED) == self.model.closed == (seal is not None)
        assert (sitting.state is SittingState.PAUSED) == (self.model.paused_at is not None)
        assert sitting.writer == self.model.writer
        if seal is not None:
            assert seal.answers == len(receipts)
            assert is_whole(seal, receipts, self.engine.signer.receipts.public_bytes)

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            self.everything_waiting_arrives()
        finally:
            self.ledger.stop()
            self.engine.store.engine.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

    def everything_waiting_arrives(self) -> None:
        """While the sitting is open, each window in its turn takes the lease and gets a receipt for all that waits in it."""
        if self.model.paused_at is not None:
            self.go_on()
        for number, window in enumerate(self.windows):
            if self.model.closed or self.model.is_over(self.now):
                return
            self.look_again(number)
            self.take_the_lease(number)
            for _ in range(3 * len(window.waiting)):
                self.send(number)
            assert not window.waiting or self.model.closed
            self.what_was_acknowledged_is_there_once()


Exam.TestCase.settings = settings(
    max_examples=200 if LONG else 12,
    stateful_step_count=60 if LONG else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestExam = Exam.TestCase
