"""From a package of files to items that may be kept, and the report of what is wrong with them: one walk for every import.

Decides only: services/item_imports.py stores what is decided here. What breaks QTI is said by qti/validity/, what is in a package by
qti/package/; here: what of it is kept beside an item (ADR 0019), and what an exam will ask of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError, Invalid, StorageUnavailable
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId
from item_bank.checks import FEW_TRIES, check_item
from item_bank.facts import Aim, ItemFacts, aim_from, facts_from
from item_bank.items import LONGEST_IDENTIFIER, LONGEST_LANGUAGE, LONGEST_PATH, PartKind, plain_path
from item_bank.parity import NO_LANGUAGE, unlike
from item_bank.qti.model import Version
from item_bank.qti.package import ImportPlan, Package, PlannedItem, as_record, from_record, plan_import
from item_bank.qti.package.planned import PlannedDocument
from item_bank.qti.problems import Problem, Severity, refusal
from item_bank.qti.reader import read_item
from item_bank.readiness import shortfalls

ORIGINAL_PATH = "?original"
"""No reference in an item can say this path: a question mark begins a query."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPart:
    """A file that comes with an item: a picture, a stimulus, the original of an upgraded file."""

    lang: str
    path: str
    kind: PartKind
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What is imported: the QTI 3.0 XML of one item in each of its languages, and the files beside it."""

    variants: Mapping[str, bytes]
    competency_id: CompetencyId | None = None
    level: int | None = None
    parts: tuple[NewPart, ...] = ()
    facts: ItemFacts = field(default_factory=ItemFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedItem:
    """A new item that was read and found fit to be kept."""

    new: NewItem
    identifier: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedItem:
    """One item of a report; `needs` are the codes of what keeps it out of exams, `version_id` is None while nothing is stored."""

    identifier: str
    title: str
    languages: tuple[str, ...]
    files: tuple[str, ...]
    parts: int
    needs: tuple[str, ...] = ()
    version_id: ItemVersionId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import found and did. `imported` is 0 when it was refused, or only a check."""

    items: tuple[ImportedItem, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    imported: int = 0

    def as_json(self) -> Json:
        """Return the report as `items import --json` prints it."""
        items: list[Json] = [
            {
                "identifier": each.identifier,
                "title": each.title,
                "languages": list(each.languages),
                "files": list(each.files),
                "parts": each.parts,
                "needs": list(each.needs),
                "version_id": each.version_id,
                "version": each.version,
            }
            for each in self.items
        ]
        problems: list[Json] = [as_record(each) for each in self.problems]
        return {"imported": self.imported, "refused": self.refused, "items": items, "problems": problems}

    @classmethod
    def from_json(cls, said: Json) -> "ImportReport":
        """Read a report that was kept as JSON."""
        kept: Any = said
        return cls(
            items=tuple(ImportedItem(**{name: _tuple(value) for name, value in each.items()}) for each in kept["items"]),
            problems=tuple(from_record(each) for each in kept["problems"]),
            refused=kept["refused"],
            imported=kept["imported"],
        )


def _tuple(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedImport:
    """What may be stored, and the report so far."""

    report: ImportReport
    items: tuple[CheckedItem, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The QTI 3.0 XML of each item in each language, by its identifier in the report; also where nothing may be stored."""
    aims: Mapping[str, Aim] = field(default_factory=dict)
    """What the package says that each item examines, by its identifier in the report; also where nothing may be stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a package comes from; `open` keeps its files at hand. What a loose file refers to is not with it: noted, not refused."""

    open: Callable[[], AbstractContextManager[Package]]
    loose: bool = False


def check_import(
    source: Source,
    *,
    lenient: bool = False,
    check_only: bool = False,
    progress: Progress | None = None,
) -> CheckedImport:
    """Open a package and decide what of it may be kept. What cannot even be opened is a report too; nothing is raised for bad files.

    Raises StorageUnavailable where whoever is told of the progress does.
    """
    try:
        with source.open() as package:
            plan = plan_import(package, lenient=lenient, progress=progress)
            report = _report(plan, loose=source.loose, lenient=lenient)
            groups = list(zip(report.items, plan.variants.values(), strict=True))
            texts = {line.identifier: {_spoken(lang): each.xml.decode() for lang, each in group.items()} for line, group in groups}
            aims = {line.identifier: said.aim for line, group in groups if (said := _facts(group)).aim != Aim()}
            if report.refused or check_only:
                return CheckedImport(report=report, texts=texts, aims=aims)
            contents: dict[tuple[str, str], bytes] = {}
            items = tuple(_kept(line, group, contents) for line, group in groups)
    except StorageUnavailable:
        raise  # no fault of the package
    except AssessmentError as error:
        return CheckedImport(
            report=ImportReport(problems=(refusal(error, "Mend the package, or import its files one by one."),), refused=True)
        )
    return CheckedImport(report=report, items=items, texts=texts, aims=aims)


def _report(plan: ImportPlan, *, loose: bool, lenient: bool) -> ImportReport:
    problems = [_softened(each) for each in plan.problems if each.code != "no_manifest"] if loose else list(plan.problems)
    lines = [_line(identifier, group, problems) for identifier, group in plan.variants.items()]
    problems.extend(_not_kept(each, "test") for each in plan.tests)
    problems.extend(_not_kept(each, "section") for each in plan.sections)
    refused = plan.refused if lenient else any(each.severity is Severity.INVALID for each in problems)
    return ImportReport(items=tuple(lines), problems=tuple(problems), refused=refused)


def _softened(problem: Problem) -> Problem:
    """Note what a loose file refers to and cannot have brought; approval asks for it (readiness.py)."""
    if problem.code not in ("missing_file", "unsafe_path"):
        return problem
    return replace(problem, severity=Severity.NOTE, advice="Import the file together with what it refers to, as a package or a folder.")


def _not_kept(document: PlannedDocument, what: str) -> Problem:
    message = f"the {what} was read and checked, but a bank keeps items only"
    advice = "Build a form from its items."
    return Problem(code=f"{what}_not_kept", message=message, severity=Severity.NOTE, file=document.path, advice=advice)


def _line(identifier: str, group: Mapping[str, PlannedItem], problems: list[Problem]) -> ImportedItem:
    """Write an item's line of the report, and list what an exam asks of it and it does not have."""
    items = {_spoken(lang): planned.item for lang, planned in group.items()}
    files = {_spoken(lang): frozenset(plain_path(part.path) for part in planned.parts) for lang, planned in group.items()}
    first = group[min(group)]
    found = shortfalls(items, files)
    for shortfall in found:
        if shortfall.code != "missing_file":  # the package has said that of each reference
            severity = Severity.INVALID if shortfall.code == "languages_differ" else Severity.NOTE
            said = Problem(code=shortfall.code, message=shortfall.message, severity=severity, file=first.path, advice=shortfall.advice)
            problems.append(said)
    beside = {_spoken(lang): {plain_path(part.path): part.media_type for part in planned.parts} for lang, planned in group.items()}
    problems.extend(
        each.as_note(_file_of(group, each.lang)) for each in check_item(items, beside, tries=FEW_TRIES) if each.code not in _SAID
    )
    problems.extend(_facts(group).problems)
    for planned in group.values():
        problems.extend(_changed(planned))
    return ImportedItem(
        identifier=_name(identifier, first)[:LONGEST_IDENTIFIER],
        title=first.title,
        languages=tuple(sorted(items)),
        files=tuple(group[lang].path for lang in sorted(group)),
        parts=sum(len(planned.parts) for planned in group.values()),
        needs=tuple(dict.fromkeys(each.code for each in found)),
    )


def _file_of(group: Mapping[str, PlannedItem], lang: str) -> str:
    """Return the file of a language."""
    return next((planned.path for own, planned in group.items() if _spoken(own) == lang), group[min(group)].path)


_SAID = frozenset({"external_reference", "wrong_media"})
"""Checks that the package has said already, with the line."""


def _name(identifier: str, planned: PlannedItem) -> str:
    """Return an item's identifier; one without it is called after its file (validity/ has said that it is missing)."""
    return identifier or planned.path


def _spoken(lang: str) -> str:
    """Return what a variant's language is kept under."""
    return lang[:LONGEST_LANGUAGE] or NO_LANGUAGE


def _changed(planned: PlannedItem) -> Iterator[Problem]:
    """Say so when the item that is kept does not ask what the file asked. It never should; the original is kept all the same."""
    if planned.version is Version.QTI_30:
        return
    for what in unlike(read_item(planned.package.files[planned.path]), planned.item):
        advice = "Compare the item with its original file, which is kept beside it."
        message = f"writing the item in QTI 3.0 has changed {what}"
        yield Problem(code="changed_by_upgrade", message=message, severity=Severity.NOTE, file=planned.path, advice=advice)


def _kept(line: ImportedItem, group: Mapping[str, PlannedItem], contents: dict[tuple[str, str], bytes]) -> CheckedItem:
    variants = {_spoken(lang): planned.xml for lang, planned in group.items()}
    parts = [part for lang, planned in group.items() for part in _parts(_spoken(lang), planned, contents)]
    new = NewItem(variants=variants, parts=tuple(parts), facts=_facts(group).facts)
    return CheckedItem(new=new, identifier=line.identifier, title=line.title)


class _Said(NamedTuple):
    """What a package says of an item beside its text, and what is wrong with that."""

    facts: ItemFacts
    aim: Aim
    problems: Sequence[Problem] = ()


def _facts(group: Mapping[str, PlannedItem]) -> _Said:
    """Read what the package says of an item: its first language that says anything, and what is wrong with that, or differs elsewhere."""
    said = [(planned.path, planned.facts) for _, planned in sorted(group.items()) if planned.facts]
    if not said:
        return _Said(ItemFacts(), Aim())
    path, first = said[0]
    noted = [
        _not_taken("facts_differ", "another language of the item says other facts", other) for other, facts in said[1:] if facts != first
    ]
    facts, aim = ItemFacts(), Aim()
    try:
        facts = facts_from(first)
        aim = aim_from(first)
    except Invalid as error:
        noted.insert(0, _not_taken("wrong_fact", error.message, path))
    return _Said(facts, aim, noted)


def _not_taken(code: str, message: str, file: str) -> Problem:
    return Problem(code=code, message=message, severity=Severity.NOTE, file=file, advice="Look at the item's facts once it is in the bank.")


def _parts(lang: str, planned: PlannedItem, contents: dict[tuple[str, str], bytes]) -> Iterator[NewPart]:
    """Yield the files beside one language; what several items share is read once."""
    for part in planned.parts:
        if len(part.path) > LONGEST_PATH:
            continue  # approval will miss it
        known = (part.source, part.owner if part.kind == "stimulus" else "")
        if known not in contents:
            contents[known] = part.data
        yield NewPart(lang=lang, path=part.path, kind=PartKind(part.kind), data=contents[known], media_type=part.media_type)
    original = planned.package.files[planned.path]
    if original != planned.xml:
        yield NewPart(lang=lang, path=ORIGINAL_PATH, kind=PartKind.ORIGINAL, data=original, media_type="application/xml")
