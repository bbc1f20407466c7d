from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId, SittingId
from assessment_engine.scoring.cut_scores import level_of, reaches
from assessment_engine.scoring.scorecard import ItemScore, Rules, Scorecard, quantised, scorecard

CUTS = tuple(Decimal(cut) for cut in ("0.40", "0.55", "0.70", "0.85"))
RULES = Rules(pass_share=Decimal("0.40"), cut_scores={"*": CUTS, "cmp_hard": (Decimal("0.90"),)})


def an_item(number: int, score: str, best: str = "1", competency: str | None = "cmp_1") -> ItemScore:
    return ItemScore(
        item_id=ItemVersionId(f"itv_{number}"),
        competency_id=None if competency is None else CompetencyId(competency),
        answered=True,
        score=Decimal(score),
        max=Decimal(best),
    )


def a_card(*items: ItemScore, seal: str = "s", form: str = "f") -> Scorecard:
    return scorecard(SittingId("sit_1"), seal, form, items, RULES)


@pytest.mark.parametrize(("mark", "written"), [(0.1 + 0.2, "0.30"), (2 / 3, "0.67"), (0.005, "0.01"), (1, "1.00"), (-0.5, "-0.50")])
def test_a_float_becomes_a_mark_of_two_places_once(mark: float, written: str) -> None:
    assert str(quantised(mark)) == written


@pytest.mark.parametrize("mark", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_mark(mark: float) -> None:
    with pytest.raises(Invalid):
        quantised(mark)


def test_the_total_is_the_exact_sum_of_the_marks() -> None:
    card = a_card(*(an_item(number, "0.10") for number in range(10)))

    assert (card.total, card.max) == (Decimal("1.00"), Decimal("10.00"))


def test_a_total_below_nothing_counts_as_nothing() -> None:
    card = a_card(an_item(1, "-1.00"), an_item(2, "0.50"))

    assert card.total == 0
    assert card.competencies[0].score == 0
    assert not card.passed


@pytest.mark.parametrize(("score", "passed"), [("0.39", False), ("0.40", True), ("1.00", True)])
def test_passing_is_reaching_the_share_exactly(score: str, passed: bool) -> None:
    assert a_card(an_item(1, score)).passed is passed


@pytest.mark.parametrize(("score", "level"), [("0.39", 0), ("0.40", 1), ("0.55", 2), ("0.69", 2), ("0.70", 3), ("0.85", 4), ("1", 4)])
def test_a_level_is_the_highest_cut_that_is_reached(score: str, level: int) -> None:
    assert level_of(Decimal(score), Decimal(1), CUTS) == level


def test_a_competency_has_its_own_cuts_or_those_of_every_other() -> None:
    card = a_card(an_item(1, "0.85", competency="cmp_hard"), an_item(2, "0.85", competency="cmp_soft"), an_item(3, "1", competency=None))

    assert {each.competency_id: each.level for each in card.competencies} == {"cmp_hard": 0, "cmp_soft": 4}


def test_nothing_is_reached_where_there_is_nothing_to_score() -> None:
    assert not reaches(Decimal(0), Decimal(0), Decimal(0))


def test_the_name_of_a_scorecard_holds_its_seal_its_form_and_every_mark() -> None:
    plain = a_card(an_item(1, "1"))

    others = [a_card(an_item(1, "1"), seal="t"), a_card(an_item(1, "1"), form="g"), a_card(an_item(1, "0.99")), a_card(an_item(2, "1"))]

    assert plain.sha256 == a_card(an_item(1, "1")).sha256
    assert plain.sha256 not in {other.sha256 for other in others}


@given(st.lists(st.tuples(st.integers(-200, 400), st.integers(1, 4)), min_size=1, max_size=30))
def test_a_better_item_never_lowers_a_level_or_a_total(marks: list[tuple[int, int]]) -> None:
    items = [an_item(number, str(Decimal(min(cents, best * 100)) / 100), str(best)) for number, (cents, best) in enumerate(marks)]
    better = [*items[:-1], an_item(len(items) - 1, str(items[-1].max), str(items[-1].max))]

    before, after = a_card(*items), a_card(*better)

    assert after.total >= before.total
    assert after.competencies[0].level >= before.competencies[0].level
