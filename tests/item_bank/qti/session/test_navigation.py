"""The way through a linear part: preconditions, branch rules, ends."""

import pytest

from assessment_engine.kernel.errors import AssessmentError, IllegalTransition, UnknownItem, UnreadableFile
from item_bank.qti.model import AssessmentTest
from item_bank.qti.session import TestSession, TestState
from tests.item_bank.qti.session.papers import (
    FALSE,
    RIGHT,
    WRONG,
    begun,
    branch,
    current,
    part,
    qti_test,
    ref,
    refs,
    score_of,
    section,
    when,
)


def seen(test: AssessmentTest, answers: str = "") -> list[str]:
    """Walk through a test, answering "+" rightly, "-" wrongly, else not, and return the items that were seen."""
    session, found, left = begun(test).start(0), [], list(answers)
    while session.state is not TestState.ENDED:
        if session.state is TestState.PART_ENDED:
            session = session.advance(0)
            continue
        found.append(str(current(session)))
        answer = left.pop(0) if left else " "
        session = session.attempt(RIGHT if answer == "+" else WRONG, 0) if answer in "+-" else session
        session = session.next(0)
    return found


def one_part(inner: str) -> AssessmentTest:
    return qti_test(part(inner))


NULL = "<null/>"

WALKS = {
    "plain": (section("S", refs("A B C")), "A B C"),
    "a false precondition skips an item": (section("S", ref("A") + ref("B", when(FALSE)) + ref("C")), "A C"),
    "a precondition that is NULL skips": (section("S", ref("A", when(NULL)) + ref("B")), "B"),
    "a section's precondition skips all in it": (section("S", section("T", when(FALSE) + refs("A B")) + refs("C")), "C"),
    "all preconditions must hold": (section("S", ref("A", when("<not>" + FALSE + "</not>") + when(FALSE)) + ref("B")), "B"),
    "a branch to an item": (section("S", ref("A", branch("C")) + refs("B C")), "A C"),
    "the first true rule counts": (section("S", ref("A", branch("B", FALSE) + branch("D") + branch("C")) + refs("B C D")), "A D"),
    "a branch to a section": (section("S", ref("A", branch("T")) + refs("B") + section("T", refs("C D"))), "A C D"),
    "a branch to an item that its precondition skips": (
        section("S", ref("A", branch("C")) + ref("B") + ref("C", when(FALSE)) + ref("D")),
        "A D",
    ),
    "exit section": (section("S", section("T", ref("A", branch("EXIT_SECTION")) + refs("B")) + refs("C")), "A C"),
    "exit section follows the section's own rule": (
        section("S", section("T", branch("D") + ref("A", branch("EXIT_SECTION")) + refs("B")) + refs("C D")),
        "A D",
    ),
    "exit test part": (section("S", ref("A", branch("EXIT_TESTPART")) + refs("B")), "A"),
    "a rule at the end of a section": (section("S", section("T", branch("D") + refs("A B")) + refs("C D")), "A B D"),
    "a rule of a section that was skipped": (section("S", section("T", branch("D") + when(FALSE) + refs("A B")) + refs("C D")), "C D"),
    "a section's exit leaves the one around it": (
        section("S", section("T", section("U", branch("EXIT_SECTION") + refs("A")) + refs("B")) + refs("C")),
        "A C",
    ),
    "the item's rule stands before its section's": (
        section("S", section("T", branch("D") + ref("A", branch("C"))) + refs("B C D")),
        "A C D",
    ),
    "an unknown target has no effect": (section("S", ref("A", branch("NOBODY")) + refs("B")), "A B"),
    "a skipped item's rule is not followed": (section("S", ref("A", when(FALSE) + branch("C")) + refs("B C")), "B C"),
    "items without a section": (refs("A B"), "A B"),
}


@pytest.mark.parametrize("name", WALKS)
def test_a_linear_part_goes_on_by_its_rules(name: str) -> None:
    inner, expected = WALKS[name]

    assert seen(one_part(inner)) == expected.split()


@pytest.mark.parametrize(("answer", "expected"), [("+", "A C"), ("-", "A B C"), (" ", "A B C")])
def test_rules_see_what_was_scored_before(answer: str, expected: str) -> None:
    test = one_part(section("S", ref("A", branch("C", score_of("A"))) + refs("B C")))

    assert seen(test, answer) == expected.split()


