"""A competency that an exam asks for: held by a certificate in good standing, at the level, and only while it stands."""

from dataclasses import replace
from pathlib import Path

from assessment_engine.competency import CompetencyRecord
from assessment_engine.exams import EligibilityReason, ExamPolicy, eligibility_for
from assessment_engine.people import civil_date
from assessment_engine.services.certification import issue_certificates, suspend
from assessment_engine.services.engine import Engine
from assessment_engine.services.places import facts_of
from tests.builders import an_engine
from tests.certification.parts import contexts
from tests.certification.story import Story, a_story, tell


def reason(engine: Engine, story: Story, level: int) -> EligibilityReason:
    """Why the story's candidate may take another exam that asks for the competency at a level."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        exam = replace(tx.exams.get(story.world.exam_id), policy=ExamPolicy(needs_competency="procurement", needs_level=level))
        facts = facts_of(tx, exam, story.world.candidate.person_id, now)
    return eligibility_for(exam, facts, civil_date(now)).reason


def test_a_certificate_opens_the_exam_that_asks_for_its_level_until_it_is_suspended(tmp_path: Path) -> None:
    engine = replace(an_engine(tmp_path), contexts=contexts())
    story = tell(a_story(engine))
    assert reason(engine, story, 1) is EligibilityReason.COMPETENCY_MISSING

    certificate = issue_certificates(engine, story.sitting_id)
    assert certificate is not None
    with engine.store.read() as tx:
        held: CompetencyRecord = tx.competency.of_candidate(story.world.candidate.person_id)[0].record

    assert reason(engine, story, held.level) is EligibilityReason.COMPETENCY_HELD
    assert held.level == 4 or reason(engine, story, held.level + 1) is EligibilityReason.COMPETENCY_MISSING
    suspend(engine, story.officers[0], certificate.number, "a doubt that is looked into")
    assert reason(engine, story, held.level) is EligibilityReason.COMPETENCY_MISSING
