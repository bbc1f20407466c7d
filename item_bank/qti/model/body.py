"""What a body is made of (QTI 3.0, "ItemBody"): text, HTML, MathML, what shows by a variable, and interactions. Records only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.nodes import Node
from item_bank.qti.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """One HTML, MathML or SSML element; `namespace` as in Node."""

    tag: str
    attributes: Mapping[str, str]
    children: "tuple[Block, ...]"
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """When content shows: while the variable is (or holds) the identifier, or while it is not (QTI 3.0, "show-hide")."""

    variable: str
    identifier: str
    show: bool = True

    def holds(self, values: Mapping[str, Value | None]) -> bool:
        """Tell whether the content shows under these values; a variable without a value holds nothing."""
        value = values.get(self.variable)
        words = () if value is None else (str(atom).lower() if isinstance(atom, bool) else str(atom) for atom in value.atoms)
        return (self.identifier in words) is self.show


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """feedback-block and feedback-inline (by an outcome), template-block and template-inline (by a template variable)."""

    shown: Shown
    inline: bool
    content: "tuple[Block, ...]"
    by_template: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedVariable:
    """The value of an outcome or template variable, printed into the text (QTI 3.0, "printedVariable")."""

    identifier: str
    format: str = ""
    power_form: bool = False
    base: int = 10
    index: str = ""
    delimiter: str = ";"
    field: str = ""
    mapping_indicator: str = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricBlock:
    """Words for some readers: `view` holds author, candidate, proctor, scorer, testConstructor or tutor."""

    view: frozenset[str]
    use: str
    content: "tuple[Block, ...]"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A hole in a gap match's text."""

    identifier: str
    required: bool = False
    match_group: frozenset[str] = frozenset()
    shown: Shown | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hottext:
    """A piece of text that can be chosen."""

    identifier: str
    content: "tuple[Block, ...]"
    shown: Shown | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """An element that is kept, but that nobody here can show: the page says so."""

    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What every interaction has; its kinds are in interactions.py.

    `classes` are the shared vocabulary's words (`qti-labels-none`, …); `attributes` is all that the element says, in QTI 3.0's names
    (`data-prompt`, `xml:lang`, `dir`, …).
    """

    response: str
    prompt: "tuple[Block, ...]" = ()
    classes: tuple[str, ...] = ()
    label: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def inside(self) -> "tuple[Block, ...]":
        """Blocks that stand inside the interaction, besides its prompt: the text of a gap match or of hottexts."""
        return ()

    @property
    def offered(self) -> "tuple[Block, ...]":
        """What its choices say, one after another."""
        return ()


Block = str | Markup | Feedback | PrintedVariable | RubricBlock | Gap | Hottext | Unsupported | Interaction
Blocks = tuple[Block, ...]


def nested(blocks: Blocks) -> Iterator[Block]:
    """Yield every block, and what is below it, in the order of the page; what a choice says is below its interaction."""
    for block in blocks:
        yield block
        if isinstance(block, Markup):
            yield from nested(block.children)
        elif isinstance(block, Feedback | RubricBlock | Hottext):
            yield from nested(block.content)
        elif isinstance(block, Interaction):
            yield from nested(block.prompt)
            yield from nested(block.inside)
            yield from nested(block.offered)


def plain_text(blocks: Blocks) -> str:
    """Return the words of the blocks, interactions left out."""
    return " ".join("".join(_words(blocks)).split())


def _words(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, str):
            yield block
        elif isinstance(block, Markup):
            yield from _words(block.children)
        elif isinstance(block, Feedback | RubricBlock | Hottext):
            yield from _words(block.content)
