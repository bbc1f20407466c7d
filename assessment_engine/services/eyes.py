"""What this deployment can look for: the proctor workers say which networks they lack, everybody who is promised a watch is told.

Which kinds a missing network takes away is proctoring/sight.py. A machine is believed for as long as it goes on saying so; when none does,
what was said last stands.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from assessment_engine.exams import ExamPolicy
from assessment_engine.exams.policy import switched_off
from assessment_engine.invigilation.demotion import Demotion
from assessment_engine.kernel.ids import SittingId
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.eyes import EyesRecord
from proctoring.policy import STANDARD, Kind, Tier
from proctoring.sight import lost

BELIEVED = timedelta(minutes=3)
FORGOTTEN = timedelta(days=1)
ALWAYS = (Kind.BOOK, Kind.SCREEN)
"""What no exam leaves out: it goes on the timeline only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """What is looked for in a sitting, and what its exam asks for but this deployment cannot look for now."""

    kinds: tuple[Kind, ...]
    unseen: tuple[Kind, ...]
    demoted: tuple[Demotion, ...]

    @property
    def flagged(self) -> tuple[Kind, ...]:
        """What calls a person when it lasts."""
        return self._of(Tier.ALERT)

    @property
    def noted(self) -> tuple[Kind, ...]:
        """What stands on a timeline only."""
        return self._of(Tier.DETECTION)

    def _of(self, tier: Tier) -> tuple[Kind, ...]:
        counted = {one.kind for one in self.demoted}
        return tuple(one for one in self.kinds if STANDARD.rules[one].tier is tier and one not in counted)


def report(engine: Engine, host: str, missing: Collection[str]) -> None:
    """Say which roles have no file on a machine of proctor workers."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tx.eyes.report(EyesRecord(host=host, at=now, missing=tuple(missing)), now - FORGOTTEN)


def watched_without(engine: Engine, sitting_id: SittingId, missing: Collection[str]) -> None:
    """Note that a sitting is watched without these roles; safe to repeat."""
    if missing:
        with engine.store.begin() as tx:
            tx.eyes.note_blind(sitting_id, missing)


def missing_roles(engine: Engine) -> tuple[str, ...]:
    """Return the roles that some machine of this deployment has no file for."""
    with engine.store.read() as tx:
        return _missing(tx, engine)


def lost_now(engine: Engine) -> tuple[Kind, ...]:
    """Return everything that some machine of this deployment cannot look for, whatever exams ask."""
    without = lost(missing_roles(engine))
    return tuple(kind for kind in Kind if kind in without)


def unseen_now(engine: Engine, policy: ExamPolicy) -> tuple[Kind, ...]:
    """Return what an exam asks to have looked for, and this deployment cannot look for now."""
    with engine.store.read() as tx:
        return _of(policy, lost(_missing(tx, engine)))


def unseen_in(engine: Engine, actor: Actor, sitting_id: SittingId) -> tuple[Kind, ...]:
    """Return what was not looked for in at least a part of a sitting, although its exam asks for it."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        sitting = tx.sittings.of_organisation(sitting_id, actor.organisation_id)
        missing = tx.eyes.blind_in([sitting_id]).get(sitting_id, ())
        return _of(tx.exams.get(sitting.exam_id).policy, lost(missing))


def looked_for(engine: Engine, actor: Actor, sitting_id: SittingId) -> LookedFor:
    """Return what is looked for in a candidate's own sitting: what the exam asks for, less what is arranged or cannot be seen."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        policy = tx.exams.get(sitting.exam_id).policy
        off = switched_off(tx.exams.registration(sitting.registration_id).arrangements)
        unseen = lost(_missing(tx, engine))
        demoted = tuple(tx.demotion.standing(sitting.exam_id))
    asked = tuple(kind for kind in asked_by(policy) if kind not in off)
    return LookedFor(
        kinds=tuple(one for one in asked if one not in unseen), unseen=tuple(one for one in asked if one in unseen), demoted=demoted
    )


def asked_by(policy: ExamPolicy) -> tuple[Kind, ...]:
    """Return what an exam has looked for, whether or not this deployment can see it now."""
    return _of(policy, frozenset(Kind))


def _of(policy: ExamPolicy, kinds: frozenset[Kind]) -> tuple[Kind, ...]:
    """Return those of the kinds that an exam has looked for."""
    asked = {*map(Kind, policy.signals), *ALWAYS} - ({Kind.TALKING} if policy.sound == "off" else set())
    return tuple(kind for kind in Kind if kind in kinds and kind in asked)


def _missing(tx: Transaction, engine: Engine) -> tuple[str, ...]:
    said = tx.eyes.all()
    believed = [one for one in said if engine.clock.now() - one.at <= BELIEVED] or said[:1]
    return tuple(sorted({role for one in believed for role in one.missing}))
