import pytest

from item_bank.formats import FORMATS
from item_bank.formats.content import words
from tests.item_bank.formats.scores import only, reading, scores, wrong

ONE = "Who has the right to information?\nA. Officers\nB) All citizens\nC. A < B: {all}\nANSWER: B\n"


def test_a_question_is_read_and_scored() -> None:
    question = only("aiken", ONE)

    assert [words(option.content) for option in question.options] == ["Officers", "All citizens", "A < B: {all}"]
    assert scores(question, "A", "B", "C", None) == [0, 1, 0, 0]


def test_what_was_read_is_written_again() -> None:
    assert FORMATS["aiken"].write([only("aiken", ONE)]).data.decode() == ONE.replace("B)", "B.")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Q\nA. a\nC. c\nANSWER: A\n", "wrong_letter", 3),
        ("Q\nA. a\nB. b\nANSWER: D\n", "no_right_answer", 4),
        ("Q\nA. a\nANSWER: A\n", "too_few_choices", 1),
        ("Q\nmore of it\nA. a\nB. b\nANSWER: A\n", "not_a_choice", 2),
        ("ANSWER: A\n", "no_question", 1),
        (f"{ONE}\nQ\nA. a\nB. b\n", "no_right_answer", 7),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, code: str, line: int) -> None:
    assert wrong(reading("aiken", text)) == [(code, line)]
