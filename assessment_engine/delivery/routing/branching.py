"""The multistage way: marks of parts that were left decide which parts follow (QTI 3.0, "branch-rule" and "pre-condition").

When a part is left, the first of its branches whose rule holds names the next part, otherwise the form's order does; a part whose
precondition does not hold is passed over, as is one that a branch named. It only leads forward, so that it always ends.
"""

from assessment_engine.delivery.routing.linear import Linear
from assessment_engine.delivery.routing.route import Footing, NextItem, Turn
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import FormSection, ShareRule


class Branching:
    """Another route's items, and parts by rules."""

    def __init__(self, inner: Linear) -> None:
        self.inner = inner
        self.sections = inner.form.sections
        self._places = {section.id: place for place, section in enumerate(self.sections)}

    def items(self, section_id: str) -> tuple[ItemVersionId, ...]:
        """Return a part's items as the inner route has them."""
        return self.inner.items(section_id)

    def next_item(self, section_id: str, item: ItemVersionId | None, footing: Footing) -> NextItem:
        """Return the item behind an item."""
        return self.inner.next_item(section_id, item, footing)

    def next_part(self, footing: Footing) -> Turn:
        """Return the part that the rules lead to; without marks to look at, none is known where a rule asks for them."""
        place = self._heading(footing)
        if place is None:
            return Turn(to=None, known=False)
        for section in self.sections[place:]:
            may = section.precondition is None or _holds(section.precondition, footing)
            if may is None:
                return Turn(to=None, known=False)
            if may:
                return Turn(to=section.id)
        return Turn(to=None)

    def _heading(self, footing: Footing) -> int | None:
        """Return where to go on looking, None when that cannot be known here."""
        if not footing.path:
            return 0
        here = self._section(footing.path[-1])
        for branch in here.branches:
            holds = _holds(branch.rule, footing)
            if holds is None:
                return None
            if holds:
                return self._places[branch.to]
        return self._places[here.id] + 1

    def _section(self, section_id: str) -> FormSection:
        return self.sections[self._places[section_id]]


def _holds(rule: ShareRule, footing: Footing) -> bool | None:
    """Tell whether a rule holds: not for a part that was passed over; None when nobody may look at marks here."""
    if rule.section not in footing.path:
        return False
    return None if footing.share is None else footing.share(rule.section) >= rule.share_at_least
