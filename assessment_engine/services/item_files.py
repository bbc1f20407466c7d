"""QTI files outside any bank, for the console script: score one, score a file of cases, render one."""

import json
from collections.abc import Mapping
from pathlib import Path

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, UnreadableFile
from item_bank.qti.binding import bind
from item_bank.qti.processing import Outcomes, score
from item_bank.qti.reader import read_item
from item_bank.qti.render import render
from item_bank.qti.values import Cardinality, Value


def score_file(path: Path, responses: Json) -> dict[str, Json]:
    """Score an item's file; returns every outcome variable as JSON. Raises UnreadableFile, WrongResponse."""
    item = read_item(_bytes(path))
    return outcomes_json(score(item, bind(item, responses)))


def outcomes_json(outcomes: Outcomes) -> dict[str, Json]:
    """Write outcomes as JSON: NULL is null, a container a list."""
    return {name: _json(value) for name, value in outcomes.values.items()}


def render_file(path: Path, lang: str | None = None) -> str:
    """Render an item's file as a candidate would see it."""
    item = read_item(_bytes(path))
    return render(item, lang or item.lang or "en", None, "")


def score_cases(path: Path) -> dict[str, Json]:
    """Score a file of cases (DESIGN section 8); a case that cannot be read or scored is not ok, and says why."""
    cases = json.loads(_bytes(path))
    scored = [_scored(case, path.parent) for case in cases]
    return {"total": len(scored), "passed": sum(bool(case["ok"]) for case in scored), "cases": scored}


def _scored(case: Mapping[str, Json], folder: Path) -> dict[str, Json]:
    expect = case.get("expect")
    expected = expect.get("outcomes", {}) if isinstance(expect, Mapping) else {}
    if isinstance(expect, Mapping) and "score" in expect:
        expected = {**dict(expected if isinstance(expected, Mapping) else {}), "SCORE": expect["score"]}
    got = _got(case, folder)
    ok = isinstance(got, dict) and isinstance(expected, Mapping) and all(_same(got.get(name), want) for name, want in expected.items())
    return {"id": case.get("id"), "item": case.get("item"), "ok": ok, "expected": expected, "got": got}


def _got(case: Mapping[str, Json], folder: Path) -> Json:
    name = str(case["item"])
    path = next((place / name for place in (folder, folder.parent) if (place / name).is_file()), folder / name)
    try:
        if "responses" not in case:
            raise UnreadableFile("only cases with responses are supported")
        return score_file(path, case["responses"])
    except AssessmentError as refusal:
        return f"{refusal.code}: {refusal.message}"


def _same(got: Json, want: Json) -> bool:
    if isinstance(got, int | float) and isinstance(want, int | float):
        return abs(got - want) < 1e-9
    return got == want


def _json(value: Value | None) -> Json:
    if value is None:
        return None
    return value.atom if value.cardinality is Cardinality.SINGLE else list(value.atoms)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}", file=str(path)) from error
