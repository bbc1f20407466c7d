"""Attempts at one item."""

import pytest

from assessment_engine.kernel.errors import AssessmentError, IllegalTransition, NotYet, WrongResponse
from item_bank.qti.model import ItemSessionControl, QtiItem
from item_bank.qti.model.results import SessionStatus
from item_bank.qti.processing import copy_of
from item_bank.qti.render import Page, render
from item_bank.qti.session import ItemSession, opening_values
from item_bank.qti.session.item import ItemState
from item_bank.qti.values import FALSE, BaseType, Value, integer, number, single
from tests.item_bank.qti.session.papers import MATCH, RIGHT, WRONG, condition, outcome, qti_item, question, response, word

CHOICE = (
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1" minChoices="1">'
    '<simpleChoice identifier="A">A</simpleChoice><simpleChoice identifier="B">B</simpleChoice></choiceInteraction>'
)


def begun(max_attempts: int | None = None, **control: bool) -> ItemSession:
    return ItemSession.begin(question(), max_attempts=max_attempts, control=ItemSessionControl(**control))


def test_a_session_begins_unattempted_with_the_declared_defaults() -> None:
    session = begun()

    assert (session.state, session.completion_status, session.num_attempts) == (ItemState.INITIAL, "not_attempted", 0)
    assert session.values["SCORE"] == number(0.0)
    assert session.values["RESPONSE"] is None
    assert session.status is SessionStatus.INITIAL


def test_entering_begins_the_first_attempt() -> None:
    session = begun().enter()

    assert (session.state, session.completion_status, session.num_attempts) == (ItemState.INTERACTING, "unknown", 0)
    assert session.status is SessionStatus.PENDING_SUBMISSION


def test_one_attempt_is_what_an_item_allows_when_nothing_is_said() -> None:
    session = begun().attempt(RIGHT, 12.5)

    assert session.values["SCORE"] == number(1.0)
    assert session.values["numAttempts"] == integer(1)
    assert session.values["duration"] == single(BaseType.DURATION, 12.5)
    assert not session.is_open
    with pytest.raises(IllegalTransition) as refused:
        session.attempt(WRONG)
    assert refused.value.details["problem"] == "no_more_attempts"


@pytest.mark.parametrize(("limit", "allowed"), [(1, 1), (2, 2), (3, 3), (0, 9)])
def test_attempts_are_counted(limit: int, allowed: int) -> None:
    session = begun(limit)
    made = 0
    while session.is_open and made < 9:
        session, made = session.attempt(WRONG, 1), made + 1

    assert (made, session.num_attempts, session.duration) == (allowed, allowed, float(allowed))


def test_a_non_adaptive_item_starts_every_attempt_anew() -> None:
    item = qti_item(
        response(correct="A"),
        outcome(),
        outcome("TRIES", "integer", "0"),
        '<responseProcessing><setOutcomeValue identifier="TRIES"><sum><variable identifier="TRIES"/>'
        '<baseValue baseType="integer">1</baseValue></sum></setOutcomeValue></responseProcessing>',
    )

    session = ItemSession.begin(item, max_attempts=0).attempt(WRONG).attempt(WRONG)

    assert (session.outcomes["TRIES"], session.completion_status) == (integer(1), "unknown")


HINTS = (
    "<responseProcessing><responseCondition>"
    '<responseIf><variable identifier="HINT"/><setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">HINTED</baseValue>'
    "</setOutcomeValue></responseIf>"
    '<responseElseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    '<setOutcomeValue identifier="SCORE"><subtract><baseValue baseType="float">3</baseValue><variable identifier="numAttempts"/></subtract>'
    "</setOutcomeValue>"
    '<setOutcomeValue identifier="completionStatus"><baseValue baseType="identifier">completed</baseValue></setOutcomeValue>'
    "</responseElseIf>"
    '<responseElse><setOutcomeValue identifier="completionStatus"><baseValue baseType="identifier">incomplete</baseValue></setOutcomeValue>'
    '<setOutcomeValue identifier="WRONGS"><sum><variable identifier="WRONGS"/><baseValue baseType="integer">1</baseValue></sum>'
    "</setOutcomeValue></responseElse>"
    "</responseCondition></responseProcessing>"
    '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="HINTED" showHide="show">Look again</modalFeedback>'
)
ADAPTIVE = qti_item(
    response(correct="A"),
    response("HINT", base_type="boolean"),
    outcome(),
    outcome("FEEDBACK", "identifier"),
    outcome("WRONGS", "integer", "0"),
    HINTS,
    adaptive=True,
    body=CHOICE + '<endAttemptInteraction responseIdentifier="HINT" title="Hint"/>',
)
ASK: dict[str, Value | None] = {"HINT": single(BaseType.BOOLEAN, True)}


