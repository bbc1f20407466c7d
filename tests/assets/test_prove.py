"""Proofs: a model that answers otherwise, a font without shaping and a context without a context are all refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from assessment_engine.assets.manifest import Conversion
from assessment_engine.assets.prove import figure, hold, pattern, prove
from assessment_engine.kernel.errors import ProofFailed

OUTPUT = np.array([[1, 2], [4, 9]], dtype=np.float32)


def test_an_output_is_summed_up_in_three_numbers() -> None:
    summed = figure(OUTPUT)

    assert (summed.mean, summed.spread) == pytest.approx((4, np.sqrt((9 + 4 + 0 + 25) / 4)))
    assert summed.tilt == pytest.approx((1 * 0 + 2 * 1 / 3 + 4 * 2 / 3 + 9 * 1) / 4)


def test_rounding_is_forgiven() -> None:
    hold("tiny", [OUTPUT * np.float32(1.0001)], [figure(OUTPUT)])


@pytest.mark.parametrize("broken", [OUTPUT.T, OUTPUT[::-1], OUTPUT * 1.1, OUTPUT + 1, OUTPUT * np.nan])
def test_a_model_that_answers_otherwise_is_refused(broken: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> None:
    with pytest.raises(ProofFailed, match="'tiny' answers its reference input"):
        hold("tiny", [broken], [figure(OUTPUT)])


def test_a_missing_output_is_refused() -> None:
    with pytest.raises(ProofFailed):
        hold("tiny", [], [figure(OUTPUT)])


def test_the_reference_input_tells_axes_apart() -> None:
    given = pattern((1, 8, 8, 3))

    assert given.dtype == np.float32
    assert (given.min(), given.max() <= 1) == (0, True)
    assert not np.array_equal(given, given.transpose(0, 2, 1, 3))
    assert not np.array_equal(given, given[..., ::-1])


def test_a_context_without_a_context_is_refused(tmp_path: Path) -> None:
    (tmp_path / "context.json").write_text(json.dumps({"context": {}}))

    with pytest.raises(ProofFailed, match="holds no JSON-LD context"):
        prove("context_open_badges", Conversion.CONTEXT_MODULE, tmp_path / "context.json")
