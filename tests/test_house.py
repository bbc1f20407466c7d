"""The house keeps its own rules: floors for every module, sizes, words and documents that match the code."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assessment_engine", "item_bank", "proctoring", "api", "workers")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_has_a_floor() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    floors = next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "floors")
    listed = {name.strip() for layer in floors["layers"] for name in layer.split("|")} | {"assessment_engine.settings"}

    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules()}
    homeless = sorted(name for name in names - set(PACKAGES) if not any(name == floor or name.startswith(f"{floor}.") for floor in listed))

    assert homeless == []


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in modules()
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > 40
    ]

    assert long == []


def test_no_module_outgrows_its_room() -> None:
    large = [str(path.relative_to(ROOT)) for path in modules() if len(path.read_text().splitlines()) > 400]

    assert large == []


def test_no_class_is_named_after_nothing() -> None:
    named = [
        f"{path.relative_to(ROOT)} {node.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Handler"))
    ]

    assert named == []


def test_every_event_kind_is_in_the_glossary() -> None:
    from assessment_engine.storage.events import EVENT_KINDS

    glossary = (ROOT / "docs" / "glossary.md").read_text()

    assert [kind for kind in EVENT_KINDS if f"`{kind}`" not in glossary] == []


def test_the_lock_names_no_index() -> None:
    lock = (ROOT / "requirements" / "dev.lock").read_text()

    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_no_template_styles_in_line() -> None:
    """The pages' own policy refuses it: a browser shows nothing of it and complains on its console."""
    assert [path.name for path in (ROOT / "api" / "templates").rglob("*.html") if " style=" in path.read_text()] == []
