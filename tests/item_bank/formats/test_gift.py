import pytest

from item_bank.formats.content import to_html, words
from item_bank.formats.questions import Kind
from tests.item_bank.formats.scores import noted, only, reading, scores, wrong

EVERY_ESCAPE = r"\~ \= \# \{ \} \: \\ \\n \x"
PLAIN = r"~ = # { } : \ \n \x"


def test_every_escape_is_read_wherever_words_stand() -> None:
    question = only("gift", f"::T {EVERY_ESCAPE}:: S {EVERY_ESCAPE} {{= A {EVERY_ESCAPE} # F {EVERY_ESCAPE} ~ no ####G {EVERY_ESCAPE}}}")

    right = question.options[0]
    assert question.title == f"T {PLAIN}"
    assert [words(said) for said in (question.stem, right.content, right.feedback, question.feedback)] == [
        f"{name} {PLAIN}" for name in "SAFG"
    ]  # fmt: skip


def test_an_escaped_n_is_a_line_break() -> None:
    assert to_html(only("gift", r"one\ntwo {T}").stem) == "one<br>two"


@pytest.mark.parametrize(
    ("text", "responses", "expected"),
    [
        ("Q {=yes ~no}", ["A", "B", None], [1, 0, 0]),
        ("Q {=yes =also ~%50%half ~no}", ["A", "B", "C", "D"], [1, 1, 0.5, 0]),
        ("Q {~%50%a ~%50%b ~%-100%c ~d}", [["A", "B"], ["A"], ["A", "C"], ["C"], ["A", "B", "D"], []], [1, 0.5, 0, 0, 1, 0]),
        ("Q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}", [["A", "B", "C"]], [1]),
        ("Q {T}", ["true", "false"], [1, 0]),
        ("Q {FALSE#no#yes}", ["true", "false"], [0, 1]),
        ("Q {=New Delhi =%50%Delhi}", ["new delhi", "DELHI", "Mumbai", None], [1, 0.5, 0, 0]),
        ("Q {=%50%Del* =Delhi =%25%*}", ["delhi", "Delta", "Mumbai", None], [0.5, 0.5, 0.25, 0]),
        (r"Q {=2 \* 3 =%50%4\*\*2}", ["2 * 3", "2 x 3", "4**2"], [1, 0, 0.5]),
        ("Q {#3.14:0.01}", ["3.13", "3.15", "3.151", "३.१४", None], [1, 1, 0, 1, 0]),
        ("Q {#1..5}", ["1", "5", "5.01"], [1, 1, 0]),
        ("Q {#=1822:0 =%50%1822:2}", ["1822", "1824", "1825"], [1, 0.5, 0]),
        ("Q {=a -> x =b -> y = -> z}", [["S1 T1", "S2 T2"], ["S1 T1"], ["S1 T2", "S2 T2"]], [1, 0.5, 0.5]),
        ("// [points:3]\nQ {=yes ~%50%half ~no}", ["A", "B", "C"], [3, 1.5, 0]),
    ],
)
def test_a_question_scores_as_it_does_in_moodle(text: str, responses: list[str | list[str] | None], expected: list[float]) -> None:
    assert scores(only("gift", text), *responses) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("One {=a ~b}\n\nTwo {=a ~b\n\nThree {=a ~b}", "braces_do_not_match", 3),
        ("One\n =a}", "braces_do_not_match", 2),
        ("One {=a ~b", "braces_do_not_match", 1),
        ("One {=a ~b} and {=c ~d}", "several_answers", 1),
        ("One {~a ~b}", "no_right_answer", 1),
        ("One {=a\n~}", "empty_choice", 1),
        ("\n\n{=a ~b}", "no_question", 3),
        ("One {#abc}", "not_a_number", 1),
        ("One {#5..1}", "not_a_range", 1),
        ("One {\n=a -> b\n=c}", "pair_without_arrow", 3),
        ("One {x ~%50%a =b}", "answer_without_sign", 1),
        ("One {~%150%a ~b}", "not_a_share", 1),
        ("// [id:x]\nOne {T}\n\n// [id:x]\nTwo {T}", "id_used_twice", 5),
        ("// [points:0]\nOne {T}", "not_points", 2),
        ("// [lang:../x]\nOne {T}", "not_a_language", 2),
        ("One \U000f0001 {T}", "not_plain_text", 1),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, code: str, line: int) -> None:
    assert (code, line) in wrong(reading("gift", text))


def test_what_is_wrong_with_one_question_hides_no_other() -> None:
    found = reading("gift", "One {=a ~b\n\nTwo {=a ~b}\n\nThree {=a ~b}\n\nFour {#x}\n")

    assert ([question.line for question in found.questions], len(wrong(found))) == ([5], 2)


def test_ids_points_and_language_come_from_comments_and_go_back_into_them() -> None:
    question = only("gift", "// [id:rti\\]1] [points:2] [lang:hi] [tag:law]\nप्रश्न? {=हाँ ~नहीं}")

    assert (str(question.points), question.lang, question.kind) == ("2", "hi", Kind.CHOICE)
    assert question.name.startswith("q-rti-1")
    assert "tags_not_kept" in noted(reading("gift", "// [tag:law]\nQ {T}"))


def test_the_same_question_has_the_same_name_in_the_next_import() -> None:
    first, again = (only("gift", f"{before}Q? {{=a ~b}}") for before in ("", "A note.\n\n".replace("A note.\n\n", "// moved\n\n")))

    assert first.name == again.name != only("gift", "Q? {~a =b}").name


def test_a_category_is_noted_and_html_is_kept() -> None:
    found = reading("gift", '$CATEGORY: law/rti\n[html]<p>One <i onclick\\="x()">two</i><script>alert(1)</script></p> {T}')

    assert to_html(found.questions[0].stem) == "One <i>two</i>"
    assert {"category_not_kept", "markup_not_kept"} <= noted(found)