def test_an_adaptive_item_goes_on_until_it_is_completed() -> None:
    session = ItemSession.begin(ADAPTIVE, max_attempts=1).attempt(WRONG).attempt(WRONG)

    assert (session.completion_status, session.outcomes["WRONGS"], session.is_open) == ("incomplete", integer(2), True)
    done = session.attempt(RIGHT)
    assert (done.completion_status, done.outcomes["SCORE"], done.is_open) == ("completed", number(0.0), False)
    assert done.outcomes["WRONGS"] == integer(2)


def uncounted(adaptive: bool) -> QtiItem:
    return qti_item(
        response(correct="A"),
        response("HINT", base_type="boolean"),
        outcome(),
        outcome("SAID", "identifier", "opening"),
        HINT_PROCESSING,
        adaptive=adaptive,
        body=CHOICE
        + '<endAttemptInteraction responseIdentifier="HINT" title="Hint" countAttempt="false"/>'
        + '<feedbackInline outcomeIdentifier="SAID" identifier="opening" showHide="show">Begin</feedbackInline>',
    )


HINT_PROCESSING = (
    "<responseProcessing><responseCondition>"
    '<responseIf><variable identifier="HINT"/><setOutcomeValue identifier="SAID"><baseValue baseType="identifier">hint</baseValue>'
    "</setOutcomeValue></responseIf>"
    '<responseElse><setOutcomeValue identifier="SCORE"><integerToFloat><variable identifier="numAttempts"/></integerToFloat>'
    "</setOutcomeValue></responseElse></responseCondition></responseProcessing>"
    '<modalFeedback outcomeIdentifier="SAID" identifier="hint" showHide="show">A hint</modalFeedback>'
)


@pytest.mark.parametrize("adaptive", [True, False])
def test_a_hint_that_does_not_count_is_no_attempt(adaptive: bool) -> None:
    hinted = ItemSession.begin(uncounted(adaptive), max_attempts=1).attempt(ASK)

    assert (hinted.num_attempts, hinted.is_open, hinted.shows_feedback) == (0, True, True)
    assert [each.shown.identifier for each in hinted.feedbacks] == ["hint"]
    answered = hinted.attempt(WRONG)
    assert (answered.num_attempts, answered.outcomes["SCORE"], answered.is_open) == (1, number(1.0), adaptive)


def test_feedback_in_the_body_is_seen_from_the_beginning_on_and_modal_feedback_only_after_an_attempt() -> None:
    """An adaptive item opens with what its outcomes' defaults call for: else there would be nothing to begin with."""
    begun = ItemSession.begin(uncounted(adaptive=True))

    assert not begun.shows_integrated_feedback
    entered = begun.enter()
    assert (entered.shows_integrated_feedback, entered.shows_feedback) == (True, False)
    assert [each.shown.identifier for each in entered.integrated_feedbacks] == ["opening"]
    assert entered.feedbacks == ()


def test_feedback_may_wait_for_a_truth() -> None:
    done = condition("DONE", '<baseValue baseType="boolean">true</baseValue>')
    feedback = '<modalFeedback outcomeIdentifier="DONE" identifier="true" showHide="show">Done</modalFeedback>'
    item = qti_item(response(), outcome("DONE", "boolean"), f"<responseProcessing>{done}</responseProcessing>{feedback}")

    assert [each.shown.identifier for each in ItemSession.begin(item).attempt(RIGHT).feedbacks] == ["true"]


@pytest.mark.parametrize("adaptive", [True, False])
def test_only_an_adaptive_item_opens_with_its_feedback(adaptive: bool) -> None:
    item = uncounted(adaptive)
    page = render(item, Page(lang="en", values=opening_values(item, copy_of(item))))

    assert ("Begin" in page) is adaptive
    assert "A hint" not in page


def test_a_hint_ends_an_attempt_and_the_answer_stays() -> None:
    hinted = ItemSession.begin(ADAPTIVE).hold(WRONG).attempt(ASK)

    assert hinted.num_attempts == 1
    assert hinted.values["RESPONSE"] == word("B")
    assert [each.shown.identifier for each in hinted.feedbacks] == ["HINTED"]
    assert hinted.shows_feedback
    again = hinted.attempt(RIGHT)
    assert again.values["HINT"] == FALSE
    assert again.outcomes["SCORE"] == number(1.0)


