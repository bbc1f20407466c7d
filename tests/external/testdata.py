"""Where other people's files are: beside the project's folder, or where ASSESSMENT_TESTDATA says. Nothing of them is in the repository."""

import json
import os
from pathlib import Path

import pytest

from assessment_engine.kernel.canonical import Json

_ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ASSESSMENT_TESTDATA") or _ROOT.parent / "shared" / "testdata") / "qti"
PRESENT = FOLDER.is_dir()
ABSENT = pytest.mark.skipif(not PRESENT, reason=f"no test data: {FOLDER.parent.name}/qti is not there (see ASSESSMENT_TESTDATA)")


def cases(name: str) -> list[dict[str, Json]]:
    """The cases of one file; none where the data is absent."""
    path = FOLDER / "expectations" / name
    found: list[dict[str, Json]] = json.loads(path.read_bytes()) if path.is_file() else []
    return found


def xml_files() -> list[Path]:
    """Every XML file there."""
    return sorted(FOLDER.rglob("*.xml"))
