"""Reads tests and sections of any version (QTI 3.0, "AssessmentTest"). Tolerant: what is missing takes its default; validity/ reports it.

A section that stands in a file of its own is put in its place by `with_sections`, which refuses circles.
"""

import math
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn, TypedDict

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.model.assessment import (
    AssessmentTest,
    BranchRule,
    ItemRef,
    ItemSessionControl,
    NavigationMode,
    Section,
    SectionRef,
    Selection,
    SubmissionMode,
    TemplateDefault,
    TestFeedback,
    TestPart,
    TimeLimits,
)
from item_bank.qti.model.body import Blocks, RubricBlock
from item_bank.qti.model.item import StimulusRef
from item_bank.qti.model.nodes import Document, Node
from item_bank.qti.problems import refuse
from item_bank.qti.reader.attributes import flag, floating, shown, text, whole, word, words
from item_bank.qti.reader.body import read_blocks
from item_bank.qti.reader.declarations import read_outcome
from item_bank.qti.reader.item import read_declared, read_stimulus_refs
from item_bank.qti.reader.safe_xml import parse

MAX_SECTION_DEPTH = 50
MAX_PLACES = 20_000

_Part = Section | SectionRef | ItemRef


class _Moved(TypedDict):
    stimuli: tuple[StimulusRef, ...]
    parts: tuple[_Part, ...]


def read_test(xml: bytes) -> AssessmentTest:
    """Read a test, whatever can be read of it; raises UnreadableFile when it is not a test at all, or TooLarge."""
    return assessment_of(parse(xml))


def read_section(xml: bytes) -> Section:
    """Read a section's own file; raises UnreadableFile or TooLarge."""
    root = parse(xml).root
    if root.name != "qti-assessment-section":
        refuse(root, "not_a_section", "this is not a QTI section: its root must be assessmentSection or qti-assessment-section")
    return _section(root)


def assessment_of(document: Document) -> AssessmentTest:
    """Read a test from its parsed document; raises UnreadableFile."""
    root = document.root
    if root.name != "qti-assessment-test":
        refuse(root, "not_a_test", "this is not a QTI test: its root must be assessmentTest or qti-assessment-test")
    return AssessmentTest(
        identifier=text(root, "identifier"),
        title=text(root, "title"),
        lang=text(root, "xml:lang"),
        outcomes=read_declared(root, "qti-outcome-declaration", read_outcome),
        time_limits=_time_limits(root),
        parts=tuple(_test_part(node) for node in root.named("qti-test-part")),
        rubrics=_rubrics(root),
        outcome_processing=root.first("qti-outcome-processing"),
        feedbacks=_feedbacks(root),
        stylesheets=tuple(text(node, "href") for node in root.named("qti-stylesheet")),
        root=root,
        version=document.version,
    )


def with_sections(test: AssessmentTest, sections: Mapping[str, Section]) -> AssessmentTest:
    """Put each section in place of the references to its address; an unknown address stays a reference.

    Addresses are those that the test would use: what a section in another folder refers to is moved with it (`rebased`).
    Raises UnreadableFile for a circle (`cyclic_section`), TooLarge when sections that hold each other several times never end.
    """
    placing = _Placing(sections)
    return replace(test, parts=tuple(replace(part, parts=placing.all(part.parts, ())) for part in test.parts))


