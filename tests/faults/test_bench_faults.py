"""`bench faults --short`: each kind of fault a few times, with a few candidates; every count is zero."""

import pytest

from assessment_engine.bench.faults import STAGES, run_stage


@pytest.mark.slow
@pytest.mark.parametrize("name", STAGES)
def test_no_acknowledged_answer_is_lost_whatever_breaks(name: str) -> None:
    outcome = run_stage(name, short=True)
    if outcome is None:
        pytest.skip("this machine has no way to do that: a disk needs root")

    assert outcome.counts.keys() and not any(outcome.counts.values()), outcome
    assert outcome.faults >= 2
    assert outcome.acknowledged >= 5
