"""The kinds of interaction (QTI 3.0, "Interactions"). Records only; reader/interactions.py makes them, render/ shows them.

Pictures: `image`, `stage` are always an `img` with `src` and `alt` (no `src` where the file has none), whatever element the file used;
`media` is an `audio`, `video`, `img` or, of an unknown kind, `object`. Counts: `max_choices` or `max_associations` 0 means as many as there
are; `match_max` 0 likewise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from item_bank.qti.model.body import Blocks, Interaction, Markup, Shown
from item_bank.qti.model.declarations import Area
from item_bank.qti.model.nodes import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option: of a choice, inline choice or order interaction; of an associate, match or gap match, how often it may be used."""

    identifier: str
    content: Blocks
    fixed: bool = False
    shown: Shown | None = None
    match_max: int = 1
    match_min: int = 0
    match_group: frozenset[str] = frozenset()
    image: Markup | None = None  # the picture of a gap-img
    label: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def _said(choices: tuple[Choice, ...]) -> Blocks:
    return tuple(block for choice in choices for block in choice.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotspot:
    """A shape on a picture that can be chosen; `label` names it for who cannot see it."""

    identifier: str
    area: Area
    label: str = ""
    shown: Shown | None = None
    match_max: int = 1
    match_min: int = 0
    match_group: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceInteraction(Interaction):
    """Radio buttons or tick boxes."""

    choices: tuple[Choice, ...]
    max_choices: int = 1
    min_choices: int = 0
    shuffle: bool = False
    orientation: str = "vertical"

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineChoiceInteraction(Interaction):
    """A list that opens in the text."""

    choices: tuple[Choice, ...]
    shuffle: bool = False
    required: bool = False

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntryInteraction(Interaction):
    """A field in the text, for a word or a number."""

    expected_length: int | None = None
    pattern_mask: str = ""
    placeholder: str = ""
    base: int = 10
    string_identifier: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedTextInteraction(Interaction):
    """A field for longer text; `max_strings` above 1 (or None with a container) asks for several."""

    expected_length: int | None = None
    expected_lines: int | None = None
    max_strings: int | None = None
    min_strings: int = 0
    format: str = "plain"  # plain, preFormatted, xhtml
    pattern_mask: str = ""
    placeholder: str = ""
    base: int = 10
    string_identifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInteraction(Interaction):
    """Choices to bring into an order."""

    choices: tuple[Choice, ...]
    max_choices: int | None = None
    min_choices: int | None = None
    shuffle: bool = False
    orientation: str = "vertical"

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateInteraction(Interaction):
    """Choices to pair with one another."""

    choices: tuple[Choice, ...]
    max_associations: int = 1
    min_associations: int = 0
    shuffle: bool = False

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchInteraction(Interaction):
    """Two sets to match: `sources` (rows) to `targets` (columns)."""

    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    max_associations: int = 1
    min_associations: int = 0
    shuffle: bool = False

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.sources + self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapMatchInteraction(Interaction):
    """Words or pictures to put into the Gaps of a text."""

    choices: tuple[Choice, ...]
    content: Blocks
    max_associations: int = 0
    min_associations: int = 0
    shuffle: bool = False

    @property
    def inside(self) -> Blocks:
        """The text with the gaps."""
        return self.content

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class HottextInteraction(Interaction):
    """Pieces of a text to choose."""

    content: Blocks
    max_choices: int = 1
    min_choices: int = 0

    @property
    def inside(self) -> Blocks:
        """The text with the hottexts."""
        return self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class HotspotInteraction(Interaction):
    """Shapes on a picture to choose."""

    image: Markup
    hotspots: tuple[Hotspot, ...]
    max_choices: int = 1
    min_choices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicOrderInteraction(Interaction):
    """Shapes on a picture to bring into an order."""

    image: Markup
    hotspots: tuple[Hotspot, ...]
    max_choices: int | None = None
    min_choices: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicAssociateInteraction(Interaction):
    """Shapes on a picture to pair."""

    image: Markup
    hotspots: tuple[Hotspot, ...]
    max_associations: int = 1
    min_associations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphicGapMatchInteraction(Interaction):
    """Words or pictures to put onto shapes of a picture."""

    image: Markup
    choices: tuple[Choice, ...]
    hotspots: tuple[Hotspot, ...]
    max_associations: int = 0
    min_associations: int = 0

    @property
    def offered(self) -> Blocks:
        """What its choices say."""
        return _said(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectPointInteraction(Interaction):
    """Points to set on a picture."""

    image: Markup
    max_choices: int = 1
    min_choices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionObjectInteraction(Interaction):
    """A small picture to place on a stage, once or several times; `centre` is the point of it that counts."""

    stage: Markup
    image: Markup
    centre: tuple[int, int] | None = None
    max_choices: int = 1
    min_choices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SliderInteraction(Interaction):
    """A number between two bounds."""

    lower: float
    upper: float
    step: float | None = None
    step_label: bool = False
    orientation: str = "horizontal"
    reverse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInteraction(Interaction):
    """A sound or a film; the response counts how often it was played."""

    media: Markup
    autostart: bool = False
    min_plays: int = 0
    max_plays: int = 0
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadInteraction(Interaction):
    """A file to hand in."""

    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingInteraction(Interaction):
    """A picture to draw on."""

    image: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAttemptInteraction(Interaction):
    """A button that ends the attempt: a hint, for example; its response is true when it was pressed."""

    title: str
    count_attempt: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomInteraction(Interaction):
    """A custom or portable custom interaction: kept as it is, shown as not supported here."""

    node: Node
    portable: bool = False
