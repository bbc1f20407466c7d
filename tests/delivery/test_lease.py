"""The single-writer lease: one window at a time, moved in one step, never by accident."""

import pytest

from assessment_engine.delivery.lease import free, take
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import LeaseMoved, NotYet, SittingSealed
from tests.builders import a_sitting

OPEN = SittingState.IN_PROGRESS


@pytest.mark.parametrize("state", [SittingState.IN_PROGRESS, SittingState.PAUSED])
def test_the_first_window_gets_the_lease(state: SittingState) -> None:
    assert take(a_sitting(state=state), "window-1", None, "candidate").writer == "window-1"


def test_asking_again_changes_nothing() -> None:
    sitting = a_sitting(state=OPEN, writer="window-1")

    assert take(sitting, "window-1", None, "candidate") is sitting
    assert take(sitting, "window-1", "window-9", "invigilator") is sitting


def test_another_window_takes_over_when_it_knows_from_whom() -> None:
    sitting = a_sitting(state=OPEN, writer="window-1")

    assert take(sitting, "window-2", "window-1", "candidate").writer == "window-2"
    for known in (None, "window-3"):
        with pytest.raises(LeaseMoved) as refusal:
            take(sitting, "window-2", known, "candidate")
        assert refusal.value.details == {"writer": "window-1", "by": "candidate"}


def test_by_policy_only_an_invigilator_moves_it() -> None:
    sitting = a_sitting(state=OPEN, writer="window-1")

    with pytest.raises(LeaseMoved) as refusal:
        take(sitting, "window-2", "window-1", "invigilator")

    assert refusal.value.details["by"] == "invigilator"
    assert take(free(sitting), "window-2", None, "invigilator").writer == "window-2"


def test_there_is_no_lease_before_the_start_and_after_the_seal() -> None:
    with pytest.raises(NotYet):
        take(a_sitting(state=SittingState.ADMITTED), "window-1", None, "candidate")
    with pytest.raises(SittingSealed):
        free(a_sitting(state=SittingState.SUBMITTED, writer="window-1"))
