"""133 scoring cases of other engines, one test for each."""

import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.services.item_cases import Shelf, run_case
from tests.external.testdata import ABSENT, FOLDER, cases

pytestmark = ABSENT

CASES = {str(case["id"]): case for case in cases("item_scoring.json")}
SHELF = Shelf(folder=FOLDER / "expectations")


@pytest.mark.parametrize("name", list(CASES) or [None])
def test_an_item_scores_as_in_the_engine_that_it_came_from(name: str) -> None:
    report = run_case(CASES[name], SHELF)

    assert report.ok, f"expected {report.expected}, got {report.got}"


def test_every_case_is_there() -> None:
    known: dict[str, Json] = {"pie": 92, "cito": 27, "qtiworks": 10, "quml": 4}

    assert {origin: sum(name.startswith(f"{origin}/") for name in CASES) for origin in known} == known
