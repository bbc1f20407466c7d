from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation.interests import ConflictOfInterest
from assessment_engine.kernel.errors import IllegalTransition, NotAllowed, NotFound, NotYet, ReauthenticationNeeded, SecondPersonNeeded
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.scoring.results import BatchState, ResultBatch
from assessment_engine.services import practice
from assessment_engine.services.engine import Engine, JobName
from assessment_engine.services.results import approve_batch, batch_sheet, batches, discard_batch, draft_batch, session_results
from assessment_engine.services.scoring import report_of, score_sitting
from assessment_engine.storage.audit import audit_entries
from assessment_engine.storage.outbox import outbox
from assessment_engine.storage.people import login_sessions
from tests.builders import a_person, a_world, an_organisation, steer, told
from tests.services.paper import Paper, a_key, a_paper, a_sealed_sitting


def a_scored_paper(engine: Engine) -> tuple[Paper, Actor, SittingId]:
    paper = a_paper(engine)
    candidate, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    score_sitting(engine, sitting_id)
    return paper, candidate, sitting_id


def give_password(engine: Engine, *actors: Actor) -> None:
    """Let the actors have given their password just now."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        for actor in actors:
            tx.connection.execute(
                insert(login_sessions).values(
                    token_sha256=f"{actor.person_id}-{now.timestamp()}",
                    person_id=actor.person_id,
                    organisation_id=actor.organisation_id,
                    csrf="c",
                    created_at=now,
                    expires_at=now + timedelta(hours=8),
                    reauthenticated_at=now,
                )
            )


def published(engine: Engine, paper: Paper) -> ResultBatch:
    give_password(engine, paper.officer, paper.second)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    approve_batch(engine, paper.officer, batch.id)
    return approve_batch(engine, paper.second, batch.id)


def test_two_officers_publish_what_was_drafted(any_engine: Engine) -> None:
    paper, candidate, sitting_id = a_scored_paper(any_engine)

    batch = published(any_engine, paper)

    sheet = batch_sheet(any_engine, paper.officer, batch.id)
    assert (sheet.batch.state, sheet.batch.published_at) == (BatchState.PUBLISHED, any_engine.clock.now())
    assert {approval.officer_id for approval in sheet.approvals} == {paper.officer.person_id, paper.second.person_id}
    assert sheet.passed == 1
    assert report_of(any_engine, candidate, sitting_id) == sheet.lines[0].report


def test_publication_asks_for_the_certificates_of_everybody_in_the_batch(engine: Engine) -> None:
    paper, _, sitting_id = a_scored_paper(engine)

    published(engine, paper)

    with engine.store.read() as tx:
        query = select(outbox.c.id).where(outbox.c.name == JobName.ISSUE_CERTIFICATES, outbox.c.argument == sitting_id)
        jobs = tx.connection.execute(query).scalars().all()
    assert len(jobs) == 1
    assert told(engine)[-1] == jobs[0]


def test_every_approval_is_an_entry_of_the_log(engine: Engine) -> None:
    paper, _, _ = a_scored_paper(engine)

    batch = published(engine, paper)

    with engine.store.read() as tx:
        query = select(audit_entries.c.sha256).where(audit_entries.c.kind == "batch_approved", audit_entries.c.subject == batch.id)
        logged = set(tx.connection.execute(query).scalars())
    approvals = batch_sheet(engine, paper.officer, batch.id).approvals
    assert {approval.log_sha256 for approval in approvals} == logged


def test_nobody_signs_a_batch_with_their_own_result(engine: Engine) -> None:
    paper, candidate, _ = a_scored_paper(engine)
    own = replace(candidate, roles=frozenset({Role.CANDIDATE, Role.CELL_OFFICER}))
    give_password(engine, own, paper.officer)
    batch = draft_batch(engine, paper.officer, paper.session.id)

    for _ in range(2):  # neither as the first nor as the second officer
        with pytest.raises(ConflictOfInterest):
            approve_batch(engine, own, batch.id)
        if batch_sheet(engine, paper.officer, batch.id).batch.state is BatchState.DRAFT:
            approve_batch(engine, paper.officer, batch.id)

    assert batch_sheet(engine, paper.officer, batch.id).batch.state is BatchState.APPROVED_ONCE


def test_the_same_officer_cannot_give_both_approvals(engine: Engine) -> None:
    paper, candidate, sitting_id = a_scored_paper(engine)
    give_password(engine, paper.officer)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    approve_batch(engine, paper.officer, batch.id)

    with pytest.raises(SecondPersonNeeded):
        approve_batch(engine, paper.officer, batch.id)

    assert batch_sheet(engine, paper.officer, batch.id).batch.state is BatchState.APPROVED_ONCE
    with pytest.raises(NotYet):
        report_of(engine, candidate, sitting_id)


def test_an_approval_needs_a_fresh_password(engine: Engine) -> None:
    paper, _, _ = a_scored_paper(engine)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    give_password(engine, paper.officer)
    steer(engine).advance(11 * 60)

    with pytest.raises(ReauthenticationNeeded):
        approve_batch(engine, paper.officer, batch.id)

    assert batch_sheet(engine, paper.officer, batch.id).approvals == ()


def test_a_sitting_is_in_one_batch_at_a_time(engine: Engine) -> None:
    paper, _, _ = a_scored_paper(engine)
    batch = draft_batch(engine, paper.officer, paper.session.id)

    with pytest.raises(NotYet):
        draft_batch(engine, paper.officer, paper.session.id)
    discard_batch(engine, paper.officer, batch.id)

    assert draft_batch(engine, paper.officer, paper.session.id).sha256 == batch.sha256


def test_a_published_batch_is_final(engine: Engine) -> None:
    paper, _, _ = a_scored_paper(engine)
    batch = published(engine, paper)

    for act in (approve_batch, discard_batch):
        with pytest.raises(IllegalTransition):
            act(engine, paper.second, batch.id)


def test_an_unscored_sitting_waits_outside(engine: Engine) -> None:
    paper = a_paper(engine)
    a_sealed_sitting(engine, paper, {})

    with pytest.raises(NotYet):
        draft_batch(engine, paper.officer, paper.session.id)

    (line,) = session_results(engine, paper.officer)
    assert (line.registered, line.sealed, line.scored, line.free) == (1, 1, 0, 0)


def test_another_organisation_and_other_roles_have_no_results(engine: Engine) -> None:
    paper, candidate, _ = a_scored_paper(engine)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    give_password(engine, stranger)

    assert batches(engine, stranger) == []
    for attempt in (
        lambda: batch_sheet(engine, stranger, batch.id),
        lambda: approve_batch(engine, stranger, batch.id),
        lambda: discard_batch(engine, stranger, batch.id),
        lambda: draft_batch(engine, stranger, paper.session.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotAllowed):
        approve_batch(engine, candidate, batch.id)


def test_practice_is_among_no_results(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.REGISTERED)
    practice.begin(engine, world.candidate, world.sitting_id)

    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER)

    assert [line.session.id for line in session_results(engine, officer)] == [world.session_id]
