"""One item as it was read (QTI 3.0, "AssessmentItem"). Records only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.body import Block, Blocks, Interaction, Shown, nested
from item_bank.qti.model.declarations import OutcomeDeclaration, ResponseDeclaration, TemplateDeclaration
from item_bank.qti.model.nodes import Node, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalFeedback:
    """Words shown after an attempt, by an outcome (QTI 3.0, "ModalFeedback")."""

    shown: Shown
    title: str
    content: Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusRef:
    """A shared stimulus that the item stands beside."""

    identifier: str
    href: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stimulus:
    """Text shared by several items (QTI 3.0, "AssessmentStimulus")."""

    identifier: str
    title: str
    lang: str
    body: Blocks
    root: Node
    version: Version = Version.QTI_30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QtiItem:
    """One item in one language. `root` is the whole file in QTI 3.0's names: what reading did not need is still there."""

    identifier: str
    title: str
    lang: str
    responses: Mapping[str, ResponseDeclaration]
    outcomes: Mapping[str, OutcomeDeclaration]
    templates: Mapping[str, TemplateDeclaration] = field(default_factory=dict)
    body: tuple[Block, ...]
    modal_feedbacks: tuple[ModalFeedback, ...] = ()
    template_processing: Node | None = None
    processing: Node | None
    outcome_processing: Node | None = None  # no version allows it in an item; some systems write it, and lenient reading runs it
    adaptive: bool = False
    time_dependent: bool = False
    stimuli: tuple[StimulusRef, ...] = ()
    stylesheets: tuple[str, ...] = ()
    root: Node
    version: Version = Version.QTI_30

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """The interactions, in the order of the page."""
        return tuple(block for block in nested(self.body) if isinstance(block, Interaction))
