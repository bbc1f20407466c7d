"""Every code that the checks can say has words in both languages and a line on the page that says what it means."""

import ast
from collections.abc import Iterator
from pathlib import Path

from api.pages.import_words import MEANINGS

ROOT = Path(__file__).resolve().parents[3]
SOURCES = (*sorted((ROOT / "item_bank" / "checks").glob("*.py")), ROOT / "assessment_engine" / "services" / "item_likeness.py")


def codes() -> Iterator[str]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                said = next(word.value for word in node.keywords if word.arg == "code")
                yield from (each.value for each in ast.walk(said) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    yield from ("duplicate_item", "near_duplicate", "all_of_the_above", "none_of_the_above")  # chosen before they are said


def test_every_code_is_on_the_page_and_has_words() -> None:
    page = (ROOT / "docs" / "item-checks.md").read_text()
    said = set(codes())

    assert len(said) >= 16
    assert sorted(code for code in said if f"`{code}`" not in page) == []
    assert sorted(said - set(MEANINGS)) == []
