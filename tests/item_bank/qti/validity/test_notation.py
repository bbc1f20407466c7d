import pytest

from item_bank.qti.model.nodes import Version
from item_bank.qti.validity.notation import Rule, compile_rules, drafts


def rule(content: str, version: Version = Version.QTI_22) -> Rule:
    compiled = compile_rules(drafts([f"%ab: a | b\nx: {content}\n    one! two:int 3.0\n    3.0| three"], version), version)
    return next(iter(compiled.values()))


def holds(content: str, *children: str) -> bool:
    made, state = rule(content), 0
    for child in children:
        move = made.states[state].get(child)
        if move is None:
            return False
        state = move[0]
    return state in made.final


@pytest.mark.parametrize(
    ("content", "right", "wrong"),
    [
        ("a b? p*", ["a", "ab", "abpp", "app"], ["", "b", "aba", "abb"]),
        ("(a | b)+ p", ["ap", "abap"], ["p", "a", "pa"]),
        ("%ab", ["a", "b"], ["", "ab"]),
        ("(%ab){2}", ["ab", "aa"], ["a", "aba", ""]),
        ("(a | (p q)?)", ["", "a", "pq"], ["p", "apq"]),
        ("a* (b | p*) q?", ["", "aab", "aapp", "q", "bq"], ["bp", "qa"]),
        ("-", [""], ["a"]),
        ("#text (a | b)*", ["", "abba"], ["p"]),
    ],
)
def test_a_content_model_is_an_automaton(content: str, right: list[str], wrong: list[str]) -> None:
    assert [word for word in right if not holds(content, *word)] == []
    assert [word for word in wrong if holds(content, *word)] == []


def test_marks_say_whether_text_is_allowed() -> None:
    assert [rule(content).text for content in ("#text a*", "#string", "-", "a*")] == ["mixed", "string", "empty", "elements"]


def test_a_line_may_be_of_one_version_only() -> None:
    assert "three" not in rule("-").attributes
    assert "three" in rule("-", Version.QTI_30).attributes
    assert rule("-").required == ("one",)


def test_names_are_changed_for_3_0() -> None:
    made = compile_rules(drafts(["simpleChoice: p qh5:audio m:math\n    matchMax!:int"], Version.QTI_30), Version.QTI_30)[
        "qti-simple-choice"
    ]

    assert list(made.attributes) == ["match-max"]
    assert [list(moves) for moves in made.states[:2]] == [["p"], ["audio"]]


def test_an_element_may_follow_the_rule_of_another() -> None:
    assert rule("a=special").states[0] == {"a": (1, "special")}
