"""Certificates through the services: what holds them, issuing, later findings, suspending, revoking, checking."""

from dataclasses import replace
from pathlib import Path

import pytest

from assessment_engine.certification.certificate import CertificateState, Holder, HoldReason
from assessment_engine.certification.document import credential_in_pdf
from assessment_engine.certification.verification import Answer
from assessment_engine.invigilation import Outcome
from assessment_engine.invigilation.interests import ConflictOfInterest
from assessment_engine.kernel.errors import IllegalTransition, Invalid, NotAllowed, NotFound, NotYet, SecondPersonNeeded
from assessment_engine.people import Role
from assessment_engine.services import audit, certification, competency, verification
from assessment_engine.services.engine import Engine
from assessment_engine.services.typesetter import TypstTypesetter
from tests.builders import an_actor, an_engine
from tests.certification.parts import ASSETS, contexts
from tests.certification.story import Story, a_story, install_triggers, tell


def begin(engine: Engine) -> Story:
    ready = replace(engine, contexts=contexts(), typesetter=TypstTypesetter(ASSETS))
    install_triggers(ready)
    return a_story(ready)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begin(an_engine(tmp_path))


@pytest.fixture
def any_story(any_engine: Engine) -> Story:
    return begin(any_engine)


def reasons(story: Story) -> list[tuple[HoldReason, Holder]]:
    held = certification.holds(story.engine, story.officers[0], story.sitting_id)
    return [(hold.reason, hold.holder) for hold in held]


def state_of(story: Story, number: str) -> CertificateState:
    with story.engine.store.read() as tx:
        return tx.certificates.by_number(number).state


def test_a_certificate_comes_when_nothing_holds_it_and_once_only(any_story: Story) -> None:
    story = any_story
    tell(story)

    first = certification.issue_certificates(story.engine, story.sitting_id)
    again = certification.issue_certificates(story.engine, story.sitting_id)

    assert first is not None
    assert again is None
    assert reasons(story) == []
    assert verification.check_document(story.engine, dict(first.credential)).verdict.answer is Answer.VALID
    assert verification.check_number(story.engine, first.number.lower()).verdict.is_valid
    held = competency.my_record(story.engine, story.world.candidate)
    assert [(one.competency.code, one.record.level, one.certificate_number) for one in held] == [("procurement", 3, first.number)]


@pytest.mark.parametrize(
    ("missing", "reason", "holder"),
    [
        ("seal", HoldReason.NOT_SUBMITTED, Holder.CANDIDATE),
        ("score", HoldReason.SCORING, Holder.SYSTEM),
        ("watch", HoldReason.STREAM_NOT_DRAINED, Holder.SYSTEM),
        ("decide", HoldReason.DECISION_PENDING, Holder.SYSTEM),
        ("draft", HoldReason.BATCH_NOT_DRAFTED, Holder.CELL),
        ("first", HoldReason.FIRST_SIGNATURE, Holder.CELL),
        ("second", HoldReason.SECOND_SIGNATURE, Holder.CELL),
        ("publish", HoldReason.SECOND_SIGNATURE, Holder.CELL),
    ],
)
def test_why_not_yet_names_the_missing_step_and_who_has_to_act(story: Story, missing: str, reason: HoldReason, holder: Holder) -> None:
    tell(story, until=missing)

    assert (reason, holder) in reasons(story)
    told = certification.holds(story.engine, story.world.candidate, story.sitting_id)
    assert all(hold.since is not None and hold.since <= story.engine.clock.now() for hold in told)
    assert certification.issue_certificates(story.engine, story.sitting_id) is None


def test_a_failed_exam_is_held_by_nobody(story: Story) -> None:
    tell(story, instead={"score": lambda one: one.score(passed=False)})

    assert reasons(story) == [(HoldReason.NOT_PASSED, Holder.NOBODY)]
    assert certification.issue_certificates(story.engine, story.sitting_id) is None


def test_before_publication_nothing_tells_the_candidate_that_the_score_does_not_suffice(story: Story) -> None:
    tell(story, until="draft", instead={"score": lambda one: one.score(passed=False)})

    told = certification.holds(story.engine, story.world.candidate, story.sitting_id)

    assert [hold.reason for hold in told] == [HoldReason.BATCH_NOT_DRAFTED]
    assert reasons(story) == [(HoldReason.NOT_PASSED, Holder.NOBODY)]


def test_an_undecided_flag_holds_it_and_says_since_when(story: Story) -> None:
    raised = story.engine.clock.now()
    story.flag(case="open")
    story.tick()
    story.flag(case=None)
    tell(story, until="decide")

    hold = next(one for one in certification.holds(story.engine, story.world.candidate, story.sitting_id))

    assert (hold.reason, hold.count, hold.since) == (HoldReason.UNDECIDED_INCIDENTS, 2, raised)


def test_too_little_seen_waits_for_a_person(story: Story) -> None:
    tell(story, until="decide", instead={"watch": lambda one: one.watch(observable_s=600)})

    assert (HoldReason.TOO_LITTLE_SEEN, Holder.INVIGILATORS) in reasons(story)


def test_an_open_grievance_holds_it_until_it_is_resolved(story: Story) -> None:
    story.grieve("assigned")
    tell(story)

    assert reasons(story) == [(HoldReason.GRIEVANCE_OPEN, Holder.GRIEVANCE_OFFICER)]
    assert certification.issue_certificates(story.engine, story.sitting_id) is None


