"""Files of scoring cases, for `items score --cases`: run each case, compare what came with what was expected. Scoring is lenient.

A case is {"id", "item", "expect": {"outcomes", "score", "maxScore", "modalFeedbackIdentifiers"}} with one source of responses:
`responses`, `assessment_result` (a QTI Results Reporting file; `change_responses` lists [item, response, value]), or a whole session in
`steps` or `attempts` (item_bank/qti/session/script.py). A case that cannot be read or run is not ok and says why; it never stops the
others.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, Invalid, NotFound, UnreadableFile
from assessment_engine.services.item_files import bytes_of, item_at
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem
from item_bank.qti.model.assessment import Section, references
from item_bank.qti.model.results import ItemResult, ResultVariable, VariableKind
from item_bank.qti.processing import Outcomes, score
from item_bank.qti.reader import parse
from item_bank.qti.reader.assessment import assessment_of, read_section, rebased, with_sections
from item_bank.qti.reader.item import item_of
from item_bank.qti.reader.results import read_results
from item_bank.qti.session import run_script
from item_bank.qti.session.comparing import is_close, is_same, typed_atoms
from item_bank.qti.session.steps import Paper
from item_bank.qti.values import BaseType, Cardinality, Value, container, values_json

SINGLE = Cardinality.SINGLE

_BUILT_IN: Mapping[str, BaseType] = {"numAttempts": BaseType.INTEGER, "duration": BaseType.DURATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One case after its run: `got` is every outcome variable, or in words why there is none."""

    id: Json
    item: Json
    ok: bool
    expected: Json
    got: Json

    def as_json(self) -> dict[str, Json]:
        """Return the five facts that are reported."""
        return {"id": self.id, "item": self.item, "ok": self.ok, "expected": self.expected, "got": self.got}


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Where a file of cases looks for what it names: its own folder, else the folder above. Every item is read once."""

    folder: Path
    items: dict[str, QtiItem] = field(default_factory=dict)

    def find(self, name: str) -> Path:
        """Return the path of a named file; raises NotFound."""
        for place in (self.folder, self.folder.parent):
            path = place / name
            if path.is_file():
                return path
        raise NotFound(f"{name}: no such file in {self.folder.name or '.'} or the folder above", file=name)

    def item(self, name: str) -> QtiItem:
        """Read an item."""
        if name not in self.items:
            self.items[name] = item_at(self.find(name))
        return self.items[name]

    def target(self, name: str) -> QtiItem | Paper:
        """Read what a session is about: an item, or a test with the files that it names, by the addresses that it has for them."""
        path = self.find(name)
        document = parse(bytes_of(path))
        if document.root.name != "qti-assessment-test":
            return self.item(name)
        test = assessment_of(document)
        wanted, sections = list(references(test)), dict[str, Section]()
        items: dict[str, QtiItem] = {}
        for href in wanted:
            inner = parse(bytes_of(path.parent / href))
            if inner.root.name == "qti-assessment-section":
                sections[href] = read_section(bytes_of(path.parent / href))
                wanted += [below for below in references(rebased(sections[href], href)) if below not in wanted]
            elif inner.root.name == "qti-assessment-item":
                items[href] = item_of(inner)
        return with_sections(test, sections), items


def score_cases(path: Path) -> dict[str, Json]:
    """Score a file of cases; raises UnreadableFile when the file itself is no list of cases."""
    try:
        cases = json.loads(bytes_of(path))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not JSON: {error}", file=str(path)) from error
    if isinstance(cases, Mapping):
        cases = cases.get("cases")
    if not isinstance(cases, list):
        raise UnreadableFile(f"{path}: a list of cases is expected", file=str(path))
    shelf = Shelf(folder=path.resolve().parent)
    reports = [run_case(case, shelf) for case in cases]
    return {"total": len(reports), "passed": sum(report.ok for report in reports), "cases": [report.as_json() for report in reports]}


def run_case(case: Json, shelf: Shelf) -> Report:
    """Run one case; whatever goes wrong is in its report."""
    facts = case if isinstance(case, Mapping) else {}
    expect = facts.get("expect")
    expected = _wanted(expect) if isinstance(expect, Mapping) else expect
    report = Report(id=facts.get("id"), item=facts.get("item", facts.get("test")), ok=False, expected=expected, got="")
    try:
        return _judged(facts, shelf, report)
    except AssessmentError as refusal:
        return replace(report, got=f"{refusal.details.get('problem') or refusal.code}: {refusal.message}")
    except Exception as error:  # a fault of ours in one case must not hide the results of the others
        return replace(report, got=f"internal_error: {type(error).__name__}: {error}")


def _judged(case: Mapping[str, Json], shelf: Shelf, report: Report) -> Report:
    expect, name = case.get("expect"), case.get("item", case.get("test"))
    scripted = case.get("steps") is not None or case.get("attempts") is not None
    if not isinstance(name, str) or not (isinstance(expect, Mapping) or scripted):
        raise Invalid("a case has an item and says what to expect", problem="not_a_case")
    if scripted:
        return _played(case, shelf.target(name), report)
    assert isinstance(expect, Mapping)
    item = shelf.item(name)
    outcomes = _outcomes(case, shelf, item)
    wanted = _wanted(expect)
    if not wanted:
        raise Invalid("this case expects nothing that can be compared", problem="nothing_expected")
    got = {**values_json(outcomes.values), **_asked(expect, item, outcomes)}
    ok = all(_is_as_expected(name, want, outcomes, got) for name, want in wanted.items())
    return replace(report, ok=ok, expected=wanted, got=got)


def _played(case: Mapping[str, Json], target: QtiItem | Paper, report: Report) -> Report:
    """Run a whole session; what is reported of it is where it ended, and the steps that were not as expected."""
    expect = case.get("expect")
    wanted = dict(expect) if isinstance(expect, Mapping) else {}
    if wanted.get("score") is not None:
        outcomes = wanted.get("outcomes")
        wanted["outcomes"] = {"SCORE": wanted["score"], **(outcomes if isinstance(outcomes, Mapping) else {})}
    wanted.pop("score", None)
    told = run_script(target, {**case, "expect": wanted})
    steps = told["steps"]
    amiss = [step for step in steps if isinstance(step, Mapping) and not step["ok"]] if isinstance(steps, list) else []
    return replace(report, ok=told["ok"] is True, expected=wanted, got={**told, "steps": amiss})


_SCALARS: Mapping[str, str] = {"score": "score", "maxScore": "max_score", "modalFeedbackIdentifiers": "modal_feedbacks"}


def _wanted(expect: Mapping[str, Json]) -> dict[str, Json]:
    """What is expected, flat; what is no outcome variable has a name in small letters."""
    outcomes = expect.get("outcomes")
    wanted = dict(outcomes) if isinstance(outcomes, Mapping) else {}
    return {**wanted, **{ours: expect[theirs] for theirs, ours in _SCALARS.items() if expect.get(theirs) is not None}}


def _asked(expect: Mapping[str, Json], item: QtiItem, outcomes: Outcomes) -> dict[str, Json]:
    asked: dict[str, Json] = {}
    if expect.get("score") is not None:
        asked["score"] = outcomes.score
    if expect.get("maxScore") is not None:
        asked["max_score"] = outcomes.max_score
    if expect.get("modalFeedbackIdentifiers") is not None:
        asked["modal_feedbacks"] = [*_modal_feedbacks(item, outcomes)]
    return asked


def _modal_feedbacks(item: QtiItem, outcomes: Outcomes) -> Sequence[str]:
    """Name the modal feedbacks that these outcomes show (QTI 3.0, "modalFeedback")."""
    return [feedback.shown.identifier for feedback in item.modal_feedbacks if feedback.shown.holds(outcomes.values)]


def _outcomes(case: Mapping[str, Json], shelf: Shelf, item: QtiItem) -> Outcomes:
    seed, name = case.get("seed"), case.get("assessment_result")
    seed = seed if isinstance(seed, int) and seed >= 0 else 0
    if not isinstance(name, str):
        raw = case.get("responses")
        return score(item, bind(item, raw, lenient=True), seed=seed, before=_built_in(item, raw))
    result = _result_of(item, shelf, name)
    answers, settled = _answers(case, item, result), _scored_elsewhere(item, result)
    outcomes = score(item, bind(item, answers, lenient=True), seed=seed, before={**_built_in(item, answers), **settled})
    return replace(outcomes, values={**outcomes.values, **settled})


def _built_in(item: QtiItem, raw: Json) -> dict[str, Value | None]:
    """The response variables that every item has without declaring them (QTI 3.0, "Built-in Variables")."""
    given = raw if isinstance(raw, Mapping) else {}
    types = {name: base_type for name, base_type in _BUILT_IN.items() if name in given and name not in item.responses}
    typed = {name: container(SINGLE, base_type, typed_atoms(base_type, given[name])) for name, base_type in types.items()}
    return {name: value for name, value in typed.items() if value is not None}


def _result_of(item: QtiItem, shelf: Shelf, name: str) -> ItemResult:
    """Return the item's part of a result file; a file about a single item is about this one."""
    results = read_results(bytes_of(shelf.find(name))).items
    named = [result for result in results if result.identifier == item.identifier]
    if named or len(results) == 1:
        return (named or list(results))[-1]
    raise NotFound(f"{name} has no result of {item.identifier}", file=name)


