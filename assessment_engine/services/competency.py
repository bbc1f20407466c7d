"""Competencies of an organisation, and what a candidate holds. Records are written by services/certification.py alone."""

from assessment_engine.competency import Competency, HeldCompetency
from assessment_engine.kernel.errors import Conflict
from assessment_engine.kernel.ids import CompetencyId, new_id
from assessment_engine.people import Actor, Role, require
from assessment_engine.services.engine import Engine


def add_competency(engine: Engine, actor: Actor, *, code: str, name: str, name_hi: str) -> Competency:
    """Add a competency to the actor's organisation; raises Conflict when its code is taken."""
    require(actor, Role.CELL_OFFICER)
    now = engine.clock.now()
    competency = Competency(
        id=CompetencyId(new_id("cmp", now)), organisation_id=actor.organisation_id, code=code, name=name, name_hi=name_hi
    )
    with engine.store.begin() as tx:
        if tx.competency.by_code(actor.organisation_id, code):
            raise Conflict(f"the competency {code} exists")
        tx.competency.add(competency)
        tx.audit.append("competency_added", subject=competency.id, actor=actor.person_id, now=now, payload={"code": code, "name": name})
    return competency


def competencies(engine: Engine, actor: Actor) -> list[Competency]:
    """Return the competencies of the actor's organisation."""
    with engine.store.read() as tx:
        return tx.competency.all_of(actor.organisation_id)


def my_record(engine: Engine, actor: Actor) -> list[HeldCompetency]:
    """Return the actor's own competency record, newest first."""
    with engine.store.read() as tx:
        return tx.competency.of_candidate(actor.person_id)