def test_a_later_flag_suspends_and_its_dismissal_reinstates(any_story: Story) -> None:
    story = any_story
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    story.tick()
    incident_id = story.flag(case="open")

    certification.issue_certificates(story.engine, story.sitting_id)
    suspended = verification.check_number(story.engine, certificate.number).verdict
    with story.engine.store.begin() as tx:
        case = tx.invigilation.cases_of(story.sitting_id)[0]
        assert case.incident_id == incident_id
        tx.invigilation.save_case(replace(case, state=type(case.state).DISMISSED))
    story.tick()
    story.decide(Outcome.CLEARED)
    certification.issue_certificates(story.engine, story.sitting_id)

    assert suspended.answer is Answer.SUSPENDED
    assert verification.check_number(story.engine, certificate.number).verdict.answer is Answer.VALID


def test_an_adverse_decision_after_the_issue_suspends(story: Story) -> None:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    story.tick()
    story.flag(case="upheld")
    story.decide(Outcome.ADVERSE)

    certification.issue_certificates(story.engine, story.sitting_id)

    assert state_of(story, certificate.number) is CertificateState.SUSPENDED


def test_what_the_system_suspended_no_officer_revokes_alone_before_people_have_decided(story: Story) -> None:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    story.tick()
    story.flag(case="open")
    certification.issue_certificates(story.engine, story.sitting_id)

    with pytest.raises(NotYet):
        certification.revoke(story.engine, story.officers[0], certificate.number, "a machine said so")

    assert state_of(story, certificate.number) is CertificateState.SUSPENDED
    with story.engine.store.begin() as tx:
        [case] = tx.invigilation.cases_of(story.sitting_id)
        tx.invigilation.save_case(replace(case, state=type(case.state).UPHELD))
    story.tick()
    story.decide(Outcome.ADVERSE)
    revoked = certification.revoke(story.engine, story.officers[0], certificate.number, "two people upheld the flag")
    assert revoked.state is CertificateState.REVOKED


def test_nobody_changes_their_own_certificate(story: Story) -> None:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    holder = replace(story.world.candidate, roles=frozenset({Role.CANDIDATE, Role.CELL_OFFICER}))
    certification.suspend(story.engine, story.officers[0], certificate.number, "a complaint was received")

    with pytest.raises(ConflictOfInterest):
        certification.reinstate(story.engine, holder, certificate.number, "it was an error")

    assert state_of(story, certificate.number) is CertificateState.SUSPENDED


def test_revoking_needs_two_officers_and_ends_the_competency_record(any_story: Story) -> None:
    story = any_story
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    first, second = story.officers
    story.tick()

    with pytest.raises(SecondPersonNeeded):
        certification.revoke(story.engine, first, certificate.number, "obtained by deceit")
    certification.suspend(story.engine, first, certificate.number, "a complaint was received")
    with pytest.raises(SecondPersonNeeded):
        certification.revoke(story.engine, first, certificate.number, "obtained by deceit")
    certification.issue_certificates(story.engine, story.sitting_id)
    assert state_of(story, certificate.number) is CertificateState.SUSPENDED
    revoked = certification.revoke(story.engine, second, certificate.number, "obtained by deceit")

    assert revoked.state is CertificateState.REVOKED
    assert verification.check_number(story.engine, certificate.number).verdict.answer is Answer.REVOKED
    held = competency.my_record(story.engine, story.world.candidate)
    assert [one.record.valid_to for one in held] == [story.engine.clock.now()]
    with pytest.raises(IllegalTransition):
        certification.reinstate(story.engine, second, certificate.number, "it was an error")
    assert certification.issue_certificates(story.engine, story.sitting_id) is None


def test_only_the_cell_changes_certificates_and_with_a_reason(story: Story) -> None:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None

    with pytest.raises(NotAllowed):
        certification.suspend(story.engine, story.invigilators[0], certificate.number, "a complaint was received")
    with pytest.raises(Invalid):
        certification.suspend(story.engine, story.officers[0], certificate.number, "no")
    with pytest.raises(NotFound):
        stranger = an_actor(Role.CELL_OFFICER, organisation_id="org_other")
        certification.suspend(story.engine, stranger, certificate.number, "a complaint was received")


def test_the_pdf_is_for_its_holder_and_the_cell_and_verifies_as_a_file(story: Story) -> None:
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None

    pdf = certification.certificate_pdf(story.engine, story.world.candidate, certificate.number)

    assert credential_in_pdf(pdf) == certificate.credential
    assert verification.check_file(story.engine, pdf).verdict.is_valid
    with pytest.raises(NotFound):
        certification.certificate_pdf(story.engine, an_actor(person_id="per_other"), certificate.number)
    with pytest.raises(NotFound):
        stranger = an_actor(Role.CELL_OFFICER, organisation_id="org_other")
        certification.certificate_pdf(story.engine, stranger, certificate.number)


def test_every_link_of_the_chain_can_be_followed(any_story: Story) -> None:
    story = any_story
    tell(story)
    certificate = certification.issue_certificates(story.engine, story.sitting_id)
    assert certificate is not None
    audit.sequence(story.engine)

    chain = {link.name: link for link in verification.check_number(story.engine, certificate.number).chain}

    assert chain["Sealed answers"].sha256 == story.sealed().sha256
    assert list(chain) == ["Sealed answers", "Score report", "Proctoring decision", "Result batch", "Officer's signature", "Issue"]
    assert all(chain[name].leaf_index is not None for name in ("Proctoring decision", "Officer's signature", "Issue"))
    assert audit.verify_log(story.engine).is_whole


def test_another_sitting_is_not_told_about(story: Story) -> None:
    for stranger in (an_actor(person_id="per_other"), an_actor(Role.CELL_OFFICER, organisation_id="org_other")):
        with pytest.raises(NotFound):
            certification.holds(story.engine, stranger, story.sitting_id)
