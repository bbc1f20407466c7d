"""When a detector raises more false flags than its budget, however often and whenever one looks: then it is demoted by itself.

The evidence is the fortune of a bettor who starts with 1 and stakes on the budget being exceeded. After every sitting of T watched hours it
is multiplied by r^X / (1 + (r - 1) b T), where b is the budget an hour, X is 1 if people confirmed a false flag of this detector in that
sitting, and r how many times too often the bettor thinks that it happens; the fortunes of several r are averaged. While the detector keeps
its budget, E[X | past, T] <= b T, so E[r^X] <= 1 + (r - 1) b T: no bet gains on average, whatever differs between candidates and however
flags cluster within a sitting. By Ville's inequality (Étude critique de la notion de collectif, 1939) such a fortune ever reaches
1/alpha with a chance of at most alpha, so it may be looked at after every decision. Mixtures of r: Robbins, Ann. Math. Statist. 41 (1970)
1397; the view as bets: Waudby-Smith and Ramdas, J. R. Stat. Soc. B 86 (2024) 1.

Sittings count in the order in which they ended, undecided flags as none: so the fortune is never above what full knowledge would make it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessment_engine.kernel.errors import Conflict, SecondPersonNeeded
from assessment_engine.kernel.ids import ExamId, OrganisationId, PersonId

ALPHA = 0.01
"""The chance that a detector which keeps its budget is ever demoted, in one exam and since it was last restored."""

STAKES = (1.5, 2.0, 3.0, 5.0, 10.0)
"""How many times the budget each bettor thinks the rate to be; equal shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one detector: the watched hours of each sitting, how many had a confirmed false flag, at which budget an hour."""

    hours: tuple[float, ...]
    false_sittings: int
    budget: float

    @property
    def expected(self) -> float:
        """Return how many such sittings the budget allows, at most."""
        return sum(self.hours) * self.budget

    @property
    def log_evidence(self) -> float:
        """Return the logarithm of the bettors' fortune; the fortune itself outgrows a float."""
        if self.budget <= 0:
            return math.inf if self.false_sittings else 0.0
        logs = [self.false_sittings * math.log(r) - sum(math.log1p((r - 1) * self.budget * t) for t in self.hours) for r in STAKES]
        top = max(logs)
        return top + math.log(sum(math.exp(one - top) for one in logs) / len(STAKES))

    @property
    def evidence(self) -> float:
        """Return the fortune, at most a million: beyond that nobody reads it."""
        return math.exp(min(self.log_evidence, math.log(1e6)))

    def exceeds(self, alpha: float = ALPHA) -> bool:
        """Tell whether the budget is shown to be exceeded."""
        return self.log_evidence >= -math.log(alpha)


def share_of_budget(budget: float, detectors: int) -> float:
    """Return one detector's part of an exam's budget an hour: equal parts, until a calibration says otherwise."""
    return budget / max(1, detectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demotion:
    """A detector of one exam that raises no flags any more: since when, on what evidence, until two people restore it."""

    id: str
    organisation_id: OrganisationId
    exam_id: ExamId
    kind: str
    demoted_at: datetime
    sittings: int
    hours: float
    false_sittings: int
    expected: float
    evidence: float
    alpha: float
    restored_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """One officer's signature under a demoted detector's return; two different ones restore it."""

    demotion_id: str
    person_id: PersonId
    at: datetime
    reason: str


def restored(demotion: Demotion, earlier: Sequence[Restoration], by: PersonId, now: datetime) -> Demotion:
    """Return a demotion after one more signature; raises Conflict when it is over, SecondPersonNeeded for the same officer again."""
    if demotion.restored_at is not None:
        raise Conflict("this detector raises flags again already")
    if any(one.person_id == by for one in earlier):
        raise SecondPersonNeeded("you signed already; it needs a different officer")
    return replace(demotion, restored_at=now) if earlier else demotion