def test_rules_see_the_outcomes_of_the_test() -> None:
    test = qti_test(
        part(section("S", ref("A") + ref("B", when('<variable identifier="PASSED"/>')))),
        declarations='<outcomeDeclaration identifier="PASSED" cardinality="single" baseType="boolean"/>',
        processing=f'<setOutcomeValue identifier="PASSED">{score_of("A")}</setOutcomeValue>',
    )

    assert (seen(test, "+"), seen(test, "-")) == (["A", "B"], ["A"])


PARTS = {
    "one after another": (part(refs("A"), "P") + part(refs("B"), "Q"), "A B"),
    "a false precondition": (part(refs("A"), "P") + part(when(FALSE) + refs("B"), "Q") + part(refs("C"), "R"), "A C"),
    "a branch to a part": (part(branch("R") + refs("A"), "P") + part(refs("B"), "Q") + part(refs("C"), "R"), "A C"),
    "a part's exit": (part(branch("EXIT_TEST") + refs("A"), "P") + part(refs("B"), "Q"), "A"),
    "an item's exit": (part(ref("A", branch("EXIT_TEST")) + refs("B"), "P") + part(refs("C"), "Q"), "A"),
    "an item leaves its part": (part(ref("A", branch("EXIT_TESTPART")) + refs("B"), "P") + part(refs("C"), "Q"), "A C"),
    "a part in which nothing may be entered": (part(ref("A", when(FALSE)), "P") + part(refs("B"), "Q"), "B"),
    "an empty part": (part("", "P") + part(refs("B"), "Q"), "B"),
    "nothing at all": (part(ref("A", when(FALSE)), "P"), ""),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_follow_one_another_by_their_rules(name: str) -> None:
    parts, expected = PARTS[name]

    assert seen(qti_test(parts)) == expected.split()


@pytest.mark.parametrize(
    "inner",
    [
        section("S", ref("A") + ref("B", branch("A"))),
        section("S", ref("A", branch("A"))),
        section("S", ref("A") + ref("B", branch("S"))),
        section("S", section("T", ref("A")) + ref("B", branch("T"))),
        section("S", branch("S") + ref("A")),
    ],
)
def test_a_branch_backwards_is_refused(inner: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        begun(one_part(inner))

    assert refused.value.details["problem"] == "branch_backwards"


def test_a_part_that_branches_back_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="leads back to P"):
        begun(qti_test(part(refs("A"), "P") + part(branch("P") + refs("B"), "Q")))


def test_what_is_drawn_again_may_be_branched_to() -> None:
    drill = '<selection select="3" withReplacement="true"/>' + ref("A", branch("EXIT_SECTION", score_of("A")) + branch("A"))

    assert seen(one_part(section("S", drill) + section("T", refs("B")))) == ["A.1", "A.2", "A.3", "B"]


def test_an_item_that_is_not_there_is_refused_before_the_test_begins() -> None:
    with pytest.raises(UnknownItem, match=r"A\.xml"):
        TestSession.begin(one_part(refs("A")), {})


def test_a_section_that_is_not_there_is_refused_before_the_test_begins() -> None:
    with pytest.raises(UnknownItem, match=r"s\.xml"):
        begun(one_part(section("S", refs("A") + '<assessmentSectionRef identifier="T" href="s.xml"/>')))


def test_rules_and_preconditions_mean_nothing_in_a_nonlinear_part() -> None:
    session = begun(qti_test(part(section("S", ref("A", branch("C")) + ref("B", when(FALSE)) + refs("C")), navigation="nonlinear"))).start(
        0
    )

    assert current(session.next(0)) == "B"
    assert current(session.select("B", 0).next(0)) == "C"


@pytest.mark.parametrize(("key", "error"), [("B", IllegalTransition), ("NOBODY", IllegalTransition)])
def test_a_linear_part_is_taken_in_its_own_order(key: str, error: type[AssessmentError]) -> None:
    with pytest.raises(error):
        begun(one_part(refs("A B"))).start(0).select(key, 0)


def test_an_item_of_another_part_cannot_be_selected() -> None:
    session = begun(qti_test(part(refs("A B"), "P", "nonlinear") + part(refs("C"), "Q", "nonlinear"))).start(0)

    with pytest.raises(UnknownItem):
        session.select("C", 0)


def test_long_chains_of_skipped_sections_end() -> None:
    inner = "".join(section(f"S{n}", branch(f"S{n + 1}") + ref(f"I{n}", when(FALSE))) for n in range(1500))

    assert seen(one_part(inner + refs("Z"))) == ["Z"]
