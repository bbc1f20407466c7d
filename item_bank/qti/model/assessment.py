"""A test as it was read (QTI 3.0, "AssessmentTest"): parts, sections, references to items. Records only.

Expressions and rules stay Nodes until processing/ compiles them. None in an ItemSessionControl or TimeLimits means that the file does not
say. Run by session/; read by reader/assessment.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from item_bank.qti.model.body import Blocks, RubricBlock, Shown
from item_bank.qti.model.declarations import OutcomeDeclaration
from item_bank.qti.model.item import StimulusRef
from item_bank.qti.model.nodes import Node, Version


class NavigationMode(StrEnum):
    """Whether the candidate follows the test's order or moves freely inside a part."""

    LINEAR = "linear"
    NONLINEAR = "nonlinear"


class SubmissionMode(StrEnum):
    """Whether each attempt is processed at once, or all of a part when it ends."""

    INDIVIDUAL = "individual"
    SIMULTANEOUS = "simultaneous"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """Seconds (QTI 3.0, "TimeLimits")."""

    minimum: float | None = None
    maximum: float | None = None
    allow_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSessionControl:
    """What a candidate may do with an item (QTI 3.0, "ItemSessionControl")."""

    max_attempts: int | None = None
    show_feedback: bool | None = None
    allow_review: bool | None = None
    show_solution: bool | None = None
    allow_comment: bool | None = None
    allow_skipping: bool | None = None
    validate_responses: bool | None = None

    def inside(self, outer: "ItemSessionControl") -> "ItemSessionControl":
        """Return this control with what it does not say taken from the one around it."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return ItemSessionControl(**{name: getattr(outer, name) if value is None else value for name, value in said.items()})


DEFAULT_CONTROL = ItemSessionControl(
    show_feedback=False, allow_review=True, show_solution=False, allow_comment=False, allow_skipping=True, validate_responses=False
)  # max_attempts: 1, but no limit for an adaptive item (QTI 3.0, "ItemSessionControl", max-attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """How many of a section's parts are drawn, and whether one may be drawn again (QTI 3.0, "Selection")."""

    select: int
    with_replacement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRule:
    """Where to go on when the condition holds; targets are identifiers or EXIT_SECTION, EXIT_TESTPART, EXIT_TEST."""

    target: str
    condition: Node | None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDefault:
    """A template variable's default, set by the test when the item's session begins (QTI 3.0, "TemplateDefault")."""

    template: str
    expression: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlace:
    """What parts, sections and references have in common (QTI 3.0, "AbstractPart")."""

    __test__ = False  # not pytest's

    identifier: str
    preconditions: tuple[Node, ...] = ()
    branch_rules: tuple[BranchRule, ...] = ()
    control: ItemSessionControl = ItemSessionControl()
    time_limits: TimeLimits = TimeLimits()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart(TestPlace):
    """What stands in a section; required for selection, fixed for ordering."""

    required: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef(SectionPart):
    """A reference to an item; `mappings` gives an item's variable by its name in this test."""

    href: str
    categories: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    mappings: Mapping[str, str] = field(default_factory=dict)
    template_defaults: tuple[TemplateDefault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRef(SectionPart):
    """A section that stands in a file of its own."""

    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(SectionPart):
    """A group of items; an invisible one that is not kept together is mixed into its parent when that is shuffled."""

    title: str = ""
    visible: bool = True
    keep_together: bool = True
    selection: Selection | None = None
    shuffle: bool = False
    rubrics: tuple[RubricBlock, ...] = ()
    stimuli: tuple[StimulusRef, ...] = ()
    parts: "tuple[Section | SectionRef | ItemRef, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFeedback:
    """Words to a candidate by one of the test's outcomes, while it goes on or when the part or test has ended."""

    __test__ = False

    shown: Shown
    at_end: bool
    title: str
    content: Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPart(TestPlace):
    """The part of a test that one mode of navigation and submission holds for."""

    __test__ = False

    navigation: NavigationMode = NavigationMode.LINEAR
    submission: SubmissionMode = SubmissionMode.INDIVIDUAL
    parts: tuple[Section | SectionRef | ItemRef, ...] = ()
    rubrics: tuple[RubricBlock, ...] = ()
    feedbacks: tuple[TestFeedback, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssessmentTest:
    """A whole test. `root` is the file in QTI 3.0's names: what reading did not need is still there."""

    identifier: str
    title: str
    lang: str = ""
    outcomes: Mapping[str, OutcomeDeclaration]
    time_limits: TimeLimits = TimeLimits()
    parts: tuple[TestPart, ...]
    rubrics: tuple[RubricBlock, ...] = ()
    outcome_processing: Node | None = None
    feedbacks: tuple[TestFeedback, ...] = ()
    stylesheets: tuple[str, ...] = ()
    root: Node
    version: Version = Version.QTI_30


def inner(place: TestPart | Section | SectionRef | ItemRef) -> Iterator[Section | SectionRef | ItemRef]:
    """Yield every section and reference below, in document order."""
    for part in place.parts if isinstance(place, TestPart | Section) else ():
        yield part
        yield from inner(part)


def references(test: AssessmentTest | Section) -> tuple[str, ...]:
    """Return the addresses of the files that a test or section needs: items, sections and stimuli, each once, in document order."""
    places = inner(test) if isinstance(test, Section) else (below for part in test.parts for below in inner(part))
    found = [href for place in ((test,) if isinstance(test, Section) else ()) for href in _hrefs(place)]
    found += [href for place in places for href in _hrefs(place)]
    return tuple(dict.fromkeys(href for href in found if href))


def _hrefs(place: Section | SectionRef | ItemRef) -> Iterator[str]:
    if isinstance(place, Section):
        yield from (stimulus.href for stimulus in place.stimuli)
    else:
        yield place.href
