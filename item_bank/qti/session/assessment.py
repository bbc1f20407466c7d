"""One candidate's way through a test (QTI 3.0, "AssessmentTest", "Navigation and Submission").

A TestSession is a frozen record; its verbs return a new one. Every verb is told the time (`now`, in seconds from any zero that never goes
back) and adds what has gone by to the test, the part, the sections and the item in front of the candidate. Which items there are is
plan.py's, where a linear part goes on navigation.py's, time limits timing.py's, outcome processing outcomes.py's. A part that has ended
waits for `advance`, so that its feedback can be read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache

from assessment_engine.kernel.errors import AfterTime, IllegalTransition, NotYet, UnknownItem
from item_bank.qti.model.assessment import AssessmentTest, NavigationMode, SectionRef, SubmissionMode, TestFeedback, TestPart, inner
from item_bank.qti.model.item import QtiItem
from item_bank.qti.processing.tests import TestResults
from item_bank.qti.session import outcomes as processing
from item_bank.qti.session.item import ItemSession, Variables
from item_bank.qti.session.navigation import EXIT_TEST, Sections, Step, Way
from item_bank.qti.session.plan import Plan, PlannedItem, plan
from item_bank.qti.session.timing import Limit, Spent, closed_by, limits_of, too_early


class TestState(StrEnum):
    """Where a test's session stands."""

    __test__ = False  # not pytest's

    READY = "ready"
    RUNNING = "running"
    PART_ENDED = "part_ended"  # `advance` goes on to the next part
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSession:
    """A test in front of one candidate; `items` by the address in the test, `sessions` by key, `following` the part that comes next."""

    __test__ = False

    test: AssessmentTest
    items: Mapping[str, QtiItem]
    plan: Plan
    seed: int
    outcomes: Variables
    state: TestState = TestState.READY
    part_index: int = -1
    position: int = -1
    following: int = -1
    sections: Sections = field(default_factory=Sections)
    sessions: Mapping[str, ItemSession] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()
    spent: Spent = field(default_factory=Spent)
    now: float = 0.0

    @classmethod
    def begin(cls, test: AssessmentTest, items: Mapping[str, QtiItem], *, seed: int = 0) -> "TestSession":
        """Draw the plan. Raises UnknownItem for an item or section that is not there, UnreadableFile for a branch backwards, TooLarge."""
        gap = next((each for part in test.parts for each in inner(part) if isinstance(each, SectionRef)), None)
        if gap is not None:
            raise UnknownItem(f"the test needs the section {gap.href}, which is not there", item=gap.identifier)
        drawn = plan(test, seed)
        missing = next((each for each in drawn.items if each.ref.href not in items), None)
        if missing is not None:
            raise UnknownItem(f"the test needs {missing.ref.href}, which is not there", item=missing.ref.identifier)
        return cls(test=test, items=items, plan=drawn, seed=seed, outcomes=processing.starting(test))

    # What can be seen

    @property
    def part(self) -> TestPart | None:
        """The part that the candidate is in, or has just ended."""
        return self.plan.parts[self.part_index][0] if self.part_index >= 0 else None

    @property
    def current(self) -> PlannedItem | None:
        """The item in front of the candidate."""
        return self.plan.of(self.part_index)[self.position] if self.state is TestState.RUNNING and self.position >= 0 else None

    @property
    def current_session(self) -> ItemSession | None:
        """The session of the item in front of the candidate."""
        return self.sessions.get(self.current.key) if self.current else None

    @property
    def results(self) -> TestResults:
        """Every item as it stands."""
        return processing.results_of(self.plan, self.items, self.sessions, self.spent)

    @property
    def feedbacks(self) -> tuple[TestFeedback, ...]:
        """The feedback that the candidate may read now: of the test and the part, while they go on or because they have ended."""
        part_over = self.state is not TestState.RUNNING
        of_part = [each for each in (self.part.feedbacks if self.part else ()) if each.at_end is part_over]
        of_test = [each for each in self.test.feedbacks if each.at_end is (self.state is TestState.ENDED)]
        return tuple(each for each in (*of_part, *of_test) if self.state is not TestState.READY and each.shown.holds(self.outcomes))

    def may_review(self, key: str) -> bool:
        """Tell whether an item may be looked at again, which then changes nothing (QTI 3.0, "allow-review")."""
        session = self.sessions.get(key)
        return session is not None and session.is_presented and bool(session.control.allow_review)

    # Verbs

    def start(self, now: float = 0.0) -> "TestSession":
        """Enter the test and its first part."""
        if self.state is not TestState.READY:
            raise IllegalTransition("the test has already begun", problem="already_begun")
        return replace(self, now=now)._go_to(self._next_part(0))

    def select(self, key: str, now: float) -> "TestSession":
        """Go to an item of a nonlinear part."""
        session = self._at(now)._running()
        if session._is_linear:
            raise IllegalTransition("this part is taken in its own order", problem="linear_part")
        keys = [each.key for each in session.plan.of(session.part_index)]
        if key not in keys:
            raise UnknownItem(f"there is no item {key[:80]} in this part", item=key[:80])
        chosen = session.sessions[key]
        if not chosen.is_open and not chosen.control.allow_review:
            raise IllegalTransition("this item may not be looked at again", problem="review_not_allowed", item=key)
        return session._show(keys.index(key))

    def hold(self, responses: Variables, now: float) -> "TestSession":
        """Keep what was answered so far; it is submitted when the candidate submits it, or leaves for good."""
        session = self._at(now)._running()
        key, item = session._in_time()
        return session._with(key, item.hold(responses), pending=session.pending | {key})

    def attempt(self, responses: Variables, now: float) -> "TestSession":
        """Submit an attempt at the current item: processed at once, or in simultaneous mode when the part ends.

        Raises AfterTime when a limit is over, IllegalTransition after the last attempt, NotYet and WrongResponse as ItemSession.attempt.
        """
        session = self._at(now)._running()
        if session._is_simultaneous:
            return session.hold(responses, now)
        key, item = session._in_time()
        return session._with(key, item.attempt(responses), pending=session.pending - {key})._processed()

    def note(self, comment: str, now: float) -> "TestSession":
        """Keep the candidate's comment on the current item; raises IllegalTransition where none is allowed."""
        session = self._at(now)._running()
        return session._with(session._current_key, session._current.noted(comment))

    def next(self, now: float) -> "TestSession":
        """Leave the current item for the one that follows; in a linear part for good, and behind the last item the part ends."""
        session = self._at(now)._running()
        if not session._is_linear:
            if session.position + 1 >= len(session.plan.of(session.part_index)):
                raise IllegalTransition("this is the last item of the part", problem="last_item")
            return session._show(session.position + 1)
        session._may_leave()
        session = session._submitted()
        if session.state is TestState.ENDED:
            return session
        step = session._way().after(session.position)
        session._refuse_early(step)
        left = session if session._is_simultaneous else session._with(session._current_key, session._current.close())
        return left._follow(step)

    def end_part(self, now: float) -> "TestSession":
        """End the part: a nonlinear one at any time, a linear one behind its last item. Its feedback can be read until `advance`."""
        session = self._at(now)._running()
        if session._is_linear and session._is_in_time:
            left = session.next(now)
            if left.state is TestState.RUNNING:
                raise IllegalTransition("this part is taken in its own order, to its end", problem="linear_part")
            return left
        for each in session.plan.of(session.part_index) if session._is_in_time else ():
            session._may_be_left(each)
        return session._end_part("")

    def advance(self, now: float) -> "TestSession":
        """Go on from a part that has ended to the one that follows; one that has not is ended first."""
        session = self._at(now)
        if session.state is not TestState.PART_ENDED:
            session = session.end_part(now)
        return session._go_to(session.following) if session.state is TestState.PART_ENDED else session

    def exit(self, now: float) -> "TestSession":
        """End the test now; what was answered is submitted."""
        session = self._at(now)
        if session.state in (TestState.READY, TestState.ENDED):
            raise IllegalTransition("the test is not running", problem="not_running")
        return session._end_part(EXIT_TEST) if session.state is TestState.RUNNING else session._ended()

    def pass_time(self, now: float) -> "TestSession":
        """Let time go by."""
        return self._at(now)

    def resume(self, now: float) -> "TestSession":
        """Go on after an interruption: the time since the last verb counts for nothing (QTI 3.0, "duration": less the suspended time)."""
        return replace(self, now=max(now, self.now))

    # How they work

    @property
    def _is_linear(self) -> bool:
        return self.part is not None and self.part.navigation is NavigationMode.LINEAR

    @property
    def _is_simultaneous(self) -> bool:
        return self.part is not None and self.part.submission is SubmissionMode.SIMULTANEOUS

    @property
    def _current_key(self) -> str:
        return self.plan.of(self.part_index)[self.position].key

    @property
    def _current(self) -> ItemSession:
        return self.sessions[self._current_key]

    @property
    def _is_in_time(self) -> bool:
        return self.current is None or closed_by(self._limits(self.current)) is None

    def _running(self) -> "TestSession":
        if self.state is not TestState.RUNNING:
            raise IllegalTransition(f"the test is not running: {self.state.value}", problem="not_running")
        return self

    def _at(self, now: float) -> "TestSession":
        """Add the time since the last verb to whatever goes on."""
        seconds = max(0.0, now - self.now)
        session = replace(self, now=max(now, self.now))
        if self.state is TestState.PART_ENDED:
            return replace(session, spent=self.spent.more(seconds, ()))
        item = self.current
        if item is None:
            return session
        session = replace(session, spent=self.spent.more(seconds, item.scopes))
        return session._with(item.key, self.sessions[item.key].spend(seconds))

    def _with(self, key: str, item: ItemSession, *, pending: frozenset[str] | None = None) -> "TestSession":
        return replace(self, sessions={**self.sessions, key: item}, pending=self.pending if pending is None else pending)

    def _limits(self, item: PlannedItem) -> tuple[Limit, ...]:
        session = self.sessions.get(item.key)
        return tuple(limits_of(self.test, item, self.spent, 0.0 if session is None else session.duration))

    def _in_time(self) -> tuple[str, ItemSession]:
        item = self.current
        limit = None if item is None else closed_by(self._limits(item))
        if limit is not None:
            raise AfterTime(f"the time for {limit.place} is over", problem="time_over", place=limit.place)
        return self._current_key, self._current

    def _may_leave(self) -> None:
        item = self.current
        if item is not None and self._is_in_time:
            self._may_be_left(item)

    def _may_be_left(self, item: PlannedItem) -> None:
        """Only in individual mode is an item that was not answered (validly) in the way (QTI 3.0, "allow-skipping")."""
        session = self.sessions.get(item.key)
        if session is not None and not self._is_simultaneous and session.is_open:
            session.refuse_skipping(session.responses)
            session.refuse_invalid(session.responses)

    def _refuse_early(self, step: Step) -> None:
        item = self.current
        if item is None or not self._is_in_time:
            return
        ahead = () if step.position is None else self.plan.of(self.part_index)[step.position].sections
        left = [each.section for each in item.sections if each not in ahead]
        early = too_early(item, self._current.duration, left, self.spent)
        if early:
            raise NotYet(f"the minimum time for {early} has not passed", problem="too_early", place=early)

    def _facts(self) -> processing.Facts:
        return processing.Facts(
            test=self.test, outcomes=self.outcomes, results=cache(lambda: self.results), spent=self.spent, seed=self.seed
        )

    def _way(self) -> Way:
        facts = self._facts()
        items = self.plan.of(self.part_index)
        return Way(items, self.sections, facts.holds, lambda item: closed_by(self._limits(item)) is not None)

    def _submitted(self) -> "TestSession":
        """Process what is held for the item that is left; a part that is submitted as one is processed at its end."""
        key = self._current_key
        if key not in self.pending or self._is_simultaneous:
            return self
        return self._with(key, self._current.submit(), pending=self.pending - {key})._processed()

    def _processed(self) -> "TestSession":
        """Run outcome processing, which may end the test."""
        outcomes, leaves = processing.process(self._facts())
        session = replace(self, outcomes=outcomes)
        return session._ended() if leaves and session.state is not TestState.ENDED else session

    def _follow(self, step: Step) -> "TestSession":
        session = replace(self, sections=step.sections)
        return session._end_part(step.exit) if step.position is None else session._show(step.position)

    def _show(self, position: int) -> "TestSession":
        item = self.plan.of(self.part_index)[position]
        begun = self.sessions.get(item.key) or self._begun(item)
        return replace(self, position=position)._with(item.key, begun.enter())

    def _begun(self, item: PlannedItem) -> ItemSession:
        facts = self._facts() if item.ref.template_defaults else None
        defaults = {each.template: facts.value(each.expression) for each in item.ref.template_defaults if facts and each.expression}
        control = (
            replace(item.control, max_attempts=1, allow_skipping=True, validate_responses=False) if self._is_simultaneous else item.control
        )
        return ItemSession.begin(
            self.items[item.ref.href], seed=chance_of(self.seed, item.key), control=control, template_defaults=defaults
        )

    def _next_part(self, index: int) -> int:
        """Return the first part from here on that may be entered, or -1: there is none, or no time (QTI 3.0, "preCondition")."""
        if Limit(place="", limits=self.test.time_limits, spent=self.spent.test).is_closed:
            return -1
        facts = self._facts()
        parts = enumerate(self.plan.parts)
        return next((at for at, (part, _) in parts if at >= index and all(map(facts.holds, part.preconditions))), -1)

    def _go_to(self, index: int) -> "TestSession":
        """Enter a part; one in which no item may be entered ends at once, and the next is entered."""
        session = self
        while index >= 0:
            session = replace(session, state=TestState.RUNNING, part_index=index, position=-1, sections=Sections())
            session = session._entered()
            if session.state is not TestState.PART_ENDED:
                return session
            index = session.following
        return session._ended()

    def _entered(self) -> "TestSession":
        if self._is_linear:
            return self._follow(self._way().first())
        items = self.plan.of(self.part_index)
        session = self
        for item in items:
            session = session._with(item.key, self._begun(item))
        return session._show(0) if items else session._end_part("")

    def _end_part(self, exit: str) -> "TestSession":
        """Submit what is left, close every item, process outcomes and find the part that follows."""
        session = self
        for item in self.plan.of(self.part_index):
            if item.key in session.sessions:
                session = session._closed(item.key)
        session = replace(session, position=-1, state=TestState.PART_ENDED, following=-1)._processed()
        if session.state is TestState.ENDED or exit == EXIT_TEST:
            return session._ended()
        following = session._next_part(session._branched())
        return replace(session, following=following) if following >= 0 else session._ended()

    def _closed(self, key: str) -> "TestSession":
        item = self.sessions[key]
        submits = key in self.pending or (self._is_simultaneous and item.is_presented)
        if submits and item.is_open:
            item = item.submit()  # what was answered is never lost
        return self._with(key, item.close(), pending=self.pending - {key})

    def _branched(self) -> int:
        """Return where the part's branch rules lead, else the next (QTI 3.0, "branchRule")."""
        facts, rules = self._facts(), self.part.branch_rules if self.part else ()
        target = next((rule.target for rule in rules if rule.condition is not None and facts.holds(rule.condition)), "")
        ahead = {part.identifier: at for at, (part, _) in enumerate(self.plan.parts) if at > self.part_index}
        return len(self.plan.parts) if target == EXIT_TEST else ahead.get(target, self.part_index + 1)

    def _ended(self) -> "TestSession":
        session = self
        for key in self.sessions:
            session = session._closed(key)
        outcomes = processing.process(session._facts())[0] if self.pending else self.outcomes
        return replace(session, state=TestState.ENDED, position=-1, following=-1, outcomes=outcomes)


def chance_of(seed: int, key: str) -> int:
    """Return the seed of one item of a test (docs/adr/0016)."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{key}".encode()).digest()[:8], "big") >> 1
