"""One sitting's scores over exactly one seal and one form.

QTI computes in float; here each item's score becomes a Decimal of two places, once, and everything after is exact.
Nothing is looked up here: services/scoring.py brings the outcomes. Stored by storage/scoring.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, SittingId
from assessment_engine.scoring.cut_scores import CompetencyScore, cuts_for, level_of, reaches

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore:
    """What one item of the form gave."""

    item_id: ItemVersionId
    competency_id: CompetencyId | None
    answered: bool
    score: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All scores of a sitting; `sha256` names them together with the seal and the form they are of."""

    sitting_id: SittingId
    seal_sha256: str
    form_sha256: str
    items: tuple[ItemScore, ...]
    competencies: tuple[CompetencyScore, ...]
    total: Decimal
    max: Decimal
    passed: bool

    @property
    def document(self) -> Mapping[str, Json]:
        """The scorecard as JSON, marks as text."""
        return {
            "type": "scorecard",
            "sitting": self.sitting_id,
            "seal_sha256": self.seal_sha256,
            "form_sha256": self.form_sha256,
            "items": items_json(self.items),
            "competencies": competencies_json(self.competencies),
            "total": str(self.total),
            "max": str(self.max),
            "passed": self.passed,
        }

    @property
    def sha256(self) -> str:
        """The scorecard's name."""
        return digest(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an exam's policy says about scores."""

    pass_share: Decimal
    cut_scores: Mapping[str, Sequence[Decimal]]


def quantised(mark: float) -> Decimal:
    """Turn a QTI float into a mark of two places, halves up; raises Invalid for what is no number."""
    exact = Decimal(repr(mark))
    if not exact.is_finite():
        raise Invalid(f"a score must be a finite number, not {mark}")
    return exact.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def scorecard(sitting_id: SittingId, seal_sha256: str, form_sha256: str, items: Sequence[ItemScore], rules: Rules) -> Scorecard:
    """Add up a sitting's items; a total below nothing counts as nothing."""
    total, best = max(_sum(item.score for item in items), Decimal("0.00")), _sum(item.max for item in items)
    return Scorecard(
        sitting_id=sitting_id,
        seal_sha256=seal_sha256,
        form_sha256=form_sha256,
        items=tuple(items),
        competencies=_competencies(items, rules),
        total=total,
        max=best,
        passed=reaches(total, best, rules.pass_share),
    )


def _competencies(items: Sequence[ItemScore], rules: Rules) -> tuple[CompetencyScore, ...]:
    ids = sorted({item.competency_id for item in items if item.competency_id is not None})
    return tuple(_competency(each, [item for item in items if item.competency_id == each], rules) for each in ids)


def _competency(competency_id: CompetencyId, items: Sequence[ItemScore], rules: Rules) -> CompetencyScore:
    score, best = max(_sum(item.score for item in items), Decimal("0.00")), _sum(item.max for item in items)
    level = level_of(score, best, cuts_for(competency_id, rules.cut_scores))
    return CompetencyScore(competency_id=competency_id, score=score, max=best, level=level)


def share_of(items: Sequence[ItemScore]) -> Decimal:
    """Return which share of their marks items gave; below nothing is nothing."""
    total, best = max(_sum(item.score for item in items), Decimal(0)), _sum(item.max for item in items)
    return total / best if best else Decimal(0)


def _sum(marks: Iterable[Decimal]) -> Decimal:
    return sum(marks, Decimal("0.00"))


def items_json(items: Iterable[ItemScore]) -> list[Json]:
    """Write item scores as JSON."""
    return [
        {"item": each.item_id, "competency": each.competency_id, "answered": each.answered, "score": str(each.score), "max": str(each.max)}
        for each in items
    ]


def competencies_json(competencies: Iterable[CompetencyScore]) -> list[Json]:
    """Write competency scores as JSON."""
    return [
        {"competency": each.competency_id, "score": str(each.score), "max": str(each.max), "level": each.level} for each in competencies
    ]
