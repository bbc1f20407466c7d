"""What a page says about itself when it asks for an item's HTML. Nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assessment_engine.kernel.canonical import Json
from item_bank.qti.model import Stimulus
from item_bank.qti.values import Value


def no_address(_: str) -> str | None:
    """A page without media."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The facts of one page.

    lang        the language of our own words
    prefix      what every name and id begins with: two items on one page have two prefixes
    response    what was answered so far, filled into the controls
    order_seed  what fixes the order of shuffled choices; "" leaves them as written
    values      template values and, after an attempt, outcomes: they decide feedback, template blocks and printed variables
    address     from a file's path, as the item writes it, to where our own server serves it; None when it does not
    locked      the controls show what was answered and take nothing
    view        whose page it is (QTI 3.0, "view"): rubric blocks for others are left out
    stimuli     shared texts, shown before the item
    """

    lang: str
    prefix: str = ""
    response: Json = None
    order_seed: str = ""
    values: Mapping[str, Value | None] = field(default_factory=dict)
    address: Callable[[str], str | None] = no_address
    locked: bool = False
    view: str = "candidate"
    stimuli: Sequence[Stimulus] = ()
