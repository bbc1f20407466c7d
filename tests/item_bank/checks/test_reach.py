"""Feedback that nothing shows, keys that no page can send and scores that nobody gets: tried, where all responses can be."""

from item_bank.checks import FEW_TRIES, MANY_TRIES, check_item
from item_bank.qti.model import QtiItem
from item_bank.qti.reader import read_item
from tests.item_bank.items import ENTRY, MAP, SCORE, choice, demo_items, mapping, multiple_choice, qti, response, single_choice

FEEDBACK = '<qti-outcome-declaration identifier="FEEDBACK" cardinality="single" base-type="identifier"/>'
BEST = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="{}"/>'


def seen(item: QtiItem, tries: int = MANY_TRIES) -> list[tuple[str, str]]:
    return [(each.code, each.where) for each in check_item({"en": item}, tries=tries)]


def told(*names: str) -> str:
    blocks = (
        f'<qti-feedback-block outcome-identifier="FEEDBACK" identifier="{name}" show-hide="show"><p>x</p></qti-feedback-block>'
        for name in names
    )
    return "".join(blocks)


def follows(expression: str) -> str:
    """Processing that says SCORE by the key, and FEEDBACK by an expression."""
    return (
        "<qti-response-processing><qti-response-condition><qti-response-if><qti-match>"
        '<qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>'
        '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value>'
        "</qti-response-if></qti-response-condition>"
        f'<qti-set-outcome-value identifier="FEEDBACK">{expression}</qti-set-outcome-value></qti-response-processing>'
    )


RESPONSE = '<qti-variable identifier="RESPONSE"/>'


def test_sound_items_reach_everything() -> None:
    assert seen(multiple_choice(2)) == []
    assert [each for item in demo_items().values() for each in check_item(item) if each.code not in CUES] == []


CUES = {"longest_is_key", "word_shared_with_key", "absolute_word"}


def test_feedback_by_the_chosen_answer_is_reached_and_another_is_not() -> None:
    body = choice("A", "B") + told("A", "B", "C")
    item = read_item(qti(responses=response("identifier", "A"), body=body, outcomes=SCORE + FEEDBACK, processing=follows(RESPONSE)))

    assert seen(item) == [("feedback_never_shown", "C")]
    assert seen(item, FEW_TRIES) == [("feedback_never_shown", "C")]


def test_of_an_item_that_cannot_be_tried_its_rules_are_read() -> None:
    body = ENTRY + told("good", "bad")
    word = '<qti-base-value base-type="identifier">good</qti-base-value>'
    item = read_item(qti(responses=response("string", "x"), body=body, outcomes=SCORE + FEEDBACK, processing=follows(word)))
    open_ended = read_item(qti(responses=response("string", "x"), body=body, outcomes=SCORE + FEEDBACK, processing=follows(RESPONSE)))

    assert seen(item) == [("feedback_never_shown", "bad")]
    assert seen(open_ended) == []


def test_a_standard_template_shows_no_feedback_of_its_own() -> None:
    item = read_item(qti(responses=response("identifier", "A"), body=choice("A", "B") + told("A"), outcomes=SCORE + FEEDBACK))

    assert seen(item) == [("feedback_never_shown", "A")]


def test_a_key_of_more_choices_than_may_be_chosen_is_out_of_reach() -> None:
    declared = response("identifier", "A", "B", "C", cardinality="multiple")
    item = read_item(qti(responses=declared, body=choice("A", "B", "C", max_choices=2), outcomes=BEST.format(1)))

    assert ("key_out_of_reach", "RESPONSE") in seen(item)
    assert ("best_never_reached", "") in seen(item)


def test_a_key_that_its_own_field_does_not_take_is_out_of_reach() -> None:
    field = '<p><qti-text-entry-interaction response-identifier="RESPONSE" pattern-mask="[0-9]+"/></p>'

    assert seen(read_item(qti(responses=response("string", "ten"), body=field))) == [("key_breaks_limits", "RESPONSE")]
    assert seen(read_item(qti(responses=response("string", "10"), body=field))) == []


def test_a_best_score_that_no_response_gets_is_seen() -> None:
    item = read_item(qti(responses=response("identifier", "A"), body=choice("A", "B"), outcomes=BEST.format(2)))

    assert seen(item) == [("best_never_reached", "")]
    assert seen(single_choice()) == []


def test_a_response_that_earns_more_than_the_key_is_seen() -> None:
    declared = response("identifier", "A", mapping=mapping(A=1, B=3))
    item = read_item(qti(responses=declared, body=choice("A", "B"), processing=MAP))

    assert seen(item) == [("key_is_not_best", "")]


def test_too_many_responses_are_not_tried() -> None:
    names = [f"C{number}" for number in range(12)]
    declared = response("identifier", *names, cardinality="multiple")
    item = read_item(qti(responses=declared, body=choice(*names, max_choices=0), outcomes=BEST.format(7)))

    assert seen(item) == []