def _answers(case: Mapping[str, Json], item: QtiItem, result: ItemResult) -> dict[str, Json]:
    given = case.get("responses")
    answers: dict[str, Json] = {name: list(variable.written) for name, variable in result.named(VariableKind.RESPONSE).items()}
    answers.update(given if isinstance(given, Mapping) else {})
    changes = case.get("change_responses")
    for change in changes if isinstance(changes, Sequence) and not isinstance(changes, str) else ():
        if not isinstance(change, Sequence) or isinstance(change, str) or len(change) != 3:
            raise Invalid("a changed response is [item, response, value]", problem="not_a_case")
        if change[0] in (item.identifier, result.identifier):
            answers[str(change[1])] = change[2]
    return answers


def _scored_elsewhere(item: QtiItem, result: ItemResult) -> dict[str, Value | None]:
    """What a person or another machine scored stays as the result file has it (QTI 3.0, "outcomeDeclaration", external-scored)."""
    kept: dict[str, Value | None] = {}
    for name, variable in result.named(VariableKind.OUTCOME).items():
        declared = item.outcomes.get(name)
        if declared is not None and (variable.scorer or declared.external_scored) and variable.written:
            kept[name] = _typed(variable, declared.cardinality, declared.base_type)
    return kept


def _typed(variable: ResultVariable, cardinality: Cardinality, base_type: BaseType | None) -> Value | None:
    if cardinality is Cardinality.RECORD:
        return variable.value
    return container(cardinality, base_type, typed_atoms(base_type or BaseType.STRING, list(variable.written)))


def _is_as_expected(name: str, want: Json, outcomes: Outcomes, got: Mapping[str, Json]) -> bool:
    if name in outcomes.values:
        return is_same(outcomes.values[name], want)
    found = got.get(name)
    if isinstance(found, list) and isinstance(want, list):
        return Counter(map(str, found)) == Counter(map(str, want))
    return _is_number(found) and _is_number(want) and is_close(float(str(found)), float(str(want))) if found is not None else want is None


def _is_number(value: Json) -> bool:
    try:
        return not isinstance(value, bool) and math.isfinite(float(str(value)))
    except ValueError:
        return False
