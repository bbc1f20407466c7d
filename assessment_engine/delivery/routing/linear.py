"""The plain way: the form's parts one after another, the items of each in the form's own order."""

from assessment_engine.delivery.routing.route import Footing, NextItem, Turn
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import Form


class Linear:
    """Everything in the form's order."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def items(self, section_id: str) -> tuple[ItemVersionId, ...]:
        """Return a part's items as the form has them."""
        return self.form.section(section_id).items

    def next_item(self, section_id: str, item: ItemVersionId | None, footing: Footing) -> NextItem:
        """Return the item behind an item."""
        items = self.items(section_id)
        place = 0 if item is None else items.index(item) + 1
        return NextItem(item=items[place] if place < len(items) else None, state=footing.state)

    def next_part(self, footing: Footing) -> Turn:
        """Return the part behind the last one entered."""
        ids = [section.id for section in self.form.sections]
        place = ids.index(footing.path[-1]) + 1 if footing.path else 0
        return Turn(to=ids[place] if place < len(ids) else None)
