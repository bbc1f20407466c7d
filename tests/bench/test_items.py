import pytest

from assessment_engine.bench.item_samples import choice_item, match_item, number_item, samples
from assessment_engine.bench.items import run
from item_bank.qti.validity import read_item_strictly


@pytest.mark.parametrize("make", [choice_item, number_item, match_item])
def test_every_sample_is_a_valid_item(make) -> None:  # type: ignore[no-untyped-def]
    assert read_item_strictly(make(3).xml).identifier == "bench-3"


def test_no_two_samples_are_alike() -> None:
    assert len({sample.xml for sample in samples(300)}) == 300


def test_the_short_form_reports_every_figure_with_the_result_it_was_reached_with() -> None:
    report = run(short=True).as_json()

    figures = report["figures"]
    assert isinstance(figures, dict)
    assert figures["scores_right"] == {"value": 1.0, "unit": "share", "bar": ">= 1"}
    assert {"read_all", "read_peak_memory", "score_choice", "score_custom", "render_median"} <= set(figures)
    assert {"import_all", "near_duplicate_check", "filtered_page_slowest", "drawn_forms_all"} <= set(figures)
    assert figures["drawn_forms_right"] == {"value": 1.0, "unit": "share", "bar": ">= 1"}
    assert figures["near_duplicates_found"] == {"value": 1.0, "unit": "share", "bar": ">= 0.99"}
    assert isinstance(report["runs"], list) and len(report["runs"]) == 3
