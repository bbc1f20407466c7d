"""Who may decide on an access arrangement, how many it takes, and what becomes of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.arrangements import TRANSITIONS, Adjustments, Arrangement, ArrangementState, Scribe
from assessment_engine.kernel.errors import IllegalTransition, Invalid, NotAllowed, SecondPersonNeeded
from assessment_engine.kernel.ids import ArrangementId, OrganisationId, PersonId, RegistrationId, SittingId
from tests.builders import NOON

ASHA, KAVITA, JOSEPH, SUNITA, IMRAN = (PersonId(name) for name in ("asha", "kavita", "joseph", "sunita", "imran"))
ASKED = Adjustments(extra_minutes_per_hour=20, breaks=2, break_minutes=10, scribe=True)
LESS = replace(ASKED, scribe=False)
NOBODY: frozenset[PersonId] = frozenset()


def a_request(**changes: object) -> Arrangement:
    plain = Arrangement(
        id=ArrangementId("arr_1"),
        organisation_id=OrganisationId("org_1"),
        registration_id=RegistrationId("reg_1"),
        sitting_id=SittingId("sit_1"),
        candidate_id=ASHA,
        requested_at=NOON,
        asked=ASKED,
        text="I have low vision.",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_one_officer_gives_all_that_was_asked() -> None:
    one = a_request().decide(ASKED, by=KAVITA, earlier=NOBODY)

    assert one.state is ArrangementState.DECIDED
    assert one.given == ASKED


def test_giving_less_takes_two_different_officers() -> None:
    proposed = a_request().decide(LESS, by=KAVITA, earlier=NOBODY)

    assert (proposed.state, proposed.given) == (ArrangementState.PROPOSED, None)
    with pytest.raises(SecondPersonNeeded):
        proposed.decide(LESS, by=KAVITA, earlier=NOBODY)
    assert proposed.decide(LESS, by=JOSEPH, earlier=NOBODY).given == LESS


def test_a_second_officer_may_give_everything_after_all() -> None:
    one = a_request().decide(LESS, by=KAVITA, earlier=NOBODY).decide(ASKED, by=JOSEPH, earlier=NOBODY)

    assert one.given == ASKED


def test_another_proposal_waits_for_somebody_else_again() -> None:
    nothing = Adjustments()
    one = a_request().decide(LESS, by=KAVITA, earlier=NOBODY).decide(nothing, by=JOSEPH, earlier=NOBODY)

    assert (one.state, one.proposal, one.proposed_by) == (ArrangementState.PROPOSED, nothing, JOSEPH)
    assert one.decide(nothing, by=KAVITA, earlier=NOBODY).given == nothing


def test_an_appeal_is_decided_by_officers_who_have_not_decided() -> None:
    refused = a_request().decide(LESS, by=KAVITA, earlier=NOBODY).decide(LESS, by=JOSEPH, earlier=NOBODY).appeal(ASHA)

    for again in (KAVITA, JOSEPH):
        with pytest.raises(SecondPersonNeeded):
            refused.decide(ASKED, by=again, earlier=frozenset({KAVITA, JOSEPH}))
    final = refused.decide(LESS, by=SUNITA, earlier=frozenset({KAVITA, JOSEPH})).decide(LESS, by=IMRAN, earlier=frozenset({KAVITA, JOSEPH}))
    assert final.state is ArrangementState.FINAL
    with pytest.raises(IllegalTransition):
        final.appeal(ASHA)


def test_an_appeal_taken_back_leaves_what_was_given() -> None:
    refused = a_request().decide(LESS, by=KAVITA, earlier=NOBODY).decide(LESS, by=JOSEPH, earlier=NOBODY)

    one = refused.appeal(ASHA).withdraw(ASHA)

    assert (one.state, one.given) == (ArrangementState.FINAL, LESS)


def test_nobody_decides_their_own_request_and_nobody_else_appeals() -> None:
    with pytest.raises(NotAllowed):
        a_request().decide(ASKED, by=ASHA, earlier=NOBODY)
    with pytest.raises(NotAllowed):
        a_request(state=ArrangementState.DECIDED, given=LESS).appeal(KAVITA)
    with pytest.raises(NotAllowed):
        a_request().withdraw(KAVITA)


def test_what_was_given_wholly_is_not_appealed() -> None:
    with pytest.raises(Invalid):
        a_request(state=ArrangementState.DECIDED, given=ASKED).appeal(ASHA)


def test_a_scribe_is_enrolled_only_where_one_was_given() -> None:
    scribe = Scribe(name="Meena", face_blob="b", declared_at=NOON)

    with pytest.raises(Invalid):
        a_request(given=LESS).enrol(scribe)
    rules = a_request(given=ASKED).enrol(scribe).rules()
    assert rules["second_person"] is True
    assert rules["scribe"] == {"name": "Meena", "face_blob": "b", "declared_at": "2026-11-23T12:00:00.000Z"}
    assert rules["breaks"] == {"count": 2, "minutes": 10}


@pytest.mark.parametrize(
    "wrong", [{"extra_minutes_per_hour": 61}, {"extra_minutes_per_hour": -1}, {"breaks": 2}, {"breaks": 11, "break_minutes": 5}]
)
def test_impossible_arrangements_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        Adjustments(**wrong)  # type: ignore[arg-type]


adjustments = st.builds(
    Adjustments,
    extra_minutes_per_hour=st.integers(0, 60),
    scribe=st.booleans(),
    second_person=st.booleans(),
    read_aloud=st.booleans(),
    signals_off=st.lists(st.sampled_from(["looking_away", "talking"]), unique=True).map(tuple),
)


@given(asked=adjustments, gives=adjustments)
def test_one_officer_alone_never_gives_less_than_was_asked(asked: Adjustments, gives: Adjustments) -> None:
    one = a_request(asked=asked).decide(gives, by=KAVITA, earlier=NOBODY)

    assert one.is_open != gives.covers(asked)
    assert one.given is None or one.given.covers(asked)


def test_every_end_state_is_one() -> None:
    assert {state for state, _ in TRANSITIONS}.isdisjoint({ArrangementState.FINAL, ArrangementState.WITHDRAWN})
