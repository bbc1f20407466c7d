"""How long evidence is kept: until the policy's days after the decision are over and nobody needs it any more, on both databases."""

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Outcome
from assessment_engine.kernel.errors import NotFound
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, checkin, evidence
from assessment_engine.services.checkin import Picture
from assessment_engine.services.engine import Engine
from tests.builders import a_person, a_world, steer
from tests.certification.story import Story, a_story, tell

DAY = 24 * 3600.0
FACE = b"\xff\xd8\xff a face"


@pytest.fixture
def story(any_engine: Engine) -> Story:
    """A sitting that was decided now and whose roster picture can be seen."""
    story = a_story(any_engine)
    checkin.keep_roster_pictures(any_engine, story.sitting_id, FACE, None)
    tell(story, until="draft")
    return story


def can_be_seen(story: Story) -> bool:
    try:
        return checkin.picture(story.engine, story.invigilators[0], story.sitting_id, Picture.PORTRAIT) == FACE
    except NotFound:
        return False


def test_evidence_is_erased_once_when_its_days_are_over_and_the_log_says_so_and_still_verifies(story: Story) -> None:
    engine = story.engine
    steer(engine).advance(89 * DAY)
    assert evidence.erase_old(engine) == 0
    assert can_be_seen(story)

    steer(engine).advance(2 * DAY)
    erased = [evidence.erase_old(engine), evidence.erase_old(engine)]

    assert erased == [1, 0]
    assert not can_be_seen(story)
    with engine.store.read() as tx:
        kinds = [one.kind for one in tx.events.of_sitting(story.sitting_id)]
    assert kinds.count("evidence_erased") == 1
    audit.sequence(engine)
    assert audit.verify_log(engine).is_whole


def test_an_open_case_keeps_the_evidence(story: Story) -> None:
    story.flag(case="awaiting_second")
    steer(story.engine).advance(400 * DAY)

    assert evidence.erase_old(story.engine) == 0
    assert can_be_seen(story)


def test_an_open_grievance_keeps_the_evidence(story: Story) -> None:
    story.grieve("assigned")
    steer(story.engine).advance(400 * DAY)

    assert evidence.erase_old(story.engine) == 0
    assert can_be_seen(story)


def test_a_later_decision_counts_anew(story: Story) -> None:
    steer(story.engine).advance(80 * DAY)
    story.decide(Outcome.CLEARED)
    steer(story.engine).advance(20 * DAY)

    assert evidence.erase_old(story.engine) == 0


def test_an_undecided_sitting_keeps_its_evidence(any_engine: Engine) -> None:
    story = a_story(any_engine)
    checkin.keep_roster_pictures(any_engine, story.sitting_id, FACE, None)
    tell(story, until="decide")
    steer(any_engine).advance(400 * DAY)

    assert evidence.erase_old(any_engine) == 0


def test_pictures_of_somebody_who_never_sat_the_exam_go_after_its_session(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.ADMITTED)
    checkin.keep_roster_pictures(any_engine, world.sitting_id, FACE, None)
    invigilator: Actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    steer(any_engine).advance(91 * DAY)

    assert evidence.erase_old(any_engine) == 1
    with pytest.raises(NotFound):
        checkin.picture(any_engine, invigilator, world.sitting_id, Picture.PORTRAIT)
