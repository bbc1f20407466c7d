"""A hearing: one reply, days to answer, and no path of verbs to a second adverse judgement before it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.invigilation import Adjudication, Case, CaseState, Judgement, Reason, Verdict
from assessment_engine.invigilation.hearing import (
    LONGEST_REPLY,
    HeardAlready,
    Hearing,
    HearingState,
    NotHeardYet,
    RepliedMeanwhile,
    check_heard,
    open_hearing,
)
from assessment_engine.kernel.errors import IllegalTransition, Invalid, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId, OrganisationId, PersonId, SittingId

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PLACE = (IncidentId("inc_1"), SittingId("sit_1"), OrganisationId("org_1"))
PEOPLE = tuple(PersonId(f"per_{name}") for name in ("ravi", "meera", "zoya"))
DISMISS = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.ORDINARY, reason="")
UPHOLD = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.LEFT_THE_SEAT, reason="The chair is empty in five frames.")
OPEN = Case(incident_id=PLACE[0], sitting_id=PLACE[1], organisation_id=PLACE[2], state=CaseState.OPEN, opened_at=NOON)


def a_hearing(days: int = 7) -> Hearing:
    return open_hearing(*PLACE, candidate_id=PersonId("per_asha"), days=days, now=NOON)


def test_it_is_over_when_the_candidate_answered_or_did_not_wish_to_or_had_their_days() -> None:
    hearing = a_hearing(days=7)

    assert (hearing.state(NOON), hearing.is_over(NOON)) == (HearingState.OPEN, False)
    assert hearing.answer("I was there.", NOON).state(NOON) is HearingState.REPLIED
    assert hearing.waive(NOON).state(NOON) is HearingState.WAIVED
    assert not hearing.is_over(NOON + 7 * DAY - timedelta(seconds=1))
    assert hearing.state(NOON + 7 * DAY) is HearingState.TIME_OVER


def test_a_reply_is_given_once_and_stays_as_it_was_sent() -> None:
    replied = a_hearing().answer("  The lamp fell over.\n", NOON)

    assert (replied.reply, replied.replied_at) == ("The lamp fell over.", NOON)
    with pytest.raises(HeardAlready):
        replied.answer("Something else.", NOON + DAY)
    with pytest.raises(HeardAlready):
        replied.waive(NOON + DAY)


def test_who_let_the_days_pass_or_wished_to_say_nothing_may_still_answer() -> None:
    assert a_hearing(days=1).answer("I was ill.", NOON + 3 * DAY).replied_at == NOON + 3 * DAY
    assert a_hearing().waive(NOON).answer("I do wish to, after all.", NOON + DAY).state(NOON + DAY) is HearingState.REPLIED
    with pytest.raises(HeardAlready):
        a_hearing().waive(NOON).waive(NOON)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_REPLY + 1)])
def test_a_reply_says_something_that_can_be_read(text: str) -> None:
    with pytest.raises(Invalid):
        a_hearing().answer(text, NOON)


def test_the_refusal_says_until_when_the_candidate_may_answer() -> None:
    with pytest.raises(NotHeardYet) as refusal:
        check_heard(a_hearing(days=7), NOON)
    assert refusal.value.details["due_at"] == "2026-11-29T12:00:00.000Z"
    with pytest.raises(NotHeardYet) as never_asked:
        check_heard(None, NOON + 1000 * DAY)
    assert never_asked.value.details["due_at"] is None


def test_what_was_said_before_the_reply_came_does_not_count() -> None:
    replied = a_hearing().answer("The lamp fell over.", NOON + DAY)

    replied.check_read(NOON + DAY)
    with pytest.raises(RepliedMeanwhile):
        replied.check_read(NOON + DAY - timedelta(seconds=1))


STEPS = st.one_of(
    st.tuples(st.just("judge"), st.sampled_from(PEOPLE), st.sampled_from([DISMISS, UPHOLD])),
    st.tuples(st.sampled_from(["open", "reply", "waive"]), st.just(PEOPLE[0]), st.just(DISMISS)),
    st.tuples(st.just("wait"), st.just(PEOPLE[0]), st.just(DISMISS)),
)


@given(st.lists(STEPS, max_size=14), st.integers(1, 3))
def test_no_order_of_acts_upholds_before_the_candidate_was_heard_and_a_dismissal_never_waits(
    steps: list[tuple[str, PersonId, Judgement]], days: int
) -> None:
    case, hearing, now = OPEN, None, NOON
    judged: list[Adjudication] = []
    for act, person, judgement in steps:
        now += timedelta(hours=30) if act == "wait" else timedelta(minutes=1)
        was_heard = hearing is not None and hearing.is_over(now)
        if act == "open" and hearing is None and case.state is CaseState.AWAITING_SECOND:
            hearing = replace(a_hearing(days), opened_at=now, due_at=now + days * DAY)
        elif act in ("reply", "waive") and hearing is not None:
            try:
                hearing = hearing.answer("I was there.", now) if act == "reply" else hearing.waive(now)
            except HeardAlready:
                continue
        elif act == "judge":
            before = case.state
            try:
                case, adjudication = case.judge(judgement, by=person, earlier=judged, now=now, hearing=hearing)
            except NotHeardYet:
                assert (before, judgement.verdict, was_heard) == (CaseState.AWAITING_SECOND, Verdict.UPHOLD, False)
                continue
            except (IllegalTransition, SecondPersonNeeded):
                continue
            judged.append(adjudication)
            assert case.state is not CaseState.UPHELD or was_heard
    if case.state is CaseState.AWAITING_SECOND:  # whatever happened, somebody else can dismiss it now
        other = next(one for one in PEOPLE if one != judged[0].person_id)
        assert case.judge(DISMISS, by=other, earlier=judged, now=now, hearing=hearing)[0].state is CaseState.DISMISSED
