"""Words that are not in the language that they are said to be in: told by their script, and only where a language has one of its own."""

import unicodedata
from collections.abc import Iterator, Mapping

from item_bank.checks.findings import Finding
from item_bank.checks.texts import asked
from item_bank.qti.model import QtiItem, plain_text

_SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("hi", "mr", "ne", "sa", "kok", "mai", "brx", "doi"), "DEVANAGARI"),
    **dict.fromkeys(("bn", "as"), "BENGALI"),
    **dict.fromkeys(("ur", "ks", "sd"), "ARABIC"),
    "gu": "GUJARATI",
    "kn": "KANNADA",
    "ml": "MALAYALAM",
    "or": "ORIYA",
    "pa": "GURMUKHI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "sat": "OL CHIKI",
    "en": "LATIN",
}
_FEWEST = 25
"""Letters that a text must have: formulas, names and abbreviations stay as they are in every language."""

_SHARE = 0.4


def foreign_words(lang: str, item: QtiItem) -> Iterator[Finding]:
    """Yield the stem and the choices that are written in another script than their language's."""
    script = _SCRIPTS.get(lang)
    if script is None:
        return
    texts = {"": plain_text(item.body)}
    texts |= {each.identifier: each.text for question in asked(item) for each in question.offered}
    for where, text in texts.items():
        letters = [sign for sign in text if sign.isalpha()]
        own = sum(1 for sign in letters if unicodedata.name(sign, "").startswith(script))
        if len(letters) >= _FEWEST and own < _SHARE * len(letters):
            message = f"hardly a letter of this text is {script.title()}: {text[:60]}"
            yield Finding(code="not_translated", message=message, lang=lang, where=where, said=text[:60])
