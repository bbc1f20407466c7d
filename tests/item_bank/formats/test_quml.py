import json

import pytest

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats import FORMATS
from item_bank.formats.content import words
from item_bank.formats.quml import one_as_sent
from tests.item_bank.formats.scores import noted, only, reading, scores, wrong


def an_object(**changes: object) -> dict[str, object]:
    options = [{"label": f"<p>{word}</p>", "value": place} for place, word in enumerate(("a", "b", "c"))]
    declared = {"cardinality": "multiple", "type": "integer", "correctResponse": {"value": [0, 1]}, "mapping": []}
    return {
        "identifier": "do_1",
        "name": "One",
        "body": "<div class='question-body'><div class='mcq-title'><p>Which?</p></div><div data-choice-interaction='r'></div></div>",
        "interactions": {"r": {"type": "choice", "options": options}},
        "responseDeclaration": {"r": declared},
        **changes,
    }


def test_without_a_mapping_the_key_alone_counts() -> None:
    question = only("quml", json.dumps(an_object(outcomeDeclaration={"maxScore": {"defaultValue": 2}})))

    assert words(question.stem) == "Which?"
    assert scores(question, ["A", "B"], ["A"], ["A", "B", "C"]) == [2, 0, 0]


def test_a_mapping_gives_each_choice_its_worth_and_knows_no_bounds() -> None:
    mapping = [{"value": 0, "score": 0.5}, {"value": 2, "score": -1}]
    declared = {"r": {"cardinality": "multiple", "correctResponse": {"value": ["0", "1"]}, "mapping": mapping}}

    question = only("quml", json.dumps(an_object(responseDeclaration=declared)))

    assert scores(question, ["A", "B"], ["C"], ["A", "C"]) == [0.5, -1, -0.5]


def test_responses_as_the_player_sends_them_have_its_own_names() -> None:
    question = one_as_sent(json.dumps(an_object()).encode(), "one.json")

    assert question.response == "r"
    assert scores(question, ["0", "1"], ["0"]) == [1, 0]


@pytest.mark.parametrize("around", ["%s", "[%s]", '{"result": {"question": %s}}', '{"children": [%s]}'])
def test_a_question_is_found_wherever_sunbird_puts_it(around: str) -> None:
    assert only("quml", around % json.dumps(an_object())).name == "do_1"


def test_what_was_read_is_written_and_read_again() -> None:
    question = only("quml", json.dumps(an_object()))

    again = only("quml", FORMATS["quml"].write([question]).data)

    assert (again.options, again.all_or_nothing, again.title) == (question.options, True, "One")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"responseDeclaration": {"r": {"cardinality": "single", "correctResponse": {"value": 9}}}}, "no_right_answer"),
        ({"responseDeclaration": {"r": {"mapping": [{"value": 9, "score": 1}], "correctResponse": {"value": 0}}}}, "unknown_choice"),
        ({"interactions": {"r": {"type": "slider"}}}, "type_not_read"),
        ({"responseDeclaration": {"r": {}, "s": {}}}, "several_answers"),
        ({"body": ""}, "no_question"),
        ({"responseProcessing": {"mappingConfig": [{"SCORE": {"about": 1}}]}}, "scoring_not_read"),
        ({"interactions": {"r": {"type": "choice", "options": [{"label": "a", "value": 0}, {"label": "b", "value": 0}]}}}, "id_used_twice"),
        ({"outcomeDeclaration": {"maxScore": {"defaultValue": "much"}}}, "not_a_number"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(changes: dict[str, object], code: str) -> None:
    assert wrong(reading("quml", json.dumps([an_object(identifier="first"), an_object(**changes)]))) == [(code, 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("3", "not_quml"),
        ('{"a": 1}', "not_quml"),
        ("# A page\n", "not_quml"),
        ("[" * 30 + "]" * 30, "too_deep"),
    ],
)
def test_what_is_no_quml_is_refused(text: str, code: str) -> None:
    with pytest.raises(AssessmentError) as refused:
        reading("quml", text)

    assert refused.value.details["problem"] == code


def test_a_question_without_a_key_is_for_a_person() -> None:
    found = reading(
        "quml", json.dumps(an_object(interactions={}, interactionTypes=["text"], responseDeclaration={"r": {"type": "string"}}))
    )

    assert (found.questions[0].kind.value, "no_key" in noted(found)) == ("essay", True)
