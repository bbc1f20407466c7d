"""Every QTI file of other systems is read, whatever is wrong with it, and every item has a page. What no page may say: tests of render/."""

from pathlib import Path

import pytest

from assessment_engine.services.item_files import render_file
from item_bank.qti.reader import parse, read_item
from item_bank.qti.reader.results import read_results
from tests.external.testdata import ABSENT, FOLDER, xml_files

pytestmark = ABSENT

FILES = xml_files()


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: str(path and path.relative_to(FOLDER)))
def test_every_file_is_read_and_every_item_has_a_page(path: Path) -> None:
    root = parse(path.read_bytes()).root

    if root.written == "assessmentResult":
        assert read_results(path.read_bytes()).items
    else:
        item = read_item(path.read_bytes())
        assert item.outcomes or item.responses
        for lang in ("en", "hi"):
            assert 'class="qti-item"' in render_file(path, lang)
