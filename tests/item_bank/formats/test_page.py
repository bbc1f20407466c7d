"""Every code that the other formats say is on a page that says what to do."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def codes() -> Iterator[str]:
    for path in (ROOT / "item_bank" / "formats").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                first = node.args[0] if node.args else None
                if called in ("Unfit", "note", "refuse") and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_code_is_on_the_page() -> None:
    pages = "".join((ROOT / "docs" / name).read_text() for name in ("formats.md", "import-problems.md"))
    said = set(codes())

    assert len(said) > 50
    assert sorted(code for code in said if f"`{code}`" not in pages) == []
