"""Plans an import: reads everything, changes nothing, and says what would come in and what is wrong (ADR 0018).

Strict: one problem that is INVALID refuses the whole package. Lenient: problems are listed, and what can be read comes in; only a file
that cannot be read at all, a package that is hostile or a circle refuses it. Languages are variants of one item here; whether they agree
is parity.py's business (item_bank/parity.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from item_bank.qti.model.nodes import Document, Node
from item_bank.qti.package.beside import Beside, language
from item_bank.qti.package.checks import Shelf
from item_bank.qti.package.manifest import DOCUMENTS
from item_bank.qti.package.notebook import Judge, Notebook, at
from item_bank.qti.package.planned import ImportPlan, PlannedItem, PlannedTest
from item_bank.qti.package.reading import stays_as_it_is
from item_bank.qti.package.records import Kind, Package
from item_bank.qti.package.references import references
from item_bank.qti.package.targets import Targets
from item_bank.qti.problems import Problem, Severity
from item_bank.qti.processing import OPERATORS
from item_bank.qti.reader.safe_xml import MAX_BYTES
from item_bank.qti.validity import findings

Progress = Callable[[int, int], None]

_JUDGE: Judge = partial(findings, operators=OPERATORS.keys())  # an operator that has an adapter is nothing to note
_ROOTS: Mapping[str, Kind] = {
    "qti-assessment-item": Kind.ITEM,
    "qti-assessment-test": Kind.TEST,
    "qti-assessment-section": Kind.SECTION,
    "qti-assessment-stimulus": Kind.STIMULUS,
    "qti-response-processing": Kind.TEMPLATE,
}


def plan_import(package: Package, *, lenient: bool = False, progress: Progress | None = None, judge: Judge = _JUDGE) -> ImportPlan:
    """Plan the import of a whole package; `progress` hears how many documents of how many are read."""
    planning = _Planning(package, judge)
    sources = tuple(_sources(package))
    for number, source in enumerate(sources, start=1):
        planning.take(source)
        if progress is not None:
            progress(number, len(sources))
    return planning.finished(lenient)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One document to read; `kind` is what the manifest says of it, None without a manifest."""

    path: str
    kind: Kind | None = None


def _sources(package: Package) -> Iterator[_Source]:
    """Yield every document once: the manifest's, else every XML file."""
    listed = [each for each in package.resources if each.kind in DOCUMENTS and each.path]
    if not listed:
        yield from (_Source(path=path) for path in sorted(package.files) if path != package.manifest_path and _may_be_xml(package, path))
    seen: set[str] = set()
    for each in listed:
        if each.path not in seen:
            seen.add(each.path)
            yield _Source(path=each.path, kind=each.kind)


def _may_be_xml(package: Package, path: str) -> bool:
    """Tell by its name; a file without an ending (LICENSE, but also what some systems export) by how it begins."""
    name = path.rpartition("/")[2].lower()
    if "." in name:
        return name.endswith((".xml", ".qti"))
    if package.files.size(path) > MAX_BYTES:
        return False
    return package.files[path][:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


class _Planning:
    """One walk over one package."""

    def __init__(self, package: Package, judge: Judge) -> None:
        self.package = package
        self.notebook = Notebook(judge, list(package.problems))
        self.shelf = Shelf(package.files, used={package.manifest_path})
        self.beside = Beside(package, self.shelf, self.notebook)
        self.targets = Targets(self.shelf, self.notebook)
        self.items: dict[str, PlannedItem] = {}
        self.tests: dict[str, PlannedTest] = {}
        self.sections: dict[str, PlannedTest] = {}

    def take(self, source: _Source) -> None:
        """Read one document and plan what it is."""
        if source.path in self.beside.stimuli:
            return  # an item has already asked for it
        self.shelf.used.add(source.path)
        document = self.beside.document(source.path)
        if document is None:
            return
        kind = _ROOTS.get(document.root.name)
        self._say_wrong_kind(source, document.root, kind)
        if kind is Kind.ITEM:
            self._item(source.path, document)
        elif kind is Kind.STIMULUS:
            self.beside.take_stimulus(source.path, document)
        elif kind in (Kind.TEST, Kind.SECTION):
            self._test(source.path, document, self.tests if kind is Kind.TEST else self.sections)

    def _say_wrong_kind(self, source: _Source, root: Node, kind: Kind | None) -> None:
        if source.kind is None and kind is None:
            message = f"its root is {root.written}: no item, test or stimulus of QTI 2.1, 2.2 or 3.0"
            self.notebook.say(source.path, at(root, "not_qti", message, severity=Severity.NOTE))
        elif source.kind is not None and kind is not source.kind:
            message = f"the manifest says that this is a QTI {source.kind}, its root is {root.written}"
            self.notebook.say(source.path, at(root, "wrong_resource_type", message, "give the resource the type of its file"))

    def _item(self, path: str, document: Document) -> None:
        root, lang = document.root, language(document.root)
        self.notebook.judged(path, document)
        if not lang:
            message, advice = "the item does not say its language", "say it with xml:lang"
            self.notebook.say(path, at(root, "no_language", message, advice, severity=Severity.NOTE))
        parts = self.beside.parts(path, root)
        if not self.notebook.is_second(path, root, lang):
            self.items[path] = PlannedItem(
                identifier=root.attributes.get("identifier", "").strip(),
                title=root.attributes.get("title", "").strip(),
                path=path,
                version=document.version,
                as_it_is=stays_as_it_is(self.package, path, document),
                package=self.package,
                lang=lang,
                parts=parts,
            )

    def _test(self, path: str, document: Document, planned: dict[str, PlannedTest]) -> None:
        """Plan a test or a section's own file; where it leads is checked when everything is read."""
        root, found = document.root, tuple(references(document.root))
        self.notebook.judged(path, document)
        self.beside.media(path, found)
        self.targets.take(path, found)
        if planned is self.sections or not self.notebook.is_second(path, root, ""):
            planned[path] = PlannedTest(
                identifier=root.attributes.get("identifier", "").strip(),
                title=root.attributes.get("title", "").strip(),
                path=path,
                version=document.version,
                as_it_is=stays_as_it_is(self.package, path, document),
                package=self.package,
            )

    def finished(self, lenient: bool) -> ImportPlan:
        """Check what only the whole package can tell, and close the plan."""
        turning = self.targets.check(frozenset(self.items), frozenset(self.sections))
        self._say_unused()
        nothing = not (self.items or self.tests or self.sections or any(self.beside.stimuli.values()))
        if nothing:
            message = "there is no item, test or stimulus of QTI 2.1, 2.2 or 3.0 in it"
            self.notebook.say("", Problem(code="nothing_found", message=message, advice="hand over a package or files of QTI"))
        problems = tuple(self.notebook.problems)
        invalid = any(each.severity is Severity.INVALID for each in problems)
        return ImportPlan(
            items=tuple(self.items.values()),
            tests=tuple(self.targets.with_targets(test) for test in self.tests.values()),
            sections=tuple(self.sections.values()),
            stimuli=tuple(each for each in self.beside.stimuli.values() if each is not None),
            problems=problems,
            refused=turning or nothing or self.notebook.unreadable or (invalid and not lenient),
        )

    def _say_unused(self) -> None:
        message = "no item, test or stimulus of the package refers to this file: it is not kept"
        advice = "nothing is lost if it is not needed; else let an item refer to it"
        unused = Problem(code="unused_file", message=message, severity=Severity.NOTE, advice=advice)
        for path in sorted(set(self.package.files) - self.shelf.used):
            self.notebook.say(path, unused)
