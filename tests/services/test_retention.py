"""How long evidence is kept: until the policy's days after the decision are over and nobody needs it any more, on both databases."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.evidence.retention import Facts, Hold, keeping
from assessment_engine.invigilation import CaseState, Judgement, Outcome, Reason, Verdict
from assessment_engine.invigilation.unmarked import Origin, UnmarkedReview
from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SecondPersonNeeded
from assessment_engine.kernel.ids import IncidentId
from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, checkin, retention, unmarked
from assessment_engine.services.checkin import Picture
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.people import people
from tests.builders import NOON, a_person, a_world, an_organisation, steer
from tests.certification.story import Story, a_story, tell

DAY = 24 * 3600.0
FACE = b"\xff\xd8\xff a face"


@pytest.fixture
def story(any_engine: Engine) -> Story:
    """A sitting that was decided and whose result was published now, and whose roster picture can be seen."""
    story = an_unpublished_story(any_engine)
    publish(story)
    return story


def an_unpublished_story(engine: Engine) -> Story:
    story = a_story(engine)
    checkin.keep_roster_pictures(engine, story.sitting_id, FACE, None)
    tell(story, until="draft")
    return story


def publish(story: Story) -> None:
    story.draft()
    for officer in (0, 1):
        story.approve(officer)
    story.publish()


def can_be_seen(story: Story) -> bool:
    try:
        return checkin.picture(story.engine, story.invigilators[0], story.sitting_id, Picture.PORTRAIT) == FACE
    except NotFound:
        return False


def test_evidence_is_erased_once_when_its_days_are_over_and_the_log_says_so_and_still_verifies(story: Story) -> None:
    engine = story.engine
    steer(engine).advance(89 * DAY)
    assert retention.erase_due(engine) == 0
    assert can_be_seen(story)

    steer(engine).advance(2 * DAY)
    erased = [retention.erase_due(engine), retention.erase_due(engine)]

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

    assert retention.erase_due(story.engine) == 0
    assert can_be_seen(story)


def test_an_open_grievance_keeps_the_evidence(story: Story) -> None:
    story.grieve("assigned")
    steer(story.engine).advance(400 * DAY)

    assert retention.erase_due(story.engine) == 0
    assert can_be_seen(story)


def test_a_later_decision_counts_anew(story: Story) -> None:
    steer(story.engine).advance(80 * DAY)
    story.decide(Outcome.CLEARED)
    steer(story.engine).advance(20 * DAY)

    assert retention.erase_due(story.engine) == 0


def test_an_undecided_sitting_keeps_its_evidence(any_engine: Engine) -> None:
    story = a_story(any_engine)
    checkin.keep_roster_pictures(any_engine, story.sitting_id, FACE, None)
    tell(story, until="decide")
    steer(any_engine).advance(400 * DAY)

    assert retention.erase_due(any_engine) == 0


def test_pictures_of_somebody_who_never_sat_the_exam_go_after_its_session(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.ADMITTED)
    checkin.keep_roster_pictures(any_engine, world.sitting_id, FACE, None)
    invigilator: Actor = a_person(any_engine, world.organisation_id, Role.INVIGILATOR)
    steer(any_engine).advance(91 * DAY)

    assert retention.erase_due(any_engine) == 1
    with pytest.raises(NotFound):
        checkin.picture(any_engine, invigilator, world.sitting_id, Picture.PORTRAIT)


def asked(story: Story) -> None:
    retention.ask_erasure(story.engine, story.officers[0], story.sitting_id, "the candidate asked for it in writing")


def test_the_days_run_from_the_result_where_that_comes_later(any_engine: Engine) -> None:
    story = an_unpublished_story(any_engine)
    steer(any_engine).advance(400 * DAY)
    assert retention.erase_due(any_engine) == 0, "no result is published: nobody could have contested it"
    (line,) = retention.kept(any_engine, story.officers[0]).lines
    assert line.keeping.holds == {Hold.RESULT}
    publish(story)

    steer(any_engine).advance(89 * DAY)
    assert retention.erase_due(any_engine) == 0
    steer(any_engine).advance(2 * DAY)
    assert retention.erase_due(any_engine) == 1


def test_an_audit_that_nobody_has_answered_keeps_the_evidence(story: Story) -> None:
    engine, now = story.engine, story.engine.clock.now()
    audit = UnmarkedReview(
        id=IncidentId("inc_audit"),
        organisation_id=story.world.organisation_id,
        origin=Origin.AUDIT,
        sitting_id=story.sitting_id,
        kind="nobody",
        severity="medium",
        opened_at=now,
        start_s=0.0,
        end_s=60.0,
    )
    with engine.store.begin() as tx:
        tx.unmarked.add(audit)
    steer(engine).advance(400 * DAY)
    assert retention.erase_due(engine) == 0
    (line,) = retention.kept(engine, story.officers[0]).lines
    assert line.keeping.holds == {Hold.CASE}, "it is not told from another case"

    judgement = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.ORDINARY, reason="")
    with engine.store.begin() as tx:
        tx.unmarked.answer(audit.answered(judgement, by=story.invigilators[0].person_id, now=engine.clock.now(), seconds=30.0))
    assert retention.erase_due(engine) == 1


def test_an_unmarked_case_that_nobody_may_answer_holds_nothing(any_engine: Engine) -> None:
    """Both reviewers judged it, or whom it was planted for is gone: pictures are not kept for a look that never comes."""
    story = an_unpublished_story(any_engine)
    publish(story)
    again = UnmarkedReview(
        id=IncidentId("inc_again"),
        organisation_id=story.world.organisation_id,
        origin=Origin.PLANTED,
        sitting_id=story.sitting_id,
        incident_id=story.flag(case="dismissed"),
        kind="phone",
        severity="high",
        opened_at=any_engine.clock.now(),
        for_person=story.invigilators[0].person_id,
    )
    with any_engine.store.begin() as tx:
        tx.unmarked.add(again)
        sitting = tx.sittings.get(story.sitting_id)
        assert unmarked.waits(tx, sitting, any_engine.clock.now())
        tx.connection.execute(update(people).where(people.c.id == story.invigilators[0].person_id).values(active=False))
        assert not unmarked.waits(tx, sitting, any_engine.clock.now())


def test_without_a_result_two_officers_may_erase_what_nobody_can_appeal(any_engine: Engine) -> None:
    """An exam may be called off; but an upheld case can be appealed once the result is there, however late that is."""
    story = an_unpublished_story(any_engine)
    incident_id = story.flag(case="upheld")
    steer(any_engine).advance(400 * DAY)
    with pytest.raises(Conflict) as refused:
        asked(story)
    assert refused.value.details["holds"] == "appeal result"

    with any_engine.store.begin() as tx:
        case = tx.invigilation.case(incident_id, story.world.organisation_id)
        tx.invigilation.save_case(replace(case, state=CaseState.DISMISSED))
    asked(story)
    retention.approve_erasure(any_engine, story.officers[1], story.sitting_id)
    assert not can_be_seen(story)


def test_erasing_early_takes_two_different_officers(story: Story) -> None:
    asked(story)
    with pytest.raises(SecondPersonNeeded):
        retention.approve_erasure(story.engine, story.officers[0], story.sitting_id)
    assert can_be_seen(story)

    retention.approve_erasure(story.engine, story.officers[1], story.sitting_id)
    assert not can_be_seen(story)
    with story.engine.store.read() as tx:
        kinds = [one.kind for one in tx.audit.about(story.sitting_id)]
    assert sorted(one for one in kinds if one.startswith(("erasure", "evidence_e"))) == ["erasure_asked", "evidence_erased"]


@pytest.mark.parametrize("opened", ["case", "grievance"])
def test_nothing_is_erased_early_while_something_is_open(story: Story, opened: str) -> None:
    asked(story)
    story.flag(case="awaiting_second") if opened == "case" else story.grieve("assigned")

    with pytest.raises(Conflict) as refused:
        retention.approve_erasure(story.engine, story.officers[1], story.sitting_id)
    assert refused.value.details["holds"] == opened
    assert can_be_seen(story)


def test_a_request_can_be_taken_back_and_made_once(story: Story) -> None:
    asked(story)
    with pytest.raises(Conflict):
        asked(story)
    retention.withdraw_erasure(story.engine, story.officers[1], story.sitting_id)
    with pytest.raises(Conflict):
        retention.approve_erasure(story.engine, story.officers[1], story.sitting_id)
    asked(story)


def test_a_request_says_why(story: Story) -> None:
    with pytest.raises(Invalid):
        retention.ask_erasure(story.engine, story.officers[0], story.sitting_id, "because")


def test_the_cell_sees_what_is_kept_until_when_and_why(story: Story) -> None:
    story.grieve("assigned")
    asked_before = retention.kept(story.engine, story.officers[0])

    (line,) = [one for one in asked_before.lines if one.sitting.id == story.sitting_id]
    assert line.keeping.holds == {Hold.GRIEVANCE}
    assert line.keeping.until is not None
    assert asked_before.trouble == ""
    with pytest.raises(NotAllowed):
        retention.kept(story.engine, story.invigilators[0])


def test_the_cell_is_told_when_the_key_or_the_store_is_away(story: Story, tmp_path: Path) -> None:
    wrong = replace(story.engine, signer=replace(story.engine.signer, evidence=SigningKey(purpose=Purpose.EVIDENCE, seed=b"9" * 32)))
    assert retention.kept(wrong, story.officers[0]).trouble == "evidence_key_unreadable"

    folder = tmp_path / "away"
    away = replace(story.engine, blobs=Blobs(folder.as_uri()))
    folder.rmdir()
    folder.write_text("a file where the folder was")
    assert retention.kept(away, story.officers[0]).trouble == "storage_unavailable"


def test_another_organisations_evidence_is_not_seen_nor_erased(story: Story) -> None:
    stranger = a_person(story.engine, an_organisation(story.engine), Role.CELL_OFFICER)

    assert retention.kept(story.engine, stranger).lines == []
    for act in (retention.kept_of, retention.approve_erasure, retention.withdraw_erasure):
        with pytest.raises(NotFound):
            act(story.engine, stranger, story.sitting_id)
    with pytest.raises(NotFound):
        retention.ask_erasure(story.engine, stranger, story.sitting_id, "not ours to erase")


MAYBE = st.none() | st.integers(0, 400)


@given(st.integers(1, 400), st.integers(0, 400), MAYBE, MAYBE, MAYBE, st.frozensets(st.sampled_from(Hold)), st.integers(0, 2000))
def test_evidence_is_never_due_while_held_nor_before_any_of_its_days_are_over(
    evidence_days: int, appeal_days: int, decided: int | None, published: int | None, over: int | None, holds: frozenset[Hold], today: int
) -> None:
    decided_at, published_at, over_at = (None if day is None else NOON + timedelta(days=day) for day in (decided, published, over))
    days = {"evidence_days": evidence_days, "appeal_days": appeal_days}
    facts = Facts(**days, decided_at=decided_at, published_at=published_at, over_at=over_at, holds=holds)

    if keeping(facts).is_due(NOON + timedelta(days=today)):
        since = decided if decided is not None else over
        assert not holds
        assert since is not None
        assert today >= since + evidence_days
        assert published is None or today >= published + (evidence_days if decided is None else max(evidence_days, appeal_days))
        assert decided is None or today >= decided + appeal_days  # what can be appealed can be looked at
