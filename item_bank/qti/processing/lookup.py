"""Lookup tables: lookupOutcomeValue turns a number into an outcome's value (QTI 3.0, "MatchTable", "InterpolationTable")."""

from item_bank.qti.model.declarations import InterpolationTable, MatchTable
from item_bank.qti.processing.operands import number_of, text_of
from item_bank.qti.values import Value


def look_up(table: MatchTable | InterpolationTable, source: Value | None) -> Value | None:
    """Return the table's value for a number or a duration (or a word that a match table has); its default when no entry fits."""
    found = number_of(source)
    if isinstance(table, MatchTable):
        sought = text_of(source) if found is None else found
        return next((target for key, target in table.entries if key == sought), table.default)
    if found is None:
        return table.default
    for entry in table.entries:
        if found > entry.source or (found == entry.source and entry.include_boundary):
            return entry.target
    return table.default
