import base64

import pytest

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats import FORMATS
from item_bank.formats.content import to_html, words
from item_bank.formats.questions import Kind
from tests.item_bank.formats.scores import noted, only, reading, scores, wrong

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def quiz(*questions: str) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<quiz>\n{''.join(questions)}</quiz>"


def question(kind: str, inner: str, text: str = "<p>Which?</p>", files: str = "") -> str:
    stem = f"<questiontext format='html'><text><![CDATA[{text}]]></text>{files}</questiontext>"
    return f"<question type='{kind}'><name><text>N</text></name>{stem}{inner}</question>\n"


def answer(fraction: str, text: str, more: str = "") -> str:
    return f"<answer fraction='{fraction}' format='html'><text>{text}</text>{more}</answer>"


CHOICE = answer("100", "yes") + answer("0", "no")
HALVES = answer("50", "a") + answer("50", "b") + answer("-100", "c")
RANGES = answer("100", "9.5", "<tolerance>0.5</tolerance>") + answer("50", "9", "<tolerance>2</tolerance>")


@pytest.mark.parametrize(
    ("kind", "inner", "responses", "expected"),
    [
        ("multichoice", f"<single>true</single><defaultgrade>2.0000000</defaultgrade>{CHOICE}", ["A", "B"], [2, 0]),
        ("multichoice", f"<single>false</single>{HALVES}", [["A", "B"], ["A", "C"]], [1, 0]),
        ("multichoiceset", answer("100", "a") + answer("100", "b") + answer("0", "c"), [["A", "B"], ["A"], ["A", "B", "C"]], [1, 0, 0]),
        ("truefalse", answer("0", "true") + answer("100", "false"), ["true", "false"], [0, 1]),
        ("shortanswer", f"<usecase>1</usecase>{answer('100', 'Delhi')}{answer('25', '*')}", ["Delhi", "delhi", None], [1, 0.25, 0]),
        ("numerical", RANGES, ["10", "8", "12"], [1, 0.5, 0]),
        (
            "matching",
            "<defaultgrade>3</defaultgrade>"
            + "".join(
                f"<subquestion format='html'><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
                for left, right in (("a", "x"), ("b", "y"), ("", "z"))
            ),
            [["S1 T1", "S2 T2"], ["S1 T1"]],
            [3, 1.5],
        ),
    ],
)  # fmt: skip
def test_a_question_scores_as_it_does_in_moodle(kind: str, inner: str, responses: list[str | list[str]], expected: list[float]) -> None:
    assert scores(only("moodle-xml", quiz(question(kind, inner))), *responses) == pytest.approx(expected)


def test_embedded_files_come_to_lie_beside_the_question() -> None:
    files = f"<file name='my dot.png' path='/' encoding='base64'>{base64.b64encode(PIXEL).decode()}</file>"
    found = only("moodle-xml", quiz(question("multichoice", CHOICE, '<p><img src="@@PLUGINFILE@@/my%20dot.png" alt="dot"></p>', files)))

    [medium] = found.media
    assert (medium.data, f'src="{medium.path}"' in to_html(found.stem)) == (PIXEL, True)
    again = only("moodle-xml", FORMATS["moodle-xml"].write([found]).data)
    assert again.media[0].data == PIXEL
    assert again.media[0].path in to_html(again.stem)


def test_a_picture_in_the_text_itself_is_lifted_out() -> None:
    found = only("moodle-xml", quiz(question("essay", "", f'<img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}">')))

    assert [medium.data for medium in found.media] == [PIXEL]


def test_words_for_right_and_wrong_answers_are_kept() -> None:
    told = "<correctfeedback format='html'><text>Good</text></correctfeedback><incorrectfeedback><text>No</text></incorrectfeedback>"

    found = only("moodle-xml", quiz(question("multichoice", CHOICE + told)))

    assert [(band.name, words(band.content)) for band in found.bands] == [("correct", "Good"), ("incorrect", "No")]


def test_what_is_not_kept_is_noted() -> None:
    tags = "<tags><tag><text>law</text></tag><tag><text>lang:hi</text></tag></tags>"
    inner = f"{CHOICE}<penalty>0.3333333</penalty>{tags}<hint><text>h</text></hint>"
    found = reading(
        "moodle-xml", quiz("<question type='category'><category><text>top</text></category></question>", question("multichoice", inner))
    )

    assert noted(found) == {"category_not_kept", "penalty_not_kept", "tags_not_kept", "hints_not_kept"}
    assert found.questions[0].lang == "hi"


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (question("cloze", "", "{1:SA:=x}"), "type_not_read"),
        (question("multichoice", answer("0", "a") + answer("0", "b")), "no_right_answer"),
        (question("multichoice", answer("100", "a")), "too_few_choices"),
        (question("numerical", answer("100", "many")), "not_a_number"),
        (question("numerical", "<unitgradingtype>1</unitgradingtype>" + answer("100", "1")), "units_not_read"),
        (question("essay", "", "<p></p>"), "no_question"),
        (question("essay", "", "x", "<file name='a.png' encoding='base64'>***</file>"), "damaged_file"),
        (question("essay", "<idnumber>x</idnumber>") + question("essay", "<idnumber>x</idnumber>"), "id_used_twice"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(element: str, code: str) -> None:
    [(found, line)] = wrong(reading("moodle-xml", quiz(question("description", ""), element)))

    assert (found, line > 3) == (code, True)


BOMB = "".join(f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (f"<!DOCTYPE quiz [<!ENTITY a 'aaaaaaaaaa'>{BOMB}]><quiz><question type='essay'>&i;</question></quiz>", "entities_forbidden"),
        ("<!DOCTYPE quiz [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><quiz>&a;</quiz>", "entities_forbidden"),
        ("<quiz><question>", "not_well_formed"),
        ("", "not_well_formed"),
        ("<html/>", "not_moodle_xml"),
        ("<a>" * 300 + "</a>" * 300, "too_large"),
    ],
)
def test_a_hostile_or_broken_file_is_refused(xml: str, code: str) -> None:
    with pytest.raises(AssessmentError) as refused:
        reading("moodle-xml", xml)

    assert refused.value.details["problem"] == code


def test_a_choice_of_all_or_nothing_has_no_words_in_moodle() -> None:
    found = only("moodle-xml", quiz(question("multichoiceset", answer("100", "a") + answer("0", "b"))))

    assert (found.kind, found.all_or_nothing) == (Kind.MULTIPLE, True)