def test_a_hint_is_no_answer() -> None:
    session = ItemSession.begin(ADAPTIVE, control=ItemSessionControl(allow_skipping=False))

    with pytest.raises(NotYet):
        session.attempt({})
    assert not session.answers({"RESPONSE": None, "HINT": FALSE})
    assert session.attempt(ASK).num_attempts == 1


@pytest.mark.parametrize(("responses", "error"), [({}, NotYet), ({"RESPONSE": None}, NotYet), ({"OTHER": word("A")}, WrongResponse)])
def test_what_may_not_be_submitted_is_refused(responses: dict[str, Value | None], error: type[AssessmentError]) -> None:
    with pytest.raises(error):
        begun(allow_skipping=False).attempt(responses)


def test_a_default_is_no_answer() -> None:
    session = ItemSession.begin(qti_item(response(default="B"), outcome(), MATCH), control=ItemSessionControl(allow_skipping=False))

    assert session.values["RESPONSE"] == word("B")
    with pytest.raises(NotYet):
        session.attempt(WRONG)


def test_an_item_that_asks_nothing_is_never_skipped() -> None:
    session = ItemSession.begin(qti_item(outcome(), body="Read this."), control=ItemSessionControl(allow_skipping=False))

    assert session.attempt({}).num_attempts == 1


def test_responses_are_validated_only_where_the_control_says_so() -> None:
    item = qti_item(response(correct="A"), outcome(), MATCH, body=CHOICE)

    assert ItemSession.begin(item).attempt({}).num_attempts == 1
    with pytest.raises(WrongResponse) as refused:
        ItemSession.begin(item, control=ItemSessionControl(validate_responses=True)).attempt({})
    assert refused.value.details["problem"] == "invalid_response"


@pytest.mark.parametrize(("limit", "shows", "expected"), [(1, False, False), (1, True, True), (2, False, True)])
def test_feedback_is_seen_between_attempts_and_after_the_last_by_the_control(limit: int, shows: bool, expected: bool) -> None:
    session = begun(limit, show_feedback=shows).attempt(WRONG)

    assert session.shows_feedback is expected


def test_the_solution_is_shown_only_after_the_last_attempt_and_where_it_may_be() -> None:
    assert begun(show_solution=True).attempt(WRONG).solution() == RIGHT
    for session in (begun(show_solution=True), begun().attempt(WRONG)):
        with pytest.raises(NotYet):
            session.solution()


def test_a_comment_is_kept_where_it_is_allowed() -> None:
    assert begun(allow_comment=True).noted("Unclear").comment == "Unclear"
    with pytest.raises(IllegalTransition):
        begun().noted("Unclear")


CLONE = qti_item(
    '<templateDeclaration identifier="N" cardinality="single" baseType="integer"><defaultValue><value>7</value></defaultValue>'
    "</templateDeclaration>",
    response(base_type="integer"),
    outcome(),
    '<templateProcessing><setTemplateValue identifier="N"><sum><variable identifier="N"/><randomInteger min="0" max="1000000"/></sum>'
    '</setTemplateValue><setCorrectResponse identifier="RESPONSE"><variable identifier="N"/></setCorrectResponse></templateProcessing>',
    MATCH,
)


def test_one_seed_draws_one_copy() -> None:
    copies = [ItemSession.begin(CLONE, seed=seed).values["N"] for seed in (1, 1, 2)]

    assert copies[0] == copies[1] != copies[2]


def test_a_copy_is_scored_by_its_own_key() -> None:
    session = ItemSession.begin(CLONE, seed=5)

    assert session.attempt({"RESPONSE": session.values["N"]}).outcomes["SCORE"] == number(1.0)


def test_a_template_default_of_the_test_stands_instead_of_the_items() -> None:
    plain, other = (
        ItemSession.begin(CLONE, seed=5, template_defaults=given).values["N"] for given in ({}, {"N": integer(1007), "X": None})
    )

    assert plain is not None and other is not None
    assert int(str(other.atom)) - int(str(plain.atom)) == 1000


def test_time_counts_only_while_the_item_is_open() -> None:
    session = begun().spend(5).enter().spend(3).attempt(RIGHT, 2).spend(100)

    assert session.duration == 5.0
