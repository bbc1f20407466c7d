"""Selection and ordering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import TooLarge
from item_bank.qti.session import plan
from tests.item_bank.qti.session.papers import part, qti_test, ref, refs, section

SEEDS = st.integers(min_value=0, max_value=2**32)
NAMES = ["A", "B", "C", "D", "E", "F", "G", "H"]


def keys(inner: str, seed: int = 0) -> list[str]:
    return [item.key for item in plan(qti_test(part(inner)), seed).items]


def selection(select: int, again: bool = False) -> str:
    return f'<selection select="{select}" withReplacement="{str(again).lower()}"/>'


SHUFFLE = '<ordering shuffle="true"/>'


@given(SEEDS, st.integers(min_value=0, max_value=10), st.sets(st.sampled_from(NAMES)))
def test_a_selection_has_its_number_its_required_ones_and_the_order_of_the_file(seed: int, select: int, required: set[str]) -> None:
    inner = "".join(ref(name, required=str(name in required).lower()) for name in NAMES)

    drawn = keys(section("S", selection(select) + inner), seed)

    assert len(drawn) == len(set(drawn)) == max(min(select, len(NAMES)), len(required))
    assert required <= set(drawn)
    assert drawn == sorted(drawn)


@given(SEEDS, st.integers(min_value=1, max_value=20))
def test_with_replacement_gives_numbered_instances(seed: int, select: int) -> None:
    drawn = keys(section("S", selection(select, again=True) + ref("A", required="true") + refs("B C")), seed)

    names = [key.partition(".")[0] for key in drawn]
    assert len(drawn) == len(set(drawn)) == select
    assert "A" in names
    for name in set(names):
        instances = [key for key in drawn if key.partition(".")[0] == name]
        assert instances == ([name] if len(instances) == 1 else [f"{name}.{number}" for number in range(1, len(instances) + 1)])


@given(SEEDS, st.sets(st.sampled_from(NAMES)))
def test_shuffling_permutes_and_leaves_fixed_ones_in_place(seed: int, fixed: set[str]) -> None:
    order = keys(section("S", SHUFFLE + "".join(ref(name, fixed=str(name in fixed).lower()) for name in NAMES)), seed)

    assert sorted(order) == NAMES
    assert all(order[NAMES.index(name)] == name for name in fixed)


@given(SEEDS, st.booleans(), st.booleans())
def test_sections_that_are_kept_together_stay_together(seed: int, visible: bool, together: bool) -> None:
    inside = section("T", refs("X Y Z"), visible=str(visible).lower(), keepTogether=str(visible or together).lower())

    order = keys(section("S", SHUFFLE + refs("A B C") + inside + refs("D E")), seed)

    assert sorted(order) == sorted("ABCDEXYZ")
    if visible or together:
        at = order.index("X")
        assert order[at : at + 3] == ["X", "Y", "Z"]


def test_an_invisible_section_that_is_not_kept_together_is_mixed_in() -> None:
    inside = section("T", refs("X Y Z"), visible="false", keepTogether="false")
    apart = [keys(section("S", SHUFFLE + refs("A B C") + inside), seed) for seed in range(40)]

    assert any(abs(order.index("X") - order.index("Y")) > 1 for order in apart)
    assert keys(section("S", refs("A B C") + inside)) == ["A", "B", "C", "X", "Y", "Z"]


def test_a_mixed_section_still_is_around_its_items() -> None:
    inside = section("T", refs("X Y"), visible="false", keepTogether="false")
    drawn = plan(qti_test(part(section("S", SHUFFLE + refs("A B") + inside))), 3)

    around = {item.key: [each.identifier for each in item.sections] for item in drawn.items}
    assert around == {"A": ["S"], "B": ["S"], "X": ["S", "T"], "Y": ["S", "T"]}


@given(SEEDS)
def test_the_same_seed_gives_the_same_plan(seed: int) -> None:
    inner = section("S", SHUFFLE + selection(3) + section("T", SHUFFLE + selection(2, again=True) + refs("A B C")) + refs("D E F"))

    assert keys(inner, seed) == keys(inner, seed)


def test_other_seeds_give_other_plans() -> None:
    assert len({tuple(keys(section("S", SHUFFLE + refs(" ".join(NAMES))), seed)) for seed in range(20)}) > 15


def test_a_section_that_is_drawn_twice_is_drawn_anew() -> None:
    inner = section("S", selection(2, again=True) + section("T", refs("A B")))

    assert keys(inner) == ["A.1", "B.1", "A.2", "B.2"]


def test_control_is_inherited_from_the_part_to_the_item() -> None:
    inner = (
        '<itemSessionControl maxAttempts="3" allowSkipping="false" showFeedback="true"/>'
        + section("S", '<itemSessionControl maxAttempts="2"/>' + refs("A") + ref("B", '<itemSessionControl allowSkipping="true"/>'))
        + section("T", refs("C"))
    )
    control = {item.key: item.control for item in plan(qti_test(part(inner))).items}

    assert [control[key].max_attempts for key in "ABC"] == [2, 2, 3]
    assert [control[key].allow_skipping for key in "ABC"] == [False, True, False]
    assert [control[key].show_feedback for key in "ABC"] == [True] * 3
    assert control["A"].allow_review is True


def nested(depth: int) -> str:
    inner = ""
    for level in range(depth):
        inner = section(f"S{level}", selection(5000, again=True) + inner)
    return inner


@pytest.mark.parametrize("inner", [section("S", selection(999_999, again=True) + refs("A")), nested(6)])
def test_a_plan_without_end_is_refused(inner: str) -> None:
    with pytest.raises(TooLarge):
        keys(inner)


def test_a_negative_or_missing_number_is_tolerated() -> None:
    assert keys(section("S", selection(-1) + refs("A B"))) == []
    assert keys(section("S", "<selection/>" + refs("A B"))) == ["A", "B"]
