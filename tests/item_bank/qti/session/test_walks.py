"""Any test, walked any way: it ends, it only goes forward, it refuses in the exam's own words, and it counts right."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AfterTime, AssessmentError, UnreadableFile
from item_bank.qti.model import AssessmentTest, NavigationMode
from item_bank.qti.session import TestSession, TestState
from item_bank.qti.values import integer, number
from tests.item_bank.qti.session.papers import (
    FALSE,
    RIGHT,
    TRUE,
    WRONG,
    begun,
    branch,
    condition,
    outcome,
    part,
    qti_test,
    ref,
    score_of,
    section,
    when,
)

ITEMS, SECTIONS = [f"I{at}" for at in range(9)], [f"S{at}" for at in range(5)]
TARGETS = st.sampled_from([*ITEMS, *SECTIONS, "P1", "P2", "EXIT_SECTION", "EXIT_TESTPART", "EXIT_TEST", "NOBODY"])
CONDITIONS = st.sampled_from([TRUE, FALSE, "<null/>", score_of("I0"), score_of("I1"), "<nonsense/>"])
RULES = st.lists(st.builds(branch, TARGETS, CONDITIONS), max_size=2).map("".join) | st.just("")
PRECONDITIONS = st.just("") | CONDITIONS.map(when)
LIMITS = st.sampled_from(["", "", "", '<timeLimits maxTime="3"/>', '<timeLimits minTime="2" maxTime="9" allowLateSubmission="true"/>'])
CONTROL = st.sampled_from(
    ["", "", '<itemSessionControl maxAttempts="2" allowSkipping="false"/>', '<itemSessionControl validateResponses="true"/>']
)
FLAGS = st.sampled_from(["true", "false"])
DRAWING = st.sampled_from(["", "", '<selection select="2"/>', '<selection select="3" withReplacement="true"/>'])
ORDER = st.sampled_from(["", '<ordering shuffle="true"/>'])


@st.composite
def any_tests(draw: st.DrawFn) -> AssessmentTest:
    items, sections = iter(ITEMS), iter(SECTIONS)

    def about() -> str:
        return draw(PRECONDITIONS) + draw(RULES) + draw(CONTROL) + draw(LIMITS)

    def an_item() -> str:
        name = next(items, None)
        return "" if name is None else ref(name, about(), fixed=draw(FLAGS), required=draw(FLAGS))

    def a_section(depth: int) -> str:
        name = next(sections, None)
        if name is None:
            return an_item()
        inner = "".join(a_section(depth - 1) if depth and draw(st.booleans()) else an_item() for _ in range(draw(st.integers(0, 3))))
        said = {"visible": draw(FLAGS), "keepTogether": draw(FLAGS), "fixed": draw(FLAGS), "required": draw(FLAGS)}
        return section(name, about() + draw(DRAWING) + draw(ORDER) + inner, **said)

    def a_part(name: str) -> str:
        modes = draw(st.sampled_from(["linear", "nonlinear"])), draw(st.sampled_from(["individual", "simultaneous"]))
        return part(about() + a_section(2) + an_item(), name, *modes)

    total = condition("TOTAL", '<sum><testVariables variableIdentifier="SCORE"/></sum>') + condition("RIGHT", "<numberCorrect/>")
    return qti_test(a_part("P1"), a_part("P2"), declarations=outcome("TOTAL") + outcome("RIGHT", "integer"), processing=total)


VERBS = st.sampled_from(["next", "next", "right", "wrong", "hold", "empty", "select", "end_part", "advance", "advance", "pass_time"])


def did(session: TestSession, verb: str, now: float, key: str) -> TestSession:
    match verb:
        case "right" | "wrong":
            return session.attempt(RIGHT if verb == "right" else WRONG, now)
        case "hold":
            return session.hold(RIGHT, now)
        case "empty":
            return session.attempt({}, now)
        case "select":
            return session.select(key, now)
        case _:
            after: TestSession = getattr(session, verb)(now)
            return after


@settings(max_examples=300, deadline=None)
@given(any_tests(), st.integers(0, 99), st.lists(st.tuples(VERBS, st.integers(0, 3), st.sampled_from(ITEMS)), max_size=40))
def test_any_walk_through_any_test_counts_right(test: AssessmentTest, seed: int, walk: list[tuple[str, int, str]]) -> None:
    try:
        session = begun(test, seed=seed).start(0)
    except UnreadableFile as refused:
        assert refused.details["problem"] == "branch_backwards"
        return

    now = 0.0
    for verb, seconds, key in walk:
        now += seconds
        try:
            session = did(session, verb, now, key)
        except AssessmentError as refused:
            assert refused.message
        assert (session.current is not None) == (session.state is TestState.RUNNING)
    ended = session if session.state is TestState.ENDED else session.exit(now)

    scores = [each.outcomes["SCORE"] for each in ended.sessions.values()]
    right = sum(score == number(1.0) for score in scores)
    if any(each.num_attempts for each in ended.sessions.values()):
        assert ended.outcomes["TOTAL"] == number(float(right))
        assert ended.outcomes["RIGHT"] == integer(right)
    assert not ended.pending
    assert not any(each.is_open for each in ended.sessions.values())
    assert ended.spent.test <= now


@settings(max_examples=200, deadline=None)
@given(any_tests(), st.integers(0, 99))
def test_a_linear_part_only_goes_forward_and_ends(test: AssessmentTest, seed: int) -> None:
    try:
        session = begun(test, seed=seed).start(0)
    except UnreadableFile:
        return
    keys = [each.key for each in session.plan.items]
    seen: list[str] = []

    now = 0.0
    while session.state is not TestState.ENDED:
        now += 20  # no minimum is in the way
        item = session.current
        if item is not None and item.part.navigation is NavigationMode.LINEAR:
            seen.append(item.key)
            session = _answered(session, now).next(now)
        else:
            session = session.exit(now) if session.state is TestState.RUNNING else session.advance(now)

    positions = [keys.index(key) for key in seen]
    assert positions == sorted(set(positions))


def _answered(session: TestSession, now: float) -> TestSession:
    try:
        return session.attempt(WRONG, now)
    except AfterTime:
        return session
