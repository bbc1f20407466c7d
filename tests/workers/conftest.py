"""An engine on SQLite and the real networks, loaded once for each file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment_engine.services.engine import Engine
from proctoring.vision.eyes import Networks
from proctoring.vision.models import load_folder
from tests.builders import an_engine
from tests.proctoring.vision.conftest import ASSETS


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks(load_folder(ASSETS))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = an_engine(tmp_path)
    yield engine
    engine.store.engine.dispose()
