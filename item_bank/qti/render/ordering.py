"""Which choices a page shows, and in which order: those that a template hides are left out, the fixed ones stay where they stand.

The order is drawn from the page's seed, the item, the response and the choice, so that it is the same on every page of one sitting.
"""

import hashlib
from collections.abc import Sequence

from item_bank.qti.model import Choice, Interaction
from item_bank.qti.render.sheet import Sheet


def shown_choices(sheet: Sheet, interaction: Interaction, choices: Sequence[Choice], *, shuffle: bool = False) -> list[Choice]:
    """Return the choices in this page's order (QTI 3.0, "shuffle", "fixed", "template-identifier")."""
    shown = [choice for choice in choices if sheet.is_shown(choice.shown)]
    if not (shuffle and sheet.page.order_seed):
        return shown
    drawn = iter(sorted((choice for choice in shown if not choice.fixed), key=lambda choice: _draw(sheet, interaction, choice)))
    return [choice if choice.fixed else next(drawn) for choice in shown]


def _draw(sheet: Sheet, interaction: Interaction, choice: Choice) -> str:
    text = "\0".join((sheet.page.order_seed, sheet.item.identifier, interaction.response, choice.identifier))
    return hashlib.sha256(text.encode()).hexdigest()