class _Placing:
    """One filling of one test; counts what it puts in."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self.sections = sections
        self.placed = 0

    def all(self, parts: tuple[_Part, ...], above: tuple[str, ...]) -> tuple[_Part, ...]:
        return tuple(self.one(part, above) for part in parts)

    def one(self, part: _Part, above: tuple[str, ...]) -> _Part:
        self.placed += 1
        if self.placed > MAX_PLACES:
            raise TooLarge(f"a test may have {MAX_PLACES} sections and items", problem="too_many_items")
        if isinstance(part, ItemRef):
            return part
        if isinstance(part, Section):
            return replace(part, parts=self.all(part.parts, above))
        if part.href in above or len(above) >= MAX_SECTION_DEPTH:
            _refuse_circle(part)
        section = self.sections.get(part.href)
        if section is None:
            return part
        moved = rebased(section, part.href)
        return _in_place_of(part, replace(moved, parts=self.all(moved.parts, (*above, part.href))))


def rebased(section: Section, href: str) -> Section:
    """Return a section with its addresses as seen from where it was referred to by `href`."""
    folder = posixpath.dirname(href)
    return section if not folder else replace(section, **_moved(section, folder))


def _moved(section: Section, folder: str) -> _Moved:
    return _Moved(
        stimuli=tuple(replace(each, href=_seen_from(folder, each.href)) for each in section.stimuli),
        parts=tuple(
            replace(each, **_moved(each, folder)) if isinstance(each, Section) else replace(each, href=_seen_from(folder, each.href))
            for each in section.parts
        ),
    )


def _seen_from(folder: str, href: str) -> str:
    return href if not href or href.startswith("/") or "://" in href else posixpath.normpath(posixpath.join(folder, href))


def _in_place_of(reference: SectionRef, section: Section) -> Section:
    """A section keeps its own identifier; what the reference says of it holds too (QTI 3.0, "AssessmentSectionRef")."""
    return replace(
        section,
        identifier=section.identifier or reference.identifier,
        required=reference.required or section.required,
        fixed=reference.fixed or section.fixed,
        preconditions=reference.preconditions + section.preconditions,
        branch_rules=reference.branch_rules + section.branch_rules,
        control=section.control.inside(reference.control),
        time_limits=section.time_limits if reference.time_limits == TimeLimits() else reference.time_limits,
    )


def _refuse_circle(part: SectionRef) -> NoReturn:
    message = f"the section {part.href} refers back to itself"
    raise UnreadableFile(f"line {part.line}: {message}", problem="cyclic_section", line=part.line, element="qti-assessment-section-ref")


class _Place(TypedDict):
    identifier: str
    preconditions: tuple[Node, ...]
    branch_rules: tuple[BranchRule, ...]
    control: ItemSessionControl
    time_limits: TimeLimits
    line: int


class _SectionPart(_Place):
    required: bool
    fixed: bool


def _common(node: Node) -> _Place:
    return _Place(
        identifier=text(node, "identifier"),
        preconditions=tuple(condition for each in node.named("qti-pre-condition") for condition in each.elements[:1]),
        branch_rules=tuple(_branch_rule(each) for each in node.named("qti-branch-rule")),
        control=_control(node),
        time_limits=_time_limits(node),
        line=node.line,
    )


def _section_part(node: Node) -> _SectionPart:
    return _SectionPart(**_common(node), required=flag(node, "required", False), fixed=flag(node, "fixed", False))


def _test_part(node: Node) -> TestPart:
    return TestPart(
        **_common(node),
        navigation=word(node, "navigation-mode", NavigationMode) or NavigationMode.LINEAR,
        submission=word(node, "submission-mode", SubmissionMode) or SubmissionMode.INDIVIDUAL,
        parts=_parts(node),
        rubrics=_rubrics(node),
        feedbacks=_feedbacks(node),
    )


def _parts(node: Node) -> tuple[_Part, ...]:
    return tuple(_PARTS[child.name](child) for child in node.elements if child.name in _PARTS)


def _section(node: Node) -> Section:
    selection, ordering = node.first("qti-selection"), node.first("qti-ordering")
    return Section(
        **_section_part(node),
        title=text(node, "title"),
        visible=flag(node, "visible", True),
        keep_together=flag(node, "keep-together", True),
        selection=None if selection is None else _selection(selection),
        shuffle=ordering is not None and flag(ordering, "shuffle", False),
        rubrics=_rubrics(node),
        stimuli=read_stimulus_refs(node),
        parts=_parts(node),
    )


def _selection(node: Node) -> Selection | None:
    """A selection that does not say how many selects nothing in particular: every part stays."""
    select = whole(node, "select")
    return None if select is None else Selection(select=select, with_replacement=flag(node, "with-replacement", False))


def _section_ref(node: Node) -> SectionRef:
    return SectionRef(**_section_part(node), href=text(node, "href"))


def _item_ref(node: Node) -> ItemRef:
    weights = {text(each, "identifier"): floating(each, "value") for each in node.named("qti-weight")}
    return ItemRef(
        **_section_part(node),
        href=text(node, "href"),
        categories=frozenset(words(node, "category")),
        weights={name: value for name, value in weights.items() if value is not None},
        mappings={text(each, "target-identifier"): text(each, "source-identifier") for each in node.named("qti-variable-mapping")},
        template_defaults=tuple(
            TemplateDefault(template=text(each, "template-identifier"), expression=next(iter(each.elements), None))
            for each in node.named("qti-template-default")
        ),
    )


def _branch_rule(node: Node) -> BranchRule:
    return BranchRule(target=text(node, "target"), condition=next(iter(node.elements), None), line=node.line)


def _control(node: Node) -> ItemSessionControl:
    control = node.first("qti-item-session-control")
    if control is None:
        return ItemSessionControl()
    return ItemSessionControl(
        max_attempts=whole(control, "max-attempts"),
        show_feedback=_said(control, "show-feedback"),
        allow_review=_said(control, "allow-review"),
        show_solution=_said(control, "show-solution"),
        allow_comment=_said(control, "allow-comment"),
        allow_skipping=_said(control, "allow-skipping"),
        validate_responses=_said(control, "validate-responses"),
    )


def _said(node: Node, name: str) -> bool | None:
    yes, no = flag(node, name, True), flag(node, name, False)
    return yes if yes is no else None


def _time_limits(node: Node) -> TimeLimits:
    limits = node.first("qti-time-limits") or node.first("qti-time-limit")  # some systems write it so
    if limits is None:
        return TimeLimits()
    return TimeLimits(
        minimum=_seconds(limits, "min-time"),
        maximum=_seconds(limits, "max-time") or None,
        allow_late=flag(limits, "allow-late-submission", False),
    )


def _seconds(node: Node, name: str) -> float | None:
    found = floating(node, name)
    return found if found is not None and 0 <= found < math.inf else None


def _rubrics(node: Node) -> tuple[RubricBlock, ...]:
    only = Node(name=node.name, attributes={}, children=node.named("qti-rubric-block"))
    return tuple(block for block in read_blocks(only) if isinstance(block, RubricBlock))


def _feedbacks(node: Node) -> tuple[TestFeedback, ...]:
    return tuple(_feedback(each) for each in node.named("qti-test-feedback"))


def _feedback(node: Node) -> TestFeedback:
    content: Blocks = read_blocks(node)
    return TestFeedback(
        shown=shown(node, "outcome-identifier"), at_end=text(node, "access") == "atEnd", title=text(node, "title"), content=content
    )


_PARTS: Mapping[str, Callable[[Node], _Part]] = {
    "qti-assessment-section": _section,
    "qti-assessment-section-ref": _section_ref,
    "qti-assessment-item-ref": _item_ref,
}
