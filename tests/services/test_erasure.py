"""Erasing a sitting's key makes its evidence unreadable, whatever copies there are, and leaves the chain verifying, on both databases."""

from dataclasses import replace

import pytest

from assessment_engine.evidence.verifier import check_package
from assessment_engine.invigilation import CaseState
from assessment_engine.kernel.errors import NotFound
from assessment_engine.services import audit, draw, incidents, retention
from assessment_engine.services.engine import Engine
from tests.builders import steer
from tests.services.test_evidence_packages import FRAMES, SHOWN, a_recorded_story, made
from tests.services.test_retention import DAY, publish


def test_the_blobs_stay_the_key_goes_and_the_chain_is_whole(any_engine: Engine) -> None:
    story = a_recorded_story(any_engine)
    made(story)
    draw.keep_frame(any_engine, story.sitting_id, 40, any_engine.clock.now(), b"\xff\xd8\xff clean")
    before = {one.key: any_engine.blobs.get(one.key) for one in any_engine.blobs.under(story.sitting_id)}
    actor = story.invigilators[0]
    (shown,) = incidents.of_sitting(any_engine, actor, story.sitting_id)

    steer(any_engine).advance(120 * DAY)
    with any_engine.store.read() as tx:
        (case,) = tx.invigilation.cases_of(story.sitting_id)
    assert retention.erase_due(any_engine) == 0, f"the case is {case.state}"
    with any_engine.store.begin() as tx:
        tx.invigilation.save_case(replace(case, state=CaseState.DISMISSED))
    story.decide()
    publish(story)
    steer(any_engine).advance(91 * DAY)
    assert retention.erase_due(any_engine) == 1

    after = {one.key: any_engine.blobs.get(one.key) for one in any_engine.blobs.under(story.sitting_id)}
    assert after == before, "not one byte was touched"
    for row in shown.evidence:
        with pytest.raises(NotFound, match="erased"):
            incidents.frame(any_engine, actor, row.id)
    with pytest.raises(NotFound):
        draw.frame(any_engine, story.sitting_id, 40)

    checked = check_package(made(story).data)
    assert (checked.findings, checked.frames_in_chain, checked.pictures) == ((), FRAMES, {"erased": len(SHOWN)})
    assert {str(one.kind) for one in checked.notes} == {"erased"}
    audit.sequence(any_engine)
    assert audit.verify_log(any_engine).is_whole
