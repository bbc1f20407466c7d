"""What an author should look at in an item that is sound by QTI: slips and hints that a machine can see. Pure; it never refuses anything.

findings    one thing to look at: its code, its language and its place
texts       what an item asks and offers, as plain words
cues        words that give the key away
reach       feedback, scores and keys that no response can reach
files       pictures, sounds and films that will not show
languages   words that are not in the language that they are said to be in
likeness    which texts are nearly the same

What keeps an item out of exams is readiness.py; what breaks QTI is qti/validity/. Near-duplicates need a bank: services/item_checks.py.
"""

from collections.abc import Mapping

from item_bank.checks.cues import cues
from item_bank.checks.files import broken_files
from item_bank.checks.findings import Finding
from item_bank.checks.languages import foreign_words
from item_bank.checks.reach import unreachable
from item_bank.qti.model import QtiItem

__all__ = ["FEW_TRIES", "MANY_TRIES", "Finding", "check_item"]

FEW_TRIES = 16
"""Responses that are tried of each item where thousands are looked at; an author who looks at one has more time."""

MANY_TRIES = 1_024


def check_item(
    variants: Mapping[str, QtiItem], files: Mapping[str, Mapping[str, str]] | None = None, *, tries: int = MANY_TRIES
) -> tuple[Finding, ...]:
    """Return what to look at in an item; `files` are the media types of what lies beside each language, by plain path."""
    found: list[Finding] = []
    for lang, item in sorted(variants.items()):
        found += cues(lang, item)
        found += foreign_words(lang, item)
        found += broken_files(lang, item, (files or {}).get(lang, {}))
    if variants:  # scoring is the same in every language (parity.py)
        first = min(variants)
        found += unreachable(first, variants[first], tries)
    return tuple(found)
