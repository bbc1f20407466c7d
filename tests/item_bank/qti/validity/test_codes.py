import ast
import re
from collections.abc import Iterator
from pathlib import Path

from item_bank.qti.validity import CODES

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "import-problems.md"
# What takes a code among its first arguments.
SAY = {"refuse", "problem", "finding", "note", "about", "at", "_refuse", "_at", "_note", "_problem", "Misfit"}
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        said = [word.value for word in node.keywords if word.arg in ("problem", "code")] + (node.args[:3] if called in SAY else [])
        yield from (
            each.value for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value)
        )


def test_every_code_that_qti_can_say_is_on_the_page() -> None:
    page = PAGE.read_text()
    said = {code for path in (ROOT / "item_bank" / "qti").rglob("*.py") for code in codes(path)} | set(CODES)

    assert sorted(code for code in said if f"`{code}`" not in page) == []


def test_the_page_says_how_bad_each_is() -> None:
    rows = {line.split("|")[1].strip(" `"): line.split("|")[2].strip() for line in PAGE.read_text().splitlines() if line.startswith("| `")}

    assert {code: rows[code] for code in CODES} == {code: severity.value for code, severity in CODES.items()}
