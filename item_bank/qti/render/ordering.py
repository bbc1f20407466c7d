"""Which choices a page shows, and in which order: those that a template hides are left out, the fixed ones stay where they stand.

The order is drawn from the page's seed, the item, the response and the choice, so that it is the same on every page of one sitting and in
every language. `shuffled` tells it afterwards, in identifiers: they are what answers, keys and scores name, whatever stood first.
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


def shuffled(sheet: Sheet) -> dict[str, list[list[str]]]:
    """Return the orders that chance made on a page, by response: one list of identifiers, or two where rows are matched to columns."""
    found: dict[str, list[list[str]]] = {}
    for interaction in sheet.item.interactions:
        if not getattr(interaction, "shuffle", False):
            continue
        sets = [getattr(interaction, name, ()) for name in ("choices", "sources", "targets")]
        orders = [shown_choices(sheet, interaction, choices, shuffle=True) for choices in sets if choices]
        if orders:
            found[interaction.response] = [[choice.identifier for choice in order] for order in orders]
    return found


def _draw(sheet: Sheet, interaction: Interaction, choice: Choice) -> str:
    text = "\0".join((sheet.page.order_seed, sheet.item.identifier, interaction.response, choice.identifier))
    return hashlib.sha256(text.encode()).hexdigest()
