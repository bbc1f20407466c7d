import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.item_bank.qti.processing.trees import Plain, alike, apply, node, plain, run, scope, variable

STATS = [
    ("mean", [1, 2, 3, 4], 2.5),
    ("mean", (1.0, 2.0), 1.5),
    ("mean", 5, 5.0),
    ("sampleVariance", [1, 2, 3], 1.0),
    ("sampleSD", [1, 2, 3, 4], 1.2909944487358056),
    ("popVariance", [1, 2, 3], 2 / 3),
    ("popSD", [1, 2, 3], math.sqrt(2 / 3)),
    ("popVariance", [7], 0.0),
    ("sampleVariance", [7], None),
    ("sampleSD", [7], None),
    ("mean", None, None),
    ("mean", ["a", "b"], None),
    ("median", [1, 2], None),
]


@pytest.mark.parametrize(("name", "operand", "expected"), STATS)
def test_statistics_of_a_container(name: str, operand: Plain, expected: Plain) -> None:
    assert alike(apply("stats-operator", operand, name=name), expected)


@pytest.mark.parametrize("parts", [(1, None), (1, "x"), (None,)])
def test_a_container_put_together_with_a_null_or_a_word_has_no_mean(parts: tuple[Plain, ...]) -> None:
    names = [f"V{index}" for index in range(len(parts))]
    tree = node("stats-operator", node("multiple", *(variable(name) for name in names)), name="mean")

    assert plain(run(tree, scope(dict(zip(names, parts, strict=True))))) is None


@given(st.lists(st.floats(), min_size=1, max_size=5))
def test_statistics_never_stumble(numbers: list[float]) -> None:
    for name in ("mean", "sampleVariance", "sampleSD", "popVariance", "popSD"):
        result = apply("stats-operator", numbers, name=name)
        assert result is None or isinstance(result, float)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=9))
def test_a_mean_lies_within(numbers: list[int]) -> None:
    mean = apply("stats-operator", numbers, name="mean")

    assert isinstance(mean, float)
    assert min(numbers) <= mean <= max(numbers)
