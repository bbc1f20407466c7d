from pathlib import Path

import pytest

from assessment_engine.bench.wall import _stage, _watched

pytestmark = pytest.mark.browser


def test_a_small_wall_in_a_real_browser_shows_every_tile_and_its_pictures(tmp_path: Path) -> None:
    with _stage(tmp_path, 40) as stage:  # fewer take longer: the page is looked at when it has shown a hundred pictures
        (seen,) = _watched(stage, windows=1, window_s=4.0)

    assert seen["tiles"] == 40
    assert seen["pictures_a_second"] > 0
    assert seen["page_percent"] > 0
