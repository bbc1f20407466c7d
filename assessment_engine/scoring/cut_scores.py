"""Levels by cut scores: which share of a competency's marks asks for which level. Exact: shares are compared without dividing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment_engine.kernel.ids import CompetencyId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyScore:
    """What somebody scored in the items of one competency, and the level it makes; 0 is below the first."""

    competency_id: CompetencyId
    score: Decimal
    max: Decimal
    level: int


def reaches(score: Decimal, best: Decimal, share: Decimal) -> bool:
    """Tell whether a score is at least `share` of the best there is; nothing reaches anything where there is nothing to score."""
    return best > 0 and score >= share * best


def level_of(score: Decimal, best: Decimal, cuts: Sequence[Decimal]) -> int:
    """Return the highest level whose cut the score reaches; the cuts grow, level 1 first."""
    return sum(1 for cut in cuts if reaches(score, best, cut))


def cuts_for(competency_id: CompetencyId, cut_scores: Mapping[str, Sequence[Decimal]]) -> Sequence[Decimal]:
    """Return a competency's own cuts, else those of every other (`*`)."""
    return cut_scores.get(competency_id) or cut_scores.get("*", ())
