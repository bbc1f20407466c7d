"""A candidate's own order: the items of the parts that ask for it are mixed by chance that follows from the sitting (docs/adr/0016)."""

import numpy as np

from assessment_engine.delivery.routing.linear import Linear
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from item_bank.forms import Form, Order
from item_bank.items import item_seed


class Random(Linear):
    """The form's parts in its order, their items in the candidate's."""

    def __init__(self, form: Form, sitting_id: SittingId) -> None:
        super().__init__(form)
        self.sitting_id = sitting_id
        self._orders: dict[str, tuple[ItemVersionId, ...]] = {}

    def items(self, section_id: str) -> tuple[ItemVersionId, ...]:
        """Return a part's items in the candidate's order; the same at every look."""
        if section_id not in self._orders:
            self._orders[section_id] = self._mixed(section_id)
        return self._orders[section_id]

    def _mixed(self, section_id: str) -> tuple[ItemVersionId, ...]:
        section = self.form.section(section_id)
        if section.order is not Order.RANDOM:
            return section.items
        chance = np.random.Generator(np.random.PCG64(item_seed(self.sitting_id, f"{self.form.id} {section_id}")))  # by name: docs/adr/0016
        return tuple(section.items[int(place)] for place in chance.permutation(len(section.items)))
