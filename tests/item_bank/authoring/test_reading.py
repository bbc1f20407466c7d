"""What an author types comes back, scores as it was meant, and what is missing is said at its field."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.authoring.fields import TRUTH, begun
from item_bank.authoring.reading import Read, read
from item_bank.authoring.showing import placed, shown
from item_bank.authoring.wording import content_of, marks_of, marks_text, settled, text_of
from item_bank.formats.content import words
from item_bank.formats.findings import Notes
from item_bank.formats.of_qti import all_contents, question_of
from item_bank.formats.questions import Content, Kind, Question, skeleton
from item_bank.formats.to_qti import to_xml
from item_bank.parity import differences
from item_bank.qti.binding import bind
from item_bank.qti.processing import score
from item_bank.qti.reader import parse, read_item
from item_bank.qti.validity import findings
from tests.item_bank.formats.generated import choices, lists, matches, numbers, orders, responses, rich, texts

SOME = settings(max_examples=int(os.environ.get("FORMATS_EXAMPLES", "40")), deadline=None)

sayable = texts().filter(lambda question: question.otherwise <= 0)  # a wrong text that earns something is none that an author writes
written = st.one_of(choices(), lists(), sayable, numbers(), matches(), orders())


def translated(question: Question) -> Question:
    """The same question in Hindi: every text with a word before it, and the same numbers in it."""

    def said(content: Content) -> Content:
        return ("हिन्दी ", *content) if content and isinstance(content[0], str) else content

    options = tuple(replace(each, content=said(each.content), feedback=said(each.feedback)) for each in question.options)
    answers = tuple(replace(each, feedback=said(each.feedback)) for each in question.answers)
    ranges = tuple(replace(each, feedback=said(each.feedback)) for each in question.ranges)
    hindi = replace(question, lang="hi", options=options, answers=answers, ranges=ranges)
    hindi = replace(hindi, sources=tuple(map(said, question.sources)), targets=tuple(map(said, question.targets)))
    return replace(hindi, stem=said(question.stem), feedback=said(question.feedback), other_feedback=said(question.other_feedback))


def bilingual(question: Question) -> dict[str, Question]:
    english = replace(question, lang="en")
    return {"en": english, "hi": translated(english)}


def all_of(question: Question) -> tuple[Content, ...]:
    return tuple(map(settled, all_contents(question)))


@given(written)
@SOME
def test_what_is_shown_in_the_fields_is_the_same_question_again(question: Question) -> None:
    before = bilingual(question)

    again = read(shown(before, ("en", "hi")))

    assert again.troubles == ()
    assert list(again.questions) == ["en", "hi"]
    for lang, asked in before.items():
        assert skeleton(again.questions[lang]) == skeleton(placed(asked))
        assert all_of(again.questions[lang]) == all_of(placed(asked))
        assert again.questions[lang].title == asked.title


@given(written)
@SOME
def test_every_response_scores_as_the_question_says_and_languages_are_one_item(question: Question) -> None:
    before = bilingual(question)
    again = read(shown(before, ("en", "hi"))).questions
    items = {lang: read_item(to_xml(asked)) for lang, asked in again.items()}

    assert list(differences(items)) == []
    for lang, item in items.items():
        assert [each for each in findings(parse(to_xml(again[lang]))) if each.severity.value == "invalid"] == []
        first = read_item(to_xml(before["en"]))
        for response in responses(question):
            given_one = {"RESPONSE": json.loads(json.dumps(response))}
            assert score(item, bind(item, given_one, lenient=True)).score == score(first, bind(first, given_one, lenient=True)).score


@given(rich)
@SOME
def test_words_come_back_from_their_field(content: Content) -> None:
    assert content_of(text_of(content)) == (settled(content), ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a < b", "a < b"),
        ("H<sub>2</sub>O\nis water", "H2O is water"),
        ("<b>One</b>\n\nTwo", "One Two"),
        ("Line one\r\nline two", "Line one line two"),
    ],
)
def test_plain_words_and_marks_stand_side_by_side(typed: str, meant: str) -> None:
    content, lost = content_of(typed)

    assert (words(content), lost) == (meant, ())
    assert text_of(content) == typed.replace("\r\n", "\n")


def test_what_cannot_be_kept_is_said_at_its_field() -> None:
    found = a_choice(**{"stem-en": "What?<script>alert(1)</script>", "option-1-en": '<img src="x.png">'})

    assert {trouble.field: trouble.code for trouble in found.troubles} == {"stem-en": "markup_not_kept", "option-1-en": "alt_missing"}
    assert b"script" not in to_xml(found.questions["en"])


def a_choice(**changed: str) -> Read:
    said = {"stem-en": "What?", "option-1-en": "This", "option-2-en": "That"}
    return read({"kind": "choice", "langs": "en hi", "points": "1", "right": "1", **said, **changed})


def codes(found: Read) -> dict[str, str]:
    return {trouble.field: trouble.code for trouble in found.troubles}


def test_a_wrong_answer_costs_what_is_typed() -> None:
    found = a_choice(points="2", negative="2/3")

    assert codes(found) == {}
    assert [option.worth for option in found.questions["en"].options] == [Decimal(2), -marks_of("2/3")]
    assert shown(found.questions, ["en"])["negative"] == "2/3"


@pytest.mark.parametrize("typed", ["1/3", "2/3", "1/7", "0.25", "१/३", "-1/3", "12.5", "0.333"])
def test_marks_come_back_as_they_were_typed(typed: str) -> None:
    assert marks_of(marks_text(marks_of(typed))) == marks_of(typed)


@pytest.mark.parametrize("typed", ["one", "1/0", "1/2/3", "", "1,5", "∞", "1e400", "/"])
def test_what_is_no_number_is_said(typed: str) -> None:
    expected = "not_points" if not typed else "not_a_number"

    assert codes(a_choice(points=typed))["points"] in (expected, "not_points")


def test_a_language_is_whole_or_not_there() -> None:
    assert codes(a_choice()) == {}
    assert codes(a_choice(**{"stem-hi": "क्या?"})) == {"option-1-hi": "missing", "option-2-hi": "missing"}
    assert codes(a_choice(**{"option-1-hi": "यह"})) == {"stem-hi": "missing"}
    both = {"stem-hi": "क्या?", "option-1-hi": "यह", "option-2-hi": "वह", "told-1-en": "Yes"}
    assert codes(a_choice(**both)) == {"told-1-hi": "missing_in_language"}


def test_numbers_that_differ_between_languages_are_doubted() -> None:
    hindi = {"stem-en": "15 % of 1,250", "stem-hi": "1,250 का १२ %", "option-1-hi": "यह", "option-2-hi": "वह"}

    [doubt] = a_choice(**hindi).doubts

    assert (doubt.field, doubt.code, doubt.details["here"], doubt.details["there"]) == ("stem-hi", "numbers_differ", "12", "15")


BROKEN: Mapping[str, tuple[dict[str, str], dict[str, str]]] = {
    "no stem": ({"stem-en": ""}, {"stem-en": "missing", "stem-hi": "missing"}),
    "no key": ({"right": ""}, {"options": "no_key"}),
    "a key that is not there": ({"right": "7"}, {"options": "no_key"}),
    "one choice": ({"option-2-en": ""}, {"options": "too_few_choices"}),
    "a cost below nothing": ({"negative": "-1"}, {"negative": "not_negative"}),
    "all or nothing with a cost": ({"kind": "multiple", "scoring": "all", "negative": "1"}, {"negative": "negative_not_said"}),
    "fewer than are right": ({"kind": "multiple", "right": "1 2", "most": "1"}, {"most": "not_a_limit"}),
    "a list with marks": ({"kind": "list", "option-1-en": "<b>This</b>"}, {"option-1-en": "plain_only"}),
    "no answer": ({"kind": "text"}, {"options": "no_answer"}),
    "the same answer": ({"kind": "text", "answer-1": "One", "answer-2": "one"}, {"answer-2": "same_answer_twice"}),
    "no number": ({"kind": "number", "value-1": "ten"}, {"value-1": "not_a_number"}),
    "a width below nothing": ({"kind": "number", "value-1": "10", "tolerance-1": "-1"}, {"tolerance-1": "not_a_tolerance"}),
    "a picture that did not come": ({"stem-en": 'See <img src="media/a.png" alt="A">'}, {"stem-en": "picture_missing"}),
    "a picture from elsewhere": ({"stem-en": 'See <img src="https://example.org/a.png" alt="A">'}, {"stem-en": "picture_missing"}),
    "no pairs": ({"kind": "match"}, {"options": "too_few_pairs"}),
    "too long": ({"stem-en": "x" * 20_001}, {"stem-en": "too_long"}),
}


@pytest.mark.parametrize("case", list(BROKEN))
def test_what_does_not_fit_is_said_at_its_field(case: str) -> None:
    changed, expected = BROKEN[case]

    assert codes(a_choice(**changed)).items() >= (expected if case != "no stem" else {"stem-en": "missing"}).items()


def test_a_pair_that_leads_nowhere_is_said() -> None:
    sides = {"kind": "match", "source-1-en": "a", "source-2-en": "b", "target-1-en": "x", "target-3-en": "y", "pair-1": "3", "pair-2": "2"}

    found = a_choice(**sides)

    assert codes(found) == {"pair-2": "unknown_pair"}
    assert found.questions["en"].pairs[0] == 1


def test_true_or_false_begins_with_its_words_in_both_languages() -> None:
    values = begun(TRUTH, ("en", "hi"))
    assert codes(read({**values, "stem-en": "Is it so?", "right": "2"})) == {}

    question = read({**values, "stem-en": "Is it so?", "stem-hi": "क्या ऐसा है?", "right": "2"}).questions["hi"]

    assert question_of(read_item(to_xml(question)), (), Notes()).kind is Kind.CHOICE
    assert [(option.identifier, words(option.content), option.worth) for option in question.options] == [
        ("true", "सही", Decimal(0)),
        ("false", "गलत", Decimal(1)),
    ]


FIELDS = st.sampled_from(
    ["kind", "points", "right", "stem-en", "option-1-en", "option-2-hi", "worth-1", "most", "pair-1", "value-1", "name-1"]
)


@given(st.dictionaries(FIELDS, st.text(max_size=30)))
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_typed_breaks_the_page(values: dict[str, str]) -> None:
    for question in read({"langs": "en hi", **values}).questions.values():
        assert read_item(to_xml(replace(question, name="q"))).lang in ("en", "hi")
