"""Whatever a format can say comes back with the same score for every response; what it cannot say is left out, by name."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.formats import FORMATS, export_as
from item_bank.formats.exports import Exported
from item_bank.formats.findings import Notes
from item_bank.formats.of_qti import question_of
from item_bank.formats.questions import Kind, Question, skeleton
from item_bank.formats.to_qti import to_xml
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem
from item_bank.qti.package import ExportedItem
from item_bank.qti.processing import score
from item_bank.qti.reader import parse, read_item
from item_bank.qti.validity import findings
from tests.item_bank.formats.generated import choices, lists, matches, numbers, orders, questions, responses, texts

SOME = settings(max_examples=int(os.environ.get("FORMATS_EXAMPLES", "15")), deadline=None)


def exported(form: str, question: Question) -> Exported:
    return export_as(FORMATS[form], [ExportedItem(identifier=question.name, lang=question.lang, xml=to_xml(question))])


def read_back(form: str, written: Exported) -> list[Question]:
    reading = FORMATS[form].read(written.data, f"bank{FORMATS[form].ending}")
    assert [problem for problem in reading.problems if problem.severity.value == "invalid"] == []
    return list(reading.questions)


def scored(item: QtiItem, response: object) -> float:
    return score(item, bind(item, {"RESPONSE": json.loads(json.dumps(response))}, lenient=True)).score


def renamed(response: object, before: Question, after: Question) -> object:
    """The same choice by its place: formats have no names for choices."""
    names = {mine.identifier: other.identifier for mine, other in zip(before.options, after.options, strict=True)}
    if isinstance(response, list) and before.options:
        return [names[each] for each in response]
    return names.get(response, response) if isinstance(response, str) else response


def same_scores(before: Question, after: Question) -> None:
    first, second = read_item(to_xml(before)), read_item(to_xml(after))
    places = {each: f"T{after.targets.index(target) + 1}" for each, target in enumerate(before.targets, start=1) if target in after.targets}
    for response in responses(before):
        moved = renamed(response, before, after)
        if before.kind is Kind.MATCH and isinstance(response, list):
            moved = [f"{pair.split()[0]} {places[int(pair.split()[1][1:])]}" for pair in response]
        assert scored(first, response) == pytest.approx(scored(second, moved), abs=1e-12), response


@given(st.one_of(questions, orders(), lists()))
@SOME
def test_a_question_is_a_valid_item_and_comes_back_from_it(question: Question) -> None:
    xml = to_xml(question)

    assert [problem for problem in findings(parse(xml)) if problem.severity.value == "invalid"] == []
    again = question_of(read_item(xml), (), Notes())
    assert skeleton(again)[:2] == skeleton(question)[:2]
    same_scores(question, again)


@given(orders())
@SOME
def test_an_order_comes_back_from_its_item_and_goes_into_no_other_format(question: Question) -> None:
    again = question_of(read_item(to_xml(question)), (), Notes())

    assert skeleton(again) == skeleton(question)
    assert all(exported(form, question).left_out == (question.name,) for form in FORMATS)


@pytest.mark.parametrize("form", list(FORMATS))
@given(data=st.data())
@SOME
def test_what_is_written_scores_every_response_the_same(form: str, data: st.DataObject) -> None:
    question = data.draw(questions)

    written = exported(form, question)

    if written.left_out:
        assert written.left_out == (question.name,)
        assert [problem.file for problem in written.problems if problem.severity.value == "invalid"] == [question.name]
    else:
        [again] = read_back(form, written)
        same_scores(question, again)


SAYS = {
    "gift": st.one_of(choices().filter(lambda question: not question.all_or_nothing), numbers(), matches()),
    "moodle-xml": st.one_of(choices().filter(lambda question: not question.all_or_nothing), texts(), numbers(), matches()),
    "csv": questions,
    "xlsx": questions,
}


@pytest.mark.parametrize("form", list(SAYS))
@given(data=st.data())
@SOME
def test_what_a_format_has_words_for_is_never_left_out(form: str, data: st.DataObject) -> None:
    question = data.draw(SAYS[form])

    written = exported(form, question)

    assert written.left_out == (), [problem.message for problem in written.problems]
    [again] = read_back(form, written)
    assert (again.name, again.title, again.lang) == (question.name, question.title, question.lang)
    assert skeleton(again)[1:] == skeleton(question_of(read_item(to_xml(question)), (), Notes()))[1:]
