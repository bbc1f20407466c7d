"""Which item comes after which. Linear: the form's order, section by section; the candidate may go to any item at any time."""

from dataclasses import dataclass

from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One item on the way, with the number that the candidate sees (from 1) and its section's id."""

    number: int
    item_id: ItemVersionId
    section_id: str


def linear(form: Form) -> tuple[Stop, ...]:
    """Return the items in the form's own order."""
    pairs = [(section.id, item) for section in form.sections for item in section.items]
    return tuple(Stop(number=number, item_id=item, section_id=section) for number, (section, item) in enumerate(pairs, start=1))
