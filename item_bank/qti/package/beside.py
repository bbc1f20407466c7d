"""The files beside items: what they show, and the texts that they share. A stimulus is read once, on the first occasion."""

from dataclasses import dataclass, field
from typing import Literal

from assessment_engine.kernel.errors import AssessmentError
from item_bank.qti.model.nodes import Document, Node
from item_bank.qti.package.checks import Shelf, about, stays_outside
from item_bank.qti.package.notebook import Notebook
from item_bank.qti.package.planned import PlannedPart, PlannedStimulus
from item_bank.qti.package.reading import document_of, moved_address, own_template, stays_as_it_is
from item_bank.qti.package.records import Package
from item_bank.qti.package.references import Reference, Use, references
from item_bank.qti.problems import Severity

_DOCUMENTS = (Use.STIMULUS, Use.ITEM, Use.SECTION)
_INTO_THE_ITEM = ("qti-response-processing", "responseProcessing")  # a template of the package's own


@dataclass(slots=True)
class Beside:
    """Finds and judges the files that documents refer to."""

    package: Package
    shelf: Shelf
    notebook: Notebook
    stimuli: dict[str, PlannedStimulus | None] = field(default_factory=dict)  # None: asked for, and none

    def parts(self, path: str, root: Node) -> tuple[PlannedPart, ...]:
        """Return the files that an item needs beside it, and say what is wrong with them."""
        found = tuple(references(root))
        parts = {address: self._part(address, kind, source, path) for address, (source, kind) in self.media(path, found).items()}
        self._own_template(path, root)
        for reference in found:
            stimulus = self._stimulus(path, reference) if reference.use is Use.STIMULUS else None
            if stimulus is not None:
                parts[reference.address] = self._part(reference.address, "application/xml", stimulus.path, path, "stimulus")
                for address, source, kind in stimulus.media:
                    moved = moved_address(stimulus.path, path, address)
                    parts.setdefault(moved, self._part(moved, kind, source, path))
        return tuple(parts.values())

    def take_stimulus(self, path: str, document: Document) -> None:
        """Plan a stimulus with the files that it shows."""
        root = document.root
        self.notebook.judged(path, document)
        media = self.media(path, tuple(references(root)))
        lang = language(root)
        self.stimuli[path] = PlannedStimulus(
            identifier=root.attributes.get("identifier", "").strip(),
            title=root.attributes.get("title", "").strip(),
            path=path,
            version=document.version,
            as_it_is=stays_as_it_is(self.package, path, document),
            package=self.package,
            lang=lang,
            media=tuple((address, source, kind) for address, (source, kind) in media.items()),
        )
        self.notebook.is_second(path, root, lang)

    def media(self, path: str, found: tuple[Reference, ...]) -> dict[str, tuple[str, str]]:
        """Return the files that a document shows: address → path in the package and media type."""
        kept: dict[str, tuple[str, str]] = {}
        for reference in found:
            if reference.use in _DOCUMENTS or reference.address in kept:
                continue
            outside, problem = stays_outside(reference)
            self.notebook.say(path, problem)
            medium = None if outside else self._medium(path, reference)
            if medium is not None:
                kept[reference.address] = medium
        return kept

    def _medium(self, path: str, reference: Reference) -> tuple[str, str] | None:
        found, problem = self.shelf.find(path, reference)
        self.notebook.say(path, problem)
        if not found:
            return None
        if reference.use is Use.OTHER:
            self._not_kept(path, found, reference)
            return None
        medium, problem = self.shelf.medium(found, reference)
        self.notebook.say(path, problem)
        if medium is not None and reference.use is Use.STYLE:
            message = f"{found} is kept with the item, but candidates see all items in our own style"
            self.notebook.say(path, about(reference, "style_not_applied", message, severity=Severity.NOTE))
        return None if medium is None else (found, medium.media_type)

    def _not_kept(self, path: str, found: str, reference: Reference) -> None:
        if reference.element not in _INTO_THE_ITEM:
            message = f"{found} is not kept: nothing here uses what {reference.element} refers to"
            self.notebook.say(path, about(reference, "not_kept", message, severity=Severity.NOTE))

    def _own_template(self, path: str, root: Node) -> None:
        processing = root.first("qti-response-processing")
        template = None if processing is None else own_template(processing, self.package, path)
        if template is not None:
            self.shelf.used.add(template)
            self.document(template)

    def _stimulus(self, path: str, reference: Reference) -> PlannedStimulus | None:
        found, problem = self.shelf.find(path, reference)
        self.notebook.say(path, problem)
        if not found:
            return None
        if found not in self.stimuli:
            self.stimuli[found] = None
            document = self.document(found)
            if document is not None and document.root.name == "qti-assessment-stimulus":
                self.take_stimulus(found, document)
            elif document is not None:
                message = f"{found} is no stimulus: its root is {document.root.written}"
                self.notebook.say(path, about(reference, "wrong_reference", message, "refer to a stimulus"))
        return self.stimuli[found]

    def document(self, path: str) -> Document | None:
        """Parse a document, or say that it cannot be read."""
        try:
            return document_of(self.package, path)
        except AssessmentError as error:
            self.notebook.cannot_read(path, error)
            return None

    def _part(self, address: str, media_type: str, source: str, owner: str, kind: Literal["media", "stimulus"] = "media") -> PlannedPart:
        return PlannedPart(path=address, kind=kind, media_type=media_type, source=source, owner=owner, package=self.package)


def language(root: Node) -> str:
    """Return the language without its region: variants of an item are kept by it."""
    return root.attributes.get("xml:lang", "").strip().split("-")[0].lower()
