"""Other people's files, judged by the official schemas when they were collected (MANIFEST.md): we judge them alike."""

import os
from collections import Counter
from pathlib import Path

import pytest

from item_bank.qti.problems import Severity
from item_bank.qti.reader import parse
from item_bank.qti.validity import findings

ROOT = Path(__file__).resolve().parents[4]
FILES = Path(os.environ.get("ASSESSMENT_TESTDATA", ROOT.parent / "shared" / "testdata")) / "qti"
COUNTS = {("cito", "2.2"): (4, 2), ("pie-qti", "2.2"): (9, 17), ("qtiworks", "2.1"): (2, 2)}  # valid, not valid


@pytest.mark.skipif(not FILES.is_dir(), reason="no test data: qti is not there (see ASSESSMENT_TESTDATA)")
@pytest.mark.parametrize(("folder", "version"), COUNTS)
def test_as_many_are_valid_as_the_schemas_say(folder: str, version: str) -> None:
    judged: Counter[bool] = Counter()
    for path in (FILES / folder).rglob("*.xml"):
        document = parse(path.read_bytes())
        if document.root.name == "qti-assessment-item" and document.version == version:
            judged[all(each.severity is not Severity.INVALID for each in findings(document))] += 1

    assert (judged[True], judged[False]) == COUNTS[folder, version]
