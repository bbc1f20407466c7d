"""Every code that an import can say, beside those of the QTI engine, is on the page that says what to do."""

from pathlib import Path

import pytest

from tests.item_bank.qti.validity.test_codes import codes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("module", ["item_bank/readiness.py", "item_bank/imports.py", "assessment_engine/services/item_imports.py"])
def test_every_code_of_an_import_is_on_the_page(module: str) -> None:
    page = (ROOT / "docs" / "import-problems.md").read_text()

    said = set(codes(ROOT / module))

    assert said
    assert sorted(code for code in said if f"`{code}`" not in page) == []
