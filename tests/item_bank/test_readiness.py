import pytest

from item_bank.qti.processing import max_score
from item_bank.qti.reader import read_item
from item_bank.readiness import shortfalls
from tests.item_bank.items import SCORE, choice, demo_items, qti, response

BEST = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
HUMAN = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="5" external-scored="human"/>'
FREE = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
CUSTOM = '<qti-custom-interaction response-identifier="RESPONSE"><div/></qti-custom-interaction>'
NOTHING = "<qti-response-processing/>"
TWO = """<qti-response-processing><qti-response-condition><qti-response-if>
  <qti-match><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>
  <qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">2</qti-base-value></qti-set-outcome-value>
</qti-response-if></qti-response-condition></qti-response-processing>"""
ESSAY = '<qti-extended-text-interaction response-identifier="RESPONSE"/>'

SHORT: dict[str, tuple[str, bytes]] = {
    "nothing_to_answer": ("nothing to answer", qti(responses=response("identifier", "A"), body="<p>x</p>", outcomes=BEST)),
    "no_score": ("no SCORE", qti(responses=response("identifier", "A"), body=choice("A", "B"), outcomes="")),
    "no_best_score": ("no best score", qti(responses=response("string"), body=ESSAY, processing=NOTHING, outcomes=FREE)),
    "key_earns_nothing": (
        "the rules never set SCORE",
        qti(responses=response("identifier", "A"), body=choice("A", "B"), processing=NOTHING, outcomes=BEST),
    ),
    "key_exceeds_best": (
        "the rules give 2 of 1",
        qti(responses=response("identifier", "A"), body=choice("A", "B"), processing=TWO, outcomes=BEST),
    ),
    "no_processing": ("no processing", qti(responses=response("string"), body=ESSAY, processing="", outcomes=BEST)),
    "needs_human_scoring": ("a person scores", qti(responses=response("string"), body=ESSAY, processing="", outcomes=HUMAN)),
    "cannot_be_shown": ("custom", qti(responses=response("identifier", "A"), body=CUSTOM + choice("A", "B"), outcomes=BEST)),
    "needs_several_attempts": (
        "adaptive",
        qti(responses=response("identifier", "A"), body=choice("A", "B"), outcomes=BEST).replace(b'adaptive="false"', b'adaptive="true"'),
    ),
}


@pytest.mark.parametrize("code", SHORT)
def test_an_item_that_no_exam_can_have_says_why(code: str) -> None:
    found = shortfalls({"en": read_item(SHORT[code][1])}, {})

    assert code in [each.code for each in found]
    assert all(each.message and each.advice for each in found)


def test_languages_that_are_not_one_question_keep_an_item_out_of_exams() -> None:
    english = read_item(qti(responses=response("identifier", "A"), body=choice("A", "B"), outcomes=BEST))
    hindi = read_item(qti(responses=response("identifier", "B"), body=choice("A", "B"), outcomes=BEST, lang="hi"))

    assert "languages_differ" in [each.code for each in shortfalls({"en": english, "hi": hindi}, {})]


@pytest.mark.parametrize("identifier", demo_items())
def test_the_demo_items_are_ready_for_an_exam(identifier: str) -> None:
    assert shortfalls(demo_items()[identifier], {}) == ()


def test_a_best_score_that_follows_from_the_processing_is_enough() -> None:
    assert shortfalls({"en": read_item(qti(responses=response("identifier", "A"), body=choice("A", "B"), outcomes=SCORE))}, {}) == ()


def test_what_the_key_earns_is_the_best_score_where_nothing_else_says_it() -> None:
    item = read_item(qti(responses=response("identifier", "A"), body=choice("A", "B"), processing=TWO, outcomes=FREE))

    assert max_score(item) == 2
    assert shortfalls({"en": item}, {}) == ()


def test_a_picture_that_did_not_come_keeps_an_item_out_of_exams() -> None:
    item = read_item(qti(responses=response("identifier", "A"), body='<img src="./a%20b.png" alt=""/>' + choice("A", "B"), outcomes=BEST))

    assert [each.code for each in shortfalls({"en": item}, {})] == ["missing_file"]
    assert shortfalls({"en": item}, {"en": {"a b.png"}}) == ()
