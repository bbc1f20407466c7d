from datetime import timedelta

import pytest

from assessment_engine.delivery.sitting import TRANSITIONS, PauseReason, Sitting, SittingState, SittingVerb
from assessment_engine.delivery.timing import TimePolicy
from assessment_engine.kernel.errors import IllegalTransition
from assessment_engine.kernel.ids import ItemVersionId, SessionId
from tests.builders import NOON, a_sitting

S, V = SittingState, SittingVerb

ALLOWED: dict[tuple[SittingState, SittingVerb], SittingState] = {
    (S.REGISTERED, V.CONSENT): S.CONSENTED,
    (S.CONSENTED, V.REQUEST_ADMISSION): S.AWAITING_ADMISSION,
    (S.AWAITING_ADMISSION, V.ASK_AGAIN): S.CONSENTED,
    (S.AWAITING_ADMISSION, V.REFER): S.REFERRED,
    (S.AWAITING_ADMISSION, V.ADMIT): S.ADMITTED,
    (S.REFERRED, V.ASK_AGAIN): S.CONSENTED,
    (S.REFERRED, V.ADMIT): S.ADMITTED,
    (S.ADMITTED, V.START): S.IN_PROGRESS,
    (S.IN_PROGRESS, V.GIVE_TIME): S.IN_PROGRESS,
    (S.IN_PROGRESS, V.SUBMIT): S.SUBMITTED,
    (S.IN_PROGRESS, V.TIME_UP): S.SUBMITTED,
    (S.IN_PROGRESS, V.TERMINATE): S.SUBMITTED,
    (S.IN_PROGRESS, V.PAUSE): S.PAUSED,
    (S.PAUSED, V.PAUSE): S.PAUSED,
    (S.PAUSED, V.RESUME): S.IN_PROGRESS,
    (S.PAUSED, V.GIVE_TIME): S.PAUSED,
    (S.PAUSED, V.SUBMIT): S.SUBMITTED,
    (S.PAUSED, V.TERMINATE): S.SUBMITTED,
    (S.VOIDED, V.REGISTER_AGAIN): S.REGISTERED,
    **{(state, V.VOID): S.VOIDED for state in S if state not in (S.IN_PROGRESS, S.PAUSED, S.VOIDED)},
}


def do(sitting: Sitting, verb: SittingVerb) -> Sitting:
    match verb:
        case V.CONSENT:
            return sitting.consent(NOON, "hi")
        case V.ADMIT | V.SUBMIT | V.TIME_UP | V.TERMINATE | V.RESUME:
            moved = getattr(sitting, verb)(NOON)
        case V.GIVE_TIME:
            moved = sitting.give_time(60)
        case V.PAUSE:
            moved = sitting.pause(NOON, PauseReason.BREAK)
        case V.START:
            moved = sitting.start(NOON, TimePolicy(duration_s=60))
        case _:
            moved = getattr(sitting, verb)()
    assert isinstance(moved, Sitting)
    return moved


@pytest.mark.parametrize("verb", SittingVerb)
@pytest.mark.parametrize("state", SittingState)
def test_every_pair_of_state_and_verb_is_decided(state: SittingState, verb: SittingVerb) -> None:
    sitting = a_sitting(state=state, deadline_at=NOON, paused_at=NOON)

    if (state, verb) in ALLOWED:
        assert do(sitting, verb).state is ALLOWED[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            do(sitting, verb)


def test_the_table_holds_nothing_else() -> None:
    assert dict(TRANSITIONS) == ALLOWED


def test_a_sitting_that_was_begun_or_admitted_never_comes_back_and_moves_nowhere() -> None:
    for facts in ({"started_at": NOON}, {"admitted_at": NOON}):
        for act in (Sitting.register_again, lambda sitting: sitting.moved_to(SessionId("ses_2"))):
            with pytest.raises(IllegalTransition):
                act(a_sitting(state=S.VOIDED, **facts))

    assert a_sitting(state=S.VOIDED).moved_to(SessionId("ses_2")).session_id == "ses_2"


def test_starting_opens_the_clock_and_freezes_its_rules() -> None:
    policy = TimePolicy(duration_s=3600, extra_minutes_per_hour=15, grace_s=5)

    sitting = a_sitting(state=S.ADMITTED).start(NOON, policy)

    assert sitting.started_at == NOON
    assert sitting.deadline_at == NOON + timedelta(seconds=4500)
    assert sitting.grace_s == 5


def test_consent_remembers_the_language_that_the_notice_was_read_in() -> None:
    sitting = a_sitting().consent(NOON, "hi")

    assert (sitting.consented_at, sitting.language) == (NOON, "hi")


def test_a_sitting_is_over_after_its_grace() -> None:
    sitting = a_sitting(state=S.IN_PROGRESS, deadline_at=NOON, grace_s=5)

    assert not sitting.is_over(NOON + timedelta(seconds=5))
    assert sitting.is_over(NOON + timedelta(seconds=5, milliseconds=1))


def test_a_sitting_without_a_deadline_is_never_over() -> None:
    assert not a_sitting().is_over(NOON)


def test_an_older_answer_does_not_turn_the_revision_back() -> None:
    sitting = a_sitting(revision=9).answered(ItemVersionId("itv_2"), 7)

    assert (sitting.revision, sitting.current_item) == (9, "itv_2")


def test_time_given_back_moves_the_deadline() -> None:
    assert a_sitting(state=S.IN_PROGRESS, deadline_at=NOON).give_time(600).deadline_at == NOON + timedelta(minutes=10)


def test_time_that_stood_still_is_nobodys_time_when_a_paused_sitting_is_closed() -> None:
    started = a_sitting(state=SittingState.ADMITTED).start(NOON, TimePolicy(duration_s=3600))
    paused = started.pause(NOON + timedelta(minutes=10), PauseReason.INVIGILATOR)

    for closed in (paused.submit(NOON + timedelta(minutes=40)), paused.terminate(NOON + timedelta(minutes=40))):
        assert closed.submitted_at == NOON + timedelta(minutes=40)
        assert closed.elapsed_s(closed.submitted_at) == 600
        assert (closed.stopped_s, closed.deadline_at) == (1800, NOON + timedelta(minutes=90))
