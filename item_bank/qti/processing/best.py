"""The best SCORE there is, as far as an item says it: MAXSCORE, SCORE's normal maximum, or what its standard template can give.

What the key earns stands in where all of these are missing (program.py).
"""

from collections.abc import Iterable

from item_bank.qti.model.declarations import OutcomeDeclaration, ResponseDeclaration
from item_bank.qti.model.item import QtiItem
from item_bank.qti.processing.operands import number_of
from item_bank.qti.processing.templates import MAP_RESPONSE, MAP_RESPONSE_POINT, MATCH_CORRECT, template_named
from item_bank.qti.values import Cardinality


def best_score(item: QtiItem) -> float | None:
    """Return the best SCORE, or None when the item does not say it."""
    said = _said(item.outcomes.get("MAXSCORE"), item.outcomes.get("SCORE"))
    if said is not None:
        return said
    template, response = template_named(item.processing), item.responses.get("RESPONSE")
    if template == MATCH_CORRECT:
        return 1.0
    mapping = None if response is None else {MAP_RESPONSE: response.mapping, MAP_RESPONSE_POINT: response.area_mapping}.get(template or "")
    if response is None or mapping is None:
        return None
    best = _best((entry.value for entry in mapping.entries), mapping.default, response, _most(item))
    return best if mapping.upper is None else min(best, mapping.upper)


def _said(most: OutcomeDeclaration | None, score: OutcomeDeclaration | None) -> float | None:
    found = None if most is None else number_of(most.default)
    if found is not None:
        return float(found)
    return None if score is None else score.normal_maximum


def _best(worths: Iterable[float], default: float, response: ResponseDeclaration, most: int) -> float:
    """Choose the best answers, as many as there may be."""
    if response.cardinality is Cardinality.SINGLE:
        return max((*worths, default))
    good = sorted((worth for worth in worths if worth > 0), reverse=True)
    return sum(good[:most] if most else good, 0.0)


def _most(item: QtiItem) -> int:
    """How many answers RESPONSE's interaction allows; 0 when it sets no limit."""
    for interaction in item.interactions:
        if interaction.response == "RESPONSE":
            most = getattr(interaction, "max_choices", None) or getattr(interaction, "max_associations", None)
            return most if isinstance(most, int) else 0
    return 0
