"""What an import would do: items, tests and stimuli as they would come into a bank. Records.

Contents are read from the package when they are asked for, so that a plan of ten thousand items is small. What the package was opened from
must stay open until the last content is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from item_bank.qti.model.assessment import AssessmentTest
from item_bank.qti.model.item import QtiItem, Stimulus
from item_bank.qti.model.nodes import Version
from item_bank.qti.package.reading import rebased, stored
from item_bank.qti.package.records import Package
from item_bank.qti.problems import Problem, Severity
from item_bank.qti.reader import read_item, read_stimulus
from item_bank.qti.reader.assessment import read_test


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A file beside an item. `path` is relative to the item's own file, as its XML says it; `source` is where the package has it."""

    path: str
    kind: Literal["media", "stimulus"]
    media_type: str
    source: str
    owner: str  # the path of the item's own file
    package: Package = field(repr=False, compare=False)

    @property
    def data(self) -> bytes:
        """Read the file; a stimulus comes as QTI 3.0, its references made relative to the item's file."""
        return rebased(self.package, self.source, self.owner) if self.kind == "stimulus" else self.package.files[self.source]

    @property
    def size(self) -> int:
        """Return how large the file is in the package."""
        return self.package.files.size(self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDocument:
    """What items, tests, sections and stimuli of a package have in common."""

    identifier: str
    title: str
    path: str
    version: Version  # the one that the file is written in
    as_it_is: bool = False  # the file is QTI 3.0 in UTF-8 already
    package: Package = field(repr=False, compare=False)

    @property
    def xml(self) -> bytes:
        """Read the document as QTI 3.0, in UTF-8; a QTI 3.0 file comes as it is."""
        return self.package.files[self.path] if self.as_it_is else stored(self.package, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem(PlannedDocument):
    """One item in one language; `lang` is the language without its region, "" where the file does not say."""

    lang: str
    parts: tuple[PlannedPart, ...] = ()

    @property
    def facts(self) -> Mapping[str, str]:
        """Return what the package says of the item beside its text: words by name."""
        return self.package.facts.get(self.path, {})

    @property
    def item(self) -> QtiItem:
        """Read the item."""
        return read_item(self.xml)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStimulus(PlannedDocument):
    """One shared text; `media` are the addresses in it, with the file and the media type of each."""

    lang: str
    media: tuple[tuple[str, str, str], ...] = ()

    @property
    def stimulus(self) -> Stimulus:
        """Read the stimulus."""
        return read_stimulus(self.xml)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest(PlannedDocument):
    """One test; `items` and `sections` are the files that it and its sections refer to, by their paths in the package."""

    items: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def test(self) -> AssessmentTest:
        """Read the test, its sections as references."""
        return read_test(self.xml)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would do, and all that there is to say about it. When it is `refused`, nothing may be imported."""

    items: tuple[PlannedItem, ...]
    tests: tuple[PlannedTest, ...]
    sections: tuple[PlannedTest, ...]
    stimuli: tuple[PlannedStimulus, ...]
    problems: tuple[Problem, ...]
    refused: bool

    @property
    def invalid(self) -> tuple[Problem, ...]:
        """The problems that refuse a strict import."""
        return tuple(each for each in self.problems if each.severity is Severity.INVALID)

    @property
    def variants(self) -> dict[str, dict[str, PlannedItem]]:
        """Group the items: identifier → language → item."""
        grouped: dict[str, dict[str, PlannedItem]] = {}
        for item in self.items:
            grouped.setdefault(item.identifier, {})[item.lang] = item
        return grouped
